// SPDX-License-Identifier: GPL-2.0-or-later
//
// Bytes in flight of one sender over time, at the data level and on each subflow, and the receive
// window of its peer.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "series/drawn_connection.h"

namespace mptcp {

enum class InFlightKind : std::uint8_t {
    DataLevel, // from the DATA_ACK to the highest DSN sent
    Subflow,   // from TCP's acknowledgment number to the highest sequence number sent
    Window,    // RFC 8684 3.3.4: of the connection, as a DATA_ACK advertises it
};
inline constexpr std::size_t kInFlightKinds = static_cast<std::size_t>(InFlightKind::Window) + 1;

std::string_view name(InFlightKind kind); // "in_flight", "subflow_in_flight", "window"

struct InFlightPoint {
    Time time = 0; // since the start of the connection
    std::uint32_t frame = 0;
    std::uint32_t subflow = 0; // index
    std::uint64_t bytes = 0;   // after this packet
    InFlightKind kind{};
};

// In capture order: a point at each packet that sends or acknowledges data. Nothing is in flight
// before the first acknowledgment is known.
std::vector<InFlightPoint> make_in_flight(const DrawnConnection &drawn, Role sender);

// By kind and, of subflows, by subflow: the window is the first, to be drawn behind all.
using InFlightByKind =
    std::map<std::pair<InFlightKind, std::uint32_t>, std::vector<InFlightPoint>, std::greater<>>;
InFlightByKind in_flight_by_kind(const std::vector<InFlightPoint> &points);

// What the axis of a graph shows, in bytes.
struct InFlightScale {
    std::uint64_t top = 1;
    std::uint64_t window = 0;
    bool is_window_shown = true; // in full: it is not so large that it would squeeze the rest
};
InFlightScale scale_of(const std::vector<InFlightPoint> &points);

} // namespace mptcp
