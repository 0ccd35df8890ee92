// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/fallback_table.h"

#include <algorithm>
#include <cstring>

namespace mptcp {
namespace {

// The largest number of 64 bits has so many digits.
constexpr std::size_t kNumberWidth = 20;

void free_texts(stat_tap_table_item_type *row, std::uint32_t count)
{
    for (std::uint32_t column = 0; column < count; ++column)
        if (row[column].type == TABLE_ITEM_STRING)
            g_free(const_cast<char *>(row[column].value.string_value));
}

} // namespace

FallbackTable::FallbackTable(stat_tap_table_ui &ui, const char *title)
    : table_(stat_tap_init_table(title, static_cast<int>(ui.nfields), 0, nullptr)),
      columns_(static_cast<std::uint32_t>(ui.nfields))
{
    stat_tap_add_table(&ui, table_);
}

FallbackTable::~FallbackTable()
{
    for (std::size_t row = in_use_; row < rows_.size(); ++row) {
        free_texts(rows_[row], columns_);
        g_free(rows_[row]);
    }
}

std::uint32_t FallbackTable::add_row()
{
    const std::uint32_t row = in_use_++;
    table_->num_elements = in_use_;
    if (row == rows_.size()) {
        rows_.push_back(g_new0(stat_tap_table_item_type, columns_));
        table_->elements = g_renew(stat_tap_table_item_type *, table_->elements, rows_.size());
        table_->elements[row] = rows_[row];
    }
    for (std::uint32_t column = 0; column < columns_; ++column)
        set_text(row, column, "");
    return row;
}

stat_tap_table_item_type &FallbackTable::item(std::uint32_t row, std::uint32_t column)
{
    return rows_[row][column];
}

void FallbackTable::set_text(std::uint32_t row, std::uint32_t column, const std::string &text)
{
    stat_tap_table_item_type &cell = item(row, column);
    if (cell.type == TABLE_ITEM_STRING)
        g_free(const_cast<char *>(cell.value.string_value));
    cell.type = TABLE_ITEM_STRING;
    cell.value.string_value = g_strdup(text.c_str());
}

void FallbackTable::set_number(std::uint32_t row, std::uint32_t column, std::uint64_t number)
{
    const std::string digits = std::to_string(number);
    const std::string text = std::string(kNumberWidth - digits.size(), ' ') + digits;
    const stat_tap_table_item_type &cell = item(row, column);
    const bool fits =
        cell.type == TABLE_ITEM_STRING && std::strlen(cell.value.string_value) == kNumberWidth;
    if (fits) // nearly always
        std::ranges::copy(text, const_cast<char *>(cell.value.string_value));
    else
        set_text(row, column, text);
}

void FallbackTable::set_index(std::uint32_t row, std::uint32_t column, std::uint32_t index)
{
    set_text(row, column, "");
    stat_tap_table_item_type &cell = item(row, column);
    g_free(const_cast<char *>(cell.value.string_value));
    cell.type = TABLE_ITEM_UINT;
    cell.value.uint_value = index;
}

void FallbackTable::clear()
{
    in_use_ = 0;
    table_->num_elements = 0;
}

} // namespace mptcp
