// SPDX-License-Identifier: GPL-2.0-or-later
//
// The addresses of a connection's hosts by address ID (RFC 8684 3.4): what was
// announced, echoed, used by a subflow and removed, and in which frame.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tracker.h"

namespace mptcp {

struct AddressEntry {
    std::uint8_t id = 0;
    Address address;
    std::optional<std::uint16_t> port;      // that ADD_ADDR names
    std::optional<std::uint32_t> announced; // the first frame of each kind
    std::optional<std::uint32_t> echoed;
    std::optional<std::uint32_t> used;
    std::optional<std::uint32_t> removed;
};

// In the order in which the addresses were first seen.
using AddressTable = std::vector<AddressEntry>;

// By connection index, then by the host whose addresses they are.
std::vector<PerRole<AddressTable>> make_address_tables(const Tracker &tracker);

} // namespace mptcp
