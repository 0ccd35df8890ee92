// SPDX-License-Identifier: GPL-2.0-or-later
//
// Thinning of series for a plot: what remains of each column of pixels.
#include "series/thinning.h"

#include <algorithm>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Dot {
    Time time = 0;
    int low = 0, high = 0;

    friend bool operator==(const Dot &, const Dot &) = default;
};

std::vector<Dot> thinned(const std::vector<Dot> &dots, const Columns &columns)
{
    return thin(
        std::span{dots}, columns, [](const Dot &dot) { return dot.time; },
        [](const Dot &dot) { return dot.low; }, [](const Dot &dot) { return dot.high; });
}

TEST(Thinning, OfNothingIsNothing) { EXPECT_THAT(thinned({}, {0, 100, 10}), IsEmpty()); }

TEST(Thinning, KeepsWhatFits)
{
    const std::vector<Dot> dots{{0, 1, 2}, {10, 3, 4}, {20, 0, 1}};
    EXPECT_EQ(thinned(dots, {0, 20, 100}), dots);
}

TEST(Thinning, KeepsFirstLastLowestAndHighestOfAColumn)
{
    const Dot first{0, 5, 6}, highest{2, 5, 90}, lowest{3, -7, 6}, last{6, 5, 6};
    const std::vector<Dot> dots{first, {1, 5, 6}, highest, lowest, {4, 4, 8}, {5, 5, 6}, last};
    EXPECT_THAT(thinned(dots, {0, 6, 1}), ElementsAre(first, highest, lowest, last));
}

TEST(Thinning, KeepsOneDotThatIsAllOfThem)
{
    EXPECT_THAT(thinned({{5, -1, 1}}, {0, 10, 1}), ElementsAre(Dot{5, -1, 1}));
}

TEST(Thinning, LeavesOutWhatIsNotDrawn)
{
    EXPECT_THAT(thinned({{-1, 0, 0}, {0, 1, 1}, {10, 2, 2}, {11, 3, 3}}, {0, 10, 5}),
                ElementsAre(Dot{0, 1, 1}, Dot{10, 2, 2}));
    EXPECT_THAT(thinned({{0, 1, 1}}, {0, 10, 0}), IsEmpty());
}

TEST(Thinning, DrawsAnInstant)
{
    EXPECT_THAT(thinned({{7, 1, 1}, {7, 2, 2}}, {7, 7, 100}),
                ElementsAre(Dot{7, 1, 1}, Dot{7, 2, 2}));
}

TEST(Thinning, KeepsTheOrderOfPointsWhoseTimesRunBackwards)
{
    const std::vector<Dot> dots{{90, 1, 1}, {10, 2, 2}, {50, 3, 3}};
    EXPECT_EQ(thinned(dots, {0, 100, 10}), dots);
}

TEST(Thinning, CoversTheWholeRangeOfTimes)
{
    EXPECT_EQ(thinned({{-kLatestTime, 1, 1}, {kLatestTime, 2, 2}}, {-kLatestTime, kLatestTime, 10})
                  .size(),
              2U);
}

// A million points, with one extreme in each column.
TEST(Thinning, LosesNoExtreme)
{
    constexpr int kDots = 1'000'000;
    constexpr std::uint32_t kColumns = 1'000;
    std::vector<Dot> dots;
    for (int i = 0; i < kDots; ++i) {
        const int height = i % 1'000 == 123 ? i : i % 7;
        const int depth = i % 1'000 == 877 ? -i : 0;
        dots.push_back({i, depth, height});
    }
    const std::vector<Dot> kept = thinned(dots, {0, kDots - 1, kColumns});
    EXPECT_LE(kept.size(), 4 * kColumns);
    const auto is_kept = [&](Time time) {
        return std::ranges::binary_search(kept, time, {}, &Dot::time);
    };
    for (Time time = 0; time < kDots; time += 1'000) {
        EXPECT_TRUE(is_kept(time + 123));
        EXPECT_TRUE(is_kept(time + 877) || time == 0);
    }
}

} // namespace
} // namespace mptcp::test
