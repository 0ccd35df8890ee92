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

#include "connection.h"
#include "keyed_hash.h"
#include "segment.h"

namespace mptcp {

// A SYN that claims a 4-tuple.
struct Claim {
    TcpSeq isn;
    Endpoint opener;
    std::optional<SubflowId> subflow; // none: a SYN of plain TCP
};

struct Flow {
    SubflowId current{};
    std::optional<Claim> challenger; // of a subflow that has not ended
};

class FlowTable {
public:
    Flow *find(const Segment &segment)
    {
        const auto found = flows_.find(key_of(segment));
        return found == flows_.end() ? nullptr : &found->second;
    }

    void put(const Segment &segment, SubflowId subflow)
    {
        flows_.insert_or_assign(key_of(segment), Flow{subflow, std::nullopt});
    }

    void erase(const Segment &segment) { flows_.erase(key_of(segment)); }

private:
    struct FlowKey {
        Endpoint low, high; // the same for both directions

        friend bool operator==(const FlowKey &, const FlowKey &) = default;
    };

    struct Hash {
        std::size_t operator()(const FlowKey &key) const
        {
            KeyedHash hash;
            add(hash, key.low);
            add(hash, key.high);
            return hash.finish();
        }

        static void add(KeyedHash &hash, const Endpoint &endpoint)
        {
            Cursor octets{endpoint.address.octets};
            if (endpoint.address.family == Family::IPv6)
                hash.add(octets.u64()).add(octets.u64()).add(endpoint.port);
            else
                hash.add(std::uint64_t{octets.u32()} << 32 | endpoint.port);
        }
    };

    static FlowKey key_of(const Segment &segment)
    {
        return segment.source < segment.destination ? FlowKey{segment.source, segment.destination}
                                                    : FlowKey{segment.destination, segment.source};
    }

    std::unordered_map<FlowKey, Flow, Hash> flows_;
};

} // namespace mptcp
