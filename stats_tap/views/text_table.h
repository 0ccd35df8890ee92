// SPDX-License-Identifier: GPL-2.0-or-later
//
// Lines of text in columns as wide as their widest cell. A table keeps no row:
// the caller passes each row twice, first to widen the columns, and, when all
// rows have been seen, to format its line.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/format.h"

namespace mptcp {

enum class Align { Left, Right };

struct TextColumn {
    std::string_view title;
    Align align;
    std::size_t least = 0; // characters of its width
};

// The cells of one row, in one buffer. It allocates nothing when it is cleared
// and filled again.
class Cells {
public:
    // Appends a cell that write(text) appends to `text`.
    template <class Write> void write(Write write)
    {
        write(text_);
        if (count_ == ends_.size())
            ends_.emplace_back();
        ends_[count_++] = text_.size();
    }

    // Appends a cell made of these parts.
    template <class... Parts> void add(const Parts &...parts)
    {
        write([&](std::string &text) { (append(text, parts), ...); });
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
    std::vector<std::size_t> ends_; // of the cells in the text; more than `count_` of them
    std::size_t count_ = 0;
};

// The width of the widest cell of each column.
class Widths {
public:
    explicit Widths(std::size_t columns) : widest_(columns) {}

    void fit(const Cells &row);
    void widen(std::size_t place, std::size_t least)
    {
        widest_[place] = std::max(widest_[place], least);
    }

    std::size_t operator[](std::size_t place) const { return widest_[place]; }
    std::size_t sum() const;

private:
    std::vector<std::size_t> widest_;
};

class TextTable {
public:
    explicit TextTable(std::vector<TextColumn> columns);

    // Widens the columns where a cell of this row needs it.
    void fit(const Cells &row) { widths_.fit(row); }
    void append_line(std::string &to, const Cells &row) const; // no line feed
    void append_header(std::string &to) const;

    // The characters of a line up to and with the column at this place.
    std::size_t end_of(std::size_t place) const;
    std::size_t begin_of(std::size_t place) const { return end_of(place) - widths_[place]; }
    std::size_t width_of(std::size_t place) const { return widths_[place]; }
    std::size_t width() const { return end_of(columns_.size() - 1); }

private:
    std::vector<TextColumn> columns_;
    Widths widths_;
    Cells titles_;
};

} // namespace mptcp
