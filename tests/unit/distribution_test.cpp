// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/distribution.h"

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

TEST(Distributions, OfNothingAreNone)
{
    std::vector<Time> samples;
    EXPECT_FALSE(distribution_of(samples));
}

TEST(Distributions, OfOneSampleAreThatSample)
{
    std::vector<Time> samples{7};
    const auto distribution = distribution_of(samples);
    ASSERT_TRUE(distribution);
    EXPECT_EQ(distribution->samples, 1U);
    EXPECT_EQ(distribution->least, 7);
    EXPECT_EQ(distribution->median, 7);
    EXPECT_EQ(distribution->p95, 7);
    EXPECT_EQ(distribution->most, 7);
}

// Nearest rank: the smallest sample that is not exceeded by at least p percent of all samples.
TEST(Distributions, GoByTheNearestRank)
{
    struct Expected {
        Time samples, median, p95;
    };
    // For samples 1, 2, …, n: the ranks ceil(n / 2) and ceil(0.95 n).
    for (const auto &[count, median, p95] :
         {Expected{2, 1, 2}, Expected{3, 2, 3}, Expected{4, 2, 4}, Expected{10, 5, 10},
          Expected{19, 10, 19}, Expected{20, 10, 19}, Expected{21, 11, 20}, Expected{40, 20, 38},
          Expected{99, 50, 95}, Expected{100, 50, 95}, Expected{101, 51, 96},
          Expected{1000, 500, 950}}) {
        std::vector<Time> samples;
        for (Time sample = count; sample > 0; --sample)
            samples.push_back(sample);
        const auto distribution = distribution_of(samples);
        EXPECT_EQ(distribution->samples, count);
        EXPECT_EQ(distribution->least, 1);
        EXPECT_EQ(distribution->median, median) << count;
        EXPECT_EQ(distribution->p95, p95) << count;
        EXPECT_EQ(distribution->most, count);
    }
}

TEST(Distributions, ConvertSamples)
{
    std::vector<int> samples{2, 1};
    EXPECT_EQ(distribution_of(samples, [](int sample) { return Time{sample} * kSecond; })->most,
              2 * kSecond);
}

} // namespace
} // namespace mptcp::test
