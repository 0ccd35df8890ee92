// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/packets_between.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include "containers/sorted.h"

namespace mptcp {
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
    return with_key(delays_, &Delay::frame, frame);
}

std::span<const PacketsBetween::Loss> PacketsBetween::losses_of(std::uint32_t frame) const
{
    return with_key(losses_, &Loss::frame, frame);
}

std::span<const Event> PacketsBetween::events_of(std::uint32_t frame) const
{
    return with_key(events_, &Event::frame, frame);
}

std::span<const ChangedPacket> PacketsBetween::changes_of(std::uint32_t frame) const
{
    return with_key(changes_, &ChangedPacket::frame, frame);
}

} // namespace mptcp
