// SPDX-License-Identifier: GPL-2.0-or-later
//
// IP addresses, and the endpoints of TCP: an address and a port.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>

namespace mptcp {

enum class Family : std::uint8_t { IPv4, IPv6 };

// An IP address in network byte order; an IPv4 address fills the first four
// bytes and leaves the rest zero.
struct Address {
    Family family = Family::IPv4;
    std::array<std::uint8_t, 16> bytes{};

    // The bytes as two numbers, in any byte order: quicker to compare.
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
