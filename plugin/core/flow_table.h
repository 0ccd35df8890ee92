// SPDX-License-Identifier: GPL-2.0-or-later
//
// From a segment's 4-tuple to the subflow that uses it now. A 4-tuple is used
// again: the newest SYN takes it over, at once if the subflow before it has
// ended, and otherwise when a segment fits the new SYN (a stray or forged SYN
// on a living subflow must not take its packets away).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <tuple>
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
    using Words = std::array<std::uint64_t, 2>;

    // Both ends, in the same order for both directions.
    struct FlowKey {
        Words low, high; // addresses
        std::uint64_t ports;

        friend bool operator==(const FlowKey &, const FlowKey &) = default;
    };

    struct Hash {
        std::size_t operator()(const FlowKey &key) const
        {
            KeyedHash hash;
            hash.add(key.ports).add(key.low[0]).add(key.high[0]);
            if ((key.low[1] | key.high[1]) != 0) // else IPv4, most likely
                hash.add(key.low[1]).add(key.high[1]);
            return hash.finish();
        }
    };

    static FlowKey key_of(const Segment &segment)
    {
        const auto source = std::bit_cast<Words>(segment.source.address.octets);
        const auto destination = std::bit_cast<Words>(segment.destination.address.octets);
        const std::uint64_t from = port_of(segment.source);
        const std::uint64_t to = port_of(segment.destination);
        return std::tie(source, from) < std::tie(destination, to)
                   ? FlowKey{source, destination, from << 32 | to}
                   : FlowKey{destination, source, to << 32 | from};
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
