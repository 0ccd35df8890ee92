// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which connection a join belongs to (RFC 8684 3.2). The token in its SYN tells if one
// connection has it, the HMACs tell if several do, and keys that are captured after the
// join tell in hindsight. A join with a token that no key explains makes a partial
// connection.
#pragma once

#include <optional>

#include "connections/connection_change.h"
#include "connections/join_table.h"
#include "connections/registry.h"
#include "crypto/crypto.h"
#include "wire/segment.h"

namespace mptcp {

class JoinRules {
public:
    // Both must live as long.
    JoinRules(Registry &registry, const Crypto &crypto) : registry_(registry), crypto_(crypto) {}

    // A new subflow for the SYN, in the connection that its token names.
    SubflowId open(const Segment &syn, const MpJoinSyn &join);

    // MP_JOIN in the SYN, the SYN/ACK and the third ACK of a join.
    void apply_syn(SubflowId id, Side sender, const Segment &segment, const MpJoinSyn &join);
    void apply_syn_ack(SubflowId id, Side sender, const Segment &segment, const MpJoinSynAck &join,
                       ConnectionChange &change);
    void apply_ack(Subflow &subflow, const MpJoinAck &join);

    // An ACK of a join was captured: its connection is certain from here on.
    static void resolve(Subflow &subflow, Connection &connection, const Segment &segment);

    // A host's key, which tells its token and its IDSN, and which joins belong here.
    void learn_key(ConnectionId id, Role role, Key key, ConnectionChange &change);

private:
    struct Ownership {
        JoinTable::Owner owner;
        bool ambiguous = false; // others have the token, and only HMACs can tell
    };
    Ownership owner_of(const Segment &syn, Token token);
    std::optional<Ownership> known_owner_of(const Segment &syn, Token token) const;
    ConnectionId partial_for(const Segment &syn, Token token);
    void move_to_owner_by_hmac(SubflowId id, ConnectionChange &change);
    void adopt_partials(ConnectionId id, Role role, Token token, ConnectionChange &change);
    void adopt(ConnectionId id, ConnectionId partial, Role role, ConnectionChange &change);
    bool is_older(const Connection &partial, const Connection &owner) const;
    bool may_adopt(const Connection &owner, Role role, const Connection &partial) const;

    Registry &registry_;
    const Crypto &crypto_;
    JoinTable joins_;
};

} // namespace mptcp
