// SPDX-License-Identifier: GPL-2.0-or-later
//
// IP addresses and TCP endpoints (an address and a port). format.h formats them.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>

namespace mptcp {

enum class Family : std::uint8_t { IPv4, IPv6 };

// An IP address in network byte order. An IPv4 address occupies the first 4 bytes; the rest is
// zero.
struct Address {
    Family family = Family::IPv4;
    std::array<std::uint8_t, 16> bytes{};

    // The bytes as two numbers in native byte order, for fast comparison and hashing.
    struct Words {
        std::uint64_t first, second;

        friend auto operator<=>(const Words &, const Words &) = default;
    };
    Words words() const { return std::bit_cast<Words>(bytes); }

    friend auto operator<=>(const Address &, const Address &) = default;
    friend bool operator==(const Address &a, const Address &b)
    {
        return a.family == b.family && a.words() == b.words();
    }
};

struct Endpoint {
    Address address;
    std::uint16_t port = 0;

    friend auto operator<=>(const Endpoint &, const Endpoint &) = default;
    friend bool operator==(const Endpoint &a, const Endpoint &b)
    {
        return a.port == b.port && a.address == b.address;
    }
};

} // namespace mptcp
