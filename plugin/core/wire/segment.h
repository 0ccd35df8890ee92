// SPDX-License-Identifier: GPL-2.0-or-later
//
// A TCP segment (RFC 9293 3.1) as plain values, the input of the core. tcp_header.h parses it
// from bytes, once per packet. Numbers are in host byte order. The capture sets what is not in the
// TCP header: frame, time, addresses, IP ID and marks.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/types.h"
#include "wire/bytes.h"
#include "wire/segment_options.h"

namespace mptcp {

// Identifies a segment of a capture, in the order of the frames. `layer` counts the segments of a
// frame from 0.
constexpr unsigned kBitsOfLayer = 32;
constexpr std::uint64_t segment_key(std::uint32_t frame, std::uint32_t layer)
{
    return std::uint64_t{frame} << kBitsOfLayer | layer;
}
constexpr std::uint32_t frame_of_key(std::uint64_t key)
{
    return static_cast<std::uint32_t>(key >> kBitsOfLayer);
}

// RFC 9293 3.1: the control bits that the core uses.
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kAck = 0x10;

struct Segment {
    std::uint32_t frame = 0; // number of the frame in the capture, from 1
    Time time = 0;           // capture time of the frame
    Endpoint source;
    Endpoint destination;
    TcpSeq seq;
    TcpSeq ack;
    std::uint8_t flags = 0;
    std::uint16_t window = 0;  // as sent: not scaled
    std::uint32_t payload = 0; // bytes on the wire, captured or not
    ByteView payload_bytes;    // the bytes that were captured; does not own them
    SegmentOptions options;
    std::uint16_t ip_id = 0; // RFC 791 3.1, identification; 0 for IPv6, or if it is not known
    // Where the packet was recorded: an index of PointTable (points/point_table.h).
    std::uint32_t marks = 0;

    bool syn() const { return (flags & (kSyn | kAck)) == kSyn; }
    bool syn_ack() const { return (flags & (kSyn | kAck)) == (kSyn | kAck); }
    bool any_syn() const { return (flags & kSyn) != 0; }
    bool fin() const { return (flags & kFin) != 0; }
    bool rst() const { return (flags & kRst) != 0; }
    bool has_ack() const { return (flags & kAck) != 0; }
};

} // namespace mptcp
