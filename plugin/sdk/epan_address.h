// SPDX-License-Identifier: GPL-2.0-or-later
//
// Converts the core's addresses to Wireshark's, which point into the original.
#pragma once

#include <wireshark.h>

#include <epan/address.h>

#include "base/address.h"

namespace mptcp {

inline address to_epan(const Address &from)
{
    address to = ADDRESS_INIT_NONE;
    const bool v4 = from.family == Family::IPv4;
    set_address(&to, v4 ? AT_IPv4 : AT_IPv6, v4 ? 4 : 16, from.bytes.data());
    return to;
}

} // namespace mptcp
