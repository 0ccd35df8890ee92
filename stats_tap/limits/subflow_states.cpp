// SPDX-License-Identifier: GPL-2.0-or-later
#include "limits/subflow_states.h"

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

SubflowStates::SubflowStates(std::size_t count, const std::vector<Recovery> &recoveries)
    : all_(count)
{
    for (const Recovery &recovery : recoveries) {
        turns_.push_back({recovery.begin, recovery.subflow, 1});
        turns_.push_back({recovery.end, recovery.subflow, -1});
    }
    std::ranges::stable_sort(turns_, {}, &Turn::time);
}

void SubflowStates::apply(const Moment &moment)
{
    const int recoveries = all_[moment.subflow].recoveries;
    set(moment.subflow, {moment.in_flight, !moment.is_known, recoveries});
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
    unknown_ += (state.is_unknown ? 1 : 0) - (own.is_unknown ? 1 : 0);
    in_flight_ += (state.in_flight ? 1 : 0) - (own.in_flight ? 1 : 0);
    own = state;
    put(healthy_, subflow, own.in_flight && own.recoveries == 0);
    put(recovering_, subflow, own.recoveries > 0);
}

} // namespace mptcp
