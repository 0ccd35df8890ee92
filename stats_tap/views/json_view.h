// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,json`: the report and the chronicle as a JSON document.
#pragma once

#include "analysis/analysis.h"
#include "analysis/report.h"
#include "views/output.h"

namespace mptcp {

void write_json(const ReportRows &rows, const Chronicle &chronicle, const Output &out);

} // namespace mptcp
