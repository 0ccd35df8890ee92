// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/packets_between.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace mptcp {
namespace {

template <class Record>
std::span<const Record> of_frame(const std::vector<Record> &records, std::uint32_t frame)
{
    // clang 14 cannot compile the subrange that equal_range returns.
    return {std::ranges::lower_bound(records, frame, {}, &Record::frame),
            std::ranges::upper_bound(records, frame, {}, &Record::frame)};
}

} // namespace

PacketsBetween::PacketsBetween(const PointsReport &report) : events_(mptcp::events_of(report))
{
    const auto has_event = [this](const ChangedPacket &packet) {
        return std::ranges::any_of(events_of(packet.frame),
                                   [&](const Event &event) { return event.type == packet.what; });
    };
    for (const Passage &passage : report.passages) {
        for (const PacketDelay &packet : passage.delays)
            delays_.push_back({packet.frame, packet.next_frame, passage.to, packet.delay});
        for (const std::uint32_t frame : passage.lost_frames)
            losses_.push_back({frame, passage.from, passage.to});
        std::ranges::copy_if(passage.changed_packets, std::back_inserter(changes_),
                             std::not_fn(has_event));
    }
    std::ranges::stable_sort(delays_, {}, &Delay::frame);
    std::ranges::stable_sort(losses_, {}, &Loss::frame);
    std::ranges::stable_sort(changes_, {}, &ChangedPacket::frame);
}

std::span<const PacketsBetween::Delay> PacketsBetween::delays_of(std::uint32_t frame) const
{
    return of_frame(delays_, frame);
}

std::span<const PacketsBetween::Loss> PacketsBetween::losses_of(std::uint32_t frame) const
{
    return of_frame(losses_, frame);
}

std::span<const Event> PacketsBetween::events_of(std::uint32_t frame) const
{
    return of_frame(events_, frame);
}

std::span<const ChangedPacket> PacketsBetween::changes_of(std::uint32_t frame) const
{
    return of_frame(changes_, frame);
}

} // namespace mptcp
