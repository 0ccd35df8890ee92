// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers for readers.
#include "base/readable.h"

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

template <class Value> std::string with_unit(void (*append)(std::string &, Value), Value value)
{
    std::string text;
    append(text, value);
    return text;
}

std::string bytes_with_unit(std::uint64_t number)
{
    return with_unit(append_bytes_with_unit, number);
}

std::string time_with_unit(Time time) { return with_unit(append_time_with_unit, time); }

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

TEST(BytesWithUnit, HaveFourDigitsFromAThousandOn)
{
    EXPECT_EQ(bytes_with_unit(0), "0 B");
    EXPECT_EQ(bytes_with_unit(999), "999 B");
    EXPECT_EQ(bytes_with_unit(1'000), "1.000 kB");
    EXPECT_EQ(bytes_with_unit(9'999), "9.999 kB");
    EXPECT_EQ(bytes_with_unit(12'344), "12.34 kB");
    EXPECT_EQ(bytes_with_unit(12'345), "12.35 kB"); // half up
    EXPECT_EQ(bytes_with_unit(999'949), "999.9 kB");
    EXPECT_EQ(bytes_with_unit(999'950), "1.000 MB");
    EXPECT_EQ(bytes_with_unit(9'999'500), "10.00 MB");
    EXPECT_EQ(bytes_with_unit(3'395'942), "3.396 MB");
    EXPECT_EQ(bytes_with_unit(UINT64_MAX), "18.45 EB");
}

TEST(RatesWithUnit, AreBits)
{
    EXPECT_EQ(with_unit<std::uint64_t>(append_rate_with_unit, 0), "0 bit/s");
    EXPECT_EQ(with_unit<std::uint64_t>(append_rate_with_unit, 1'500), "12.00 kbit/s");
    EXPECT_EQ(with_unit<std::uint64_t>(append_rate_with_unit, 12'345'678), "98.77 Mbit/s");
    EXPECT_EQ(with_unit<std::uint64_t>(append_rate_with_unit, UINT64_MAX), "18.45 Ebit/s");
}

TEST(TimesWithUnit, HaveNoPrefixAboveSeconds)
{
    EXPECT_EQ(time_with_unit(0), "0 s");
    EXPECT_EQ(time_with_unit(999), "999 ns");
    EXPECT_EQ(time_with_unit(345'000), "345.0 µs");
    EXPECT_EQ(time_with_unit(12'345'678), "12.35 ms");
    EXPECT_EQ(time_with_unit(-6'000'000), "-6.000 ms");
    EXPECT_EQ(time_with_unit(17'759'000'000), "17.76 s");
    EXPECT_EQ(time_with_unit(999'949'999'999), "999.9 s");
    EXPECT_EQ(time_with_unit(999'950'000'000), "1,000 s");
    EXPECT_EQ(time_with_unit(86'400'500'000'000), "86,401 s");
}

} // namespace
} // namespace mptcp::test
