// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fallback to regular TCP (RFC 8684 3.7), as far as the capture shows it: options that are
// missing where they belong, and infinite mappings.
#pragma once

#include "connections/connection.h"
#include "connections/connection_change.h"
#include "wire/segment.h"

namespace mptcp {

// The connection goes on as plain TCP from that segment on, unless it did before.
void fall_back(Connection &connection, const Segment &segment, FallbackReason reason,
               ConnectionChange &change);

// The segment sends an infinite mapping.
void fall_back_by_infinite_mapping(Connection &connection, Role sender, const Segment &segment,
                                   ConnectionChange &change);

// Detects data, and acknowledgements of it, without the options that belong to them.
void watch_options(Connection &connection, Subflow &subflow, Side sender, const Segment &segment,
                   ConnectionChange &change);

} // namespace mptcp
