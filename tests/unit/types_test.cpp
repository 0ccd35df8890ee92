// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/types.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/private_address.h"
#include "segments.h"

namespace mptcp {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

TEST(Moment, IsNanosecondsSinceTheEpoch)
{
    EXPECT_EQ(time_from(0, 0), 0);
    EXPECT_EQ(time_from(1'529'037'839, 537'115'001), 1'529'037'839'537'115'001);
    EXPECT_EQ(time_from(-1, 250'000'000), -750'000'000);
    EXPECT_EQ(time_from(std::numeric_limits<std::uint32_t>::max(), 999'999'999),
              4'294'967'295'999'999'999); // the latest time of a pcap file
}

TEST(Moment, EndsWhereNoDifferenceOverflows)
{
    for (const std::int64_t seconds : {kMost, kMost / 1'000'000'000, std::int64_t{4'611'686'019}})
        EXPECT_EQ(time_from(seconds, 999'999'999), kLatestTime);
    for (const std::int64_t seconds :
         {kLeast, kLeast / 1'000'000'000, std::int64_t{-4'611'686'020}})
        EXPECT_EQ(time_from(seconds, 0), -kLatestTime);
    EXPECT_EQ(time_from(4'611'686'018, 427'387'902), kLatestTime - 1);
    EXPECT_EQ(time_from(kMost, 0) - time_from(kLeast, 0), kMost - 1);
}

TEST(PrivateAddress, IsInOneOfTheRanges)
{
    for (const char *text :
         {"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0",
          "192.168.255.255", "100.64.0.0", "100.127.255.255", "169.254.0.0", "169.254.255.255",
          "fc00::", "fdff:ffff::1", "fe80::1", "febf::1"})
        EXPECT_TRUE(is_private(test::at(text, 0).address)) << text;
    for (const char *text :
         {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
          "192.169.0.0", "100.63.255.255", "100.128.0.0", "169.253.255.255", "169.255.0.0",
          "203.0.113.1", "fbff::1", "fe00::1", "fec0::1", "2001:db8::1", "::1"})
        EXPECT_FALSE(is_private(test::at(text, 0).address)) << text;
}

} // namespace
} // namespace mptcp
