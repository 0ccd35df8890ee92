// SPDX-License-Identifier: GPL-2.0-or-later
//
// "data" of the JSON document: what connections and subflows carried at the
// data level, by sender.
#pragma once

#include "analysis/report.h"
#include "views/json_writer.h"

namespace mptcp {

void write_data(Json &json, const ConnectionRow &row);
void write_data(Json &json, const SubflowRow &row, const ConnectionRow &connection);

} // namespace mptcp
