// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/one_way_delays.h"

#include <algorithm>

namespace mptcp {

std::string way_in_words(const PointPair &points)
{
    return "point " + std::to_string(points.first) + " to point " + std::to_string(points.second);
}

std::map<std::pair<PointPair, std::uint32_t>, std::vector<OneWayDelay>>
delays_by_way(const std::vector<OneWayDelay> &delays)
{
    std::map<std::pair<PointPair, std::uint32_t>, std::vector<OneWayDelay>> by_way;
    for (const OneWayDelay &delay : delays)
        by_way[{{delay.from, delay.to}, delay.subflow}].push_back(delay);
    return by_way;
}

Time most_delay(const std::vector<OneWayDelay> &delays)
{
    Time most = 1;
    for (const OneWayDelay &delay : delays)
        most = std::max(most, delay.delay);
    return most;
}

std::vector<OneWayDelay> make_one_way_delays(const DrawnConnection &drawn, Role sender)
{
    std::vector<OneWayDelay> delays;
    for (const Passage &passage : drawn.points().passages) {
        if (passage.sender != sender)
            continue;
        for (const PacketDelay &packet : passage.delays)
            delays.push_back({drawn.since_start(packet.time), packet.frame, passage.subflow,
                              passage.from, passage.to, packet.delay});
    }
    std::ranges::stable_sort(delays, {}, &OneWayDelay::frame);
    return delays;
}

} // namespace mptcp
