// SPDX-License-Identifier: GPL-2.0-or-later
//
// Values of the table of connections (columns.h) as members of the JSON
// document. A value that is blank or unknown is null.
#pragma once

#include <initializer_list>

#include "views/columns.h"
#include "views/json_writer.h"

namespace mptcp {

using ColumnIds = std::initializer_list<ColumnId>;

void write_cells(Json &json, const TableRow &row, ColumnIds ids);

// The same of one host; the IDs are those of the client's columns.
void write_cells(Json &json, const TableRow &row, Role role, ColumnIds of_client);

// An object with the client's value and the server's.
void write_both(Json &json, const TableRow &row, ColumnId of_client);

} // namespace mptcp
