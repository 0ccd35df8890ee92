// SPDX-License-Identifier: GPL-2.0-or-later
//
// Maps a 4-tuple to the subflow that uses it. 4-tuples are reused (RFC 9293 3.4.3). A new SYN
// takes over the 4-tuple at once if the current subflow has ended. Otherwise it takes over when
// a later segment fits the new SYN, so a stray or forged SYN does not affect an open subflow.
// demultiplexer.h implements these rules.
//
// Behind NAT, a subflow has several 4-tuples, one for each pair of addresses that it was captured
// with. The table therefore stores which end of the subflow an endpoint is.
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

// The two endpoints of a subflow. Both directions give the same value.
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
    bool starts_with(const Endpoint &end) const { return low == end; }
    friend bool operator==(const FourTuple &, const FourTuple &) = default;
};

// A SYN on the 4-tuple of a subflow that has not ended.
struct PendingReuse {
    TcpSeq isn;
    Endpoint initiator;
    std::optional<SubflowId> subflow; // none: the SYN has no MPTCP option
    std::uint32_t syn_payload = 0;    // bytes
};

// Every function takes O(1) on average, also for a crafted capture, because the hash is keyed.
class FlowTable {
public:
    // Returns the subflow that uses the segment's 4-tuple, and the end that sent the segment.
    std::optional<Attribution> find(const Segment &segment) const
    {
        const FourTuple tuple = FourTuple::of(segment);
        const auto found = subflows_.find(tuple);
        if (found == subflows_.end())
            return std::nullopt;
        const Use &use = found->second;
        return Attribution{use.subflow,
                           tuple.starts_with(segment.source) ? use.low : other(use.low)};
    }

    // Assigns the segment's 4-tuple to the subflow of `to` and removes its pending reuse. `to` is
    // the attribution of the segment.
    void put(const Segment &segment, const Attribution &to)
    {
        const FourTuple tuple = FourTuple::of(segment);
        const Use use{to.subflow, tuple.starts_with(segment.source) ? to.sender : other(to.sender)};
        const auto [entry, is_new] = subflows_.try_emplace(tuple, use);
        if (!is_new)
            pending_.erase(std::exchange(entry->second, use).subflow);
    }

    // Removes the segment's 4-tuple, if present, and its pending reuse.
    void erase(const Segment &segment)
    {
        const auto found = subflows_.find(FourTuple::of(segment));
        if (found == subflows_.end())
            return;
        pending_.erase(found->second.subflow);
        subflows_.erase(found);
    }

    // Sets the pending reuse of the 4-tuple of `current`, replacing an earlier one.
    void set_pending_reuse(SubflowId current, const PendingReuse &reuse)
    {
        pending_[current] = reuse;
    }
    bool any_pending_reuse() const { return !pending_.empty(); }
    // Returns nullptr if there is none. The pointer is valid until the next call of put(),
    // erase() or set_pending_reuse().
    const PendingReuse *pending_reuse(SubflowId current) const
    {
        const auto found = pending_.find(current);
        return found == pending_.end() ? nullptr : &found->second;
    }

private:
    struct Use {
        SubflowId subflow{};
        Side low = Side::A; // the end of the subflow that FourTuple::low is
    };

    struct Hash {
        // For Boost: every bit of the hash depends on every input bit.
        using is_avalanching = void; // NOLINT(readability-identifier-naming): Boost's name

        std::size_t operator()(const FourTuple &tuple) const
        {
            return KeyedHash{}.add(tuple.low).add(tuple.high).finish();
        }
    };

    boost::unordered_flat_map<FourTuple, Use, Hash> subflows_;
    std::unordered_map<SubflowId, PendingReuse, NumberHash> pending_; // key: the subflow to replace
};

} // namespace mptcp
