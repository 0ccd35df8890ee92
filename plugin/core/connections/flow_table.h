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
#include <vector>

#include "connections/registry.h"
#include "containers/flat_index.h"
#include "containers/keyed_hash.h"
#include "wire/segment.h"

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

    // The subflow that has the segment's 4-tuple, and which of its ends sent it.
    std::optional<Attribution> find(const Segment &segment)
    {
        SubflowId &recent = recent_of(segment);
        if (recent != kNone && !segment.syn()) { // a SYN's 4-tuple is mostly nobody's so far
            if (const auto sender = sender_of(recent, segment))
                return Attribution{recent, *sender};
        }
        return look_up(segment, recent);
    }

    // The 4-tuple of the segment is that subflow's from now on; a claim ends.
    void put(const Segment &segment, SubflowId subflow)
    {
        const std::uint64_t hash = hash_of(segment);
        const auto number = static_cast<std::uint32_t>(subflow);
        const auto place = place_of(segment, hash);
        recent_of(segment) = subflow;
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
        recent_of(segment) = kNone;
        challengers_.erase(SubflowId{index_[place]});
        index_.remove(place);
    }

    // A SYN claims the 4-tuple of that subflow, which has it and has not ended.
    void claim(SubflowId current, const Claim &claim) { challengers_[current] = claim; }
    bool any_claims() const { return !challengers_.empty(); }
    // nullptr if none does. Good until the next claim, put() or erase().
    const Claim *claim_on(SubflowId current) const
    {
        const auto found = challengers_.find(current);
        return found == challengers_.end() ? nullptr : &found->second;
    }

private:
    static constexpr SubflowId kNone{UINT32_MAX};
    static constexpr int kRecentBits = 12;

    // Of the 4-tuples that share this place, the one that was looked up last: its
    // subflow, or kNone. A packet's 4-tuple was mostly in use just before, and to
    // look here costs no hash that nobody can foresee, nor a part of the index,
    // which for many flows is too large to stay in the processor's cache. Whoever
    // makes 4-tuples share a place is left with what the index takes.
    SubflowId &recent_of(const Segment &segment) { return recent_[recent_place(segment)]; }
    static std::size_t recent_place(const Segment &segment)
    {
        const Address::Words source = segment.source.address.words();
        const Address::Words destination = segment.destination.address.words();
        const auto ports =
            static_cast<std::uint64_t>(segment.source.port ^ segment.destination.port);
        const std::uint64_t both = source.first ^ source.second ^ destination.first ^
                                   destination.second ^ ports << 32; // in either direction
        return spread(both, kRecentBits);
    }

    [[gnu::cold, gnu::noinline]] std::optional<Attribution> look_up(const Segment &segment,
                                                                    SubflowId &recent) const
    {
        const auto place = place_of(segment, hash_of(segment));
        recent = place == FlatIndex::kNowhere ? kNone : SubflowId{index_[place]};
        if (recent == kNone)
            return std::nullopt;
        return Attribution{recent, sender_of(recent, segment).value_or(Side::A)};
    }

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
        return index_.find(hash, [&](std::uint32_t number) {
            return sender_of(SubflowId{number}, segment).has_value();
        });
    }

    // None if the subflow does not have that 4-tuple.
    [[gnu::always_inline]] std::optional<Side> sender_of(SubflowId subflow,
                                                         const Segment &segment) const
    {
        const PerSide<SubflowEnd> &ends = registry_[subflow].ends;
        const Endpoint &a = ends[Side::A].endpoint;
        const Endpoint &b = ends[Side::B].endpoint;
        if (a == segment.source && b == segment.destination)
            return Side::A;
        if (a == segment.destination && b == segment.source)
            return Side::B;
        return std::nullopt;
    }

    const Registry &registry_;
    FlatIndex index_; // of SubflowIds
    std::vector<SubflowId> recent_ = std::vector<SubflowId>(std::size_t{1} << kRecentBits, kNone);
    std::unordered_map<SubflowId, Claim, NumberHash> challengers_; // by whom they challenge
};

} // namespace mptcp
