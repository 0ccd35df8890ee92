// SPDX-License-Identifier: GPL-2.0-or-later
//
// Paths that fall silent: one end does not answer the data of the other one on this subflow, but
// goes on sending on other subflows of the connection. Silence of the whole connection is not a
// matter of one path.
#pragma once

#include <optional>

#include "connections/connection.h"
#include "wire/segment.h"

namespace mptcp {

// TCP answers data within half a second (RFC 9293 3.8.6.3).
inline constexpr Time kLeastSilence = 1'000'000'000;

// The silence of an end so far, up to `now`; none if it is shorter than kLeastSilence, or if the
// host did not go on for that long.
std::optional<Interval> silence_of(const Connection &connection, const Subflow &subflow, Side end,
                                   Time now);

// Call it for each segment of a subflow that its receiver accepts.
void note_silence(Connection &connection, Subflow &subflow, Side sender, const Segment &segment);

} // namespace mptcp
