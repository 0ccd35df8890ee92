// SPDX-License-Identifier: GPL-2.0-or-later
//
// Addresses that only their own network reaches.
#pragma once

#include "base/address.h"

namespace mptcp {

// RFC 1918, RFC 6598 (shared), RFC 4193 (unique local), or link-local (RFC 3927, RFC 4291 2.5.6).
constexpr bool is_private(const Address &address)
{
    const auto &bytes = address.bytes;
    if (address.family == Family::IPv6)
        return (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
    return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) ||
           (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 100 && (bytes[1] & 0xc0) == 64) ||
           (bytes[0] == 169 && bytes[1] == 254);
}

} // namespace mptcp
