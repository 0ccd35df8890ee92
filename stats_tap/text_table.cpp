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

void TextTable::add(std::vector<std::string> cells)
{
    for (std::size_t i = 0; i < cells.size(); ++i)
        widths_[i] = std::max(widths_[i], cells[i].size());
    rows_.push_back(std::move(cells));
}

std::string TextTable::header() const
{
    std::vector<std::string> titles;
    for (const TextColumn &column : columns_)
        titles.emplace_back(column.title);
    return line(titles);
}

std::string TextTable::row(std::size_t index) const { return line(rows_[index]); }

std::string TextTable::line(const std::vector<std::string> &cells) const
{
    constexpr char kGap[] = "  ";
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string padding(widths_[i] - cells[i].size(), ' ');
        text += i == 0 ? "" : kGap;
        text += columns_[i].align == Align::Left ? cells[i] + padding : padding + cells[i];
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

} // namespace mptcp
