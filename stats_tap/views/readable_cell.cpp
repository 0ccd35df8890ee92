// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/readable_cell.h"

#include "base/format.h"
#include "base/readable.h"

namespace mptcp {
namespace {

void append_readable(std::string &to, std::uint64_t number, CellKind kind)
{
    if (kind == CellKind::Bytes)
        append_bytes_with_unit(to, number);
    else if (kind == CellKind::Megabits)
        append_rate_with_unit(to, number);
    else
        append_grouped(to, number);
}

bool has_unit(CellKind kind)
{
    return kind == CellKind::Bytes || kind == CellKind::Megabits || kind == CellKind::Seconds ||
           kind == CellKind::Milliseconds;
}

} // namespace

std::string_view readable_title(const Column &column)
{
    return column.names.readable.empty() ? column.names.title : column.names.readable;
}

std::string to_readable(const Cell &cell, CellKind kind)
{
    const auto *number = std::get_if<std::uint64_t>(&cell);
    const auto *time = std::get_if<Time>(&cell);
    std::string text;
    if (number != nullptr && (has_unit(kind) || kind == CellKind::Count))
        append_readable(text, *number, kind);
    else if (time != nullptr && has_unit(kind))
        append_time_with_unit(text, *time);
    else
        append(text, cell, kind);
    return text;
}

std::string exact_value(const Cell &cell, CellKind kind)
{
    const bool has_value =
        !std::holds_alternative<Blank>(cell) && !std::holds_alternative<Unknown>(cell);
    if (!has_value || !has_unit(kind))
        return {};
    std::string text;
    if (kind == CellKind::Bytes)
        append_grouped(text, std::get<std::uint64_t>(cell));
    else
        append(text, cell, kind);
    switch (kind) {
    case CellKind::Bytes:
        return text + " bytes";
    case CellKind::Megabits:
        return text + " Mbit/s";
    case CellKind::Milliseconds:
        return text + " ms";
    default:
        return text + " s";
    }
}

} // namespace mptcp
