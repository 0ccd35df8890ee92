// SPDX-License-Identifier: GPL-2.0-or-later
//
// In which order the packets of a flow passed the points that recorded them.
//
// The evidence, the strongest first: the TTL, which routers reduce; the time, if both points have
// the same clock; the least times in both directions, if their clocks differ. These are, with the
// unknown difference of the clocks, d + θ from A to B, and d - θ back. Their sum is positive if A
// is nearer to the sender of the first, whatever θ is. Each part of the time has a vote, since θ
// may change. Last, that hosts record as outgoing what they send.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "between/flows.h"
#include "between/time_parts.h"

namespace mptcp {

// Points with the same clock have the same value: an interface in a section of the file.
using ClockId = std::uint64_t;
ClockId clock_of(const Marks &marks);
inline ClockId clock_of(const PointTable &points, std::uint32_t point)
{
    return clock_of(points.marks_of(point));
}

class PointOrder {
public:
    // All must outlive this object.
    PointOrder(const std::map<FlowKey, SightedFlow> &flows, const PointTable &points);

    // The points of a flow from the sender on. Without any evidence, the one with the lower index
    // is first.
    std::vector<std::uint32_t> along(const FlowKey &flow) const;
    // Whether `first` is nearer to the sender than `second`; none without evidence.
    std::optional<bool> is_before(const FlowKey &flow, std::uint32_t first,
                                  std::uint32_t second) const;

    bool share_packets(const FlowKey &flow, std::uint32_t first, std::uint32_t second) const
    {
        return votes_.contains({flow, {first, second}});
    }

    // The parts of the time by a clock of the flows.
    const TimeParts &parts(ClockId clock) const { return parts_.at(clock); }

private:
    using ClockPair = std::pair<ClockId, ClockId>;
    // What packets that two points saw tell about the way between them.
    struct Votes {
        std::int64_t ttl = 0;  // positive: the first point saw higher values
        std::int64_t time = 0; // positive: the first point saw them earlier, by their times
    };
    // By parts of the time by the lower clock: the least time of the second clock less the first.
    using Least = std::map<std::size_t, Time>;

    void add(const FlowKey &flow, const SeenAt &first, const SeenAt &second);
    std::optional<bool> by_both_directions(const FlowKey &flow, std::uint32_t first,
                                           std::uint32_t second) const;
    std::optional<bool> by_capture_direction(std::uint32_t first, std::uint32_t second) const;

    const std::map<FlowKey, SightedFlow> &flows_;
    const PointTable &points_;
    std::map<std::pair<FlowKey, PointPair>, Votes> votes_;
    std::map<ClockId, TimeParts> parts_;
    std::map<std::pair<FlowKey, ClockPair>, Least> least_;
};

} // namespace mptcp
