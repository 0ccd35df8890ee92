// SPDX-License-Identifier: GPL-2.0-or-later
//
// Maps a 4-tuple to the subflow that uses it now. 4-tuples are reused (RFC 9293
// 3.4.3): a new SYN takes the 4-tuple over at once if the subflow before it has
// ended, and otherwise when a segment fits the new SYN. A stray or forged SYN
// on a living subflow therefore takes no packets away from it.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "connections/registry.h"
#include "containers/keyed_hash.h"
#include "wire/segment.h"

namespace mptcp {

// Two endpoints, in an order that does not depend on the direction of a segment.
struct FourTuple {
    Endpoint low, high;

    static FourTuple of(const Segment &segment)
    {
        const auto rank = [](const Endpoint &end) {
            return std::tuple{end.port, end.address.family, end.address.words()};
        };
        return rank(segment.source) < rank(segment.destination)
                   ? FourTuple{segment.source, segment.destination}
                   : FourTuple{segment.destination, segment.source};
    }
    friend bool operator==(const FourTuple &, const FourTuple &) = default;
};

// A SYN on a 4-tuple whose subflow has not ended.
struct PendingReuse {
    TcpSeq isn;
    Endpoint initiator;
    std::optional<SubflowId> subflow; // none: a SYN of plain TCP
    std::uint32_t syn_payload = 0;    // bytes
};

// Cost of every function: O(1) on average, whatever the capture holds, because
// the hash is keyed.
class FlowTable {
public:
    // `registry` must outlive the table.
    explicit FlowTable(const Registry &registry) : registry_(registry) {}

    // The subflow that has the segment's 4-tuple, and which of its ends sent it.
    std::optional<Attribution> find(const Segment &segment) const
    {
        const auto found = subflows_.find(FourTuple::of(segment));
        if (found == subflows_.end())
            return std::nullopt;
        const SubflowId id = found->second;
        return Attribution{id, registry_[id].side_of(segment.source)};
    }

    // Gives the segment's 4-tuple to that subflow, and drops its pending reuse.
    void put(const Segment &segment, SubflowId subflow)
    {
        const auto [entry, is_new] = subflows_.try_emplace(FourTuple::of(segment), subflow);
        if (!is_new)
            pending_.erase(std::exchange(entry->second, subflow));
    }

    // The 4-tuple belongs to no subflow, and has no pending reuse. It need not be in.
    void erase(const Segment &segment)
    {
        const auto found = subflows_.find(FourTuple::of(segment));
        if (found == subflows_.end())
            return;
        pending_.erase(found->second);
        subflows_.erase(found);
    }

    // Of the 4-tuple of `current`, which has it and has not ended; replaces the one before.
    void set_pending_reuse(SubflowId current, const PendingReuse &reuse)
    {
        pending_[current] = reuse;
    }
    bool any_pending_reuse() const { return !pending_.empty(); }
    // nullptr if there is none. Valid until the next call of put() or erase().
    const PendingReuse *pending_reuse(SubflowId current) const
    {
        const auto found = pending_.find(current);
        return found == pending_.end() ? nullptr : &found->second;
    }

private:
    struct Hash {
        using is_avalanching = void; // for Boost: every bit of the hash depends on every input bit

        std::size_t operator()(const FourTuple &tuple) const
        {
            KeyedHash hash;
            for (const Endpoint *end : {&tuple.low, &tuple.high}) {
                const Address::Words words = end->address.words();
                // The family tells 10.0.0.1 from a00:1::.
                hash.add(static_cast<std::uint64_t>(end->address.family) << 16 | end->port)
                    .add(words.first)
                    .add(words.second);
            }
            return hash.finish();
        }
    };

    const Registry &registry_;
    boost::unordered_flat_map<FourTuple, SubflowId, Hash> subflows_;
    std::unordered_map<SubflowId, PendingReuse, NumberHash> pending_; // by the subflow to replace
};

} // namespace mptcp
