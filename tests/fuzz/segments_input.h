// SPDX-License-Identifier: GPL-2.0-or-later
//
// Parses a fuzzer's input as the segments of a capture. The input is a sequence
// of records of 29 bytes, each followed by the options of its segment.
// tests/fuzz/seeds.py writes this format.
//
//   frames, time          frames and milliseconds (signed) since the previous record
//   source, destination   one host each: even numbers have IPv4 addresses, odd ones IPv6
//   ports, seq, ack, flags, window, payload (bytes), captured payload (bytes), option bytes
#pragma once

#include <cstddef>
#include <cstdint>

#include "wire/segment.h"

namespace mptcp::fuzz {

// Calls see(segment) for each complete record. The payload of each segment is a
// view into a static buffer.
template <class See> void each_segment(ByteView input, See see)
{
    static constexpr std::size_t kMostOptions = 40; // bytes: RFC 9293 3.1
    static constexpr std::array<std::uint8_t, 256> kPayload{};
    const auto host = [](std::uint8_t number) {
        Address address;
        address.family = number % 2 == 0 ? Family::IPv4 : Family::IPv6;
        address.bytes[address.family == Family::IPv4 ? 3 : 15] = number;
        return address;
    };
    constexpr Time kMillisecond = 1'000'000;

    Cursor cursor{input};
    Segment segment;
    segment.frame = 1;
    while (cursor.ok() && cursor.remaining() > 0) {
        segment.frame += cursor.u8();
        segment.time += static_cast<std::int8_t>(cursor.u8()) * kMillisecond;
        segment.source.address = host(cursor.u8());
        segment.destination.address = host(cursor.u8());
        segment.source.port = cursor.u16();
        segment.destination.port = cursor.u16();
        segment.seq = {cursor.u32()};
        segment.ack = {cursor.u32()};
        segment.flags = cursor.u8();
        segment.window = cursor.u16();
        segment.payload = cursor.u32();
        segment.payload_bytes =
            ByteView{kPayload}.first(std::min<std::size_t>(cursor.u8(), segment.payload));
        const ByteView options = cursor.take(cursor.u8() % (kMostOptions + 1));
        parse_options(options, options.size() % 4 == 0, segment.options);
        if (cursor.ok())
            see(segment);
    }
}

} // namespace mptcp::fuzz
