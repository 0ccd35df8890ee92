// SPDX-License-Identifier: GPL-2.0-or-later
//
// Wireshark's own tables of MPTCP, mended: Statistics, Conversations and
// Endpoints, `-z conv,mptcp` and `-z endpoints,mptcp`. The built-in dissector
// shows a connection as two rows, one a direction, leaves out the packets that
// it does not see to be MPTCP's, and its endpoints end tshark 4.0. Where the
// preference says so, and while our protocol is enabled, they tell what we know.
#pragma once

#include <wireshark.h>

#include <epan/packet.h>

#include "capture/capture.h"

namespace mptcp {

// To be called when all protocols are known; `owner` is our protocol's ID.
void mend_builtin_tables(int owner);

// A frame is dissected, whether for the first time or again.
void begin_frame_of_builtin_tables();

// A segment of that frame belongs to a connection.
void feed_builtin_tables(packet_info *pinfo, const Attribution &attribution);

} // namespace mptcp
