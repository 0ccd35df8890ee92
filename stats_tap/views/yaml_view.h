// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table of columns.h as YAML, with the values of the CSV (csv_view.h).
#pragma once

#include <string>

#include "views/columns.h"

namespace mptcp {

// A mapping for a list: all columns that apply to the row, null for an unknown value. Numbers are
// plain, words are quoted.
std::string yaml_item(const TableRow &row);

} // namespace mptcp
