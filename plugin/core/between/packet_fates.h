// SPDX-License-Identifier: GPL-2.0-or-later
//
// What became of each packet of a flow between two points on its way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "between/flows.h"

namespace mptcp {

enum class Fate : std::uint8_t {
    None, // at neither point, or only at the second one and at a point before both
    Both,
    Lost,       // at the first point and no later one; the second one may not have been recording
    Missed,     // at the first point and, though the second one did not record it, it passed
    Unseen,     // at the second point, and at no earlier one
    Duplicated, // at the second point once more, which the network did
    Split,      // at the first point; its bytes are at the second one in other segments
    Joined,     // at the second point; its bytes are at the first one in other segments
};

struct PacketFate {
    Fate fate{};
    const SightedPacket *packet = nullptr;
    const Sighting *here = nullptr, *there = nullptr; // at the two points
};

// Two points, by their places on the way of a flow from its sender.
struct Way {
    std::size_t from = 0, to = 0;
};

// `path` are the points from the sender on. `answers` is the flow of the receiver, or nullptr: its
// ACK numbers tell what it received. In the order of the flow.
std::vector<PacketFate> fates_of(const SightedFlow &flow, const SightedFlow *answers,
                                 const std::vector<std::uint32_t> &path, const Way &way);

} // namespace mptcp
