// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/csv_view.h"

#include "views/csv.h"

namespace mptcp {
std::string csv_field(const Cell &cell, CellKind kind)
{
    if (std::holds_alternative<Unknown>(cell))
        return "";
    return csv_field(to_exact_text(cell, kind));
}

std::string csv_header()
{
    return csv_line_of(
        columns(), [](const Column &column) { return csv_field(std::string{column.names.title}); });
}

std::string csv_line(const TableRow &row)
{
    return csv_line_of(
        columns(), [&row](const Column &column) { return csv_field(row[column], column.kind); });
}

} // namespace mptcp
