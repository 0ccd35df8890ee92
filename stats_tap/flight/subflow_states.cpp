// SPDX-License-Identifier: GPL-2.0-or-later
#include "flight/subflow_states.h"

#include <algorithm>

namespace mptcp {
namespace {

void put(std::set<std::uint32_t> &set, std::uint32_t subflow, bool is_in)
{
    if (is_in)
        set.insert(subflow);
    else
        set.erase(subflow);
}

} // namespace

SubflowStates::SubflowStates(const Moments &moments)
    : moments_(moments), all_(moments.place.round_trips.size())
{
    for (const Recovery &recovery : moments.recoveries) {
        turns_.push_back({recovery.begin, recovery.subflow, 1});
        turns_.push_back({recovery.end, recovery.subflow, -1});
    }
    std::ranges::stable_sort(turns_, {}, &Turn::time);
}

void SubflowStates::apply(std::size_t index)
{
    const Moment &moment = moments_.all[index];
    const int recoveries = all_[moment.subflow].recoveries;
    set(moment.subflow, {moment.in_flight, !moment.is_known, moment.carries, recoveries});
    const std::vector<Covered> &covered = moments_.covered;
    for (; next_covered_ < covered.size() && covered[next_covered_].moment <= index;
         ++next_covered_) {
        State state = all_[covered[next_covered_].subflow];
        state.carries = false;
        set(covered[next_covered_].subflow, state);
    }
}

void SubflowStates::advance(Time now)
{
    for (; next_ < turns_.size() && turns_[next_].time <= now; ++next_) {
        State state = all_[turns_[next_].subflow];
        state.recoveries += turns_[next_].change;
        set(turns_[next_].subflow, state);
    }
}

void SubflowStates::set(std::uint32_t subflow, const State &state)
{
    State &own = all_[subflow];
    unknown_ += std::size_t{state.is_unknown} - std::size_t{own.is_unknown};
    in_flight_ += std::size_t{state.in_flight} - std::size_t{own.in_flight};
    carrying_ += std::size_t{state.carries} - std::size_t{own.carries};
    carrying_sum_ += (state.carries ? subflow : 0) - (own.carries ? subflow : 0);
    own = state;
    put(healthy_, subflow, own.carries && own.recoveries == 0);
    put(recovering_, subflow, own.recoveries > 0);
}

} // namespace mptcp
