// SPDX-License-Identifier: GPL-2.0-or-later
//
// Prepends a packet's MPTCP events to the Info column, in brackets like TCP's own
// analysis: "[Join of connection 0] 42601 → 443 [SYN] …".
#pragma once

#include <wireshark.h>

#include <epan/packet.h>

#include "capture/capture.h"

namespace mptcp {

void write_info(packet_info *pinfo, const Capture &capture, const Segment &segment,
                const Attribution &attribution);

} // namespace mptcp
