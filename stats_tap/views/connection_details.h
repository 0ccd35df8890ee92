// SPDX-License-Identifier: GPL-2.0-or-later
//
// What `-z mptcp,conn` says of a connection below its line and those of its subflows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/report.h"
#include "analysis/timeline.h"

namespace mptcp {

void append_details(std::string &to, const ConnectionRow &row, const ReportRows &rows,
                    const std::vector<Problem> &problems,
                    const std::function<std::string(Time)> &show_time);

} // namespace mptcp
