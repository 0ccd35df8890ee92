// SPDX-License-Identifier: GPL-2.0-or-later
//
// Firewalls that rewrite initial sequence numbers: all numbers of one host on a subflow are higher
// by a constant behind the firewall, as are the acknowledgement numbers of its peer.
//
// A SYN or SYN/ACK at another point tells the constants if it is that of a known subflow in all but
// its numbers. Equal are flags, window, payload length, IP ID and all options except the MSS, and
// this identifies the subflow: a key, a nonce or a timestamp, since a new connection on the same
// 4-tuple has others, and a retransmission has the same number. Behind NAT, an IP ID is required,
// too, or a key or nonce. MP_CAPABLE of version 1 has no key in the SYN. Without such evidence, a
// SYN is that of another connection.
//
// A numbering is a pair of constants, one for each end. A subflow has one for each side of each
// firewall. Which one holds at a place is known once a packet there was recognized by it; before,
// the numbers of the packet tell it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include <boost/container/static_vector.hpp>

#include "connections/registry.h"
#include "containers/keyed_hash.h"
#include "points/observation.h"
#include "points/recent_map.h"
#include "wire/segment.h"

namespace mptcp {

class NumberShifts {
public:
    static constexpr std::size_t kMostNumberings = 4; // of a subflow

    // A SYN, a SYN/ACK, or what may be the RST that refuses a SYN (RFC 9293 3.5.2).
    static bool is_opening(const Segment &segment)
    {
        return segment.any_syn() || (segment.rst() && segment.has_ack());
    }

    // `registry` must outlive this object. `most` bounds the SYNs and places that are known.
    NumberShifts(const Registry &registry, std::size_t most);

    // True if any subflow has several numberings.
    bool any() const { return !numberings_.empty(); }

    // Adds an opening that is no copy. `shift` has been removed from its numbers.
    void add(const Segment &opening, const Attribution &sender, const NumberShift &shift);
    // Call it once, before recognize().
    void make_index();

    // A sender, and what may have been added to the numbers of its packet.
    struct Candidate {
        std::optional<Attribution> sender;
        NumberShift shift;
    };
    using Candidates = boost::container::static_vector<Candidate, 2 * kMostNumberings>;

    // Returns the sender of an opening that is known with other numbers, and adds the
    // numbering. `current` is the subflow that uses its 4-tuple.
    std::optional<Candidate> recognize(const Segment &opening,
                                       const std::optional<Attribution> &current);

    // Returns at least one; without a numbering, `current` and no shift.
    Candidates candidates(const Segment &segment, const std::optional<Attribution> &current);

    // With this shift, the segment is a copy.
    void confirm(const Segment &segment, const Attribution &sender, const NumberShift &shift);

    // The shift with which a packet that is no copy fits best to the subflow.
    NumberShift best(const Segment &segment, const Attribution &current);

private:
    using Numbering = PerSide<std::optional<std::uint32_t>>; // none: not known yet
    using Numberings = boost::container::static_vector<Numbering, kMostNumberings>;

    struct Opening {
        std::uint64_t hash = 0;      // see hash_of()
        std::uint32_t signature = 0; // see signature_of()
        std::uint32_t sender = 0;    // packed
        std::uint32_t marks = 0;
        TcpSeq seq; // without the shift
    };
    struct KnownOpening : Opening {
        NumberShift shift;
    };
    // Of the packets between two endpoints with some marks.
    struct Place {
        Attribution sender;
        NumberShift shift;
        bool is_ack_known = false;
    };

    void index(const Opening &opening, const NumberShift &shift);
    bool has_same_addresses(const Segment &segment, SubflowId id,
                            const std::optional<Attribution> &current) const;
    std::optional<TcpSeq> acknowledged_by(const Attribution &sender) const;
    bool is_shifted(const Segment &opening, const Opening &original, bool same_addresses) const;
    bool is_shifted_refusal(const Segment &rst, const KnownOpening &original) const;
    const KnownOpening *find(const Segment &opening, const std::optional<Attribution> &current);
    bool add_numbering(const Segment &opening, const Attribution &sender, const NumberShift &shift);
    void set_place(const Segment &segment, const Attribution &sender, const NumberShift &shift);
    void add_candidates(const Attribution &sender, const Place *place,
                        Candidates &candidates) const;
    std::optional<std::uint64_t> misfit(const Segment &segment, const Attribution &sender,
                                        const NumberShift &shift) const;

    const Registry &registry_;
    std::size_t most_;
    bool has_index_ = false;
    std::deque<Opening> waiting_;      // until there is an index; none has a shift
    RecentMap<KnownOpening> openings_; // with and without addresses
    RecentMap<Place> places_;          // by endpoints and marks
    std::unordered_map<SubflowId, Numberings, NumberHash> numberings_;
};

} // namespace mptcp
