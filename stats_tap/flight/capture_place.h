// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a connection was captured, as seen from one sender: at its end, or elsewhere; and whether
// enough of it was. The handshake of a subflow tells, because a host answers at once: the time from
// the SYN to the SYN/ACK is the way to the listener and back, and the time from the SYN/ACK to the
// third ACK is that to the initiator.
#pragma once

#include <optional>
#include <vector>

#include "series/drawn_connection.h"

namespace mptcp {

struct CapturePlace {
    // False if the packets of one host are missing, or more than a tenth of the sender's data.
    bool is_seen = false;
    // Every handshake that was captured shows that the sender is near. Without any, it is false.
    bool at_sender = false;
    // Of the handshakes, from the SYN to the third ACK, by subflow index.
    std::vector<std::optional<Time>> round_trips;
};

CapturePlace capture_place_of(const DrawnConnection &drawn, Role sender);

} // namespace mptcp
