// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table of passages, which the dialog shows, and its CSV and YAML.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "between/passages.h"
#include "views/columns.h"

namespace mptcp {

// In the order of passage_columns(), and so of the fields of CSV. Add new columns at the end:
// stored layouts and scripts refer to columns by their place.
enum class PassageColumnId : std::uint8_t {
    Points,
    Connection,
    Subflow,
    Sender,
    Both,
    Lost,
    Missed,
    Unseen,
    Late,
    Min,
    Median,
    P95,
    Max,
    Jitter,
    ResegmentedFrom,
    ResegmentedTo,
    Changes,
    LostData,
    LostSignalling,
    LostAcks,
    Duplicated,
};
inline constexpr std::size_t kPassageColumns =
    static_cast<std::size_t>(PassageColumnId::Duplicated) + 1;

struct PassageColumn {
    PassageColumnId id{};
    std::string_view title;   // in CSV
    std::string_view meaning; // a sentence
    CellKind kind{};
    // Of Points a number to sort by: see to_readable().
    Cell (*value)(const Passage &passage) = nullptr;
    std::string_view readable = {}; // in the dialog, where cells have their unit; empty: the title
};

// Lives as long as the program.
std::span<const PassageColumn, kPassageColumns> passage_columns();

// As the dialog shows it: see readable_cell.h.
std::string_view readable_title(const PassageColumn &column);
std::string to_readable(const Passage &passage, const PassageColumn &column);

// As csv_view.h and yaml_view.h do it for connections.
std::string passage_csv_header();
std::string passage_csv_line(const Passage &passage);
std::string passage_yaml_item(const Passage &passage);

} // namespace mptcp
