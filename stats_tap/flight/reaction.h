// SPDX-License-Identifier: GPL-2.0-or-later
//
// How fast a host reacts, from a round-trip time. See limit.h for the reasons.
#pragma once

#include <algorithm>

#include "base/types.h"

namespace mptcp {

// An ACK is answered at once, if data follows it within this time.
constexpr Time answer_time(Time round_trip)
{
    constexpr Time kProcessing = kSecond / 1000;
    return std::max(kProcessing, round_trip / 8);
}

// An ACK is answered at all, if data follows it within this time.
constexpr Time patience(Time round_trip) { return round_trip / 2 + answer_time(round_trip); }

// What follows the end of a limit within this time belongs to it.
constexpr Time reaction_time(Time round_trip)
{
    return std::min(answer_time(round_trip), round_trip / 4);
}

} // namespace mptcp
