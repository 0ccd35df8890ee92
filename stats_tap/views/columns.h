// SPDX-License-Identifier: GPL-2.0-or-later
//
// The report as one table of two levels, connections and their subflows, for
// views that show, sort and export cells: what each column is called, what
// kind of thing it holds, and its value in a row. How a cell looks is the
// view's business, but for the plain words of to_text().
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "analysis/report.h"

namespace mptcp {

enum class CellKind : std::uint8_t {
    Words,
    Number, // that names something: an index, a frame, a token
    Count,  // that says how many: packets, octets
    Seconds,
    Milliseconds,
    Share,    // of the connection, 0 to 1
    Megabits, // a second
};

struct Blank {};   // the column says nothing of such rows
struct Unknown {}; // the capture does not tell

// The value of a Count or Number is a whole number; of Seconds and
// Milliseconds nanoseconds, of Megabits octets a second, whole too.
using Cell = std::variant<Blank, Unknown, std::uint64_t, double, std::string>;

struct Column {
    std::string_view name;
    std::string_view meaning; // a sentence
    CellKind kind;
    Cell (*of_connection)(const ConnectionRow &row);
    Cell (*of_subflow)(const ConnectionRow &connection, const SubflowRow &row);
};

// What an operator asks for first, first. Lives as long as the program.
std::span<const Column> columns();

// Without grouping, in any locale the same: "1234", "0.250000", "25.0%".
// Blank is "", Unknown is "-".
std::string to_text(const Cell &cell, CellKind kind);

// Sorts cells of one column: blank before unknown before values.
bool is_less(const Cell &left, const Cell &right);

} // namespace mptcp
