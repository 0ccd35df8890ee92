// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/passages.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "base/enum_set.h"
#include "between/header_changes.h"
#include "between/packet_fates.h"

namespace mptcp {
namespace {

class Passages {
public:
    Passages(const Tracker &tracker, const Sightings &sightings,
             const std::function<bool(std::uint32_t)> &is_counted, const PointsWanted &wanted)
        : tracker_(tracker),
          points_(tracker.points()),
          is_counted_(is_counted),
          wanted_(wanted),
          flows_(sort_by_flow(sightings, points_)),
          order_(flows_, points_),
          clocks_(flows_, order_, points_, wanted.clocks),
          recording_(recording_times(sightings, points_))
    {
    }

    PointsReport make()
    {
        PointsReport report;
        for (const auto &[key, flow] : flows_) {
            if (wanted_.only != nullptr &&
                &tracker_.registry().connection_of(key.first) != wanted_.only)
                continue;
            const std::vector<std::uint32_t> path = order_.along(key);
            note_sides(key, path);
            for (std::size_t from = 0; from < path.size(); ++from)
                if (const auto to = next_on_way(key, path, from)) {
                    Passage passage = make_passage(key, flow, path, {from, *to});
                    if (any_packet(passage))
                        report.passages.push_back(std::move(passage));
                }
        }
        std::ranges::stable_sort(report.passages, {}, [](const Passage &passage) {
            return std::tuple{passage.connection, passage.subflow, passage.sender};
        });
        add_clocks(report);
        for (const EnumSet<Role> &near : near_)
            report.sides.push_back(only_of(near));
        return report;
    }

private:
    // A packet at both points of a passage.
    struct SeenTwice {
        const Sighting *here, *there;
        Time first_time; // when it was recorded first, at any point
    };
    using Pairs = std::vector<SeenTwice>;

    static std::optional<Role> only_of(const EnumSet<Role> &near)
    {
        if (near.has(Role::Client) == near.has(Role::Server))
            return std::nullopt;
        return near.has(Role::Client) ? Role::Client : Role::Server;
    }

    // The first point on the way is on the sender's side, and the last one on the receiver's.
    void note_sides(const FlowKey &key, const std::vector<std::uint32_t> &path)
    {
        near_.resize(points_.size());
        const Role sender = tracker_.registry()[key.first].role(key.second);
        const auto is_order_known = [&](std::size_t place) {
            return order_.is_before(key, path[place], path[place + 1]).has_value();
        };
        if (!is_order_known(0) || !is_order_known(path.size() - 2))
            return;
        near_[path.front()].add(sender);
        near_[path.back()].add(other(sender));
    }

    std::uint8_t ttl_of(const Sighting &sighting) const
    {
        return points_.marks_at(sighting.marks).ttl;
    }
    bool is_counted(const SightedPacket &packet) const
    {
        return std::ranges::any_of(
            packet, [this](const SeenAt &seen) { return is_counted_(seen.sighting->frame); });
    }

    // False if none is counted.
    static bool any_packet(const Passage &passage)
    {
        return passage.both + passage.lost_frames.size() + passage.missed + passage.unseen +
                   passage.duplicated + passage.resegmented_from + passage.resegmented_to >
               0;
    }

    // The next point that has packets of this one.
    std::optional<std::size_t>
    next_on_way(const FlowKey &key, const std::vector<std::uint32_t> &path, std::size_t from) const
    {
        for (std::size_t to = from + 1; to < path.size(); ++to)
            if (order_.share_packets(key, path[from], path[to]))
                return to;
        return std::nullopt;
    }

    Passage make_passage(const FlowKey &key, const SightedFlow &flow,
                         const std::vector<std::uint32_t> &path, const Way &way) const
    {
        const auto [id, side] = key;
        const Registry &registry = tracker_.registry();
        Passage passage;
        passage.from = path[way.from];
        passage.to = path[way.to];
        passage.is_order_known = order_.is_before(key, passage.from, passage.to).has_value();
        passage.connection = registry.index_of(registry.connection_of(id));
        passage.subflow = registry.index_of(id);
        passage.sender = registry[id].role(side);
        add_packets(passage, key, flow, path, way);
        return passage;
    }

    void add_packets(Passage &passage, const FlowKey &key, const SightedFlow &flow,
                     const std::vector<std::uint32_t> &path, const Way &way) const
    {
        const ClockDifference clocks = clocks_.between(passage.from, passage.to);
        const auto answers = flows_.find({key.first, other(key.second)});
        const std::vector<PacketFate> packets =
            fates_of(flow, answers == flows_.end() ? nullptr : &answers->second, path, way);
        const RecordingTime shared = shared_time(packets);
        std::map<std::string, HeaderChange> changes;
        Pairs both;
        for (const PacketFate &each : packets) {
            if (!is_counted(*each.packet))
                continue;
            switch (each.fate) {
            case Fate::None:
                break;
            case Fate::Both:
                ++passage.both;
                both.push_back({each.here, each.there, each.packet->front().sighting->time});
                add_changes(passage, changes, key, *each.here, *each.there);
                break;
            case Fate::Lost:
                if (was_recording(passage, clocks, shared, *each.here))
                    add_lost(passage, *each.here);
                break;
            case Fate::Missed:
                ++passage.missed;
                break;
            case Fate::Duplicated:
                ++passage.duplicated;
                break;
            case Fate::Unseen:
                ++passage.unseen;
                break;
            case Fate::Split:
                ++passage.resegmented_from;
                break;
            case Fate::Joined:
                ++passage.resegmented_to;
                break;
            }
        }
        for (auto &[what, change] : changes) {
            if (change.event)
                std::get<WayBetween>(change.event->detail).packets = change.packets;
            passage.changes.push_back(std::move(change));
        }
        passage.reordered = count_reordered(both);
        add_delays(passage, clocks, both);
    }

    static void add_lost(Passage &passage, const Sighting &sighting)
    {
        passage.lost_frames.push_back(sighting.frame);
        if (sighting.payload > 0)
            ++passage.lost_kinds.data;
        else if (sighting.is_signalling)
            ++passage.lost_kinds.signalling;
        else
            ++passage.lost_kinds.ack;
    }

    void add_changes(Passage &passage, std::map<std::string, HeaderChange> &changes,
                     const FlowKey &key, const Sighting &here, const Sighting &there) const
    {
        for (const auto &[what, type] : header_changes(here, ttl_of(here), there, ttl_of(there))) {
            HeaderChange &change = changes[what];
            if (type)
                passage.changed_packets.push_back({there.frame, here.frame, *type});
            if (change.packets++ > 0)
                continue;
            change.what = what;
            change.first_frame = there.frame;
            if (type)
                change.event = Event{.frame = there.frame,
                                     .type = *type,
                                     .sender = key.second,
                                     .subflow = key.first,
                                     .time = there.time,
                                     .detail = WayBetween{passage.from, passage.to, here.frame, 0}};
        }
    }

    // From the first packet to the last that both points recorded, by the first clock.
    static RecordingTime shared_time(const std::vector<PacketFate> &packets)
    {
        RecordingTime times;
        for (const PacketFate &each : packets)
            if (each.fate == Fate::Both)
                times.include({each.here->time, each.here->time});
        return times;
    }

    // Whether the second point was recording when the packet should have arrived.
    bool was_recording(const Passage &passage, const ClockDifference &clocks,
                       const RecordingTime &shared, const Sighting &sighting) const
    {
        if (shared.contains(sighting.time))
            return true;
        const auto offset = clocks.at(sighting.time);
        return offset && recording_.at(clock_of(points_, passage.to))
                             .contains(saturated_sum(sighting.time, *offset));
    }

    // A packet is overtaken if one that was sent later arrived earlier.
    static std::uint64_t count_reordered(Pairs pairs)
    {
        std::ranges::sort(pairs, {}, [](const SeenTwice &pair) {
            return std::pair{pair.here->time, pair.here->frame};
        });
        std::uint64_t count = 0;
        std::pair<Time, std::uint32_t> latest{-kLatestTime, 0};
        for (const SeenTwice &pair : pairs) {
            const std::pair arrival{pair.there->time, pair.there->frame};
            count += arrival < latest ? 1 : 0;
            latest = std::max(latest, arrival);
        }
        return count;
    }

    void add_delays(Passage &passage, const ClockDifference &clocks, const Pairs &pairs) const
    {
        std::vector<Time> delays;
        for (const auto &[here, there, first_time] : pairs) {
            const auto offset = clocks.at(here->time);
            if (!offset)
                continue;
            delays.push_back(saturated_difference(there->time - here->time, *offset));
            if (wanted_.each_delay)
                passage.delays.push_back({first_time, here->frame, there->frame, delays.back()});
        }
        passage.jitter = jitter_of(delays);
        passage.delay = distribution_of(delays);
    }

    static Time jitter_of(const std::vector<Time> &delays)
    {
        if (delays.size() < 2)
            return 0;
        double changes = 0;
        for (std::size_t index = 1; index < delays.size(); ++index)
            changes += std::abs(static_cast<double>(delays[index]) -
                                static_cast<double>(delays[index - 1]));
        return static_cast<Time>(std::llround(changes / static_cast<double>(delays.size() - 1)));
    }

    void add_clocks(PointsReport &report) const
    {
        for (const Passage &passage : report.passages) {
            const std::uint32_t from = passage.from, to = passage.to;
            const bool is_known =
                std::ranges::any_of(report.clocks, [&](const ClockOfPoints &each) {
                    return each.from == from && each.to == to;
                });
            const ClockId here = clock_of(points_, from), there = clock_of(points_, to);
            if (is_known || here == there)
                continue;
            const bool is_first =
                std::ranges::none_of(report.clocks, [&](const ClockOfPoints &each) {
                    return std::minmax({clock_of(points_, each.from),
                                        clock_of(points_, each.to)}) == std::minmax({here, there});
                });
            report.clocks.push_back({from, to, clocks_.between(from, to), is_first});
        }
    }

    const Tracker &tracker_;
    const PointTable &points_;
    const std::function<bool(std::uint32_t)> &is_counted_;
    PointsWanted wanted_;
    std::map<FlowKey, SightedFlow> flows_;
    PointOrder order_;
    Clocks clocks_;
    std::map<ClockId, RecordingTime> recording_;
    std::vector<EnumSet<Role>> near_; // by point, the hosts whose packets it is next to
};

} // namespace

PointsReport make_points_report(const Tracker &tracker, const Sightings &sightings,
                                const std::function<bool(std::uint32_t)> &is_counted,
                                const PointsWanted &wanted)
{
    if (tracker.points().size() < 2)
        return {};
    return Passages{tracker, sightings, is_counted, wanted}.make();
}

Time end_of_recording(const PointTable &points, const Sightings &sightings,
                      const PointsReport &report, Time end)
{
    const auto is_of_one_host = [](const ClockOfPoints &clock) {
        return clock.difference.is_of_one_host();
    };
    if (std::ranges::all_of(report.clocks, is_of_one_host)) // nearly always
        return end;
    const std::map<ClockId, RecordingTime> times = recording_times(sightings, points);
    for (std::uint32_t point = 0; point < points.size(); ++point)
        end = std::min(end, times.at(clock_of(points, point)).end);
    return end;
}

std::vector<Event> events_of(const PointsReport &report)
{
    std::vector<Event> events;
    for (const Passage &passage : report.passages)
        for (const HeaderChange &change : passage.changes)
            if (change.event)
                events.push_back(*change.event);
    std::ranges::stable_sort(events, {}, &Event::frame);
    return events;
}

} // namespace mptcp
