// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happened between points to single packets, for the trees of these packets.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "between/passages.h"

namespace mptcp {

class PacketsBetween {
public:
    PacketsBetween() = default;
    // `report` has each delay.
    explicit PacketsBetween(const PointsReport &report);

    // From the point that recorded this frame to the next one.
    struct Delay {
        std::uint32_t frame = 0, next_frame = 0;
        std::uint32_t to = 0; // point
        Time delay = 0;
    };
    struct Loss {
        std::uint32_t frame = 0;
        std::uint32_t from = 0, to = 0; // points
    };

    // Nearly always at most one of each. Cost: O(log n).
    std::span<const Delay> delays_of(std::uint32_t frame) const;
    std::span<const Loss> losses_of(std::uint32_t frame) const;
    // What was done to the packet on its way to this frame: events_of() is about the first packet
    // of a subflow that it happened to, changes_of() about the others.
    std::span<const Event> events_of(std::uint32_t frame) const;
    const std::vector<Event> &events() const { return events_; } // in the order of frames
    std::span<const ChangedPacket> changes_of(std::uint32_t frame) const;

private:
    std::vector<Delay> delays_;
    std::vector<Loss> losses_;
    std::vector<Event> events_;
    std::vector<ChangedPacket> changes_;
};

} // namespace mptcp
