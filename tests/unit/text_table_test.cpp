// SPDX-License-Identifier: GPL-2.0-or-later
//
// Text tables: columns are as wide as their widest cell and aligned, and lines have
// no trailing spaces.
#include "views/text_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

std::vector<TextColumn> numbers_and_names()
{
    return {{"#", Align::Right}, {"name", Align::Left}, {"bytes", Align::Right}};
}

using Words = std::vector<std::string>;

Cells cells_of(const Words &words)
{
    Cells cells;
    for (const std::string &word : words)
        cells.add(word);
    return cells;
}

// The header and the lines of the rows.
Words lines_of(const std::vector<TextColumn> &columns, const std::vector<Words> &rows)
{
    TextTable table{columns};
    for (const Words &row : rows)
        table.fit(cells_of(row));
    Words lines(1);
    table.append_header(lines.front());
    for (const Words &row : rows)
        table.append_line(lines.emplace_back(), cells_of(row));
    return lines;
}

TEST(TextTable, OfNothingIsItsHeader)
{
    EXPECT_EQ(lines_of(numbers_and_names(), {}), (Words{"#  name  bytes"}));
}

TEST(TextTable, NarrowCellsAreAlignedUnderTheirTitle)
{
    EXPECT_EQ(lines_of(numbers_and_names(), {{"1", "a", "7"}}),
              (Words{"#  name  bytes", "1  a         7"}));
}

TEST(TextTable, WideCellsWidenTheirColumn)
{
    EXPECT_EQ(lines_of(numbers_and_names(),
                       {{"1", "a", "7"}, {"100", "10.0.0.1:4000", "18446744073709551615"}}),
              (Words{"  #  name                          bytes",
                     "  1  a                                 7",
                     "100  10.0.0.1:4000  18446744073709551615"}));
}

TEST(TextTable, LinesHaveNoBlanksAtTheirEnd)
{
    EXPECT_EQ(lines_of({{"a", Align::Left}, {"a long title", Align::Left}},
                       {{"x", "y"}, {"x", ""}, {"", ""}}),
              (Words{"a  a long title", "x  y", "x", ""}));
}

TEST(TextTable, EmptyCellsKeepTheirPlace)
{
    EXPECT_EQ(lines_of(numbers_and_names(), {{"", "", "7"}}).back(), "             7");
}

TEST(TextTable, MayHaveOneColumn)
{
    EXPECT_EQ(lines_of({{"n", Align::Right}}, {{"12"}}), (Words{" n", "12"}));
}

TEST(TextTable, PutsALineBehindWhatIsThere)
{
    const TextTable table{numbers_and_names()};
    std::string text = "Table: ";
    table.append_header(text);
    EXPECT_EQ(text, "Table: #  name  bytes");
}

TEST(Cells, AreOfOnePartOrSeveral)
{
    Cells cells;
    cells.add("gone");
    cells.clear();
    cells.add(std::optional<std::uint8_t>{7}, "/", std::optional<std::uint8_t>{});
    cells.add();
    cells.add(std::uint64_t{12});
    ASSERT_EQ(cells.size(), 3U);
    EXPECT_EQ(cells[0], "7/-");
    EXPECT_EQ(cells[1], "");
    EXPECT_EQ(cells[2], "12");
}

TEST(Widths, AreThoseOfTheWidestCells)
{
    Widths widths{3};
    Cells cells;
    cells.add(std::optional<std::uint8_t>{7}, "/", std::optional<std::uint8_t>{});
    cells.add("");
    cells.add(std::uint64_t{12});
    widths.fit(cells);
    cells.clear();
    cells.add(std::optional<std::uint8_t>{}, "/", std::optional<std::uint8_t>{});
    cells.add("gone");
    cells.add(std::uint64_t{9});
    widths.fit(cells);
    EXPECT_EQ(widths[0], 3U);
    EXPECT_EQ(widths[1], 4U);
    EXPECT_EQ(widths[2], 2U);
    EXPECT_EQ(widths.sum(), 9U);
}

} // namespace
} // namespace mptcp::test
