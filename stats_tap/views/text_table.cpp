// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/text_table.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mptcp {
namespace {

constexpr std::size_t kGap = 2; // blanks between columns

} // namespace

void Widths::fit(const Cells &row)
{
    for (std::size_t place = 0; place < row.size(); ++place)
        widest_[place] = std::max(widest_[place], row[place].size());
}

std::size_t Widths::sum() const { return std::reduce(widest_.begin(), widest_.end()); }

TextTable::TextTable(std::vector<TextColumn> columns)
    : columns_(std::move(columns)), widths_(columns_.size())
{
    for (const TextColumn &column : columns_)
        titles_.add(column.title);
    widths_.fit(titles_);
    for (std::size_t place = 0; place < columns_.size(); ++place)
        widths_.widen(place, columns_[place].least);
}

std::size_t TextTable::end_of(std::size_t place) const
{
    std::size_t end = kGap * place;
    for (std::size_t i = 0; i <= place; ++i)
        end += widths_[i];
    return end;
}

void TextTable::append_line(std::string &to, const Cells &row) const
{
    // Blanks for the whole line first; the cells overwrite them.
    std::size_t column = to.size();
    std::size_t end = column; // of the last cell that is not empty
    to.append(widths_.sum() + kGap * columns_.size(), ' ');
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const std::string_view cell = row[i];
        const bool right = columns_[i].align == Align::Right;
        const std::size_t place = column + (right ? widths_[i] - cell.size() : 0);
        cell.copy(to.data() + place, cell.size());
        if (!cell.empty())
            end = place + cell.size();
        column += widths_[i] + kGap;
    }
    to.resize(end);
}

void TextTable::append_header(std::string &to) const { append_line(to, titles_); }

} // namespace mptcp
