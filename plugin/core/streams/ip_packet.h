// SPDX-License-Identifier: GPL-2.0-or-later
//
// Makes the bytes of a packet: an IPv4 header (RFC 791 3.1) or an IPv6 header (RFC 8200 3), a TCP
// header (RFC 9293 3.1) and payload, with valid checksums.
#pragma once

#include <cstdint>
#include <vector>

#include "wire/bytes.h"
#include "wire/segment.h"

namespace mptcp {

// The longest payload of a packet without TCP options, for both versions of IP.
inline constexpr std::uint32_t kMostPayload = 65495;

// Returns the packet from its IP header on. Of the segment, the endpoints, which are of one family,
// the sequence numbers, the flags, the window and the payload are used. `options` are TCP options,
// whose length is a multiple of 4. Requires that the packet is no longer than 65,535 bytes.
//
// The bytes of the payload that were not captured are missing at the end of the packet, and count
// as zeros in the TCP checksum.
std::vector<std::uint8_t> make_packet(const Segment &segment, ByteView options = {});

} // namespace mptcp
