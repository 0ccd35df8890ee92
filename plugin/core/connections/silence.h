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
inline constexpr Time kLeastSilence = kSecond;

struct Silence {
    Side end{}; // the end that does not answer
    Interval interval;
};

// The silence of an end until the last packet of its host; none if that is less than kLeastSilence.
std::optional<Silence> silence_of(const Connection &connection, const Subflow &subflow, Side end);

// Call it for each segment of a subflow that its receiver accepts. Returns the silence that it
// ends: that of its sender or, by an RST, that of its receiver.
std::optional<Silence> note_silence(Connection &connection, Subflow &subflow, Side sender,
                                    const Segment &segment);

} // namespace mptcp
