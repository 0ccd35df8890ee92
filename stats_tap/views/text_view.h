// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,conn`: the report as text. A line for each connection, below
// it a line for each of its subflows, and the totals at the end.
#pragma once

#include "analysis/report.h"
#include "views/output.h"

namespace mptcp {

// `filter` as the user gave it, or nullptr.
void write_text(const ReportRows &rows, const char *filter, const Output &out);

} // namespace mptcp
