// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which connection a join belongs to: its SYN carries the token of the host
// that it is sent to (RFC 8684 3.2). Two tables: the tokens of connections
// whose keys are known, and the joins whose token nobody is known to have.
//
// Tokens collide and are reused. Only the newest few of the connections that
// share one are looked at, so that no capture makes a look-up long.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "connections/connection.h"
#include "containers/keyed_hash.h"
#include "containers/token_lists.h"
#include "wire/segment.h"

namespace mptcp {

class JoinTable {
public:
    struct Owner {
        ConnectionId connection{};
        Role role{}; // of the host that has the token

        friend bool operator==(const Owner &, const Owner &) = default;
    };

    static constexpr std::size_t kMostLookedAt = 8;

    void add_owner(Token token, Owner owner) { owners_.add(token, owner); }

    // The newest owners of a token, newest first; at most kMostLookedAt.
    std::vector<Owner> owners(Token token) const { return owners_.newest(token, kMostLookedAt); }

    // The partial connection that a join with an unknown token belongs to: one
    // that was made by a join with the same token to the same address, or from
    // the same address (two tokens of 32 bits that one host was given by two
    // others will not be equal).
    std::optional<ConnectionId> partial(Token token, const Segment &syn) const;

    // A new one, which this SYN has made.
    void add_partial(Token token, const Segment &syn, ConnectionId connection);

    // This SYN's connection is the one for its like, too.
    void add_place(Token token, const Segment &syn, ConnectionId connection);

    // The newest partial connections of a token, newest first; some of them
    // may have been merged since.
    std::vector<ConnectionId> partials(Token token) const
    {
        return partials_.newest(token, kMostLookedAt);
    }

private:
    struct TokenAt {
        Token token;
        Address address;

        friend bool operator==(const TokenAt &, const TokenAt &) = default;
    };

    struct Hash {
        std::size_t operator()(const TokenAt &at) const
        {
            Cursor octets{at.address.octets};
            const std::uint64_t high = octets.u64();
            return KeyedHash{}.add(at.token.value).add(high).add(octets.u64()).finish();
        }
    };

    using ByPlace = std::unordered_map<TokenAt, ConnectionId, Hash>;

    TokenLists<Owner> owners_;
    TokenLists<ConnectionId> partials_;
    ByPlace partial_by_target_;
    ByPlace partial_by_initiator_;
};

} // namespace mptcp
