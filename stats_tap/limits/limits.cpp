// SPDX-License-Identifier: GPL-2.0-or-later
#include "limits/limits.h"

#include <algorithm>
#include <set>
#include <utility>

#include "limits/capture_place.h"
#include "limits/clocking.h"
#include "limits/moment.h"
#include "limits/reaction.h"

namespace mptcp {
namespace {

// A subflow begins or ends to recover.
struct Turn {
    Time time = 0;
    std::uint32_t subflow = 0;
    int change = 0;
};

std::vector<Turn> turns_of(const std::vector<Recovery> &recoveries)
{
    std::vector<Turn> turns;
    for (const Recovery &recovery : recoveries) {
        turns.push_back({recovery.begin, recovery.subflow, 1});
        turns.push_back({recovery.end, recovery.subflow, -1});
    }
    std::ranges::stable_sort(turns, {}, &Turn::time);
    return turns;
}

// Which subflows have data in flight, and which recover, as time goes on.
class Subflows {
public:
    Subflows(std::size_t count, const std::vector<Recovery> &recoveries)
        : all_(count), turns_(turns_of(recoveries))
    {
    }

    void apply(const Moment &moment)
    {
        change(moment.subflow, [&](State &own) {
            own.in_flight = moment.in_flight;
            own.is_unknown = !moment.is_known;
        });
    }
    void advance(Time now)
    {
        for (; next_ < turns_.size() && turns_[next_].time <= now; ++next_)
            change(turns_[next_].subflow,
                   [&](State &own) { own.recoveries += turns_[next_].change; });
    }

    bool any_unknown() const { return unknown_ > 0; }
    bool any_in_flight() const { return !recovering_in_flight_.empty() || !healthy_.empty(); }
    bool in_flight(std::uint32_t subflow) const { return all_[subflow].in_flight; }
    // Those with data in flight that do not recover.
    const std::set<std::uint32_t> &healthy() const { return healthy_; }
    // All that recover, with data in flight or without.
    const std::set<std::uint32_t> &recovering() const { return recovering_; }
    bool others_in_flight(std::uint32_t subflow) const
    {
        const std::size_t all = healthy_.size() + recovering_in_flight_.size();
        return all > (in_flight(subflow) ? 1U : 0U);
    }

private:
    struct State {
        bool in_flight = false;
        bool is_unknown = false;
        int recoveries = 0;
    };

    static void put(std::set<std::uint32_t> &set, std::uint32_t subflow, bool is_in)
    {
        if (is_in)
            set.insert(subflow);
        else
            set.erase(subflow);
    }
    template <class Change> void change(std::uint32_t subflow, Change apply_change)
    {
        State &own = all_[subflow];
        unknown_ -= own.is_unknown ? 1 : 0;
        apply_change(own);
        unknown_ += own.is_unknown ? 1 : 0;
        put(healthy_, subflow, own.in_flight && own.recoveries == 0);
        put(recovering_, subflow, own.recoveries > 0);
        put(recovering_in_flight_, subflow, own.in_flight && own.recoveries > 0);
    }

    std::vector<State> all_; // by index
    std::vector<Turn> turns_;
    std::size_t next_ = 0;
    int unknown_ = 0;
    std::set<std::uint32_t> healthy_, recovering_, recovering_in_flight_;
};

bool is_seen(const DrawnConnection &drawn, Role sender)
{
    const auto any_of = [&](Role host, auto with) {
        return std::ranges::any_of(drawn.notes(), [&](const SegmentNote &note) {
            return drawn.sender_of(note) == host && with(note);
        });
    };
    if (!any_of(sender, [](const SegmentNote &) { return true; }))
        return false;
    const bool any_ack =
        any_of(other(sender), [](const SegmentNote &note) { return note.has(kAck); });
    const bool only_syn =
        std::ranges::all_of(drawn.notes(), [](const SegmentNote &note) { return note.has(kSyn); });
    if (!any_ack && !only_syn)
        return false;
    const DataStream *stream = drawn.stream(sender);
    if (stream == nullptr)
        return true;
    std::uint64_t captured = 0;
    stream->first_senders().visit({0, UINT64_MAX}, [&](const FirstSenderIndex::Entry &entry) {
        captured += entry.length;
        return true;
    });
    constexpr std::uint64_t kTenth = 10;
    const std::uint64_t missing = stream->gaps().acknowledged;
    return missing <= (captured + missing) / kTenth;
}

class LimitMaker {
public:
    LimitMaker(const DrawnConnection &drawn, Role sender)
        : drawn_(drawn),
          place_(capture_place_of(drawn, sender)),
          moments_(make_moments(drawn, sender, place_)),
          clocking_(clocking_of(moments_.all)),
          any_data_(std::ranges::any_of(moments_.all, &Moment::sends)),
          subflows_(drawn.connection().subflows.size(), moments_.recoveries),
          is_seen_(is_seen(drawn, sender))
    {
    }

    std::vector<LimitInterval> make()
    {
        const std::vector<Moment> &all = moments_.all;
        if (all.empty())
            return {};
        std::vector<Limit> limits(all.size(), Limit{LimitKind::NotSeen, {}});
        if (is_seen_)
            for (std::size_t i = 1; i < all.size(); ++i)
                limits[i] = limit_before(i);
        return joined(limits);
    }

private:
    // Of the time from the moment before up to this one.
    Limit limit_before(std::size_t i)
    {
        const Moment &before = moments_.all[i - 1];
        const Moment &moment = moments_.all[i];
        subflows_.apply(before);
        subflows_.advance(before.time);
        const Limit limit = decide(before, i);
        if (!by_clock_)
            decided_until_ = moment.time;
        else if (is_reaction(moment) || is_burst(i))
            return last_;
        last_ = for_burst(limit);
        return limit;
    }

    // What a burst belongs to that follows a limit. Data that follows the handshake comes when the
    // application has it.
    static Limit for_burst(const Limit &limit)
    {
        if (limit.kind == LimitKind::Handshake)
            return {LimitKind::Application, {}};
        const bool is_known = limit.kind != LimitKind::NotSeen;
        return is_known ? limit : Limit{LimitKind::Unknown, {}};
    }

    // To the end of a limit that stopped the sender.
    bool is_reaction(const Moment &moment) const
    {
        const bool was_stopped = last_.kind == LimitKind::ReceiveWindow ||
                                 last_.kind == LimitKind::LossRecovery ||
                                 last_.kind == LimitKind::HeadOfLine;
        return was_stopped && moment.time - decided_until_ <= reaction_time(moment.round_trip);
    }

    bool is_burst(std::size_t i) const
    {
        return place_.at_sender && clocking_[i] == Clocking::Burst;
    }

    Limit decide(const Moment &before, std::size_t i)
    {
        by_clock_ = false;
        if (is_not_seen(before.time))
            return {LimitKind::NotSeen, {}};
        if (before.phase == Phase::Handshake)
            return {LimitKind::Handshake, {}};
        if (before.phase == Phase::Closing)
            return {LimitKind::Closing, {}};
        if (subflows_.any_unknown())
            return {LimitKind::Unknown, {}};
        if (before.window == WindowState::Zero)
            return {LimitKind::ReceiveWindow, {}};
        if (const auto path = recovering_path(before))
            return {LimitKind::LossRecovery, path};
        if (is_blocked(before))
            return {LimitKind::HeadOfLine, before.hole};
        if (before.window == WindowState::Full)
            return {LimitKind::ReceiveWindow, {}};
        return decide_by_clock(before, i);
    }

    std::optional<std::uint32_t> recovering_path(const Moment &before) const
    {
        if (before.all_acked)
            return std::nullopt;
        if (before.is_hole_lost && !subflows_.any_in_flight())
            return before.hole;
        const bool is_limit = subflows_.healthy().empty() || before.window == WindowState::Full;
        return subflows_.recovering().empty() || !is_limit
                   ? std::nullopt
                   : std::optional{*subflows_.recovering().begin()};
    }

    bool is_blocked(const Moment &before) const
    {
        if (!place_.at_sender || before.held == HeldData::None || !before.hole ||
            !subflows_.in_flight(*before.hole))
            return false;
        const bool by_window = before.window == WindowState::Full && before.held == HeldData::Most;
        return by_window || !subflows_.others_in_flight(*before.hole);
    }

    Limit decide_by_clock(const Moment &before, std::size_t i)
    {
        by_clock_ = true;
        if (!any_data_)
            return {LimitKind::Application, {}};
        if (!place_.at_sender)
            return {LimitKind::Unknown, {}};
        const Clocking clocking = clocking_[i];
        if (clocking == Clocking::ByPath)
            return {LimitKind::Path, only_path(i)};
        if (clocking == Clocking::Idle && !before.all_acked && !subflows_.recovering().empty())
            return {LimitKind::LossRecovery, *subflows_.recovering().begin()};
        if (clocking == Clocking::Idle)
            return {LimitKind::Application, {}};
        return {before.all_acked ? LimitKind::Application : LimitKind::Unknown, {}};
    }

    std::optional<std::uint32_t> only_path(std::size_t i) const
    {
        const std::set<std::uint32_t> &healthy = subflows_.healthy();
        if (healthy.empty())
            return moments_.all[i].subflow;
        return healthy.size() == 1 ? std::optional{*healthy.begin()} : std::nullopt;
    }

    bool is_not_seen(Time begin)
    {
        const std::vector<Recovery> &all = moments_.not_seen;
        while (next_not_seen_ < all.size() && all[next_not_seen_].end <= begin)
            ++next_not_seen_;
        return next_not_seen_ < all.size() && all[next_not_seen_].begin <= begin;
    }

    // Packets of the same time belong to what ended with the first one of them.
    std::vector<LimitInterval> joined(const std::vector<Limit> &limits) const
    {
        std::vector<LimitInterval> intervals;
        std::uint64_t first_bytes = 0;
        for (std::size_t i = 0; i < limits.size(); ++i) {
            const Moment &moment = moments_.all[i];
            const Time begin = intervals.empty() ? 0 : intervals.back().end;
            const bool takes_time = moment.time > begin;
            if (takes_time && (intervals.empty() || intervals.back().limit != limits[i]))
                intervals.push_back({begin, begin, limits[i], std::exchange(first_bytes, 0)});
            if (intervals.empty()) {
                first_bytes += moment.bytes;
                continue;
            }
            intervals.back().end = moment.time;
            intervals.back().bytes += moment.bytes;
        }
        if (intervals.empty())
            intervals.push_back({0, 0, limits.back(), first_bytes});
        return intervals;
    }

    const DrawnConnection &drawn_;
    CapturePlace place_;
    Moments moments_;
    std::vector<Clocking> clocking_;
    bool any_data_;
    Subflows subflows_;
    bool is_seen_;
    std::size_t next_not_seen_ = 0;
    bool by_clock_ = false;  // the last decision
    Time decided_until_ = 0; // the end of the last decision that was not
    Limit last_;
};

} // namespace

std::vector<LimitInterval> make_limits(const DrawnConnection &drawn, Role sender)
{
    return LimitMaker{drawn, sender}.make();
}

} // namespace mptcp
