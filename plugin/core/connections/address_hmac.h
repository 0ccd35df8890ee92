// SPDX-License-Identifier: GPL-2.0-or-later
//
// The verdict on the HMAC of an ADD_ADDR (RFC 8684 3.4.1), from what is known
// of the connection by now. Version 0 has none.
#pragma once

#include <cstdint>
#include <string_view>

#include "connections/connection.h"
#include "crypto/crypto.h"
#include "wire/option.h"

namespace mptcp {

enum class AddressVerdict : std::uint8_t {
    Absent,     // version 0, or an echo
    Unverified, // a key or the version was not captured
    Bad,
    Leftmost, // right, but the leftmost 64 bits where the rightmost belong
    Good,
};

// As name(HmacVerdict): "good", "bad" (leftmost bits too), …
std::string_view name(AddressVerdict verdict);

AddressVerdict verify(const Crypto &crypto, const Connection &connection, Role sender,
                      const AddAddr &announced);

} // namespace mptcp
