// SPDX-License-Identifier: GPL-2.0-or-later
//
// Verifies the HMAC in an event (RFC 8684 3.2, 3.4.1) or the key of MP_FASTCLOSE (3.5). The
// verdict uses the current state of the connection, because the keys may be captured after the
// event. connections/verification.h implements the checks.
#pragma once

#include "base/verdict.h"
#include "connections/registry.h"
#include "crypto/crypto.h"
#include "events/event.h"

namespace mptcp {

// The state from which verdicts and descriptions of events are derived. Both must outlive it.
struct EventContext {
    const Registry &registry;
    const Crypto &crypto;
};

// Returns Absent for an event without an HMAC or a key to verify.
Verdict verdict(const EventContext &context, const Event &event);

// True if the event carries an HMAC, false if a key or neither.
bool has_hmac(const Event &event);

// Returns the severity of the event type, or a higher one if the verdict is Bad or Leftmost. An
// event that its receiver ignores is chat.
Severity severity(const Event &event, Verdict verdict);

} // namespace mptcp
