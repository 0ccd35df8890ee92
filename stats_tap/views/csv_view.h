// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table of columns.h as CSV (RFC 4180, but lines end in LF): all columns,
// numbers without grouping, an empty field for an unknown value.
#pragma once

#include <string>

#include "views/columns.h"

namespace mptcp {

std::string csv_field(const Cell &cell, CellKind kind);
// A line with field_of(column) for each column.
template <class Columns, class FieldOf>
std::string csv_line_of(const Columns &columns, FieldOf field_of)
{
    std::string line;
    for (const auto &column : columns) {
        if (&column != &columns.front())
            line += ',';
        line += field_of(column);
    }
    return line + "\n";
}

std::string csv_header();
std::string csv_line(const TableRow &row);

} // namespace mptcp
