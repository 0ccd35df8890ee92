// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether what an event carries is right: an HMAC, or the key of MP_FASTCLOSE. The verdict
// is given when it is asked for, since the capture may hold the keys later.
#pragma once

#include "base/verdict.h"
#include "connections/registry.h"
#include "crypto/crypto.h"
#include "events/event.h"

namespace mptcp {

// What verdicts on events, and words for them, are made from.
struct EventContext {
    const Registry &registry;
    const Crypto &crypto;
};

// Absent for an event that carries neither an HMAC nor a key to verify.
Verdict verdict(const EventContext &context, const Event &event);

// Does the verdict concern an HMAC, not a key?
bool has_hmac(const Event &event);

// The severity of the event's type, or a higher one if the verdict is Bad or Leftmost.
Severity severity(const Event &event, Verdict verdict);

} // namespace mptcp
