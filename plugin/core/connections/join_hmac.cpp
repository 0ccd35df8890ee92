// SPDX-License-Identifier: GPL-2.0-or-later
#include "connections/join_hmac.h"

#include <algorithm>
#include <span>

namespace mptcp {
namespace {

// What the host with `sender_role` sends on this subflow from `sender`.
std::optional<Hmac> expected(const Crypto &crypto, const Connection &connection,
                             const Subflow &subflow, Side sender, Role sender_role)
{
    const Host &own = connection.hosts[sender_role];
    const Host &peer = connection.hosts[other(sender_role)];
    const SubflowEnd &own_end = subflow.ends[sender];
    const SubflowEnd &peer_end = subflow.ends[other(sender)];
    if (!connection.version || !own.key || !peer.key || !own_end.nonce || !peer_end.nonce)
        return std::nullopt;
    return crypto.join_hmac(*connection.version, *own.key, *peer.key, *own_end.nonce,
                            *peer_end.nonce);
}

// RFC 8684 3.2: a shorter HMAC is the leftmost part of the whole one.
HmacVerdict compare(const std::optional<Hmac> &expected, std::span<const std::uint8_t> sent)
{
    if (!expected)
        return HmacVerdict::Unverified;
    return std::ranges::equal(sent, std::span{*expected}.first(sent.size())) ? HmacVerdict::Good
                                                                             : HmacVerdict::Bad;
}

} // namespace

HmacVerdict verify_syn_ack(const Crypto &crypto, const Connection &connection,
                           const Subflow &subflow, Role opener)
{
    const Side acceptor = other(subflow.opener.value_or(Side::A));
    return compare(expected(crypto, connection, subflow, acceptor, other(opener)),
                   subflow.hmacs.syn_ack);
}

HmacVerdict verify(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
                   const MpJoinSynAck &join)
{
    const Side acceptor = other(subflow.opener.value_or(Side::A));
    return compare(expected(crypto, connection, subflow, acceptor, subflow.role(acceptor)),
                   join.sender_hmac);
}

HmacVerdict verify(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
                   const MpJoinAck &join)
{
    const Side opener = subflow.opener.value_or(Side::A);
    return compare(expected(crypto, connection, subflow, opener, subflow.role(opener)),
                   join.sender_hmac);
}

void update_verdicts(const Crypto &crypto, const Connection &connection, Subflow &subflow)
{
    JoinHmacs &hmacs = subflow.hmacs;
    if (hmacs.syn_ack_verdict != HmacVerdict::Absent)
        hmacs.syn_ack_verdict = verify_syn_ack(crypto, connection, subflow,
                                               subflow.role(subflow.opener.value_or(Side::A)));
    if (hmacs.ack_verdict != HmacVerdict::Absent)
        hmacs.ack_verdict = verify(crypto, connection, subflow, MpJoinAck{hmacs.ack});
}

} // namespace mptcp
