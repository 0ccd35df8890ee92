// SPDX-License-Identifier: GPL-2.0-or-later
//
// The receive window that a segment advertises, with window scaling (RFC 7323 2.2 and 2.3).
#pragma once

#include <cstdint>
#include <optional>

#include "wire/segment.h"

namespace mptcp {

// Returns the window in bytes. `own` and `peer` are the options of the SYNs of the sender and of
// its peer, empty if that SYN was not captured. The window is scaled if both SYNs have the option,
// except in a SYN itself. Returns nothing if the scale is unknown.
std::optional<std::uint32_t> window_of(const Segment &segment,
                                       const std::optional<WindowScale> &own,
                                       const std::optional<WindowScale> &peer);

} // namespace mptcp
