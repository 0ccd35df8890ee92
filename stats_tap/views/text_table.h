// SPDX-License-Identifier: GPL-2.0-or-later
//
// Lines of text in columns that are as wide as their widest cell. A table keeps
// no row: whoever has them shows each twice, first to fit the columns to it,
// and, when that is done, for its line.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "base/format.h"

namespace mptcp {

enum class Align { Left, Right };

struct TextColumn {
    std::string_view title;
    Align align;
};

// One row: cleared and filled again, it allocates nothing.
class Cells {
public:
    // The next cell, of all these together.
    template <class... Parts> void add(const Parts &...parts)
    {
        (append(text_, parts), ...);
        if (count_ == ends_.size())
            ends_.emplace_back();
        ends_[count_++] = text_.size();
    }

    void clear()
    {
        text_.clear();
        count_ = 0;
    }

    std::size_t size() const { return count_; }
    std::string_view operator[](std::size_t place) const
    {
        const std::size_t begin = place == 0 ? 0 : ends_[place - 1];
        return std::string_view{text_}.substr(begin, ends_[place] - begin);
    }

private:
    std::string text_;
    std::vector<std::size_t> ends_; // of the cells, in the text; those behind are of other rows
    std::size_t count_ = 0;
};

// The same for rows of which only the widths of the widest cells are kept.
class Widths {
public:
    explicit Widths(std::size_t columns) : widest_(columns) {}

    template <class... Parts> void add(const Parts &...parts)
    {
        std::size_t &widest = widest_[next_++];
        widest = std::max(widest, (width(parts) + ...));
    }

    void clear() { next_ = 0; }

    std::size_t operator[](std::size_t place) const { return widest_[place]; }
    std::size_t sum() const { return std::reduce(widest_.begin(), widest_.end()); }

private:
    std::vector<std::size_t> widest_;
    std::size_t next_ = 0;
};

class TextTable {
public:
    explicit TextTable(std::vector<TextColumn> columns);

    // Each row goes through them first, with a cell for each column.
    Widths &widths() { return widths_; }
    void append_line(std::string &to, const Cells &row) const; // no line feed
    void append_header(std::string &to) const;

private:
    std::vector<TextColumn> columns_;
    Widths widths_;
    Cells titles_;
};

} // namespace mptcp
