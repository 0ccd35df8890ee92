// SPDX-License-Identifier: GPL-2.0-or-later
//
// How long each packet took from one point that recorded it to the next one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "between/passages.h"
#include "series/drawn_connection.h"

namespace mptcp {

struct OneWayDelay {
    // When the packet was recorded first, since the start of the connection.
    Time time = 0;
    std::uint32_t frame = 0;        // at `from`
    std::uint32_t subflow = 0;      // index
    std::uint32_t from = 0, to = 0; // points
    Time delay = 0;                 // by the difference of the clocks
};

// From one point to another, in words: "point 0 to point 1".
std::string way_in_words(const PointPair &points);

// What graphs draw: the delays by points, and by subflow.
std::map<std::pair<PointPair, std::uint32_t>, std::vector<OneWayDelay>>
delays_by_way(const std::vector<OneWayDelay> &delays);
Time most_delay(const std::vector<OneWayDelay> &delays); // at least 1 ns

// In capture order. Delays that are unknown are left out.
std::vector<OneWayDelay> make_one_way_delays(const DrawnConnection &drawn, Role sender);

} // namespace mptcp
