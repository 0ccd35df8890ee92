// SPDX-License-Identifier: GPL-2.0-or-later
//
// All that graphs draw of one connection, as values: a window keeps them while the capture goes on,
// or is closed.
#pragma once

#include <cstdint>
#include <vector>

#include "base/types.h"
#include "series/drawn_views.h"
#include "series/in_flight.h"
#include "series/one_way_delays.h"
#include "series/paths.h"
#include "series/round_trips.h"
#include "series/sequence.h"

namespace mptcp {

struct ConnectionSeries {
    bool is_known = false; // false: the capture has no such connection, and all else is empty
    PerRole<Endpoint> endpoints;
    std::vector<PerRole<Endpoint>> subflows; // by index
    Role main_sender{};
    Time start = 0;    // since the epoch
    Time duration = 0; // nanoseconds

    // By host: the points near it that the figures are taken from; see DrawnViews.
    PerRole<std::vector<std::uint32_t>> seen_at;
    bool has_several_points = false; // the capture

    // By sender.
    PerRole<Sequence> sequence;
    PerRole<std::vector<RoundTrip>> round_trips;
    PerRole<std::vector<InFlightPoint>> in_flight;
    PerRole<std::vector<OneWayDelay>> delays;

    std::vector<PathSpan> paths; // of both senders
};

ConnectionSeries make_series(const DrawnViews &views);

} // namespace mptcp
