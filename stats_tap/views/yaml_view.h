// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table of columns.h as YAML, with the values of the CSV (csv_view.h).
#pragma once

#include <string>

#include "views/columns.h"

namespace mptcp {

// Numbers are plain, words are quoted, an unknown value is null.
std::string yaml_value(const Cell &cell, CellKind kind);

// A mapping for a list: all columns that apply to the row.
std::string yaml_item(const TableRow &row);

} // namespace mptcp
