// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,conn`: the report for people. A line for each connection,
// under it a line for each subflow, then the totals.
#pragma once

#include "analysis/report.h"
#include "views/output.h"

namespace mptcp {

// `filter` as the user gave it, or nullptr.
void write_text(const ReportRows &rows, const char *filter, const Output &out);

} // namespace mptcp
