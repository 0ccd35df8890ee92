// SPDX-License-Identifier: GPL-2.0-or-later
//
// Paths that fell silent or ended before their connection, and connections that were aborted (RFC
// 8684 3.5, 3.6).
#include <algorithm>

#include "base/format.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

// RFC 8684 3.4.2: the REMOVE_ADDR after which the subflow ended, or 0.
std::uint32_t removal_before(const Evidence &evidence, const SubflowRow &row, std::uint32_t end)
{
    for (const Role host : kBothRoles.each) {
        const SubflowEnd &own = row.subflow->end(host);
        for (const AddressEntry &entry : evidence.addresses(host))
            if (entry.removed && own.address_id == entry.id &&
                own.endpoint.address == entry.address && *entry.removed <= end &&
                *entry.removed > row.subflow->first_frame)
                return *entry.removed;
    }
    return 0;
}

void add_closed(const Evidence &evidence, const SubflowRow &row, Statements &to)
{
    const auto &ending = evidence.history(row).ending;
    const bool is_end = ending && (ending->how == EventType::SubflowClosed ||
                                   ending->how == EventType::SubflowReset);
    if (!is_end || evidence.row().subflows.size() < 2)
        return;
    const TimelineEntry *end = evidence.first(ending->how, row);
    if (end == nullptr || evidence.last_data() - end->event.time < evidence.pause_on(row))
        return;
    const bool is_reset = ending->how == EventType::SubflowReset;
    // The host that sent the first FIN.
    const TimelineEntry *fin = evidence.first(EventType::SubflowFin, row);
    const TimelineEntry &begun = is_reset || fin == nullptr ? *end : *fin;
    Statement statement =
        begin(evidence, Code::PathClosed, is_reset ? Severity::Note : Severity::Chat);
    statement.subflow = row.index;
    statement.sender = begun.from;
    statement.frames = {begun.event.frame};
    const Time after = evidence.last_data() - end->event.time;
    statement.text = at_start(host_words(begun.from)) + (is_reset ? " reset " : " closed ") +
                     subflow_words(row) + (is_reset ? " (" : " by FIN (") +
                     frame_words(begun.event.frame) +
                     (is_reset ? reason_words(ending->rst) : std::string{}) + ")";
    if (const std::uint32_t removed = removal_before(evidence, row, ending->frame)) {
        statement.text +=
            ", after its address was removed by REMOVE_ADDR (" + frame_words(removed) + ")";
        statement.frames.push_back(removed);
    }
    statement.text += "; the connection went on with data for " + time_words(after) + ".";
    statement.figures = {{"seconds", after}};
    if (is_reset && ending->rst)
        statement.figures.emplace_back("reason", std::uint64_t{ending->rst->reason});
    to.push_back(std::move(statement));
}

// RFC 8684 3.7: with several subflows, the receiver resets the one with data that has no mapping.
void add_lost_options(const Evidence &evidence, const SubflowRow &row, Statements &to)
{
    const TimelineEntry *unmapped = evidence.first(EventType::DataUnmapped, row);
    if (unmapped == nullptr)
        return;
    Statement statement = begin(evidence, Code::OptionsLost, Severity::Warn);
    statement.subflow = row.index;
    statement.sender = unmapped->from;
    statement.frames = {unmapped->event.frame};
    const std::string receiver = host_words(other(unmapped->from));
    statement.text = at_start(host_words(unmapped->from)) + " sent data without a mapping on " +
                     subflow_words(row) + " (" + frame_words(unmapped->event.frame) + "), which " +
                     receiver + " cannot use";
    const auto &ending = evidence.history(row).ending;
    if (ending && ending->how == EventType::SubflowReset && ending->from != unmapped->from) {
        statement.text += ", so it reset the subflow (" + frame_words(ending->frame) +
                          reason_words(ending->rst) + ")";
        statement.frames.push_back(ending->frame);
    }
    statement.text += ".";
    if (const TimelineEntry *where = evidence.first(EventType::OptionRemoved, row))
        add_way(evidence, *where, " The option was removed", statement);
    else
        statement.text += " A middlebox removes the option on this path, or the host gave up MPTCP "
                          "on it.";
    to.push_back(std::move(statement));
}

const Interval &silence_of(const TimelineEntry &entry)
{
    return std::get<Interval>(entry.event.detail);
}

bool is_at_end(const TimelineEntry &silence)
{
    return silence.event.frame == silence_of(silence).since_frame;
}

bool is_by_reset(const Evidence &evidence, const SubflowRow &row, const TimelineEntry &silence)
{
    const auto &ending = evidence.history(row).ending;
    return ending && ending->how == EventType::SubflowReset && ending->frame == silence.event.frame;
}

// "from frame 9 on, the client did not answer the data of the server there for 1.500 s"
std::string silence_words(const TimelineEntry &silence, Statement &to)
{
    const Interval &interval = silence_of(silence);
    to.sender = other(silence.from);
    to.frames.push_back(interval.since_frame);
    return "from " + frame_words(interval.since_frame) + " on, " + host_words(silence.from) +
           " did not answer the data of " + host_words(*to.sender) + " there for " +
           time_words(interval.duration);
}

std::string meanwhile_words(const TimelineEntry &silence)
{
    return ". Meanwhile, " + host_words(silence.from) + " sent packets on other subflows.";
}

// A silence until the end of the capture or of the subflow.
void add_failed(const Evidence &evidence, const SubflowRow &row, const TimelineEntry &silence,
                Statements &to)
{
    Statement statement = begin(evidence, Code::PathFailed, Severity::Warn);
    statement.subflow = row.index;
    statement.text = at_start(subflow_words(row)) + " failed: " + silence_words(silence, statement);
    if (is_at_end(silence))
        statement.text += ", until the end of the capture";
    else
        statement.text += ", until the subflow was reset" + shown_in(&silence, statement);
    statement.text += meanwhile_words(silence);
    statement.figures = {{"seconds", silence_of(silence).duration}};
    to.push_back(std::move(statement));
}

// `silences` of one host; the longest one is described.
void add_stalls(const Evidence &evidence, const SubflowRow &row, const Entries &silences,
                Statements &to)
{
    const auto duration = [](const TimelineEntry *silence) {
        return silence_of(*silence).duration;
    };
    const TimelineEntry &longest = **std::ranges::max_element(silences, {}, duration);
    Time all = 0;
    for (const TimelineEntry *silence : silences)
        all = saturated_sum(all, duration(silence)); // clocks may jump
    Statement statement = begin(evidence, Code::PathStalled, Severity::Note);
    statement.subflow = row.index;
    statement.text = at_start(subflow_words(row)) + " stalled";
    if (silences.size() > 1)
        statement.text += " " + std::to_string(silences.size()) + " times, for " + time_words(all) +
                          " in all. The longest time";
    statement.text += ": " + silence_words(longest, statement) + ", until " +
                      frame_words(longest.event.frame) + meanwhile_words(longest);
    statement.frames.push_back(longest.event.frame);
    statement.figures = {{"times", std::uint64_t{silences.size()}},
                         {"seconds", all},
                         {"longest", duration(&longest)}};
    to.push_back(std::move(statement));
}

void add_silences(const Evidence &evidence, const SubflowRow &row, Statements &to)
{
    PerRole<Entries> stalls;
    for (const TimelineEntry *entry : evidence.entries_of(row)) {
        if (entry->event.type != EventType::PathSilent)
            continue;
        if (is_at_end(*entry) || is_by_reset(evidence, row, *entry))
            add_failed(evidence, row, *entry, to);
        else
            stalls[entry->from].push_back(entry);
    }
    for (const Entries &silences : stalls.each)
        if (!silences.empty())
            add_stalls(evidence, row, silences, to);
}

void add_aborted(const Evidence &evidence, Statements &to)
{
    const bool is_fastclose = evidence.row().state == ConnectionState::Fastclosed;
    if (!is_fastclose && evidence.row().state != ConnectionState::Reset)
        return;
    const TimelineEntry *end =
        evidence.first(is_fastclose ? EventType::Fastclose : EventType::SubflowReset);
    if (end == nullptr)
        return;
    Statement statement = begin(evidence, Code::Aborted, Severity::Note);
    statement.subflow = end->subflow;
    statement.sender = end->from;
    statement.frames = {end->event.frame};
    const PerRole<DataCount> &data = evidence.row().data;
    statement.text =
        at_start(host_words(end->from)) +
        (is_fastclose
             ? " aborted the connection by MP_FASTCLOSE ("
             : " ended the connection by RST, without DATA_FINs of both hosts (first in ") +
        frame_words(end->event.frame) + "), after " + byte_words(data[Role::Client].application()) +
        " of the client and " + byte_words(data[Role::Server].application()) + " of the server." +
        (evidence.used().empty()
             ? ""
             : " An application that closes its socket while data is unread, or "
               "with SO_LINGER 0, causes this.");
    statement.figures = {{"client_bytes", data[Role::Client].application()},
                         {"server_bytes", data[Role::Server].application()}};
    to.push_back(std::move(statement));
}

} // namespace

void add_ends(const Evidence &evidence, Statements &to)
{
    const bool is_one_way = evidence.missing_sender().has_value();
    const bool is_over = evidence.connection().fallback || evidence.connection().fastclosed;
    for (const SubflowRow &row : evidence.row().subflows) {
        if (evidence.is_ready(row) && !is_over)
            add_closed(evidence, row, to);
        if (evidence.is_whole() && !is_over)
            add_lost_options(evidence, row, to);
        if (!is_one_way)
            add_silences(evidence, row, to);
    }
    add_aborted(evidence, to);
}

} // namespace mptcp
