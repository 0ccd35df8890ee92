// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which subflows of a connection have data in flight, and which recover from a loss, as time goes
// on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "flight/moment.h"
#include "flight/recoveries.h"

namespace mptcp {

class SubflowStates {
public:
    // `moments` must outlive it.
    explicit SubflowStates(const Moments &moments);

    // The state after the moment with this index; to be called in order. Cost of both: O(log n),
    // amortised.
    void apply(std::size_t index);
    // The recoveries that began or ended up to this time, which never decreases.
    void advance(Time now);

    // Whether it is not known of some subflow if it has data in flight.
    bool any_unknown() const { return unknown_ > 0; }
    bool in_flight(std::uint32_t subflow) const { return all_[subflow].in_flight; }
    bool any_in_flight() const { return in_flight_ > 0; }
    bool others_in_flight(std::uint32_t subflow) const
    {
        return in_flight_ > (in_flight(subflow) ? 1U : 0U);
    }
    // How many have data in flight that no DATA_ACK covers; and which one, if it is one.
    std::size_t carrying() const { return carrying_; }
    std::optional<std::uint32_t> only_carrying() const
    {
        return carrying_ == 1 ? std::optional{carrying_sum_} : std::nullopt;
    }
    // Those of them that do not recover.
    const std::set<std::uint32_t> &healthy() const { return healthy_; }
    // Those that recover, with data in flight or without.
    const std::set<std::uint32_t> &recovering() const { return recovering_; }

private:
    struct State {
        bool in_flight = false;
        bool is_unknown = false;
        bool carries = false; // data that no DATA_ACK covers
        int recoveries = 0;
    };
    // A subflow begins or ends to recover.
    struct Turn {
        Time time = 0;
        std::uint32_t subflow = 0;
        int change = 0; // of State::recoveries
    };
    void set(std::uint32_t subflow, const State &state);

    const Moments &moments_;
    std::vector<State> all_; // by index
    std::vector<Turn> turns_;
    std::size_t next_ = 0; // of turns_
    std::size_t next_covered_ = 0;
    std::size_t unknown_ = 0, in_flight_ = 0, carrying_ = 0;
    std::uint32_t carrying_sum_ = 0; // of the indexes of those
    std::set<std::uint32_t> healthy_, recovering_;
};

} // namespace mptcp
