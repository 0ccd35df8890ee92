// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,json`: the report and the analysis as one JSON document.
#pragma once

#include "analysis/analysis.h"
#include "analysis/report.h"
#include "between/passages.h"
#include "views/output.h"

namespace mptcp {

void write_json(const ReportRows &rows, const Analysis &analysis, const PointsReport &points,
                const Output &out);

} // namespace mptcp
