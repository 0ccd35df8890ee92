// SPDX-License-Identifier: GPL-2.0-or-later
//
// Events told to people: what the packet said, and what is known of it by now.
#pragma once

#include <string>
#include <string_view>

#include "events/event.h"
#include "tracker.h"

namespace mptcp {

// Such as "HMAC good, address ID 2, nonce 123"; empty where the title says all.
std::string describe(const Tracker &tracker, const Event &event);

// Title and description: "The join is refused: after 0.024 s, lack of resources".
std::string sentence(const Tracker &tracker, const Event &event);

// The severity of its type, or a higher one where the packet's HMAC or key is
// found to be wrong.
Severity severity(const Tracker &tracker, const Event &event);

// What is wrong with an HMAC or a key that the event carries.
enum class Flaw : std::uint8_t {
    None,
    HmacBad,
    HmacLeftmost, // RFC 8684 3.4.1 asks for the rightmost bits
    FastcloseKeyWrong,
};
Flaw flaw(const Tracker &tracker, const Event &event);

// "good", "bad", "leftmost", "unverified"; empty for an event without an HMAC.
std::string_view hmac_verdict(const Tracker &tracker, const Event &event);

// RFC 8684 3.6: what a reason of MP_TCPRST means.
std::string_view reason_in_words(std::uint8_t reason);

} // namespace mptcp
