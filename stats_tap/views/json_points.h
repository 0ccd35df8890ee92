// SPDX-License-Identifier: GPL-2.0-or-later
//
// The members of the JSON document about the points that recorded packets.
#pragma once

#include <vector>

#include "analysis/report.h"
#include "between/passages.h"
#include "views/json_writer.h"

namespace mptcp {

// "points", "between" and "clocks".
void write_points(Json &json, const std::vector<PointRow> &points, const PointsReport &report);

} // namespace mptcp
