// SPDX-License-Identifier: GPL-2.0-or-later
//
// The verdicts on the HMACs of an MP_JOIN handshake (RFC 8684 3.2), from what
// is known of the connection and the subflow by now. Both versions, and
// whoever of the two hosts opened the subflow.
#pragma once

#include "connections/connection.h"
#include "crypto/crypto.h"
#include "wire/option.h"

namespace mptcp {

// Unverified where a key, a nonce or the version was not captured.
HmacVerdict verify(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
                   const MpJoinSynAck &join);
HmacVerdict verify(const Crypto &crypto, const Connection &connection, const Subflow &subflow,
                   const MpJoinAck &join);

// The same for the HMACs that the subflow keeps, as if it belonged to
// `connection` with its opener in the role `opener`.
HmacVerdict verify_syn_ack(const Crypto &crypto, const Connection &connection,
                           const Subflow &subflow, Role opener);

// Brings the verdicts that the subflow keeps up to what is known now.
void update_verdicts(const Crypto &crypto, const Connection &connection, Subflow &subflow);

} // namespace mptcp
