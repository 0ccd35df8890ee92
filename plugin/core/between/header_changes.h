// SPDX-License-Identifier: GPL-2.0-or-later
//
// What differs between two sightings of a packet: what routers, NAT and other middleboxes do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "between/sightings.h"
#include "events/event.h"

namespace mptcp {

struct Difference {
    std::string what;               // in words
    std::optional<EventType> event; // if it matters to MPTCP
};

// In a fixed order. `ttl` and `ttl_then` are the TTLs or hop limits; 0: unknown.
std::vector<Difference> header_changes(const Sighting &first, std::uint8_t ttl,
                                       const Sighting &second, std::uint8_t ttl_then);

} // namespace mptcp
