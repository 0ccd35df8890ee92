// SPDX-License-Identifier: GPL-2.0-or-later
//
// The result of the verification of an HMAC (RFC 8684 3.2, 3.4.1), a DSS checksum (3.3.1) or the
// key of MP_FASTCLOSE (3.5).
#pragma once

#include <cstdint>
#include <string_view>

namespace mptcp {

enum class Verdict : std::uint8_t {
    Absent,     // the packet has nothing to verify
    Unverified, // an input of the verification was not captured
    Bad,
    Leftmost, // RFC 8684 3.4.1: ADD_ADDR has the leftmost, not the rightmost 64 bits of its HMAC
    Good,
};

constexpr std::string_view name(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Absent:
        return "absent";
    case Verdict::Unverified:
        return "unverified";
    case Verdict::Bad:
        return "bad";
    case Verdict::Leftmost:
        return "leftmost";
    case Verdict::Good:
        return "good";
    }
    return "";
}

} // namespace mptcp
