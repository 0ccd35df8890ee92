// SPDX-License-Identifier: GPL-2.0-or-later
//
// The verdict on what a host claims: an HMAC, a DSS checksum, or the key of MP_FASTCLOSE.
#pragma once

#include <cstdint>
#include <string_view>

namespace mptcp {

enum class Verdict : std::uint8_t {
    Absent,     // the packet carries none
    Unverified, // the capture lacks what is needed to verify it
    Bad,
    Leftmost, // an ADD_ADDR's HMAC cut to the wrong end (RFC 8684 3.4.1: the rightmost 64 bits)
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
