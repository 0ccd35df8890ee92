// SPDX-License-Identifier: GPL-2.0-or-later
//
// A table of the Statistics dialog, as Wireshark's stat_tap_table_ui wants it.
//
// The dialog keeps pointers into the rows for as long as it is open, reads
// them once all packets are in, and knows no 64-bit numbers. So rows stay where
// they are for good and are only used again, and numbers are texts of one
// width: they are exact, and sort as text as they would as numbers.
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

    // Wireshark has freed the table and the rows in use; the others go now.
    ~FallbackTable();
    FallbackTable(const FallbackTable &) = delete;
    FallbackTable &operator=(const FallbackTable &) = delete;

    bool empty() const { return in_use_ == 0; }

    // An empty row at the end; gives its number.
    std::uint32_t add_row();
    void set_text(std::uint32_t row, std::uint32_t column, const std::string &text);
    void set_number(std::uint32_t row, std::uint32_t column, std::uint64_t number);
    void set_index(std::uint32_t row, std::uint32_t column, std::uint32_t index);

    // Takes all rows out of the table; they are kept for the next add_row().
    void clear();

private:
    stat_tap_table_item_type &item(std::uint32_t row, std::uint32_t column);

    stat_tap_table *table_; // Wireshark's
    std::uint32_t columns_;
    std::uint32_t in_use_ = 0;
    std::vector<stat_tap_table_item_type *> rows_; // all that ever were in use
};

} // namespace mptcp
