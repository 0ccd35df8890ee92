// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fallback to regular TCP (RFC 8684 3.7). The evidence is a missing option where one is
// required, or an infinite mapping. connection_rules.cpp detects a missing MP_CAPABLE in the
// handshake.
#pragma once

#include "connections/connection.h"
#include "connections/connection_change.h"
#include "wire/segment.h"

namespace mptcp {

// Records the fallback with the segment's frame. It has no effect after a fallback.
void fall_back(Connection &connection, const Segment &segment, FallbackReason reason,
               ConnectionChange &change);

// The segment carries an infinite mapping (RFC 8684 3.7).
void fall_back_by_infinite_mapping(Connection &connection, Role sender, const Segment &segment,
                                   ConnectionChange &change);

// Detects data, and acknowledgments of data, without a DSS option; and options that contradict an
// earlier fallback. `is_new` is false for a segment that its receiver had received before.
void watch_options(Connection &connection, Subflow &subflow, Side sender, const Segment &segment,
                   bool is_new, ConnectionChange &change);

} // namespace mptcp
