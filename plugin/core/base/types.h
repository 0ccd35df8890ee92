// SPDX-License-Identifier: GPL-2.0-or-later
//
// The words of RFC 8684's glossary (section 2.1) as types, so that a token
// cannot be taken for a nonce, nor a data sequence number for a subflow's.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>

namespace mptcp {

// A number that only mixes with its own kind. `value` is in host byte order.
template <class Tag, class Number> struct Strong {
    Number value{};

    friend auto operator<=>(const Strong &, const Strong &) = default;
};

using Key = Strong<struct KeyTag, std::uint64_t>;                 // 64 bits, chosen by a host
using Token = Strong<struct TokenTag, std::uint32_t>;             // a connection, at one host
using Nonce = Strong<struct NonceTag, std::uint32_t>;             // a host's, for one MP_JOIN
using DataSeq = Strong<struct DataSeqTag, std::uint64_t>;         // data level, modulo 2^64
using RelativeDsn = Strong<struct RelativeDsnTag, std::uint64_t>; // see data/data_stream.h
using TcpSeq = Strong<struct TcpSeqTag, std::uint32_t>;           // subflow level, modulo 2^32

// A sequence number as sent: all 64 bits, or the lower 32 of them.
struct WireDataSeq {
    std::uint64_t value = 0;
    bool is_64_bit = false; // true: 8 bytes were sent
};

// Protocol versions that this project knows: 0 is RFC 6824, 1 is RFC 8684.
// A SYN may offer others, so a version is carried as the number on the wire.
using Version = std::uint8_t;
inline constexpr Version kV0 = 0;
inline constexpr Version kV1 = 1;

// Nanoseconds since the epoch, or between two moments. Moments lie within 146
// years of the epoch, so that what lies between two of them fits as well.
using Time = std::int64_t;
inline constexpr Time kLatestTime = (Time{1} << 62) - 1;

constexpr Time clamp_time(Time moment) { return std::clamp(moment, -kLatestTime, kLatestTime); }

// A file may name any time: one beyond the last moment is held to be that one.
constexpr Time time_from(std::int64_t seconds, std::int32_t nanoseconds)
{
    constexpr Time kSecond = 1'000'000'000;
    constexpr Time kMostSeconds = kLatestTime / kSecond + 1;
    constexpr Time kUsualSeconds = kMostSeconds - 4; // far enough from there for any nanoseconds
    if (-kUsualSeconds < seconds && seconds < kUsualSeconds)
        return seconds * kSecond + nanoseconds;
    return clamp_time(std::clamp(seconds, -kMostSeconds, kMostSeconds) * kSecond + nanoseconds);
}

// The roles in a connection: the client sent the initial subflow's SYN
// (Host A). They do not change with whoever opens a later subflow.
enum class Role : std::uint8_t { Client, Server };

// By their last bit, here and below: this is asked twenty times a packet, and as
// a comparison it takes three times as long.
constexpr Role other(Role role) { return static_cast<Role>(static_cast<std::uint8_t>(role) ^ 1U); }

// The ends of a subflow. A sent the first packet of it that was captured,
// which says nothing yet about the role of its host.
enum class Side : std::uint8_t { A, B };

constexpr Side other(Side side) { return static_cast<Side>(static_cast<std::uint8_t>(side) ^ 1U); }

// One thing for each role, or for each side.
template <class Which, class T> struct Pair {
    std::array<T, 2> each{};

    T &operator[](Which which) { return each[static_cast<std::size_t>(which)]; }
    const T &operator[](Which which) const { return each[static_cast<std::size_t>(which)]; }
};

template <class T> using PerRole = Pair<Role, T>;
template <class T> using PerSide = Pair<Side, T>;

} // namespace mptcp
