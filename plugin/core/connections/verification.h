// SPDX-License-Identifier: GPL-2.0-or-later
//
// Verifies the HMACs of MP_JOIN and ADD_ADDR, and the key of MP_FASTCLOSE, against the current
// state of a connection. The verdict is Unverified if a key, a nonce or the version was not
// captured. crypto/verify.h compares the HMACs.
#pragma once

#include "base/verdict.h"
#include "connections/connection.h"
#include "crypto/crypto.h"
#include "wire/option.h"

namespace mptcp {

// RFC 8684 3.2. The option may be from any SYN/ACK or ACK of the subflow.
Verdict verify(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
               const MpJoinSynAck &join);
Verdict verify(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
               const MpJoinAck &join);

// RFC 8684 3.4.1.
Verdict verify(const Crypto &crypto, const Connection &connection, Role sender,
               const AddAddr &option);

// RFC 8684 3.5: the key is that of the receiver.
Verdict verify(const Connection &connection, Role sender, const MpFastclose &option);

// Verifies the stored HMAC of the SYN/ACK as if the subflow belonged to `connection` and its
// initiator had the role `initiator`.
Verdict verify_syn_ack(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
                       Role initiator);

// Updates the stored verdicts of the subflow after a key, a nonce or its connection changed.
void update_verdicts(const Crypto &crypto, const Connection &connection, Subflow &subflow);

} // namespace mptcp
