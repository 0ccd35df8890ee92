// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is known of a segment of MPTCP: its subflow and sender, and whether it is a copy.
#pragma once

#include <cstdint>

#include "connections/connection.h"

namespace mptcp {

struct Observation : Attribution {
    Observation() = default;
    Observation(const Attribution &whose, std::uint32_t original = 0) // NOLINT: implicit
        : Attribution(whose), copy_of(original)
    {
    }

    // The frame of the same packet at the point that recorded it first; 0: the segment is not a
    // copy. A copy changes no state and is in no count but that of copies (copy_finder.h).
    std::uint32_t copy_of = 0;

    bool is_copy() const { return copy_of != 0; }
    friend bool operator==(const Observation &, const Observation &) = default;
    friend bool operator==(const Observation &observation, const Attribution &whose)
    {
        return observation == Observation{whose};
    }
};

} // namespace mptcp
