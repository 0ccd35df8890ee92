// SPDX-License-Identifier: GPL-2.0-or-later
#include "text_table.h"

#include <algorithm>
#include <utility>

namespace mptcp {

TextTable::TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns))
{
    for (const TextColumn &column : columns_)
        widths_.push_back(std::string{column.title}.size());
}

void TextTable::add(const std::vector<std::string> &cells)
{
    std::string row;
    std::size_t size = 0;
    for (const std::string &cell : cells)
        size += cell.size() + 1;
    row.reserve(size);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        widths_[i] = std::max(widths_[i], cells[i].size());
        row.append(cells[i]).push_back(kEnd);
    }
    rows_.push_back(std::move(row));
}

std::string TextTable::header() const
{
    std::string titles;
    for (const TextColumn &column : columns_)
        titles.append(column.title).push_back(kEnd);
    return line(titles);
}

std::string TextTable::row(std::size_t index) const { return line(rows_[index]); }

std::string TextTable::line(std::string_view cells) const
{
    constexpr char kGap[] = "  ";
    std::string text;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const std::string_view cell = cells.substr(0, cells.find(kEnd));
        cells.remove_prefix(cell.size() + 1);
        const std::size_t padding = widths_[i] - cell.size();
        text.append(i == 0 ? "" : kGap);
        if (columns_[i].align == Align::Right)
            text.append(padding, ' ');
        text.append(cell);
        if (columns_[i].align == Align::Left)
            text.append(padding, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

} // namespace mptcp
