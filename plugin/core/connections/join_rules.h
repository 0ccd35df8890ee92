// SPDX-License-Identifier: GPL-2.0-or-later
//
// The rules by which a join is assigned to a connection (RFC 8684 3.2). If one connection has the
// token of the SYN, the join belongs to it. If several have it, the HMACs decide. If none has
// it, the join creates a partial connection, which is merged when a matching key is captured
// later. join_table.h stores the tokens; verification.h computes the HMACs.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "connections/connection_change.h"
#include "connections/join_table.h"
#include "connections/registry.h"
#include "containers/keyed_hash.h"
#include "crypto/crypto.h"
#include "wire/segment.h"

namespace mptcp {

class JoinRules {
public:
    // `registry` and `crypto` must outlive this object.
    JoinRules(Registry &registry, const Crypto &crypto) : registry_(registry), crypto_(crypto) {}

    // Creates a subflow for the SYN, in the connection that its token identifies.
    SubflowId open(const Segment &syn, const MpJoinSyn &join);

    // Apply MP_JOIN of the SYN, the SYN/ACK and the third ACK.
    void apply_syn(SubflowId id, Side sender, const Segment &segment, const MpJoinSyn &join);
    void apply_syn_ack(SubflowId id, Side sender, const Segment &segment, const MpJoinSynAck &join,
                       ConnectionChange &change);
    void apply_ack(Subflow &subflow, const MpJoinAck &join);

    // An ACK of a join was captured. Its connection does not change after this segment.
    static void resolve(Subflow &subflow, Connection &connection, const Segment &segment);

    // Records the key of a host, derives its token and IDSN, and merges the partial connections
    // with that token. It has no effect if the key of the host is already known.
    void learn_key(ConnectionId id, Role role, Key key, ConnectionChange &change);

    // RFC 4987 3.6: with SYN cookies, each SYN/ACK may have another key, and the third ACK tells
    // which one the client received. offer_key() records the key of a SYN/ACK; confirm_key()
    // records that of the third ACK, which may replace the one offered first.
    void offer_key(ConnectionId id, Role role, Key key, ConnectionChange &change);
    bool was_offered(ConnectionId id, Key key) const;
    void confirm_key(ConnectionId id, Role role, Key key, ConnectionChange &change);

private:
    struct Ownership {
        JoinTable::Owner owner;
        bool ambiguous = false; // several connections fit; an HMAC must decide
    };
    Ownership owner_of(const Segment &syn, Token token);
    std::optional<Ownership> known_owner_of(const Segment &syn, Token token);
    // The connections that have the token now: some of those in the table may have been merged.
    std::vector<JoinTable::Owner> owners(Token token);
    JoinTable::Owner partial_for(const Segment &syn, Token token);
    void move_to_owner_by_hmac(SubflowId id, ConnectionChange &change);
    void adopt_partials(ConnectionId id, Role role, Token token, ConnectionChange &change);
    bool is_older(const Connection &partial, const Connection &owner) const;
    bool may_adopt(const Connection &owner, Role role_of_server, const Connection &partial) const;

    Registry &registry_;
    const Crypto &crypto_;
    JoinTable joins_;
    // The keys of the SYN/ACKs of a connection, if they differ.
    std::unordered_map<ConnectionId, std::vector<Key>, NumberHash> offered_keys_;
};

} // namespace mptcp
