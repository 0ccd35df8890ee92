// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a packet's tree shows of its connection and subflow.
#pragma once

#include <wireshark.h>

#include <epan/packet.h>

#include "capture/capture.h"
#include "tracker.h"

namespace mptcp {

// Adds the item "Multipath TCP Connection" with its fields to the tree. May
// leave by epan's exceptions (a longjmp), so it holds nothing that owns memory.
void annotate(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const Capture &capture,
              const Segment &segment, const Attribution &attribution);

} // namespace mptcp
