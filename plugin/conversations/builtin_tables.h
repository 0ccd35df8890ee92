// SPDX-License-Identifier: GPL-2.0-or-later
//
// Replaces the counting of Wireshark's own tables of MPTCP: Statistics,
// Conversations and Endpoints, `-z conv,mptcp` and `-z endpoints,mptcp`. The
// built-in dissector shows a connection as two rows, one for each direction,
// omits the packets that it does not recognize, and its endpoints abort tshark
// 4.0. The tables count by this plugin's connections if the preference is set
// and the protocol is enabled.
#pragma once

#include <wireshark.h>

#include <epan/packet.h>

#include "capture/capture.h"

namespace mptcp {

// To be called when all protocols are registered; `owner` is our protocol's ID.
void replace_builtin_tables(int owner);

// To be called for each frame, before its segments.
void begin_frame_of_builtin_tables();

// To be called for each segment of a connection.
void feed_builtin_tables(packet_info *pinfo, const Attribution &attribution);

} // namespace mptcp
