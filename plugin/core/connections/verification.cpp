// SPDX-License-Identifier: GPL-2.0-or-later
//
// Verdicts on joins (RFC 8684 3.2), announced addresses (3.4.1) and MP_FASTCLOSE (3.5). This file
// selects the keys and nonces for each sender; crypto/verify.h compares the HMACs.
#include "connections/verification.h"

#include "crypto/verify.h"

namespace mptcp {
namespace {

// The inputs of the HMAC that `sender` sends. Its host has the role `sender_role`.
JoinSecrets secrets_of(const Connection &connection, const Subflow &subflow, Side sender,
                       Role sender_role)
{
    return {connection.version, connection.hosts[sender_role].key,
            connection.hosts[other(sender_role)].key, subflow.ends[sender].nonce,
            subflow.ends[other(sender)].nonce};
}

Side initiator_of(const Subflow &subflow) { return subflow.initiator.value_or(Side::A); }

} // namespace

Verdict verify_syn_ack(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
                       Role initiator)
{
    const Side acceptor = other(initiator_of(subflow));
    return verify_join(crypto, secrets_of(connection, subflow, acceptor, other(initiator)),
                       subflow.hmacs.syn_ack);
}

Verdict verify(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
               const MpJoinSynAck &join)
{
    const Side acceptor = other(initiator_of(subflow));
    return verify_join(crypto, secrets_of(connection, subflow, acceptor, subflow.role(acceptor)),
                       join.sender_hmac);
}

Verdict verify(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
               const MpJoinAck &join)
{
    const Side initiator = initiator_of(subflow);
    return verify_join(crypto, secrets_of(connection, subflow, initiator, subflow.role(initiator)),
                       join.sender_hmac);
}

Verdict verify(const Crypto &crypto, const Connection &connection, Role sender,
               const AddAddr &option)
{
    return verify_add_addr(crypto, connection.hosts[sender].key,
                           connection.hosts[other(sender)].key, option);
}

Verdict verify(const Connection &connection, Role sender, const MpFastclose &option)
{
    const auto key = connection.hosts[other(sender)].key;
    if (!key)
        return Verdict::Unverified;
    return *key == option.receiver_key ? Verdict::Good : Verdict::Bad;
}

void update_verdicts(const Crypto &crypto, const Connection &connection, Subflow &subflow)
{
    JoinHmacs &hmacs = subflow.hmacs;
    if (hmacs.syn_ack_verdict != Verdict::Absent)
        hmacs.syn_ack_verdict =
            verify_syn_ack(crypto, connection, subflow, subflow.role(initiator_of(subflow)));
    if (hmacs.ack_verdict != Verdict::Absent)
        hmacs.ack_verdict = verify(crypto, connection, subflow, MpJoinAck{hmacs.ack});
}

} // namespace mptcp
