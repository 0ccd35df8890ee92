// SPDX-License-Identifier: GPL-2.0-or-later
//
// Recognizes copies: a packet that was recorded before, at another point. A copy has the sequence
// and acknowledgement numbers, flags, payload length, timestamps (RFC 7323) and IP ID of the
// original. These are its fingerprint, a keyed hash of 64 bits. Neither the distance in the file
// nor the clocks matter.
//
// A network may deliver a packet twice, and a sender may retransmit a packet without a timestamp or
// an IP ID, so packets with one fingerprint are counted for each place: the n-th one at a place is
// a copy if any other place has had n of them, and a packet of its own otherwise. A place is what
// Segment::marks identifies.
//
// Addresses and ports are part of the comparison, except on a 4-tuple that is new, where a match
// shows that NAT changed them between two points. Numbers that a firewall shifted (number_shifts.h)
// are compared without the shift.
//
// Captures of one point do not pay for this: packets are only listed, and the index of fingerprints
// is made when an end of a subflow sends from a second place, or a subflow begins at a second
// place. The last 2^19 to 2^20 packets are known.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "connections/registry.h"
#include "containers/keyed_hash.h"
#include "points/number_shifts.h"
#include "points/observation.h"
#include "points/point_table.h"
#include "points/recent_map.h"
#include "wire/segment.h"

namespace mptcp {

// The addresses and ports of a subflow behind NAT at another point.
struct OtherAddresses {
    std::uint32_t marks = 0; // of the first packet that had them
    PerSide<Endpoint> ends;
};

// Of what the copies of a packet have in common, but the addresses and ports.
std::uint64_t fingerprint_of(const Segment &segment, const NumberShift &shift = {});

struct Copy {
    Observation observation; // with the frame of the original, and the shift of the copy
    std::uint32_t original_marks = 0;
    bool is_new_four_tuple = false; // its 4-tuple is another one of the subflow
};

class CopyFinder {
public:
    static constexpr std::size_t kMostPackets = 1 << 20;

    // Both must outlive this object.
    CopyFinder(const Registry &registry, const PointTable &points,
               std::size_t most_packets = kMostPackets);

    // Returns the original if the segment is a copy. `current` is the subflow that uses the
    // segment's 4-tuple. Call it once per segment, in capture order.
    std::optional<Copy> find(const Segment &segment, const std::optional<Attribution> &current);

    // Whether a firewall changed the numbers of any subflow.
    bool any_shift() const { return shifts_.any(); }
    // What it added to those of a segment that is no copy. `current` as above.
    NumberShift shift_of(const Segment &segment, const std::optional<Attribution> &current)
    {
        return current ? shifts_.best(segment, *current) : NumberShift{};
    }

    // Adds a packet of a subflow that is no copy, without the shift of its numbers.
    void add(const Segment &segment, const Attribution &attribution, const NumberShift &shift = {});

    // In the order in which they were found.
    std::span<const OtherAddresses> other_addresses(SubflowId subflow) const;

    // True once a packet was recorded at a second place.
    bool has_index() const { return has_index_; }

private:
    struct Packet {
        std::uint64_t fingerprint = 0;
        std::uint32_t frame = 0;
        std::uint32_t sender = 0; // packed
    };
    struct Original {
        std::uint32_t frame = 0;
        std::uint32_t sender = 0; // packed
        std::uint32_t marks = 0;
    };

    bool is_at_second_place(const Segment &segment,
                            const std::optional<Attribution> &current) const;
    void make_index();
    void index(std::uint64_t fingerprint, const Original &original);
    std::uint64_t key(std::uint64_t fingerprint, const Attribution &attribution) const;
    std::uint32_t count_at(std::uint64_t key, std::uint32_t marks);
    std::optional<Copy> find_by_key(std::uint64_t key, const Segment &segment);
    std::optional<Copy> find_same_addresses(const Segment &segment,
                                            const std::optional<Attribution> &current);
    std::optional<Copy> find_behind_nat(const Segment &segment);
    std::optional<Copy> find_shifted_opening(const Segment &segment,
                                             const std::optional<Attribution> &current);
    void note_four_tuple(Copy &copy, const Segment &segment);
    bool is_on_new_four_tuple(const Attribution &whose, const std::optional<Attribution> &current,
                              const Segment &segment) const;
    bool may_be_same_packet(const Attribution &original, const Segment &segment) const;
    std::optional<std::uint32_t> &first_marks(const Attribution &attribution);

    const Registry &registry_;
    const PointTable &points_;
    std::size_t most_packets_;

    std::vector<PerSide<std::optional<std::uint32_t>>> first_marks_; // by SubflowId
    std::optional<std::uint32_t> first_opening_; // the marks of the first packet of all

    bool has_index_ = false;
    std::deque<Packet> packets_;          // until there is an index
    RecentMap<Original> originals_;       // by key and number
    RecentMap<std::uint32_t> counts_;     // by key and marks; see count_at()
    RecentMap<std::uint32_t> by_numbers_; // by fingerprint: the packed sender
    NumberShifts shifts_;

    std::unordered_map<SubflowId, std::vector<OtherAddresses>, NumberHash> other_addresses_;
};

} // namespace mptcp
