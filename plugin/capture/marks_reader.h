// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reads the marks of a packet: its capture interface and direction, the tunnel around its innermost
// IP header, link-layer addresses, VLAN and TTL.
#pragma once

#include <cstdint>

#include <wireshark.h>

#include <epan/packet.h>

#include "points/point_table.h"

namespace mptcp {

// Returns the index of the marks of the packet being dissected, which it adds to `points` if they
// are new. To be called from the dissector of what the innermost IP header carries.
std::uint32_t read_marks(const packet_info *pinfo, std::uint8_t ttl, PointTable &points);

} // namespace mptcp
