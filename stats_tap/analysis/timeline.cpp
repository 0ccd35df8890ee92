// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/timeline.h"

#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "base/phrases.h"
#include "connections/backup_flags.h"
#include "connections/silence.h"

namespace mptcp {
namespace {

TimelineEntry make_entry(const Tracker &tracker, const Event &event)
{
    TimelineEntry entry;
    entry.event = event;
    entry.connection = tracker.registry().index_of(tracker.registry().connection_of(event.subflow));
    entry.subflow = tracker.registry().index_of(event.subflow);
    entry.from = tracker.registry()[event.subflow].role(event.sender);
    entry.verdict = verdict(tracker.context(), event);
    entry.severity = severity(event, entry.verdict);
    entry.details = describe(tracker.context(), event);
    return entry;
}

// A subflow that fell back or did not join: what was done to its packets between points.
void add_causes(Timeline &timeline, const EventsBetween &between)
{
    std::map<SubflowId, const Event *> causes; // the first of each subflow
    for (const Event &event : between)
        causes.emplace(event.subflow, &event);
    for (TimelineEntry &entry : timeline) {
        const EventType type = entry.event.type;
        const auto cause = causes.find(entry.event.subflow);
        if (cause != causes.end() &&
            (type == EventType::Fallback || type == EventType::JoinStripped))
            entry.details = Phrases{"; "}
                                .add(entry.details)
                                .add("see frame ", std::to_string(cause->second->frame), ": ",
                                     title(cause->second->type))
                                .text();
    }
}

// One event for each SYN without an answer, at its last repetition.
std::vector<Event> unanswered_syns(const Tracker &tracker)
{
    std::vector<Event> last_syns;
    std::vector<std::size_t> place_of(tracker.registry().subflow_count());
    for (const Event &event : tracker.events().all()) {
        const bool syn = event.type == EventType::JoinSyn || event.type == EventType::CapableSyn;
        if (!syn || tracker.registry()[event.subflow].state() != SubflowState::Unanswered)
            continue;
        std::size_t &place = place_of[static_cast<std::size_t>(event.subflow)];
        if (place == 0) {
            last_syns.push_back(event);
            place = last_syns.size();
        }
        Event &last = last_syns[place - 1];
        last.frame = event.frame;
        last.time = event.time;
    }
    for (Event &event : last_syns) {
        event.type =
            event.type == EventType::JoinSyn ? EventType::JoinUnanswered : EventType::Unanswered;
        event.detail = SubflowOutcome{event.time - tracker.registry()[event.subflow].opened,
                                      std::nullopt, false};
    }
    return last_syns;
}

// Paths that are silent at the end of the capture, at the data that was not answered.
std::vector<Event> silent_paths(const Tracker &tracker)
{
    std::vector<Event> events;
    for (std::size_t i = 0; i < tracker.registry().subflow_count(); ++i) {
        const SubflowId id{static_cast<std::uint32_t>(i)};
        const Subflow &subflow = tracker.registry()[id];
        for (const Side end : {Side::A, Side::B})
            if (const auto silence =
                    silence_of(tracker.registry()[subflow.connection], subflow, end))
                events.push_back({.frame = silence->interval.since_frame,
                                  .type = EventType::PathSilent,
                                  .sender = end,
                                  .subflow = id,
                                  .time = subflow.ends[end].waiting_since,
                                  .detail = silence->interval});
    }
    return events;
}

// Calls see(event) for the events of counted packets, and then for those that only the end of the
// capture shows.
template <class See> void visit_events(const Tracker &tracker, const Summary &summary,
                                       const EventsBetween &between, See see)
{
    const auto visit = [&](const Event &event) {
        if (!event.withdrawn && summary.counted(event.frame))
            see(event);
    };
    for (const Event &event : between)
        if (summary.counted_or_copy(event.frame))
            see(event);
    std::ranges::for_each(tracker.events().all(), visit);
    std::ranges::for_each(unanswered_syns(tracker), visit);
    std::ranges::for_each(silent_paths(tracker), visit);
}

template <class IsWanted> Timeline make_timeline_of(const Tracker &tracker, const Summary &summary,
                                                    const EventsBetween &between,
                                                    IsWanted is_wanted)
{
    Timeline timeline;
    visit_events(tracker, summary, between, [&](const Event &event) {
        if (is_wanted(event))
            timeline.push_back(make_entry(tracker, event));
    });
    std::ranges::stable_sort(timeline, {},
                             [](const TimelineEntry &entry) { return entry.event.frame; });
    add_causes(timeline, between);
    return timeline;
}

// As verdict(), without computing the HMACs of a join again.
Verdict known_verdict(const Tracker &tracker, const Event &event)
{
    const JoinHmacs &hmacs = tracker.registry()[event.subflow].hmacs;
    switch (event.type) {
    case EventType::JoinSynAck:
        return hmacs.syn_ack_verdict;
    case EventType::JoinAck:
        return hmacs.ack_verdict;
    default:
        return verdict(tracker.context(), event);
    }
}

void add_problem(std::vector<Problem> &problems, const Event &event, Severity severity,
                 Verdict verdict)
{
    const auto same = std::ranges::find_if(problems, [&](const Problem &problem) {
        return std::tie(problem.type, problem.severity, problem.verdict) ==
               std::tie(event.type, severity, verdict);
    });
    if (same == problems.end())
        problems.push_back({event.type, severity, verdict, 1, event.frame});
    else
        ++same->count;
}

// The subflows of a connection by role and address ID, the oldest first.
class ByAddress {
public:
    explicit ByAddress(const Tracker &tracker) : tracker_(tracker), first_frame_{tracker} {}

    // The newest kMostByAddress of those that existed at that frame: this bounds
    // the work for one MP_PRIO.
    std::span<const SubflowId> find(const Connection &connection, Role role, std::uint8_t id,
                                    std::uint32_t frame)
    {
        const auto [place, is_new] = tables_.try_emplace(connection.ordinal);
        if (is_new)
            fill(place->second, connection);
        const std::vector<SubflowId> &all = place->second[role][id];
        const auto end = std::ranges::upper_bound(all, frame, {}, first_frame_);
        const auto count = std::min<std::ptrdiff_t>(end - all.begin(), kMostByAddress);
        return {end - count, end};
    }

private:
    using Table = PerRole<std::map<std::uint8_t, std::vector<SubflowId>>>;

    void fill(Table &table, const Connection &connection) const
    {
        std::vector<SubflowId> subflows{connection.subflows.begin(), connection.subflows.end()};
        std::ranges::stable_sort(subflows, {}, first_frame_);
        for (const SubflowId subflow : subflows)
            for (const Role role : {Role::Client, Role::Server})
                if (const auto id = tracker_.registry()[subflow].end(role).address_id)
                    table[role][*id].push_back(subflow);
    }

    struct FirstFrame {
        const Tracker &tracker;
        std::uint32_t operator()(SubflowId id) const { return tracker.registry()[id].first_frame; }
    };

    const Tracker &tracker_;
    FirstFrame first_frame_;
    std::map<std::uint32_t, Table> tables_; // by ordinal; only where an MP_PRIO has an ID
};

void add_priority(const Tracker &tracker, const Event &event, const MpPrio &option,
                  ByAddress &by_address, std::vector<SubflowHistory> &histories)
{
    const Role from = tracker.registry()[event.subflow].role(event.sender);
    const PriorityChange change{event.frame, event.time, from, option.backup};
    if (!option.address_id) {
        histories[static_cast<std::size_t>(event.subflow)].priorities.push_back(change);
        return;
    }
    // RFC 6824 3.3.8: of every subflow at the sender's address with this ID.
    const Connection &connection = tracker.registry().connection_of(event.subflow);
    if (!is_valid(option, connection))
        return;
    for (const SubflowId id : by_address.find(connection, from, *option.address_id, event.frame))
        if (SubflowHistory &history = histories[static_cast<std::size_t>(id)]; !history.ending)
            history.priorities.push_back(change);
}

bool is_ending(const Event &event)
{
    const EventType type = event.type;
    if (event.ignored != Ignored::No || event.withdrawn)
        return false;
    return type == EventType::SubflowClosed || type == EventType::SubflowReset ||
           type == EventType::JoinRefused || type == EventType::Refused;
}

void add_ending(const Tracker &tracker, const Event &event, SubflowHistory &history)
{
    if (history.ending)
        return;
    const auto *outcome = std::get_if<SubflowOutcome>(&event.detail);
    history.ending =
        SubflowEnding{event.frame, tracker.registry()[event.subflow].role(event.sender), event.type,
                      outcome != nullptr ? outcome->rst : std::nullopt};
}

} // namespace

Timeline make_timeline(const Tracker &tracker, const Summary &summary, const EventsBetween &between)
{
    return make_timeline_of(tracker, summary, between, [](const Event &) { return true; });
}

Timeline make_timeline(const Tracker &tracker, const Summary &summary, const EventsBetween &between,
                       const Connection &connection)
{
    return make_timeline_of(tracker, summary, between, [&](const Event &event) {
        return &tracker.registry().connection_of(event.subflow) == &connection;
    });
}

std::vector<std::vector<Problem>> find_problems(const Tracker &tracker, const Summary &summary,
                                                const EventsBetween &between)
{
    const Registry &registry = tracker.registry();
    std::vector<std::vector<Problem>> problems(registry.connections().size());
    visit_events(tracker, summary, between, [&](const Event &event) {
        const Verdict verdict = known_verdict(tracker, event);
        const Severity level = severity(event, verdict);
        if (level != Severity::Chat)
            add_problem(problems[registry.index_of(registry.connection_of(event.subflow))], event,
                        level, verdict);
    });
    for (std::vector<Problem> &each : problems)
        std::ranges::sort(each, [](const Problem &a, const Problem &b) {
            return std::tuple{b.severity, a.first_frame, a.type} <
                   std::tuple{a.severity, b.first_frame, b.type};
        });
    return problems;
}

std::vector<SubflowHistory> make_subflow_histories(const Tracker &tracker)
{
    std::vector<SubflowHistory> histories(tracker.registry().subflow_count());
    ByAddress by_address{tracker};
    for (const Event &event : tracker.events().all()) {
        if (const auto *priority = std::get_if<MpPrio>(&event.detail))
            add_priority(tracker, event, *priority, by_address, histories);
        if (is_ending(event))
            add_ending(tracker, event, histories[static_cast<std::size_t>(event.subflow)]);
    }
    return histories;
}

} // namespace mptcp
