// SPDX-License-Identifier: GPL-2.0-or-later
//
// What one sender knew after each packet of a connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "flight/capture_place.h"
#include "flight/handovers.h"
#include "flight/recoveries.h"
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
    std::uint32_t subflow = 0;    // index
    bool sends = false;           // data that is new on the subflow
    bool is_full = false;         // that data: a segment as large as the largest one of the subflow
    bool acknowledges = false;    // an ACK or DATA_ACK that advances
    std::uint64_t data_acked = 0; // the bytes by which the DATA_ACK advances
    // After it:
    bool in_flight = false; // on this subflow, as TCP counts it
    bool carries = false;   // data that is, and that no DATA_ACK covers: none after a hand-over
    bool is_known = false;  // whether any is on this subflow
    bool all_acked = false; // by DATA_ACKs; after a fallback, by TCP
    Phase phase{};
    WindowState window{};
    HeldData held{};
    std::optional<std::uint32_t> hole; // the subflow that carries the first byte without DATA_ACK
    bool is_hole_lost = false;         // that subflow has ended
};

// A DATA_ACK on another subflow covers all that this one has in flight.
struct Covered {
    std::size_t moment = 0; // that brought the DATA_ACK
    std::uint32_t subflow = 0;
};

struct Moments {
    // What is in flight is what the sender had in flight: the capture was made at its end.
    bool tell_flight() const { return place.at_sender && place.is_seen; }

    CapturePlace place;
    std::vector<Moment> all;          // one for each packet, in capture order
    std::vector<Recovery> recoveries; // by retransmission or by reinjection
    std::vector<Handover> handovers;
    std::vector<Covered> covered;   // by moment
    std::vector<Recovery> not_seen; // by time
};

Moments make_moments(const DrawnConnection &drawn, Role sender);

} // namespace mptcp
