// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the times of data and of ACKs tell about what the sender waited for: an ACK, or its
// application. Each pause between two data packets of the connection is looked at as a whole.
#pragma once

#include <vector>

#include "flight/moment.h"

namespace mptcp {

enum class Clocking : std::uint8_t {
    ByPath,  // the data that ends the pause answers an ACK, or is paced
    Idle,    // the sender had nothing to send
    Burst,   // the data follows other data, without an ACK between them: see what was before
    Unknown, // one of the first two
};

// For each moment, of the pause that it is in: from the data before it, up to the data that ends
// the pause, which is included. It requires a capture at the sender's end.
std::vector<Clocking> clocking_of(const std::vector<Moment> &moments);

} // namespace mptcp
