// SPDX-License-Identifier: GPL-2.0-or-later
//
// Arithmetic of sequence numbers that wrap: 32 bits at the subflow level
// (RFC 9293 3.4), 64 bits at the data level (RFC 8684 3.3.1), and the way from
// the 32 bits that a DSS may carry to the 64 that they stand for.
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

// How far `to` lies ahead of `from`, modulo the space; never negative.
constexpr std::uint32_t distance(TcpSeq from, TcpSeq to) { return to.value - from.value; }
constexpr std::uint64_t distance(DataSeq from, DataSeq to) { return to.value - from.value; }

// True if `a` comes before `b`: less than half of the space behind it.
constexpr bool before(TcpSeq a, TcpSeq b)
{
    return static_cast<std::int32_t>(a.value - b.value) < 0;
}
constexpr bool before(DataSeq a, DataSeq b)
{
    return static_cast<std::int64_t>(a.value - b.value) < 0;
}

// RFC 8684 3.3.1: a 4-byte DSN or DATA_ACK is the lower half of the 64-bit
// number. Gives the number with those lower bits that is nearest to `near`,
// which may lie across a multiple of 2^32, or across 2^64, in either direction.
constexpr DataSeq extend(std::uint32_t low, DataSeq near)
{
    const auto delta = static_cast<std::int32_t>(low - static_cast<std::uint32_t>(near.value));
    return {near.value + static_cast<std::uint64_t>(static_cast<std::int64_t>(delta))};
}

} // namespace mptcp
