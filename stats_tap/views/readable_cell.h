// SPDX-License-Identifier: GPL-2.0-or-later
//
// Cells of columns.h as the dialog shows them: numbers in four digits with their unit, under the
// title without one. They are rounded, so they are not for programs, and sorting takes the cells.
#pragma once

#include <string>
#include <string_view>

#include "views/columns.h"

namespace mptcp {

std::string_view readable_title(const Column &column);

// Independent of the locale: a comma groups digits, a point precedes decimals. A PointInTime is in
// seconds since the epoch.
std::string to_readable(const Cell &cell, CellKind kind);

// The value that to_readable() has rounded, with its unit: "1,234,567 bytes", "12.345 ms". Empty if
// it is not rounded.
std::string exact_value(const Cell &cell, CellKind kind);

} // namespace mptcp
