// SPDX-License-Identifier: GPL-2.0-or-later
//
// Descriptions of events for users, from the event and the current state of its connection.
// event_info.h provides the short form for the packet list.
#pragma once

#include <string>
#include <string_view>

#include "events/event.h"
#include "events/event_verdict.h"

namespace mptcp {

// Returns text such as "HMAC good, address ID 2, nonce 123". The text is empty if the event has no
// details beyond its title.
std::string describe(const EventContext &context, const Event &event);

// Returns the title and the description, such as "Join refused: after 0.024 s, lack of
// resources".
std::string sentence(const EventContext &context, const Event &event);

// RFC 8684 3.6: the meaning of an MP_TCPRST reason code.
std::string_view reason_in_words(std::uint8_t reason);

} // namespace mptcp
