// SPDX-License-Identifier: GPL-2.0-or-later
//
// Words on lines that fit a terminal.
#include "views/text_wrap.h"

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

std::string wrapped(std::string_view words, std::size_t indent, std::size_t width)
{
    std::string text(indent, '.');
    append_wrapped(text, indent, words, width);
    return text;
}

TEST(WrappedWords, StayOnTheLineIfTheyFit)
{
    EXPECT_EQ(wrapped("one two", 3, 10), "...one two");
    EXPECT_EQ(wrapped("", 3, 10), "...");
}

TEST(WrappedWords, ContinueBelowTheFirstOne)
{
    EXPECT_EQ(wrapped("one two three", 3, 10), "...one two\n   three");
    EXPECT_EQ(wrapped("one two three", 3, 9), "...one\n   two\n   three");
}

TEST(WrappedWords, AreNotDivided)
{
    EXPECT_EQ(wrapped("0x0123456789abcdef and 1", 2, 8), "..0x0123456789abcdef\n  and 1");
    EXPECT_EQ(wrapped("a 0x0123456789abcdef", 2, 8), "..a\n  0x0123456789abcdef");
    EXPECT_EQ(wrapped("one two", 20, 10),
              std::string(20, '.') + "one\n" + std::string(20, ' ') + "two");
}

} // namespace
} // namespace mptcp::test
