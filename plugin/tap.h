// SPDX-License-Identifier: GPL-2.0-or-later
//
// The tap that every statistic listens to: one record for each TCP segment,
// plain TCP's too, so that a listener can count what it was offered.
#pragma once

#include <cstdint>
#include <optional>

#include "core/tracker.h"

namespace mptcp {

inline constexpr char kTapName[] = "mptcp_conn";

// The frame's number stands in the packet_info that comes with it.
struct TapRecord {
    std::optional<Attribution> attribution; // none: plain TCP
    std::uint32_t payload = 0;              // octets on the wire
    Time time = 0;                          // of the frame
};

} // namespace mptcp
