// SPDX-License-Identifier: GPL-2.0-or-later
//
// The receive window that a segment advertises (RFC 7323 2.2 and 2.3).
#pragma once

#include <cstdint>
#include <optional>

#include "wire/segment.h"

namespace mptcp {

// In bytes. The window is scaled if both SYNs offered the option, and never in a SYN
// itself. `own` is what the sender's SYN offered, `peer` what the other one's did: none if
// that SYN was not captured. None if the capture does not tell the scale.
std::optional<std::uint32_t> window_of(const Segment &segment,
                                       const std::optional<WindowScale> &own,
                                       const std::optional<WindowScale> &peer);

} // namespace mptcp
