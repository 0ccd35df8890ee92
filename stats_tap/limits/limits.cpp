// SPDX-License-Identifier: GPL-2.0-or-later
#include "limits/limits.h"

#include <algorithm>
#include <optional>
#include <set>

#include "flight/reaction.h"
#include "flight/subflow_states.h"
#include "limits/clocking.h"

namespace mptcp {
namespace {

// The last data of the two subflows that carried data last. Where the data in flight is not known,
// a subflow goes on if its data was captured in the last round-trip time.
class Arrivals {
public:
    void apply(const Moment &moment)
    {
        if (!moment.sends)
            return;
        if (last_ && last_->subflow != moment.subflow)
            last_of_other_ = last_;
        last_ = moment;
    }
    bool others_go_on(std::uint32_t subflow, Time now) const
    {
        const std::optional<Moment> &other =
            last_ && last_->subflow == subflow ? last_of_other_ : last_;
        return other && now - other->time <= std::max(other->round_trip, answer_time(0));
    }

private:
    std::optional<Moment> last_, last_of_other_;
};

class LimitMaker {
public:
    explicit LimitMaker(const Moments &moments)
        : place_(moments.place),
          moments_(moments),
          clocking_(clocking_of(moments.all)),
          any_data_(std::ranges::any_of(moments.all, &Moment::sends)),
          subflows_(moments)
    {
    }

    std::vector<LimitInterval> make()
    {
        const std::vector<Moment> &all = moments_.all;
        if (all.empty())
            return {};
        std::vector<Limit> limits(all.size(), Limit{LimitKind::NotSeen, {}});
        if (place_.is_seen)
            for (std::size_t i = 1; i < all.size(); ++i)
                limits[i] = limit_before(i);
        limits[0] = all.size() > 1 ? limits[1] : limit_of_one(all[0]);
        return joined(limits);
    }

private:
    Limit limit_of_one(const Moment &moment) const
    {
        if (!place_.is_seen)
            return {LimitKind::NotSeen, {}};
        const bool is_handshake = moment.phase == Phase::Handshake;
        return {is_handshake ? LimitKind::Handshake : LimitKind::Unknown, {}};
    }

    // Of the time from the moment before up to this one.
    Limit limit_before(std::size_t i)
    {
        const Moment &before = moments_.all[i - 1];
        const Moment &moment = moments_.all[i];
        subflows_.apply(i - 1);
        arrivals_.apply(before);
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
        if (const auto path = recovering_path(before, moments_.all[i].time))
            return {LimitKind::LossRecovery, path};
        if (is_blocked(before))
            return {LimitKind::HeadOfLine, before.hole};
        if (before.window == WindowState::Full)
            return {LimitKind::ReceiveWindow, {}};
        return decide_by_clock(before, i);
    }

    std::optional<std::uint32_t> recovering_path(const Moment &before, Time end) const
    {
        if (before.all_acked)
            return std::nullopt;
        if (before.is_hole_lost && !subflows_.any_in_flight())
            return before.hole;
        if (subflows_.recovering().empty())
            return std::nullopt;
        const std::uint32_t path = *subflows_.recovering().begin();
        const bool others_go_on =
            place_.at_sender ? !subflows_.healthy().empty() : arrivals_.others_go_on(path, end);
        return others_go_on && before.window != WindowState::Full ? std::nullopt
                                                                  : std::optional{path};
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
        const std::vector<Moment> &all = moments_.all;
        std::vector<LimitInterval> intervals{{0, 0, limits[0], 0, all[0].frame, all[0].frame}};
        for (std::size_t i = 0; i < limits.size(); ++i) {
            LimitInterval &last = intervals.back();
            if (all[i].time > last.end && last.limit != limits[i]) {
                if (last.end > 0)
                    intervals.push_back({last.end, last.end, limits[i], 0, last.end_frame, 0});
                else
                    last.limit = limits[i]; // all before were of the same time
            }
            LimitInterval &own = intervals.back();
            if (all[i].time > own.end || own.end_frame == 0) {
                own.end = all[i].time;
                own.end_frame = all[i].frame;
            }
            own.bytes += all[i].bytes;
        }
        return intervals;
    }

    const CapturePlace &place_;
    const Moments &moments_;
    std::vector<Clocking> clocking_;
    bool any_data_;
    SubflowStates subflows_;
    Arrivals arrivals_;
    std::size_t next_not_seen_ = 0;
    bool by_clock_ = false;  // the last decision
    Time decided_until_ = 0; // the end of the last decision that was not
    Limit last_;
};

} // namespace

std::vector<LimitInterval> make_limits(const Moments &moments)
{
    return LimitMaker{moments}.make();
}

} // namespace mptcp
