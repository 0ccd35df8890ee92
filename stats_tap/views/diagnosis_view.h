// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,diagnosis`: what is the matter with each connection, as text for a terminal. Of
// many connections, a summary and those with the most severe statements.
#pragma once

#include "analysis/analysis.h"
#include "diagnosis/statement.h"
#include "views/output.h"

namespace mptcp {

// `statements` are those of diagnose(). `filter` as the user gave it, or nullptr.
void write_diagnosis(const Statements &statements, const Analysis &analysis, const char *filter,
                     const Output &out);

} // namespace mptcp
