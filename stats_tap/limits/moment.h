// SPDX-License-Identifier: GPL-2.0-or-later
//
// What one sender knew after each packet of a connection. limits.cpp makes the kinds of limit.h of
// this.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "limits/capture_place.h"
#include "limits/recoveries.h"
#include "series/drawn_connection.h"

namespace mptcp {

enum class Phase : std::uint8_t { Handshake, Transfer, Ending, Closing };

// Of the receiver, as far as it is known.
enum class WindowState : std::uint8_t { Open, Full, Zero };

// Data that the receiver has behind a hole.
enum class HeldData : std::uint8_t { None, Some, Most };

struct Moment {
    Time time = 0;           // of the packet, since the start of the connection; never decreases
    std::uint64_t bytes = 0; // unique ones that the packet carries, if it is counted
    Time round_trip = 0;     // of its subflow; 0: unknown
    std::uint32_t frame = 0;
    std::uint32_t subflow = 0; // index
    bool sends = false;        // data that is new on the subflow
    bool is_full = false;      // that data: a segment as large as the largest one of the subflow
    bool acknowledges = false; // an ACK or DATA_ACK that advances
    // After it:
    bool in_flight = false; // on this subflow
    bool is_known = false;  // whether any is on this subflow
    bool all_acked = false; // by DATA_ACKs; after a fallback, by TCP
    Phase phase{};
    WindowState window{};
    HeldData held{};
    std::optional<std::uint32_t> hole; // the subflow that carries the first byte without DATA_ACK
    bool is_hole_lost = false;         // that subflow has ended
};

struct Moments {
    std::vector<Moment> all; // one for each packet, in capture order
    std::vector<Recovery> recoveries;
    std::vector<Recovery> not_seen; // by time
};

Moments make_moments(const DrawnConnection &drawn, Role sender, const CapturePlace &place);

} // namespace mptcp
