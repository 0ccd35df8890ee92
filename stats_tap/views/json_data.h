// SPDX-License-Identifier: GPL-2.0-or-later
//
// The member "data" of connections and subflows in the JSON document: what they
// carried at the data level, by sender.
#pragma once

#include "views/columns.h"
#include "views/json_writer.h"

namespace mptcp {

void write_connection_data(Json &json, const TableRow &row);
void write_subflow_data(Json &json, const TableRow &row);

} // namespace mptcp
