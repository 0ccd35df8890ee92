// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/flows.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace mptcp {

const Sighting *at_point(const SightedPacket &packet, std::uint32_t point)
{
    const auto found = std::ranges::find(packet, point, &SeenAt::point);
    return found == packet.end() ? nullptr : found->sighting;
}

namespace {

constexpr std::size_t kMostAlike = 64; // bounds the time for hostile files

std::uint32_t frame_of(const SeenAt &seen) { return seen.sighting->frame; }

// Packets that look alike: pure ACKs without an IP ID may have one fingerprint, and differ in their
// options or the window alone. CopyFinder takes the n-th one at a point for the n-th one at another
// point. If some were lost, those that are the same in everything belong together; only the rest
// may have been altered, in this order.
SightedFlow pair_anew(const SightedFlow &alike)
{
    std::vector<SeenAt> sightings;
    for (const SightedPacket &packet : alike)
        sightings.insert(sightings.end(), packet.begin(), packet.end());
    std::ranges::sort(sightings, {}, frame_of);
    SightedFlow same;
    for (const SeenAt &seen : sightings) {
        const auto found = std::ranges::find_if(same, [&](const SightedPacket &packet) {
            return packet.front().sighting->looks_like(*seen.sighting) &&
                   at_point(packet, seen.point) == nullptr;
        });
        (found == same.end() ? same.emplace_back() : *found).push_back(seen);
    }
    SightedFlow packets;
    for (const SightedPacket &part : same) {
        const auto found = std::ranges::find_if(packets, [&](const SightedPacket &packet) {
            return std::ranges::none_of(
                part, [&](const SeenAt &seen) { return at_point(packet, seen.point) != nullptr; });
        });
        SightedPacket &packet = found == packets.end() ? packets.emplace_back() : *found;
        packet.insert(packet.end(), part.begin(), part.end());
        std::ranges::sort(packet, {}, frame_of);
    }
    return packets;
}

bool differ(const SightedPacket &packet)
{
    return std::ranges::any_of(packet, [&](const SeenAt &seen) {
        return !seen.sighting->looks_like(*packet.front().sighting);
    });
}

// In the order of the originals.
SightedFlow in_order(const std::map<std::uint32_t, SightedPacket> &by_original)
{
    std::map<std::uint64_t, SightedFlow> alike;
    for (const auto &[original, packet] : by_original)
        if (packet.front().sighting->frame == original) // else it was not noted
            alike[packet.front().sighting->fingerprint].push_back(packet);
    SightedFlow flow;
    for (auto &[fingerprint, packets] : alike) {
        if (packets.size() > 1 && packets.size() <= kMostAlike &&
            std::ranges::any_of(packets, differ))
            packets = pair_anew(packets);
        std::ranges::move(packets, std::back_inserter(flow));
    }
    std::ranges::sort(flow, {},
                      [](const SightedPacket &packet) { return frame_of(packet.front()); });
    return flow;
}

} // namespace

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
    for (const auto &[key, packets] : by_original)
        if (SightedFlow flow = in_order(packets); points_of(flow).size() > 1)
            flows[key] = std::move(flow);
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
