// SPDX-License-Identifier: GPL-2.0-or-later
//
// What differs between two sightings of a packet: what routers, NAT and other middleboxes do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "between/sightings.h"

namespace mptcp {

// In words, in a fixed order. `ttl` and `ttl_then` are the TTLs or hop limits; 0: unknown.
std::vector<std::string> header_changes(const Sighting &first, std::uint8_t ttl,
                                        const Sighting &second, std::uint8_t ttl_then);

} // namespace mptcp
