// SPDX-License-Identifier: GPL-2.0-or-later
//
// Strong types for the terms of RFC 8684 (sections 1.3 and 3): keys, tokens, nonces, sequence
// numbers; also versions, time, roles and sides. The types prevent, for example, the use of a token
// as a nonce. seq.h provides arithmetic of sequence numbers.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>

namespace mptcp {

// A number that converts to no other type. `value` is in host byte order.
template <class Tag, class Number> struct Strong {
    Number value{};

    friend auto operator<=>(const Strong &, const Strong &) = default;
};

using Key = Strong<struct KeyTag, std::uint64_t>;         // of one host for one connection
using Token = Strong<struct TokenTag, std::uint32_t>;     // identifies a connection at a host
using Nonce = Strong<struct NonceTag, std::uint32_t>;     // of one host for one MP_JOIN
using DataSeq = Strong<struct DataSeqTag, std::uint64_t>; // data level, modulo 2^64
using RelativeDsn = Strong<struct RelativeDsnTag, std::uint64_t>; // see data/data_stream.h
using TcpSeq = Strong<struct TcpSeqTag, std::uint32_t>;           // subflow level, modulo 2^32

// A DSN or DATA_ACK as sent: 64 bits, or the lower 32 bits.
struct WireDataSeq {
    std::uint64_t value = 0;
    bool is_64_bit = false; // true: 8 bytes were sent
};

// The protocol version on the wire. The supported versions are 0 (RFC 6824) and 1 (RFC 8684). A SYN
// may offer other versions.
using Version = std::uint8_t;
inline constexpr Version kV0 = 0;
inline constexpr Version kV1 = 1;

// Nanoseconds since the Unix epoch, or between two times. A time lies within 146 years of the
// epoch, so that the difference between two times does not overflow.
using Time = std::int64_t;
inline constexpr Time kLatestTime = (Time{1} << 62) - 1;
inline constexpr Time kSecond = 1'000'000'000;

// A time that began with a packet.
struct Interval {
    std::uint32_t since_frame = 0;
    Time duration = 0;
};

constexpr Time clamp_time(Time moment) { return std::clamp(moment, -kLatestTime, kLatestTime); }

// The sum of times that are far apart, such as those of two clocks, at most kLatestTime.
constexpr Time saturated_sum(Time a, Time b) { return clamp_time(clamp_time(a) + clamp_time(b)); }
constexpr Time saturated_difference(Time a, Time b)
{
    return clamp_time(clamp_time(a) - clamp_time(b));
}

// Converts the timestamp of a capture file. A time outside the range is clamped.
constexpr Time time_from(std::int64_t seconds, std::int32_t nanoseconds)
{
    constexpr Time kMostSeconds = kLatestTime / kSecond + 1;
    constexpr Time kUsualSeconds = kMostSeconds - 4; // leaves room for the nanoseconds
    if (-kUsualSeconds < seconds && seconds < kUsualSeconds)
        return seconds * kSecond + nanoseconds;
    return clamp_time(std::clamp(seconds, -kMostSeconds, kMostSeconds) * kSecond + nanoseconds);
}

// The role of a host in a connection. The client sent the SYN of the initial subflow (Host A in
// RFC 8684). The initiator of a later subflow may have either role.
enum class Role : std::uint8_t { Client, Server };

// The functions other() flip the lowest bit. They are called about 20 times per packet, and a
// comparison takes three times as long.
constexpr Role other(Role role) { return static_cast<Role>(static_cast<std::uint8_t>(role) ^ 1U); }

// Converts a role in one connection to that in another one, in which the server of the first
// connection has the role `role_of_server`. Conversely, convert(role, role in the other one) is the
// role of the server.
constexpr Role convert(Role role, Role role_of_server)
{
    return role == Role::Server ? role_of_server : other(role_of_server);
}

// The end of a subflow. Side A sent the first captured packet of the subflow. The host of side A
// may have either role.
enum class Side : std::uint8_t { A, B };

constexpr Side other(Side side) { return static_cast<Side>(static_cast<std::uint8_t>(side) ^ 1U); }

// A value for each role or for each side.
template <class Which, class T> struct Pair {
    std::array<T, 2> each{};

    T &operator[](Which which) { return each[static_cast<std::size_t>(which)]; }
    const T &operator[](Which which) const { return each[static_cast<std::size_t>(which)]; }
};

template <class T> using PerRole = Pair<Role, T>;
template <class T> using PerSide = Pair<Side, T>;

} // namespace mptcp
