// SPDX-License-Identifier: GPL-2.0-or-later
//
// Groups subflows whose handshakes were not captured: subflows whose DSNs and DATA_ACKs
// (RFC 8684 3.3) continue each other belong to one connection. 64-bit numbers are unlikely to agree
// by chance. Numbers of 32 bits count as evidence only if those of both directions agree and the
// subflows share an address.
//
// Ordinary captures, without such subflows, have no cost: the index is built when the first one
// appears.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "connections/registry.h"
#include "connections/regrouping.h"
#include "containers/keyed_hash.h"
#include "containers/newest_first.h"
#include "data/data_level.h"
#include "wire/segment.h"

namespace mptcp {

class DataGrouping {
public:
    // Merges the connection of the segment's subflow with the one that its data continues, if its
    // beginning was not captured. Call it after DataLevel::apply(). Returns the changes made to
    // `registry`. Cost: O(1) on average.
    std::vector<Regrouping> apply(Registry &registry, const DataLevel &data,
                                  const Attribution &attribution, const Segment &segment);

private:
    // One direction of a connection. The role is that at the creation of the record.
    struct Direction {
        ConnectionId connection{};
        Role sender{};
    };
    // What was done for one connection.
    struct Progress {
        PerRole<std::optional<std::uint32_t>> indexed; // the upper 32 bits of the last position
        bool addresses_indexed = false;
        std::uint8_t positions = 0; // directions whose position is known
        std::uint8_t attempts = 0;  // to find the connection it is part of, with these positions
    };
    struct Match {
        ConnectionId connection{};
        Role role_of_server{}; // in it, of the server of the connection that is compared
    };
    struct AddressHash {
        using is_avalanching = void; // NOLINT(readability-identifier-naming): Boost's name

        std::size_t operator()(const Address &address) const
        {
            return KeyedHash{}.add(address).finish();
        }
    };
    static constexpr std::size_t kMaxCandidates = 8; // of one position or address
    template <class Entry> using Candidates = NewestFirst<Entry, kMaxCandidates>;

    Progress &progress_of(ConnectionId id);
    static bool may_try(Progress &progress, std::uint8_t positions);
    void index_all(const Registry &registry, const DataLevel &data);
    void index(const Registry &registry, const DataLevel &data, ConnectionId id);
    void index_addresses(const Subflow &subflow);
    std::optional<Match> find(Registry &registry, const DataLevel &data, ConnectionId id);
    std::optional<Match> find_by_position(Registry &registry, const DataLevel &data,
                                          ConnectionId id, Role sender);
    std::optional<Match> find_by_address(Registry &registry, const DataLevel &data,
                                         ConnectionId id);

    bool active_ = false;            // a subflow without handshake was captured
    std::vector<Progress> progress_; // by ConnectionId
    // By the upper 32 bits of the DSN.
    boost::unordered_flat_map<std::uint32_t, Candidates<Direction>, NumberHash> by_position_;
    boost::unordered_flat_map<Address, Candidates<ConnectionId>, AddressHash> by_address_;
};

} // namespace mptcp
