// SPDX-License-Identifier: GPL-2.0-or-later
//
// Verdicts on what the hosts of a connection claim, from what is known of it by now: HMACs
// of joins and addresses, and the key of MP_FASTCLOSE. Unverified where a key, a nonce or
// the version was not captured.
#pragma once

#include "base/verdict.h"
#include "connections/connection.h"
#include "crypto/crypto.h"
#include "wire/option.h"

namespace mptcp {

// RFC 8684 3.2. The packet need not be the first of its kind on this subflow.
Verdict verify(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
               const MpJoinSynAck &join);
Verdict verify(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
               const MpJoinAck &join);

// RFC 8684 3.4.1.
Verdict verify(const Crypto &crypto, const Connection &connection, Role sender,
               const AddAddr &option);

// RFC 8684 3.5: the key is that of the host that MP_FASTCLOSE is sent to.
Verdict verify(const Connection &connection, Role sender, const MpFastclose &option);

// The SYN/ACK's HMAC that the subflow keeps, as if the subflow belonged to `connection` with
// its initiator in the role `initiator`.
Verdict verify_syn_ack(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
                       Role initiator);

// Brings the verdicts that the subflow keeps up to what is known now.
void update_verdicts(const Crypto &crypto, const Connection &connection, Subflow &subflow);

} // namespace mptcp
