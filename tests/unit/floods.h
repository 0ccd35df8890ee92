// SPDX-License-Identifier: GPL-2.0-or-later
//
// Floods of up to a million packets. A test builds one packet and then changes
// its endpoint or a number in its options for each segment. All allocations
// during a flood are therefore the tracker's.
#pragma once

#include <cstdint>

#include "allocated.h"
#include "segments.h"

namespace mptcp::test {

// Offsets of the numbers in the options of a SYN with a single option.
inline constexpr std::size_t kKeyPlace = 4;   // of MP_CAPABLE, version 0
inline constexpr std::size_t kTokenPlace = 4; // of MP_JOIN
inline constexpr std::size_t kNoncePlace = 8;

// Writes a number into the options, in network byte order.
inline void put(Packet &packet, std::size_t place, std::uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; ++i)
        packet.options.at(place + i) = static_cast<std::uint8_t>(number >> (8 * (bytes - 1 - i)));
}
inline void put(Packet &packet, std::size_t place, Key key) { put(packet, place, key.value, 8); }
inline void put(Packet &packet, std::size_t place, Token token)
{
    put(packet, place, token.value, 4);
}

// One of 2^24 hosts.
inline Endpoint host(std::uint32_t i)
{
    Endpoint endpoint{{Family::IPv4}, static_cast<std::uint16_t>(1024 + i % 60'000)};
    endpoint.address.bytes = {11, static_cast<std::uint8_t>(i >> 16),
                              static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)};
    return endpoint;
}

// Pseudo-random numbers without repetitions, because the factor is odd.
inline std::uint64_t scattered(std::uint64_t i) { return i * 0x9e37'79b9'7f4a'7c15; }
inline std::uint32_t scattered32(std::uint32_t i) { return i * 0x9e37'79b1; }

} // namespace mptcp::test
