// SPDX-License-Identifier: GPL-2.0-or-later
//
// A TCP segment as plain values: all that the core learns of a packet. The header is
// parsed by tcp_header.h, once; nothing else reads a packet's bytes.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/types.h"
#include "wire/bytes.h"
#include "wire/segment_options.h"

namespace mptcp {

// RFC 9293 3.1: the flags that matter here, by their bit in the header.
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kAck = 0x10;

struct Segment {
    std::uint32_t frame = 0; // number of the frame in the capture, from 1
    Time time = 0;           // of the frame
    Endpoint source;
    Endpoint destination;
    TcpSeq seq;
    TcpSeq ack;
    std::uint8_t flags = 0;
    std::uint16_t window = 0;  // as sent: not scaled
    std::uint32_t payload = 0; // bytes on the wire, whatever the snaplen kept
    ByteView payload_bytes;    // those that were captured
    SegmentOptions options;

    bool syn() const { return (flags & (kSyn | kAck)) == kSyn; }
    bool syn_ack() const { return (flags & (kSyn | kAck)) == (kSyn | kAck); }
    bool any_syn() const { return (flags & kSyn) != 0; }
    bool fin() const { return (flags & kFin) != 0; }
    bool rst() const { return (flags & kRst) != 0; }
    bool has_ack() const { return (flags & kAck) != 0; }
};

} // namespace mptcp
