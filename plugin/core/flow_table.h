// SPDX-License-Identifier: GPL-2.0-or-later
//
// From a segment's 4-tuple to the subflow that uses it now. A 4-tuple is used
// again: the newest SYN takes it over, at once if the subflow before it has
// ended, and otherwise when a segment fits the new SYN (a stray or forged SYN
// on a living subflow must not take its packets away).
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "flat_index.h"
#include "keyed_hash.h"
#include "registry.h"
#include "segment.h"

namespace mptcp {

// A SYN that claims a 4-tuple.
struct Claim {
    TcpSeq isn;
    Endpoint opener;
    std::optional<SubflowId> subflow; // none: a SYN of plain TCP
    std::uint32_t syn_payload = 0;    // octets
};

class FlowTable {
public:
    // The registry must live as long: a subflow's ends are its 4-tuple.
    explicit FlowTable(const Registry &registry) : registry_(registry) {}

    std::optional<SubflowId> find(const Segment &segment)
    {
        if (newest_ && uses(*newest_, segment)) // segments come in trains
            return newest_;
        const auto place = place_of(segment, hash_of(segment));
        newest_.reset();
        if (place != FlatIndex::kNowhere)
            newest_ = SubflowId{index_[place]};
        return newest_;
    }

    // The 4-tuple of the segment is that subflow's from now on; a claim ends.
    void put(const Segment &segment, SubflowId subflow)
    {
        const std::uint64_t hash = hash_of(segment);
        const auto number = static_cast<std::uint32_t>(subflow);
        const auto place = place_of(segment, hash);
        newest_ = subflow;
        if (place == FlatIndex::kNowhere)
            return index_.add(hash, number);
        challengers_.erase(SubflowId{index_[place]});
        index_.replace(place, number);
    }

    void erase(const Segment &segment)
    {
        const auto place = place_of(segment, hash_of(segment));
        if (place == FlatIndex::kNowhere)
            return;
        newest_.reset();
        challengers_.erase(SubflowId{index_[place]});
        index_.remove(place);
    }

    // A SYN claims the 4-tuple of that subflow, which has it and has not ended.
    void claim(SubflowId current, const Claim &claim) { challengers_[current] = claim; }
    // nullptr if none does. Good until the next claim, put() or erase().
    const Claim *claim_on(SubflowId current) const
    {
        if (challengers_.empty()) // as in nearly all captures
            return nullptr;
        const auto found = challengers_.find(current);
        return found == challengers_.end() ? nullptr : &found->second;
    }

private:
    // Of both ends, the same for both directions: first the one with the lower
    // port, or with the lower address where the ports are equal.
    static std::uint64_t hash_of(const Segment &segment)
    {
        Address::Words low = segment.source.address.words();
        Address::Words high = segment.destination.address.words();
        std::uint64_t low_port = port_of(segment.source);
        std::uint64_t high_port = port_of(segment.destination);
        if (high_port < low_port || (high_port == low_port && high < low)) {
            std::swap(low, high);
            std::swap(low_port, high_port);
        }
        KeyedHash hash;
        hash.add(low_port << 32 | high_port).add(low.first).add(high.first);
        if ((low.second | high.second) != 0) // else IPv4, most likely
            hash.add(low.second).add(high.second);
        return hash.finish();
    }

    // With the family, which tells 10.0.0.1 from a00:1::.
    static std::uint64_t port_of(const Endpoint &endpoint)
    {
        return std::uint64_t{static_cast<std::uint8_t>(endpoint.address.family)} << 16 |
               endpoint.port;
    }

    FlatIndex::Place place_of(const Segment &segment, std::uint64_t hash) const
    {
        return index_.find(hash,
                           [&](std::uint32_t number) { return uses(SubflowId{number}, segment); });
    }

    // Has the subflow that 4-tuple, in either direction?
    bool uses(SubflowId subflow, const Segment &segment) const
    {
        const PerSide<SubflowEnd> &ends = registry_[subflow].ends;
        const Endpoint &a = ends[Side::A].endpoint;
        const Endpoint &b = ends[Side::B].endpoint;
        return (a == segment.source && b == segment.destination) ||
               (a == segment.destination && b == segment.source);
    }

    const Registry &registry_;
    FlatIndex index_;                                              // of SubflowIds
    std::optional<SubflowId> newest_;                              // that was found or put in
    std::unordered_map<SubflowId, Claim, NumberHash> challengers_; // by whom they challenge
};

} // namespace mptcp
