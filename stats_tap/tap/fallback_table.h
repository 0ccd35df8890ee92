// SPDX-License-Identifier: GPL-2.0-or-later
//
// A table of the fallback dialog, in the form of Wireshark's stat_tap_table_ui.
//
// The dialog keeps pointers to the rows while it is open, reads them after the
// last packet, and has no 64-bit numbers. Therefore rows are never moved or
// freed but used again, and numbers are texts of one width, which are exact and
// sort like numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <wireshark.h>

#include <epan/stat_tap_ui.h>

namespace mptcp {

class FallbackTable {
public:
    // Makes a table with this title and adds it to `ui`.
    FallbackTable(stat_tap_table_ui &ui, const char *title);

    // Wireshark has freed the table and the rows in use; this frees the others.
    ~FallbackTable();
    FallbackTable(const FallbackTable &) = delete;
    FallbackTable &operator=(const FallbackTable &) = delete;

    bool empty() const { return in_use_ == 0; }

    // Adds an empty row at the end; returns its number.
    std::uint32_t add_row();
    void set_text(std::uint32_t row, std::uint32_t column, const std::string &text);
    void set_number(std::uint32_t row, std::uint32_t column, std::uint64_t number);
    void set_index(std::uint32_t row, std::uint32_t column, std::uint32_t index);

    // Takes all rows out of the table and keeps them for add_row().
    void clear();

private:
    stat_tap_table_item_type &item(std::uint32_t row, std::uint32_t column);

    stat_tap_table *table_; // Wireshark's
    std::uint32_t columns_;
    std::uint32_t in_use_ = 0;
    std::vector<stat_tap_table_item_type *> rows_; // in use or kept for add_row()
};

} // namespace mptcp
