// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/flows.h"

#include <algorithm>
#include <set>

namespace mptcp {

const Sighting *at_point(const SightedPacket &packet, std::uint32_t point)
{
    const auto found = std::ranges::find(packet, point, &SeenAt::point);
    return found == packet.end() ? nullptr : found->sighting;
}

std::map<FlowKey, SightedFlow> sort_by_flow(const Sightings &sightings, const PointTable &points)
{
    std::map<FlowKey, std::map<std::uint32_t, SightedPacket>> by_original;
    std::map<FlowKey, std::set<std::uint32_t>> seen_by;
    for (const Sighting &sighting : sightings.all())
        if (const auto point = points.point_of(sighting.marks))
            seen_by[{sighting.subflow, sighting.sender}].insert(*point);
    for (const Sighting &sighting : sightings.all()) {
        const FlowKey key{sighting.subflow, sighting.sender};
        const auto point = points.point_of(sighting.marks);
        if (!point || seen_by[key].size() < 2)
            continue;
        SightedPacket &packet = by_original[key][sighting.original];
        if (at_point(packet, *point) == nullptr)
            packet.push_back({*point, &sighting});
    }
    std::map<FlowKey, SightedFlow> flows;
    for (auto &[key, packets] : by_original)
        for (auto &[original, packet] : packets)
            if (packet.front().sighting->frame == original) // else it was not noted
                flows[key].push_back(std::move(packet));
    return flows;
}

std::vector<std::uint32_t> points_of(const SightedFlow &flow)
{
    std::set<std::uint32_t> points;
    for (const SightedPacket &packet : flow)
        for (const SeenAt &seen : packet)
            points.insert(seen.point);
    return {points.begin(), points.end()};
}

} // namespace mptcp
