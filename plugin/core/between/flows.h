// SPDX-License-Identifier: GPL-2.0-or-later
//
// Sightings by flow, which is one sender on one subflow, and by packet.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "between/sightings.h"
#include "points/point_table.h"

namespace mptcp {

// A sighting at a point.
struct SeenAt {
    std::uint32_t point = 0;
    const Sighting *sighting = nullptr;
};

// All sightings of a packet, at one point at most once, in capture order.
using SightedPacket = std::vector<SeenAt>;
const Sighting *at_point(const SightedPacket &packet, std::uint32_t point); // nullptr: not seen

// From one point to another.
using PointPair = std::pair<std::uint32_t, std::uint32_t>;

using FlowKey = std::pair<SubflowId, Side>;
using SightedFlow = std::vector<SightedPacket>; // in the order of the originals

// The sightings must outlive the result. Leaves out flows that only one point saw.
std::map<FlowKey, SightedFlow> sort_by_flow(const Sightings &sightings, const PointTable &points);

std::vector<std::uint32_t> points_of(const SightedFlow &flow); // in ascending order

} // namespace mptcp
