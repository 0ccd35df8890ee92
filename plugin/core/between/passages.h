// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happened to packets between the points that recorded them: by subflow and sender, from each
// point on the way to the next one that recorded the same packets.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/distribution.h"
#include "between/clocks.h"
#include "between/sightings.h"
#include "events/event.h"
#include "tracker.h"

namespace mptcp {

// A change of the packets, in words: "option 30 removed".
struct HeaderChange {
    std::string what;
    std::uint64_t packets = 0;
    std::uint32_t first_frame = 0; // at the second point
    std::optional<Event> event;    // at the first packet, if the change matters to MPTCP
};

// A packet that such a change happened to.
struct ChangedPacket {
    std::uint32_t frame = 0; // at the second point
    std::uint32_t frame_before = 0;
    EventType what{};
};

struct PacketDelay {
    Time time = 0;                // when the packet was recorded first
    std::uint32_t frame = 0;      // at the first point of the passage
    std::uint32_t next_frame = 0; // at the second one
    Time delay = 0;
};

struct Passage {
    std::uint32_t from = 0, to = 0; // points; `from` is nearer to the sender
    bool is_order_known = false;    // false: a guess
    std::uint32_t connection = 0;   // index
    std::uint32_t subflow = 0;      // index
    Role sender{};

    std::uint64_t both = 0; // packets that both points recorded
    // Recorded at `from`, and at no later point, although `to` was recording.
    std::vector<std::uint32_t> lost_frames;
    struct {
        std::uint64_t data = 0;       // packets with payload
        std::uint64_t signalling = 0; // of the others: see Sighting
        std::uint64_t ack = 0;        // the rest
    } lost_kinds;
    // Recorded at `from` and not at `to`, but they passed: a later point recorded them, or the
    // receiver acknowledged data that it cannot have from other packets.
    std::uint64_t missed = 0;
    std::uint64_t unseen = 0;     // recorded at `to`, and at no earlier point
    std::uint64_t duplicated = 0; // recorded at `to` once more
    std::uint64_t reordered = 0;  // of `both`: overtaken between the two
    // Not at both points, but their bytes are, in other segments: a network card or a middlebox
    // merged or split them (GRO, TSO). Packets of `from` and of `to`.
    std::uint64_t resegmented_from = 0, resegmented_to = 0;
    std::vector<HeaderChange> changes;
    std::vector<ChangedPacket> changed_packets;

    // From `from` to `to`. None if the difference of the clocks is unknown.
    std::optional<Distribution> delay;
    Time jitter = 0; // the mean of how much it changed from packet to packet (RFC 3393)
    std::vector<PacketDelay> delays; // of each packet, if they were asked for
};

struct ClockOfPoints {
    std::uint32_t from = 0, to = 0; // points
    ClockDifference difference;     // of `to`, less `from`
    bool is_first = true;           // false: points before had the same clocks
};

struct PointsReport {
    // By point, the host that it is nearest to. None if it is not known, or between other points.
    std::vector<std::optional<Role>> sides;
    std::vector<Passage> passages;     // by connection, subflow, sender, and along the way
    std::vector<ClockOfPoints> clocks; // of points of `passages` that have different ones
};

struct PointsWanted {
    const Connection *only = nullptr; // this connection; nullptr: all
    bool each_delay = false;          // Passage::delays
    ClockSettings clocks;
};

// Of packets of which is_counted(frame) at one of the points. Nothing if the capture has one point.
PointsReport make_points_report(const Tracker &tracker, const Sightings &sightings,
                                const std::function<bool(std::uint32_t frame)> &is_counted,
                                const PointsWanted &wanted = {});

// The time until which nothing that came can have been missed. That is `end`, the time of the
// capture's last packet, unless clocks differ: then it is when the first one of them ended, since
// their times cannot be compared.
Time end_of_recording(const PointTable &points, const Sightings &sightings,
                      const PointsReport &report, Time end);

// What was done to MPTCP between points, in the order of frames.
std::vector<Event> events_of(const PointsReport &report);

} // namespace mptcp
