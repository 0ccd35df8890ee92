// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,series`: series as CSV, a header and a line for each point. Times are seconds
// since the start of the connection.
#pragma once

#include "limits/limit.h"
#include "path_use/path_use.h"
#include "series/goodput.h"
#include "series/in_flight.h"
#include "series/one_way_delays.h"
#include "series/paths.h"
#include "series/round_trips.h"
#include "series/sequence.h"
#include "views/output.h"

namespace mptcp {

// The places are those of mptcp.data.rel; empty where that field is unknown.
void write_series_csv(const Sequence &sequence, const Output &out);
void write_series_csv(const Goodput &goodput, const Output &out);
void write_series_csv(const std::vector<RoundTrip> &samples, const Output &out);
void write_series_csv(const std::vector<InFlightPoint> &points, const Output &out);
void write_series_csv(const std::vector<OneWayDelay> &delays, const Output &out);
void write_series_csv(const std::vector<PathSpan> &spans, const Output &out);
void write_series_csv(const std::vector<LimitInterval> &intervals, const Output &out);
void write_series_csv(const std::vector<Concurrency> &intervals, const Output &out);

} // namespace mptcp
