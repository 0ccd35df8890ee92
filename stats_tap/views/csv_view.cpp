// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/csv_view.h"

#include "views/csv.h"

namespace mptcp {
namespace {

std::string field(const Cell &cell, CellKind kind)
{
    if (std::holds_alternative<Unknown>(cell))
        return "";
    return csv_field(to_exact_text(cell, kind));
}

// One field for each column.
template <class FieldOf> std::string line(FieldOf field_of)
{
    std::string line;
    for (const Column &column : columns()) {
        if (&column != &columns().front())
            line += ',';
        line += field_of(column);
    }
    return line + "\n";
}

} // namespace

std::string csv_header()
{
    return line([](const Column &column) { return csv_field(std::string{column.names.title}); });
}

std::string csv_line(const TableRow &row)
{
    return line([&row](const Column &column) { return field(row[column], column.kind); });
}

} // namespace mptcp
