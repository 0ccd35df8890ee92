// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which connection a join belongs to: its SYN carries the token of the host
// that it is sent to (RFC 8684 3.2). Keeps the tokens of connections whose keys
// are known, and the joins whose token no connection is known to have.
//
// Tokens collide and are reused. Of the connections that share one, only the
// newest kMostLookedAt are kept, so that no capture makes a lookup long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "connections/connection.h"
#include "containers/keyed_hash.h"
#include "wire/segment.h"

namespace mptcp {

// Cost of every function: O(1) on average, because the hash is keyed.
class JoinTable {
public:
    struct Owner {
        ConnectionId connection{};
        Role role{}; // of the host that has the token

        friend bool operator==(const Owner &, const Owner &) = default;
    };

    static constexpr std::size_t kMostLookedAt = 8;

    void add_owner(Token token, Owner owner) { add(owners_[token], owner); }

    // The newest owners of a token, newest first; at most kMostLookedAt.
    std::vector<Owner> owners(Token token) const { return newest(owners_, token); }

    // The partial connection that a join with an unknown token belongs to: one
    // that was made by a join with the same token to the same address, or from
    // the same address (two tokens of 32 bits that one host was given by two
    // others will not be equal).
    std::optional<ConnectionId> partial(Token token, const Segment &syn) const;

    // A new one, which this SYN has made.
    void add_partial(Token token, const Segment &syn, ConnectionId connection);

    // Later joins with the token and one of the addresses of this SYN belong to
    // that connection, too.
    void add_place(Token token, const Segment &syn, ConnectionId connection);

    // The newest partial connections of a token, newest first, at most
    // kMostLookedAt; some of them may have been merged since.
    std::vector<ConnectionId> partials(Token token) const { return newest(partials_, token); }

private:
    struct TokenAt {
        Token token;
        Address address;

        friend bool operator==(const TokenAt &, const TokenAt &) = default;
    };
    struct Hash {
        using is_avalanching = void; // for Boost: every bit of the hash depends on every input bit

        std::size_t operator()(Token token) const { return KeyedHash{}.add(token.value).finish(); }
        std::size_t operator()(const TokenAt &at) const
        {
            const Address::Words words = at.address.words();
            return KeyedHash{}.add(at.token.value).add(words.first).add(words.second).finish();
        }
    };

    // Newest first. Nearly every token has one entry, which needs no allocation.
    template <class Entry> using Entries = boost::container::small_vector<Entry, 1>;
    template <class Entry> using ByToken = boost::unordered_flat_map<Token, Entries<Entry>, Hash>;
    using ByPlace = boost::unordered_flat_map<TokenAt, ConnectionId, Hash>;

    template <class Entry> static void add(Entries<Entry> &entries, const Entry &entry)
    {
        if (entries.size() == kMostLookedAt)
            entries.pop_back();
        entries.insert(entries.begin(), entry);
    }
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
    ByPlace partial_by_target_;
    ByPlace partial_by_initiator_;
};

} // namespace mptcp
