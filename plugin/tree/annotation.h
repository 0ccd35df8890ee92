// SPDX-License-Identifier: GPL-2.0-or-later
//
// Adds the connection and the subflow of a packet to its tree. The fields of the
// data level are left to annotation_data.h.
#pragma once

#include <wireshark.h>

#include <epan/packet.h>

#include "capture/capture.h"
#include "tracker.h"

namespace mptcp {

// Adds the item "Multipath TCP Connection" with its fields to the tree. epan may
// leave it by longjmp, so it holds no object that owns memory.
void annotate(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const Capture &capture,
              const Segment &segment, const Observation &observation);

} // namespace mptcp
