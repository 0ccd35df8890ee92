// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/point_order.h"

#include <algorithm>

namespace mptcp {
namespace {

int sign(std::int64_t value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

std::optional<bool> decide(std::int64_t votes)
{
    return votes == 0 ? std::nullopt : std::optional{votes > 0};
}

// Of some parts of the time.
std::optional<Time> least_of(const std::map<std::size_t, Time> &least, std::size_t first,
                             std::size_t count)
{
    std::optional<Time> found;
    for (auto part = least.lower_bound(first); part != least.end() && part->first < first + count;
         ++part)
        found = std::min(found.value_or(part->second), part->second);
    return found;
}

FlowKey reverse(const FlowKey &flow) { return {flow.first, other(flow.second)}; }

} // namespace

ClockId clock_of(const Marks &marks)
{
    constexpr unsigned kBits = 32;
    return std::uint64_t{marks.section} << kBits | marks.interface;
}

PointOrder::PointOrder(const std::map<FlowKey, SightedFlow> &flows, const PointTable &points)
    : flows_(flows), points_(points)
{
    for (const auto &[key, flow] : flows)
        for (const SightedPacket &packet : flow)
            for (const SeenAt &seen : packet)
                parts_[clock_of(points, seen.point)].include(seen.sighting->time);
    for (const auto &[key, flow] : flows)
        for (const SightedPacket &packet : flow)
            for (const SeenAt &first : packet)
                for (const SeenAt &second : packet)
                    if (first.point != second.point)
                        add(key, first, second);
}

void PointOrder::add(const FlowKey &flow, const SeenAt &first, const SeenAt &second)
{
    Votes &votes = votes_[{flow, {first.point, second.point}}];
    const std::uint8_t ttl = points_.marks_at(first.sighting->marks).ttl;
    const std::uint8_t other_ttl = points_.marks_at(second.sighting->marks).ttl;
    const Time difference = second.sighting->time - first.sighting->time;
    if (ttl != 0 && other_ttl != 0)
        votes.ttl += sign(ttl - other_ttl);
    // At the same time, the file has them in order.
    votes.time += difference != 0
                      ? sign(difference)
                      : sign(std::int64_t{second.sighting->frame} - first.sighting->frame);
    const ClockId from = clock_of(points_, first.point), to = clock_of(points_, second.point);
    if (from == to)
        return;
    const Time time = from < to ? first.sighting->time : second.sighting->time;
    const std::size_t part = parts_.at(std::min(from, to)).find(time);
    const auto [least, is_first] = least_[{flow, {from, to}}].try_emplace(part, difference);
    least->second = std::min(least->second, difference);
}

std::optional<bool> PointOrder::by_both_directions(const FlowKey &flow, std::uint32_t first,
                                                   std::uint32_t second) const
{
    const ClockId here = clock_of(points_, first), there = clock_of(points_, second);
    const auto away = least_.find({flow, {here, there}});
    const auto back = least_.find({reverse(flow), {there, here}});
    if (away == least_.end() || back == least_.end())
        return std::nullopt;
    // Parts are joined as long as none has packets of both directions.
    for (std::size_t joined = 1; joined <= TimeParts::kCount; joined *= 2) {
        std::int64_t votes = 0;
        for (std::size_t part = 0; part < TimeParts::kCount; part += joined) {
            const auto there_later = least_of(away->second, part, joined);
            const auto here_later = least_of(back->second, part, joined);
            if (there_later && here_later)
                votes += sign(saturated_sum(*there_later, *here_later));
        }
        if (votes != 0)
            return votes > 0;
    }
    return std::nullopt;
}

std::optional<bool> PointOrder::by_capture_direction(std::uint32_t first,
                                                     std::uint32_t second) const
{
    const auto vote = [this](std::uint32_t point) {
        switch (points_.marks_of(point).direction) {
        case CaptureDirection::Outgoing:
            return 1;
        case CaptureDirection::Incoming:
            return -1;
        case CaptureDirection::Unknown:
            break;
        }
        return 0;
    };
    return decide(vote(first) - vote(second));
}

std::optional<bool> PointOrder::is_before(const FlowKey &flow, std::uint32_t first,
                                          std::uint32_t second) const
{
    const auto votes = votes_.find({flow, {first, second}});
    if (votes == votes_.end())
        return std::nullopt;
    if (const auto by_ttl = decide(votes->second.ttl))
        return by_ttl;
    if (clock_of(points_, first) == clock_of(points_, second))
        return decide(votes->second.time);
    if (const auto by_time = by_both_directions(flow, first, second))
        return by_time;
    return by_capture_direction(first, second);
}

std::vector<std::uint32_t> PointOrder::along(const FlowKey &flow) const
{
    std::vector<std::uint32_t> points = points_of(flows_.at(flow));
    std::map<std::uint32_t, std::size_t> before; // how many points are nearer to the sender
    for (const std::uint32_t point : points)
        before[point] =
            static_cast<std::size_t>(std::ranges::count_if(points, [&](std::uint32_t nearer) {
                return nearer != point && is_before(flow, nearer, point).value_or(nearer < point);
            }));
    std::ranges::stable_sort(points, {}, [&](std::uint32_t point) { return before[point]; });
    return points;
}

} // namespace mptcp
