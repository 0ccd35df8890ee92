// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,points`: the points that recorded packets, and what happened between them, as
// text.
#pragma once

#include <vector>

#include "analysis/report.h"
#include "between/passages.h"
#include "views/output.h"

namespace mptcp {

// `filter` as the user gave it, or nullptr.
void write_points(const std::vector<PointRow> &points, const PointsReport &report,
                  const char *filter, const Output &out);

} // namespace mptcp
