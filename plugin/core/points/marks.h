// SPDX-License-Identifier: GPL-2.0-or-later
//
// Marks: what a capture shows about where a packet was recorded. point_table.h makes points of
// them.
#pragma once

#include <cstdint>

namespace mptcp {

// The direction of a packet at its capture interface.
enum class CaptureDirection : std::uint8_t { Unknown, Incoming, Outgoing };

struct Marks {
    // Different values are always different points.
    std::uint32_t section = 0;         // of a pcapng file
    std::uint32_t interface = 0;       // interface ID in that section, from 1; 0: none
    std::uint32_t interface_index = 0; // Linux cooked capture v2; 0: none
    CaptureDirection direction = CaptureDirection::Unknown;
    std::uint64_t tunnel = 0; // identifies the protocols around the innermost IP header; 0: none

    // These tell one recording from another where the marks above do not, but only a copy shows it:
    // the packets of one point may have many addresses.
    std::uint64_t link_low = 0, link_high = 0; // link-layer addresses, in ascending order; 0: none
    std::uint32_t vlan = 0;                    // 0: none
    std::uint8_t ttl = 0;                      // or hop limit; 0: not known

    friend bool operator==(const Marks &, const Marks &) = default;
};

} // namespace mptcp
