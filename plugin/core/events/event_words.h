// SPDX-License-Identifier: GPL-2.0-or-later
//
// Events told to people: what the packet said, and what is known of it by now.
#pragma once

#include <string>
#include <string_view>

#include "events/event.h"
#include "events/event_verdict.h"

namespace mptcp {

// Such as "HMAC good, address ID 2, nonce 123"; empty where the title says all.
std::string describe(const EventContext &context, const Event &event);

// Title and description: "Join refused: after 0.024 s, lack of resources".
std::string sentence(const EventContext &context, const Event &event);

// RFC 8684 3.6: what a reason of MP_TCPRST means.
std::string_view reason_in_words(std::uint8_t reason);

} // namespace mptcp
