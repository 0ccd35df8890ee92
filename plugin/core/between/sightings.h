// SPDX-License-Identifier: GPL-2.0-or-later
//
// The packets of MPTCP as each capture point saw them. A packet that was recorded at several points
// has a sighting for each; all have the same `original`.
//
// Memory: 120 bytes for each. A capture of one point does not pay for them: until it has several
// interfaces or points, the first packets alone are noted, since a second point may show soon. If
// it shows late, as in merged files of clocks that are far apart, later passes note the others.
// As long as there is no copy, only the last packets are kept, those that CopyFinder still knows.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_set>
#include <vector>

#include "containers/keyed_hash.h"
#include "points/copy_finder.h"
#include "points/observation.h"
#include "points/point_table.h"
#include "wire/segment.h"

namespace mptcp {

struct Sighting {
    static constexpr std::size_t kMostOptions = 40; // bytes: RFC 9293 3.1

    Time time = 0;
    std::uint64_t addresses = 0;   // a hash of both endpoints
    std::uint64_t fingerprint = 0; // see CopyFinder
    std::uint64_t data = 0;        // a hash of the captured payload; 0: none, or not known
    std::uint32_t frame = 0;
    std::uint32_t original = 0; // the frame at the point that recorded the packet first
    SubflowId subflow{};
    TcpSeq seq;
    TcpSeq ack;                  // valid with the flag ACK
    std::uint32_t seq_shift = 0; // what a firewall added to `seq`: NumberShift
    std::uint32_t payload = 0;
    std::uint32_t captured = 0; // bytes of the payload
    std::uint32_t marks = 0;    // an index of PointTable
    std::uint16_t window = 0;
    std::uint8_t flags = 0;
    Side sender{};
    std::array<std::uint8_t, kMostOptions> option_bytes{};
    std::uint8_t options_length = 0; // bytes
    bool options_truncated = false;
    bool is_numbered = false;   // by its sender: it has an IP ID or a timestamp
    bool is_signalling = false; // SYN, FIN, RST, or an option of kind 30 other than DSS

    ByteView options() const { return ByteView{option_bytes}.first(options_length); }
    Attribution attribution() const { return {subflow, sender}; }
    // The segment, without what firewalls added to its numbers, and without its payload's bytes,
    // addresses and IP ID, which were not noted. Its options are views into this object.
    Segment segment() const;
    // Equal in what the copies of a packet need not have in common.
    bool looks_like(const Sighting &other) const
    {
        return window == other.window && std::ranges::equal(options(), other.options());
    }
};

// From the first packet to the last.
struct RecordingTime {
    Time begin = kLatestTime, end = -kLatestTime; // empty

    void include(const RecordingTime &other)
    {
        begin = std::min(begin, other.begin);
        end = std::max(end, other.end);
    }
    bool contains(Time time) const { return begin <= time && time <= end; }
};

class Sightings {
public:
    // From here on, a capture of one point pays, too. Call it before the first packet.
    void note_all() { first_ = CopyFinder::kMostPackets; }

    // A TCP segment in capture order; without an observation, one of plain TCP.
    void add(const PointTable &points, const Segment &segment,
             const std::optional<Observation> &observation);
    // The same in a later pass. `layer` counts the segments of a frame.
    void add_again(const PointTable &points, const Segment &segment, std::uint32_t layer,
                   const Observation &observation);

    const std::deque<Sighting> &all() const; // in capture order
    // The first frame from which on all packets were noted.
    std::uint32_t all_noted_since() const
    {
        const bool some_left_out = added_later_.size() < skipped_;
        return std::max(dropped_end_, some_left_out ? skipped_end_ : 0);
    }
    std::size_t size() const { return sightings_.size(); }

    // Of the TCP segments that were recorded with these marks.
    RecordingTime recorded(std::uint32_t marks) const
    {
        return marks < recorded_.size() ? recorded_[marks] : RecordingTime{};
    }

private:
    void push(const Segment &segment, const Observation &observation);
    void drop_first();

    std::size_t first_ = 4096; // packets that are noted while the capture has one point
    mutable std::deque<Sighting>
        sightings_; // in capture order, but for those that were added later
    mutable bool is_sorted_ = true;
    std::uint32_t skipped_begin_ = 0, skipped_end_ = 0; // frames
    std::uint64_t skipped_ = 0;                         // packets
    std::uint32_t dropped_end_ = 0;                     // frames before it are not kept
    std::unordered_set<std::uint64_t, NumberHash> added_later_;
    std::vector<RecordingTime> recorded_; // by marks
    bool any_copy_ = false;
};

} // namespace mptcp
