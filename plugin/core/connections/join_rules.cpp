// SPDX-License-Identifier: GPL-2.0-or-later
//
// The assignment of joins to connections by token and HMAC (RFC 8684 3.2), and the merge of
// partial connections.
#include "connections/join_rules.h"

#include <algorithm>
#include <utility>

#include "connections/verification.h"

namespace mptcp {
namespace {

// The number of joins of a partial connection that are checked before a merge. The limit bounds
// the cost of a flood of joins.
constexpr std::size_t kMaxComparedJoins = 1024;

constexpr std::size_t kMaxOfferedKeys = 8; // of one connection

// True if the first kMaxComparedJoins joins satisfy the predicate.
template <class Predicate> bool all_compared_joins(const Connection &partial, Predicate satisfies)
{
    std::size_t left = kMaxComparedJoins;
    for (const SubflowId id : partial.subflows) {
        if (left-- == 0)
            break;
        if (!satisfies(id))
            return false;
    }
    return true;
}

} // namespace

SubflowId JoinRules::open(const Segment &segment, const MpJoinSyn &join)
{
    const Ownership found = owner_of(segment, join.receiver_token);
    const SubflowId id = registry_.add_subflow(found.owner.connection, segment, SubflowKind::Join);
    // RFC 8684 3.2: the token is that of the receiver. Either host may initiate a join.
    registry_[id].role_of_a = other(found.owner.role);
    registry_[id].unresolved = found.ambiguous;
    return id;
}

void JoinRules::apply_syn(SubflowId id, Side sender, const Segment &segment, const MpJoinSyn &join)
{
    if (registry_[id].ends[sender].nonce)
        return; // a retransmission
    registry_[id].join_syn_frame = segment.frame;
    SubflowEnd &end = registry_[id].ends[sender];
    end.address_id = join.address_id;
    end.nonce = join.sender_nonce;
    end.backup = join.backup;
    if (registry_[id].first_frame == segment.frame)
        return; // open() has found the connection
    // The SYN/ACK was captured before the SYN, which now provides the token.
    const auto [owner, ambiguous] = owner_of(segment, join.receiver_token);
    registry_[id].unresolved = ambiguous;
    registry_.move_subflow(id, owner.connection, other(owner.role));
    update_verdicts(crypto_, registry_[owner.connection], registry_[id]);
}

// The connection and the host that the token identifies. Creates a partial connection if the
// token is unknown.
JoinRules::Ownership JoinRules::owner_of(const Segment &syn, Token token)
{
    if (const auto known = known_owner_of(syn, token))
        return *known;
    return {partial_for(syn, token), true};
}

// Of several connections with the token, prefers an open one, then one whose initial subflow
// used the destination address, then the newest.
std::optional<JoinRules::Ownership> JoinRules::known_owner_of(const Segment &syn, Token token)
{
    const auto fitness = [&](const JoinTable::Owner &owner) {
        const Connection &connection = registry_[owner.connection];
        const bool is_open = connection.open_subflows > 0 && !connection.fastclosed;
        const Subflow &first = registry_.first_subflow_of(connection);
        const bool at_initial_address =
            first.end(owner.role).endpoint.address == syn.destination.address;
        return std::pair{is_open, at_initial_address};
    };
    const std::vector<JoinTable::Owner> candidates = owners(token);
    const auto best = std::ranges::max_element(candidates, {}, fitness);
    if (best == candidates.end())
        return std::nullopt;
    return Ownership{*best, std::ranges::count(candidates, fitness(*best), fitness) > 1};
}

std::vector<JoinTable::Owner> JoinRules::owners(Token token)
{
    std::vector<JoinTable::Owner> current;
    for (const JoinTable::Owner &record : joins_.owners(token)) {
        const auto [connection, role] = registry_.current(record.connection, record.role);
        const JoinTable::Owner owner{connection, role};
        if (std::ranges::find(current, owner) == current.end())
            current.push_back(owner);
    }
    return current;
}

// The partial connection of a token, and the role there of the host with the token.
JoinTable::Owner JoinRules::partial_for(const Segment &syn, Token token)
{
    if (const auto known = joins_.partial(token, syn)) {
        joins_.set_partial_at(token, syn, *known);
        const auto [connection, role] = registry_.current(*known, Role::Server);
        return {connection, role};
    }
    const ConnectionId partial = registry_.add_connection(syn.frame);
    registry_[partial].hosts[Role::Server].token = token;
    joins_.add_partial(token, syn, partial);
    return {partial, Role::Server};
}

void JoinRules::apply_syn_ack(SubflowId id, Side sender, const Segment &segment,
                              const MpJoinSynAck &join, ConnectionChange &change)
{
    Subflow &subflow = registry_[id];
    if (subflow.join_syn_ack_frame == 0)
        subflow.join_syn_ack_frame = segment.frame;
    if (subflow.hmacs.syn_ack_verdict == Verdict::Good)
        return; // a retransmission does not replace a verified HMAC
    SubflowEnd &end = subflow.ends[sender];
    end.address_id = join.address_id;
    end.nonce = join.sender_nonce;
    end.backup = join.backup;
    subflow.hmacs.syn_ack = join.sender_hmac;
    subflow.hmacs.syn_ack_verdict = Verdict::Unverified;
    Connection &connection = registry_[subflow.connection];
    if (!connection.evidence)
        connection.evidence = id;
    update_verdicts(crypto_, connection, subflow);
    if (subflow.hmacs.syn_ack_verdict == Verdict::Good)
        subflow.unresolved = false;
    else if (subflow.hmacs.syn_ack_verdict == Verdict::Bad)
        move_to_owner_by_hmac(id, change);
}

void JoinRules::apply_ack(Subflow &subflow, const MpJoinAck &join)
{
    if (subflow.hmacs.ack_verdict == Verdict::Good)
        return;
    subflow.hmacs.ack = join.sender_hmac;
    subflow.hmacs.ack_verdict = verify(crypto_, registry_[subflow.connection], subflow, join);
}

// RFC 8684 3.2: tokens are not unique across hosts. The HMAC of the SYN/ACK identifies the
// connection, and the host of that connection, among those with the same token.
void JoinRules::move_to_owner_by_hmac(SubflowId id, ConnectionChange &change)
{
    Subflow &subflow = registry_[id];
    const Side initiator = subflow.initiator.value_or(Side::A);
    const JoinTable::Owner current{subflow.connection, subflow.role(other(initiator))};
    const auto token = registry_[current.connection].hosts[current.role].token;
    if (!token)
        return;
    for (const JoinTable::Owner &owner : owners(*token)) {
        const Role initiator_role = other(owner.role);
        if (owner == current || verify_syn_ack(crypto_, registry_[owner.connection], subflow,
                                               initiator_role) != Verdict::Good)
            continue;
        registry_.move_subflow(id, owner.connection, initiator_role);
        change.regroupings.emplace_back(SubflowMoved{id});
        subflow.unresolved = false;
        update_verdicts(crypto_, registry_[owner.connection], subflow);
        return;
    }
}

// RFC 8684 3.2: a join requires an established connection, so the keys were exchanged before the
// SYN of the join. Reordering may put the keys after that SYN, but not after the handshake of
// the join. After the handshake, an unknown token means that the keys were not captured.
void JoinRules::resolve(Subflow &subflow, Connection &connection, const Segment &segment)
{
    if (!connection.resolved_frame)
        connection.resolved_frame = segment.frame;
    // The data of a partial connection may show that it is part of another one.
    subflow.unresolved = connection.partial() && subflow.unresolved;
}

void JoinRules::learn_key(ConnectionId id, Role role, Key key, ConnectionChange &change)
{
    Host &host = registry_[id].hosts[role];
    if (host.key)
        return;
    host.key = key;
    const auto version = registry_[id].version;
    const auto digest = version ? crypto_.digest(*version, key) : std::nullopt;
    if (!digest)
        return;
    host.token = digest->token;
    host.idsn = digest->idsn;
    joins_.add_owner(digest->token, {id, role});
    adopt_partials(id, role, digest->token, change);
    const auto peer_token = registry_[id].hosts[other(role)].token;
    if (!registry_[id].keys_known() || !peer_token)
        return;
    adopt_partials(id, other(role), *peer_token, change); // those whose HMACs needed both keys
    for (const SubflowId subflow : registry_[id].subflows)
        update_verdicts(crypto_, registry_[id], registry_[subflow]);
}

void JoinRules::offer_key(ConnectionId id, Role role, Key key, ConnectionChange &change)
{
    Connection &connection = registry_[id];
    const auto known = connection.hosts[role].key;
    if (!known || connection.capable.has(CapableIn::Ack))
        return learn_key(id, role, key, change);
    if (*known == key)
        return;
    std::vector<Key> &offered = offered_keys_[id];
    change.key_offered_again = true;
    if (offered.empty())
        offered.push_back(*known);
    if (offered.size() < kMaxOfferedKeys && std::ranges::find(offered, key) == offered.end())
        offered.push_back(key);
}

bool JoinRules::was_offered(ConnectionId id, Key key) const
{
    const auto found = offered_keys_.find(id);
    return found != offered_keys_.end() &&
           std::ranges::find(found->second, key) != found->second.end();
}

void JoinRules::confirm_key(ConnectionId id, Role role, Key key, ConnectionChange &change)
{
    Host &host = registry_[id].hosts[role];
    if (host.key && *host.key != key) {
        if (host.token)
            joins_.remove_owner(*host.token, {id, role});
        host.key.reset();
        host.token.reset();
        host.idsn.reset();
    }
    learn_key(id, role, key, change);
}

// Merges the joins that were captured before the key of their token.
void JoinRules::adopt_partials(ConnectionId id, Role role, Token token, ConnectionChange &change)
{
    for (const ConnectionId record : joins_.partials(token)) {
        const auto [partial, token_role] = registry_.current(record, Role::Server);
        const Role role_of_server = convert(token_role, role);
        if (partial == id || !may_adopt(registry_[id], role_of_server, registry_[partial]))
            continue;
        change.regroupings.emplace_back(registry_.merge(id, partial, role_of_server));
    }
}

// True if `partial` was in use before `owner` began. In a capture of several interfaces, frames
// may not be in order of time; the timestamps then decide.
bool JoinRules::is_older(const Connection &partial, const Connection &owner) const
{
    if (!partial.resolved_frame || *partial.resolved_frame >= owner.first_frame)
        return false;
    const Time began = registry_.first_subflow_of(owner).opened;
    return !all_compared_joins(partial,
                               [&](SubflowId id) { return registry_[id].opened >= began; });
}

// `role_of_server` is the role in `owner` of the server of `partial`.
bool JoinRules::may_adopt(const Connection &owner, Role role_of_server,
                          const Connection &partial) const
{
    if (!partial.partial() || partial.keys_known())
        return false;
    if (is_older(partial, owner))
        return false; // another connection had the same token
    const auto fits = [&](SubflowId id) {
        const Subflow &join = registry_[id];
        if (join.hmacs.syn_ack_verdict == Verdict::Absent)
            return true;
        const Role initiator = join.role(join.initiator.value_or(Side::A));
        return verify_syn_ack(crypto_, owner, join, convert(initiator, role_of_server)) ==
               Verdict::Good;
    };
    return (!partial.evidence || fits(*partial.evidence)) && all_compared_joins(partial, fits);
}

} // namespace mptcp
