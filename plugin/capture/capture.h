// SPDX-License-Identifier: GPL-2.0-or-later
//
// The state of the open capture: the connections, and for each frame the subflow
// of its segments. Wireshark dissects a packet many times and in any order. Only
// the first dissection changes the state; later ones read it. Who owns the open
// capture: session.h.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "between/packets_between.h"
#include "between/sightings.h"
#include "between/vantage.h"
#include "containers/keyed_hash.h"
#include "streams/deliveries.h"
#include "tracker.h"

namespace mptcp {

class Capture {
public:
    explicit Capture(ClockSettings clocks = {}, VantageChoice seen_at = {})
        : clocks_(std::move(clocks)), seen_at_(std::move(seen_at))
    {
    }

    const Tracker &tracker() const { return tracker_; }
    const Sightings &sightings() const { return sightings_; }
    void note_all_sightings() { sightings_.note_all(); }
    const ClockSettings &clocks() const { return clocks_; }   // that the user set
    const VantageChoice &seen_at() const { return seen_at_; } // that the user made

    // What several points tell, of all packets.
    struct Between {
        PacketsBetween packets;
        Vantages vantages;
    };
    // As of the last segment.
    const Between &between() const;
    // The same, for each packet's tree: while segments are added, it may be as of an earlier one,
    // so that this takes a tenth of the time at most.
    const Between &recently_between() const;
    PointTable &points() { return tracker_.points(); }

    // TCP segments that were dissected, of MPTCP or not; each counts once.
    std::uint64_t segments() const { return segments_; }
    void count_segment() { ++segments_; }

    // The latest time of a frame, of any protocol.
    Time end() const { return end_; }
    void note_frame(Time time) { end_ = std::max(end_, time); }

    // First dissection: returns the subflow of the segment. `layer` counts the
    // TCP segments of one frame from 0. The caller removes the shift from the segment's numbers
    // before it hands it on.
    std::optional<Observation> observe(const Segment &segment, std::uint32_t layer);

    // Later dissections: returns what observe() returned.
    std::optional<Observation> observed(std::uint32_t frame, std::uint32_t layer) const;
    std::optional<Observation> observe_again(const Segment &segment, std::uint32_t layer);

    // The data for upper protocols: see streams/deliveries.h. Empty unless deliver() was called for
    // each segment.
    const Deliveries &deliveries() const { return deliveries_; }
    // First dissection, after observe().
    bool deliver(const Segment &segment, std::uint32_t layer, const Observation &observation)
    {
        return deliveries_.apply(tracker_, segment, layer, observation);
    }
    void leave_to_tcp(ConnectionId id) { deliveries_.leave_to_tcp(id); }

    // The copies of the segments of a frame, in ascending order, as far as they were dissected.
    struct CopyLink {
        std::uint32_t original = 0, copy = 0; // frames
        friend auto operator<=>(const CopyLink &, const CopyLink &) = default;
    };
    std::span<const CopyLink> copies_of(std::uint32_t frame) const;

    // tcp.stream of a subflow; std::nullopt until it is noted.
    bool has_stream(SubflowId id) const
    {
        const auto place = static_cast<std::size_t>(id);
        return place < streams_.size() && streams_[place].has_value();
    }
    std::optional<std::uint32_t> stream(SubflowId id) const;
    void note_stream(SubflowId id, std::uint32_t stream);
    const std::vector<std::optional<std::uint32_t>> &streams() const { return streams_; }

private:
    // Subflow, sender, and whether it is a copy, in one number, 0 for none: four bytes a frame.
    using Packed = std::uint32_t;
    static Packed pack(const std::optional<Observation> &observation);
    std::optional<Observation> unpack(Packed packed, std::uint32_t frame,
                                      std::uint32_t layer) const;

    struct CopyRecord {
        std::uint64_t segment = 0;  // frame and layer
        std::uint32_t original = 0; // frame
    };

    struct ShiftRecord {
        std::uint64_t segment = 0; // frame and layer
        NumberShift shift;
    };

    void keep(std::uint32_t frame, std::uint32_t layer, Packed packed);
    void keep_anywhere(std::uint32_t frame, std::uint32_t layer, Packed packed);

    // What between() returns, and what it was made of.
    struct KnownBetween {
        Between between;
        std::uint64_t segments = 0;
        std::size_t sightings = 0;
        std::chrono::steady_clock::time_point due; // for the trees, made again from then on
    };
    bool is_between_known() const
    {
        return copies_.empty() ||
               (known_.segments == segments_ && known_.sightings == sightings_.size());
    }

    ClockSettings clocks_;
    VantageChoice seen_at_;
    Tracker tracker_;
    Sightings sightings_;
    mutable KnownBetween known_;
    Deliveries deliveries_;
    std::uint64_t segments_ = 0;
    Time end_ = -kLatestTime;
    std::vector<Packed> first_layer_;                                    // by frame
    std::unordered_map<std::uint64_t, Packed, NumberHash> inner_layers_; // by frame and layer
    std::vector<CopyRecord> copies_;                                     // by segment
    std::vector<ShiftRecord> shifts_;                   // by segment; of those with a shift
    std::vector<std::optional<std::uint32_t>> streams_; // by subflow
    mutable std::vector<CopyLink> by_original_;         // of copies_: sorted when it is asked for
};

} // namespace mptcp
