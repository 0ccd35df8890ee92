// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/types.h"

#include <limits>

#include <gtest/gtest.h>

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

} // namespace
} // namespace mptcp
