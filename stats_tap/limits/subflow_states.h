// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which subflows of a connection have data in flight, and which recover from a loss, as time goes
// on.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "limits/moment.h"
#include "limits/recoveries.h"

namespace mptcp {

class SubflowStates {
public:
    SubflowStates(std::size_t count, const std::vector<Recovery> &recoveries);

    // The state after a packet. Cost of both: O(log n).
    void apply(const Moment &moment);
    // The recoveries that began or ended up to this time, which never decreases.
    void advance(Time now);

    // Whether it is not known of some subflow if it has data in flight.
    bool any_unknown() const { return unknown_ > 0; }
    bool in_flight(std::uint32_t subflow) const { return all_[subflow].in_flight; }
    bool any_in_flight() const { return in_flight_ > 0; }
    bool others_in_flight(std::uint32_t subflow) const
    {
        return in_flight_ > (in_flight(subflow) ? 1 : 0);
    }
    // Those with data in flight that do not recover.
    const std::set<std::uint32_t> &healthy() const { return healthy_; }
    // Those that recover, with data in flight or without.
    const std::set<std::uint32_t> &recovering() const { return recovering_; }

private:
    struct State {
        bool in_flight = false;
        bool is_unknown = false;
        int recoveries = 0;
    };
    // A subflow begins or ends to recover.
    struct Turn {
        Time time = 0;
        std::uint32_t subflow = 0;
        int change = 0; // of State::recoveries
    };
    void set(std::uint32_t subflow, const State &state);

    std::vector<State> all_; // by index
    std::vector<Turn> turns_;
    std::size_t next_ = 0; // of turns_
    int unknown_ = 0, in_flight_ = 0;
    std::set<std::uint32_t> healthy_, recovering_;
};

} // namespace mptcp
