// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,conn`: the report as text for a terminal. A line for each connection and for
// each of its subflows, in columns; below them what went wrong and what identifies them. What is
// zero, absent or the same as in those lines takes no room.
#pragma once

#include <functional>
#include <vector>

#include "analysis/report.h"
#include "analysis/timeline.h"
#include "views/output.h"

namespace mptcp {

// `filter` as the user gave it, or nullptr. `problems` by connection index. `show_time` formats the
// time of a packet.
void write_text(const ReportRows &rows, const std::vector<std::vector<Problem>> &problems,
                const std::function<std::string(Time)> &show_time, const char *filter,
                const Output &out);

} // namespace mptcp
