// SPDX-License-Identifier: GPL-2.0-or-later
//
// Columns of text: as wide as their widest cell, aligned, and no blanks at the
// end of a line.
#include "text_table.h"

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

TextTable numbers_and_names()
{
    return TextTable{{{"#", Align::Right}, {"name", Align::Left}, {"bytes", Align::Right}}};
}

TEST(TextTable, OfNothingIsItsHeader)
{
    const TextTable table = numbers_and_names();
    EXPECT_EQ(table.rows(), 0U);
    EXPECT_EQ(table.header(), "#  name  bytes");
}

TEST(TextTable, NarrowCellsAreAlignedUnderTheirTitle)
{
    TextTable table = numbers_and_names();
    table.add({"1", "a", "7"});
    EXPECT_EQ(table.header(), "#  name  bytes");
    EXPECT_EQ(table.row(0), "1  a         7");
}

TEST(TextTable, WideCellsWidenTheirColumn)
{
    TextTable table = numbers_and_names();
    table.add({"1", "a", "7"});
    table.add({"100", "10.0.0.1:4000", "18446744073709551615"});
    EXPECT_EQ(table.rows(), 2U);
    EXPECT_EQ(table.header(), "  #  name                          bytes");
    EXPECT_EQ(table.row(0), "  1  a                                 7");
    EXPECT_EQ(table.row(1), "100  10.0.0.1:4000  18446744073709551615");
}

TEST(TextTable, LinesHaveNoBlanksAtTheirEnd)
{
    TextTable table{{{"a", Align::Left}, {"a long title", Align::Left}}};
    table.add({"x", "y"});
    table.add({"x", ""});
    table.add({"", ""});
    EXPECT_EQ(table.header(), "a  a long title");
    EXPECT_EQ(table.row(0), "x  y");
    EXPECT_EQ(table.row(1), "x");
    EXPECT_EQ(table.row(2), "");
}

TEST(TextTable, EmptyCellsKeepTheirPlace)
{
    TextTable table = numbers_and_names();
    table.add({"", "", "7"});
    EXPECT_EQ(table.row(0), "             7");
}

TEST(TextTable, MayHaveOneColumn)
{
    TextTable table{{{"n", Align::Right}}};
    table.add({"12"});
    EXPECT_EQ(table.header(), " n");
    EXPECT_EQ(table.row(0), "12");
}

} // namespace
} // namespace mptcp::test
