// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers for readers.
#include "views/readable.h"

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

std::string grouped(std::uint64_t number)
{
    std::string text;
    append_grouped(text, number);
    return text;
}

std::string bytes(std::uint64_t number)
{
    std::string text;
    append_bytes(text, number);
    return text;
}

std::string rate(const std::optional<std::uint64_t> &bytes_per_second)
{
    std::string text;
    append_rate(text, bytes_per_second);
    return text;
}

TEST(GroupedNumbers, HaveACommaBeforeEachThreeDigits)
{
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'000), "1,000");
    EXPECT_EQ(grouped(1'234'567), "1,234,567");
    EXPECT_EQ(grouped(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(Bytes, AreExactBelowTenMillions)
{
    EXPECT_EQ(bytes(9'999'999), "9,999,999");
    EXPECT_EQ(bytes(10'000'000), "10.00 MB");
    EXPECT_EQ(bytes(12'345'678), "12.35 MB");
    EXPECT_EQ(bytes(999'949'999), "999.9 MB");
    EXPECT_EQ(bytes(999'999'999), "1.000 GB");
    EXPECT_EQ(bytes(1'234'567'890'123), "1.235 TB");
    EXPECT_EQ(bytes(UINT64_MAX), "18.45 EB");
}

TEST(RatesForReaders, AreMegabitsWithFourDigits)
{
    EXPECT_EQ(rate(std::nullopt), "-");
    EXPECT_EQ(rate(0), "0.000");
    EXPECT_EQ(rate(1'500), "0.012");
    EXPECT_EQ(rate(1'250'000), "10.00");
    EXPECT_EQ(rate(12'345'678), "98.77");
    EXPECT_EQ(rate(123'456'789), "987.7");
    EXPECT_EQ(rate(1'234'567'890), "9,877");
    EXPECT_EQ(rate(12'345'678'901), "98,765");
}

} // namespace
} // namespace mptcp::test
