// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the packet did to its connection, in front of the Info column, as TCP's
// own analysis stands there: "[Join of connection 0] 42601 → 443 [SYN] …".
#pragma once

#include <wireshark.h>

#include <epan/packet.h>

#include "capture/capture.h"

namespace mptcp {

void write_info(packet_info *pinfo, const Capture &capture, const Segment &segment,
                const Attribution &attribution);

} // namespace mptcp
