// SPDX-License-Identifier: GPL-2.0-or-later
//
// How to read a segment's window: RFC 7323 2.2, the option of the SYNs.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/bytes.h"
#include "wire/segment.h"

namespace mptcp {

// What the SYN of one side says.
struct WindowScale {
    bool offered = false;
    std::uint8_t shift = 0; // 0 to 14
};

// Of the options of a SYN.
WindowScale read_window_scale(ByteView options);

// RFC 7323 2.2: the window is scaled if both SYNs have the option, and never
// in a SYN. `own` is the sender's, none where its SYN was not captured.
// Gives octets.
std::optional<std::uint32_t> window_of(const Segment &segment,
                                       const std::optional<WindowScale> &own,
                                       const std::optional<WindowScale> &peer);

} // namespace mptcp
