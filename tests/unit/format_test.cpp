// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers and addresses as text.
#include "base/format.h"

#include <clocale>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

constexpr Time kSecond = 1'000'000'000;

Address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d)
{
    return {Family::IPv4, {a, b, c, d}};
}

// IPv6 addresses such as fd00::1, from the first two bytes and the last one.
Address ipv6(std::uint8_t first, std::uint8_t second, std::uint8_t last)
{
    Address address{Family::IPv6, {first, second}};
    address.bytes[15] = last;
    return address;
}

TEST(Text, OfAddresses)
{
    EXPECT_EQ(to_text(ipv4(10, 0, 0, 1)), "10.0.0.1");
    EXPECT_EQ(to_text(ipv4(255, 255, 255, 255)), "255.255.255.255");
    EXPECT_EQ(to_text(ipv4(0, 0, 0, 0)), "0.0.0.0");
    EXPECT_EQ(to_text(ipv6(0xfd, 0x00, 1)), "fd00::1");
    EXPECT_EQ(to_text(ipv6(0, 0, 0)), "::");
    EXPECT_EQ(to_text(Address{Family::IPv6,
                              {0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                               0xff, 0xff, 0xff, 0xff, 0xfe}}),
              "2001:db8:ffff:ffff:ffff:ffff:ffff:fffe");
}

TEST(Text, OfEndpoints)
{
    EXPECT_EQ(to_text(Endpoint{ipv4(10, 0, 0, 1), 80}), "10.0.0.1:80");
    EXPECT_EQ(to_text(Endpoint{ipv4(10, 0, 0, 1), 65535}), "10.0.0.1:65535");
    EXPECT_EQ(to_text(Endpoint{ipv4(10, 0, 0, 1), 0}), "10.0.0.1:0");
    EXPECT_EQ(to_text(Endpoint{ipv6(0xfd, 0x00, 1), 443}), "[fd00::1]:443");
}

TEST(Text, OfKeysHasAllDigits)
{
    EXPECT_EQ(to_text(std::optional{Key{0xca2f07947b1bfd2b}}), "0xca2f07947b1bfd2b");
    EXPECT_EQ(to_text(std::optional{Key{0x0a9fb446eb452fdb}}), "0x0a9fb446eb452fdb");
    EXPECT_EQ(to_text(std::optional{Key{0}}), "0x0000000000000000");
    EXPECT_EQ(to_text(std::optional{Key{~std::uint64_t{0}}}), "0xffffffffffffffff");
    EXPECT_EQ(to_text(std::optional{DataSeq{0x05bae1361f29ae52}}), "0x05bae1361f29ae52");
}

// RFC 8684 3.3.1: a DSN has 4 bytes or 8.
TEST(Text, OfDataSequenceNumbersIsAsLongAsOnTheWire)
{
    EXPECT_EQ(to_text(WireDataSeq{0, false}), "0x00000000");
    EXPECT_EQ(to_text(WireDataSeq{0x1f29ae52, false}), "0x1f29ae52");
    EXPECT_EQ(to_text(WireDataSeq{0xffffffff, false}), "0xffffffff");
    EXPECT_EQ(to_text(WireDataSeq{0, true}), "0x0000000000000000");
    EXPECT_EQ(to_text(WireDataSeq{0x1f29ae52, true}), "0x000000001f29ae52");
    EXPECT_EQ(to_text(WireDataSeq{~std::uint64_t{0}, true}), "0xffffffffffffffff");
}

TEST(Text, OfTokensIsDecimalAndHex)
{
    EXPECT_EQ(to_text(std::optional{Token{3453009450}}), "3453009450 (0xcdd0be2a)");
    EXPECT_EQ(to_text(std::optional{Token{0}}), "0 (0x00000000)");
    EXPECT_EQ(to_text(std::optional<Token>{}), "-");
}

TEST(Text, OfNoncesIsDecimal)
{
    EXPECT_EQ(to_text(std::optional{Nonce{3676878829}}), "3676878829");
    EXPECT_EQ(to_text(std::optional<std::uint8_t>{255}), "255");
    EXPECT_EQ(to_text(std::optional<std::uint32_t>{4294967295}), "4294967295");
}

TEST(Text, OfWhatIsNotKnownIsADash)
{
    EXPECT_EQ(to_text(std::optional<Key>{}), "-");
    EXPECT_EQ(to_text(std::optional<DataSeq>{}), "-");
    EXPECT_EQ(to_text(std::optional<Token>{}), "-");
    EXPECT_EQ(to_text(std::optional<Nonce>{}), "-");
    EXPECT_EQ(to_text(std::optional<std::uint8_t>{}), "-");
    EXPECT_EQ(to_text(std::optional<std::uint32_t>{}), "-");
    EXPECT_EQ(yes_or_no(std::nullopt), "-");
}

TEST(Text, OfFlags)
{
    EXPECT_EQ(yes_or_no(true), "yes");
    EXPECT_EQ(yes_or_no(false), "no");
}

TEST(Seconds, AreCutAndNotRounded)
{
    EXPECT_EQ(to_seconds(0, 3), "0.000");
    EXPECT_EQ(to_seconds(kSecond, 1), "1.0");
    EXPECT_EQ(to_seconds(1'999'999'999, 3), "1.999");
    EXPECT_EQ(to_seconds(1'999'999'999, 9), "1.999999999");
    EXPECT_EQ(to_seconds(5, 9), "0.000000005");
    EXPECT_EQ(to_seconds(5, 6), "0.000000");
    EXPECT_EQ(to_seconds(1'529'037'839'537'115'000, 6), "1529037839.537115");
}

TEST(Seconds, BeforeTheEpochAreNegative)
{
    EXPECT_EQ(to_seconds(-kSecond, 3), "-1.000");
    EXPECT_EQ(to_seconds(-1'500'000'000, 3), "-1.500");
    EXPECT_EQ(to_seconds(-500'000'000, 3), "-0.500");
}

TEST(Seconds, GoToTheEndsOfTime)
{
    EXPECT_EQ(to_seconds(std::numeric_limits<Time>::max(), 9), "9223372036.854775807");
    EXPECT_EQ(to_seconds(std::numeric_limits<Time>::min(), 9), "-9223372036.854775808");
    EXPECT_EQ(to_milliseconds(std::numeric_limits<Time>::max(), 3), "9223372036854.775");
    EXPECT_EQ(to_milliseconds(1'234'567, 6), "1.234567");
    EXPECT_EQ(to_milliseconds(-1'000, 3), "-0.001");
}

TEST(Percent, HasOneDigitOfFraction)
{
    EXPECT_EQ(to_percent(0), "0.0%");
    EXPECT_EQ(to_percent(0.25), "25.0%");
    EXPECT_EQ(to_percent(1), "100.0%");
    EXPECT_EQ(to_percent(1.0 / 3), "33.3%");
    EXPECT_EQ(to_percent(2.0 / 3), "66.7%");
    EXPECT_EQ(to_percent(0.0004), "0.0%");
    EXPECT_EQ(to_percent(0.0006), "0.1%");
    EXPECT_EQ(to_percent(0.9996), "100.0%");
}

TEST(Numbers, AreTheSameInEveryLocale)
{
    // Uses the locales that are installed; if there are none, it tests only C.
    for (const char *locale : {"de_DE.UTF-8", "fr_FR.UTF-8", "C"}) {
        std::setlocale(LC_ALL, locale);
        EXPECT_EQ(to_seconds(1'234'567'890'123, 3), "1234.567") << locale;
        EXPECT_EQ(to_percent(0.125), "12.5%") << locale;
        EXPECT_EQ(to_text(std::optional{Nonce{3453009450}}), "3453009450") << locale;
    }
    std::setlocale(LC_ALL, "C");
}

TEST(Text, OfFractionsHasSixDigits)
{
    EXPECT_EQ(to_fraction(0), "0.000000");
    EXPECT_EQ(to_fraction(0.453), "0.453000");
    EXPECT_EQ(to_fraction(1.0 / 3), "0.333333");
    EXPECT_EQ(to_fraction(2.0 / 3), "0.666667");
    EXPECT_EQ(to_fraction(1), "1.000000");
}

TEST(Text, OfRatesIsInMegabits)
{
    EXPECT_EQ(to_megabits({}), "-");
    EXPECT_EQ(to_megabits(0), "0.000");
    EXPECT_EQ(to_megabits(124), "0.000"); // truncated, not rounded
    EXPECT_EQ(to_megabits(125), "0.001");
    EXPECT_EQ(to_megabits(1'543'125), "12.345");
    EXPECT_EQ(to_megabits(12'500'000'000), "100000.000");
    EXPECT_EQ(to_megabits(2'000'000'000'000'000), "16000000000.000"); // 2 MB in a nanosecond
}

} // namespace
} // namespace mptcp::test
