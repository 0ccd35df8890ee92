// SPDX-License-Identifier: GPL-2.0-or-later
//
// Lines of text in columns that are as wide as their widest cell.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace mptcp {

enum class Align { Left, Right };

struct TextColumn {
    std::string_view title;
    Align align;
};

class TextTable {
public:
    explicit TextTable(std::vector<TextColumn> columns);

    // One cell for each column; cells have no NUL.
    void add(const std::vector<std::string> &cells);

    std::size_t rows() const { return rows_.size(); }
    std::string header() const;
    std::string row(std::size_t index) const;

private:
    static constexpr char kEnd = '\0';

    std::string line(std::string_view cells) const;

    std::vector<TextColumn> columns_;
    std::vector<std::size_t> widths_;
    std::deque<std::string> rows_; // each cell ended by kEnd
};

} // namespace mptcp
