// SPDX-License-Identifier: GPL-2.0-or-later
//
// From a segment's 4-tuple to the subflow that uses it now. A 4-tuple is used
// again: the newest SYN takes it over, at once if the subflow before it has
// ended, and otherwise when a segment fits the new SYN (a stray or forged SYN
// on a living subflow must not take its packets away).
#pragma once

#include <bit>
#include <compare>
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
    std::uint32_t syn_payload = 0;    // octets
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
    // An address as two words: quicker to compare than its octets.
    struct Words {
        std::uint64_t first, second;

        friend auto operator<=>(const Words &, const Words &) = default;
    };

    // Both ends, in the same order for both directions: by ports, and by
    // addresses where the ports are equal.
    struct FlowKey {
        std::uint64_t ports;
        Words low, high; // the addresses

        friend bool operator==(const FlowKey &, const FlowKey &) = default;
    };

    struct Hash {
        std::size_t operator()(const FlowKey &key) const
        {
            KeyedHash hash;
            hash.add(key.ports).add(key.low.first).add(key.high.first);
            if ((key.low.second | key.high.second) != 0) // else IPv4, most likely
                hash.add(key.low.second).add(key.high.second);
            return hash.finish();
        }
    };

    static FlowKey key_of(const Segment &segment)
    {
        const auto source = std::bit_cast<Words>(segment.source.address.octets);
        const auto destination = std::bit_cast<Words>(segment.destination.address.octets);
        const std::uint64_t from = port_of(segment.source);
        const std::uint64_t to = port_of(segment.destination);
        return from < to || (from == to && source < destination)
                   ? FlowKey{from << 32 | to, source, destination}
                   : FlowKey{to << 32 | from, destination, source};
    }

    // With the family, which tells 10.0.0.1 from a00:1::.
    static std::uint64_t port_of(const Endpoint &endpoint)
    {
        return std::uint64_t{static_cast<std::uint8_t>(endpoint.address.family)} << 16 |
               endpoint.port;
    }

    std::unordered_map<FlowKey, Flow, Hash> flows_;
};

} // namespace mptcp
