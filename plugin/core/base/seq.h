// SPDX-License-Identifier: GPL-2.0-or-later
//
// Arithmetic of sequence numbers modulo 2^32 at the subflow level (RFC 9293 3.4) and modulo 2^64 at
// the data level (RFC 8684 3.3.1), and the extension of 4-byte DSNs to 64 bits.
#pragma once

#include <cstdint>

#include "base/types.h"

namespace mptcp {

constexpr TcpSeq operator+(TcpSeq seq, std::uint32_t bytes) { return {seq.value + bytes}; }
constexpr TcpSeq operator-(TcpSeq seq, std::uint32_t bytes) { return {seq.value - bytes}; }
constexpr DataSeq operator+(DataSeq seq, std::uint64_t bytes) { return {seq.value + bytes}; }
constexpr RelativeDsn operator+(RelativeDsn dsn, std::uint64_t bytes)
{
    return {dsn.value + bytes};
}
constexpr RelativeDsn operator-(RelativeDsn dsn, std::uint64_t bytes)
{
    return {dsn.value - bytes};
}

// The distance from `from` forward to `to`, modulo 2^32 or 2^64. Never negative.
constexpr std::uint32_t distance(TcpSeq from, TcpSeq to) { return to.value - from.value; }
constexpr std::uint64_t distance(DataSeq from, DataSeq to) { return to.value - from.value; }

// True if `a` precedes `b` by less than half of the sequence space.
constexpr bool before(TcpSeq a, TcpSeq b)
{
    return static_cast<std::int32_t>(a.value - b.value) < 0;
}
constexpr bool before(DataSeq a, DataSeq b)
{
    return static_cast<std::int64_t>(a.value - b.value) < 0;
}

// True if `seq` is one of the numbers from `begin` to `begin` + `bytes`, both included.
constexpr bool within(TcpSeq seq, TcpSeq begin, std::uint32_t bytes)
{
    return distance(begin, seq) <= bytes;
}

// RFC 8684 3.3.1: a 4-byte DSN or DATA_ACK is the lower half of a 64-bit number. Returns the number
// with these lower 32 bits that is nearest to `near`, with wrap-around at 2^64.
constexpr DataSeq extend(std::uint32_t low, DataSeq near)
{
    const auto delta = static_cast<std::int32_t>(low - static_cast<std::uint32_t>(near.value));
    return {near.value + static_cast<std::uint64_t>(static_cast<std::int64_t>(delta))};
}

} // namespace mptcp
