// SPDX-License-Identifier: GPL-2.0-or-later
//
// Maps tokens to connections (RFC 8684 3.2): those whose keys are known, and the partial
// connections of joins with an unknown token. join_rules.h selects among them.
//
// Tokens may collide and may be reused. Of the connections with the same token, the table keeps
// the newest kMostLookedAt, which bounds the cost of a lookup.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "connections/connection.h"
#include "containers/keyed_hash.h"
#include "containers/newest_first.h"
#include "wire/segment.h"

namespace mptcp {

// Every function takes O(1) on average, also for a crafted capture, because the hash is keyed.
class JoinTable {
public:
    struct Owner {
        ConnectionId connection{};
        Role role{}; // the host with the token

        friend bool operator==(const Owner &, const Owner &) = default;
    };

    static constexpr std::size_t kMostLookedAt = 8;

    void add_owner(Token token, Owner owner) { owners_[token].add(owner); }

    void remove_owner(Token token, const Owner &owner);

    // Returns at most kMostLookedAt owners of the token, newest first.
    std::vector<Owner> owners(Token token) const { return newest(owners_, token); }

    // Returns the partial connection of an earlier join with the same token and the same
    // destination address or, failing that, the same source address. One host is unlikely to
    // receive equal 32-bit tokens from two peers.
    std::optional<ConnectionId> partial(Token token, const Segment &syn) const;

    // Adds a partial connection that this SYN created.
    void add_partial(Token token, const Segment &syn, ConnectionId connection);

    // Assigns later joins with the token and one of the addresses of this SYN to `connection`.
    // The host with the token is the server with which that record was created.
    void set_partial_at(Token token, const Segment &syn, ConnectionId connection);

    // Returns at most kMostLookedAt partial connections of the token, newest first. Some of them
    // may have been merged.
    std::vector<ConnectionId> partials(Token token) const { return newest(partials_, token); }

private:
    struct TokenAt {
        Token token;
        Address address;

        friend bool operator==(const TokenAt &, const TokenAt &) = default;
    };
    struct Hash {
        // For Boost: every bit of the hash depends on every input bit.
        using is_avalanching = void; // NOLINT(readability-identifier-naming): Boost's name

        std::size_t operator()(Token token) const { return KeyedHash{}.add(token.value).finish(); }
        std::size_t operator()(const TokenAt &at) const
        {
            return KeyedHash{}.add(at.token.value).add(at.address).finish();
        }
    };

    template <class Entry> using ByToken =
        boost::unordered_flat_map<Token, NewestFirst<Entry, kMostLookedAt>, Hash>;
    using ByTokenAt = boost::unordered_flat_map<TokenAt, ConnectionId, Hash>;

    template <class Entry>
    static std::vector<Entry> newest(const ByToken<Entry> &lists, Token token)
    {
        const auto found = lists.find(token);
        if (found == lists.end())
            return {};
        return {found->second.begin(), found->second.end()};
    }

    ByToken<Owner> owners_;
    ByToken<ConnectionId> partials_;
    ByTokenAt partial_by_target_;
    ByTokenAt partial_by_initiator_;
};

} // namespace mptcp
