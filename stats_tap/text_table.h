// SPDX-License-Identifier: GPL-2.0-or-later
//
// Lines of text in columns that are as wide as their widest cell. A table keeps
// no row: whoever has them shows each twice, first to fit the columns to it,
// and, when that is done, for its line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/format.h"

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
        ends_.push_back(text_.size());
    }

    void clear()
    {
        text_.clear();
        ends_.clear();
    }

    std::size_t size() const { return ends_.size(); }
    std::string_view operator[](std::size_t place) const
    {
        const std::size_t begin = place == 0 ? 0 : ends_[place - 1];
        return std::string_view{text_}.substr(begin, ends_[place] - begin);
    }

private:
    std::string text_;
    std::vector<std::size_t> ends_; // of the cells, in the text
};

class TextTable {
public:
    explicit TextTable(std::vector<TextColumn> columns);

    // The rows have a cell for each column.
    void fit(const Cells &row);
    void append_line(std::string &to, const Cells &row) const; // no line feed
    void append_header(std::string &to) const;

private:
    std::vector<TextColumn> columns_;
    std::vector<std::size_t> widths_;
    Cells titles_;
};

} // namespace mptcp
