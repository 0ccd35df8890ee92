// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,json`: the report, the analysis and the diagnosis as one JSON document.
#pragma once

#include "analysis/analysis.h"
#include "analysis/report.h"
#include "between/passages.h"
#include "diagnosis/statement.h"
#include "views/output.h"

namespace mptcp {

// `statements` are those of diagnose().
void write_json(const ReportRows &rows, const Analysis &analysis, const PointsReport &points,
                const Statements &statements, const Output &out);

} // namespace mptcp
