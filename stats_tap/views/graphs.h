// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,graph`: series as programs for gnuplot, with their data. Series with more points
// than a picture can show are thinned out, without losing an extreme.
#pragma once

#include <optional>
#include <string_view>

#include "between/passages.h"
#include "series/drawn_views.h"
#include "views/output.h"

namespace mptcp {

// `filter` is for the title; empty without one. `width` is that of bins.
void write_sequence_graph(const DrawnConnection &drawn, Role sender, std::string_view filter,
                          const Output &out);
void write_goodput_graph(const DrawnConnection &drawn, Role sender, Time width,
                         std::string_view filter, const Output &out);
void write_round_trip_graph(const DrawnConnection &drawn, Role sender, std::string_view filter,
                            const Output &out);
void write_in_flight_graph(const DrawnConnection &drawn, Role sender, std::string_view filter,
                           const Output &out);
void write_delay_graph(const DrawnConnection &drawn, Role sender, std::string_view filter,
                       const Output &out);
void write_paths_graph(const DrawnViews &views, const std::optional<Role> &sender, Time width,
                       std::string_view filter, const Output &out);

} // namespace mptcp
