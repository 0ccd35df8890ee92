// SPDX-License-Identifier: GPL-2.0-or-later
//
// Interval sets, compared with a plain set of numbers.
#include "containers/interval_set.h"

#include <random>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mptcp {

void PrintTo(const Range &range, std::ostream *out) // NOLINT(readability-identifier-naming)
{
    *out << '[' << range.begin << ", " << range.end << ')';
}

} // namespace mptcp

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kLast = UINT64_MAX;

std::vector<Range> add(IntervalSet &set, const Range &range)
{
    std::vector<Range> fresh;
    set.add(range, [&](const Range &part) { fresh.push_back(part); });
    return fresh;
}

std::vector<Range> parts(const IntervalSet &set, const Range &range)
{
    std::vector<Range> found;
    set.visit(range, [&](const Range &part) { found.push_back(part); });
    return found;
}

TEST(Ranges, HaveTheirBeginAndNotTheirEnd)
{
    const Range range{3, 7};
    EXPECT_EQ(range.size(), 4U);
    EXPECT_FALSE(range.contains(2));
    EXPECT_TRUE(range.contains(3));
    EXPECT_TRUE(range.contains(6));
    EXPECT_FALSE(range.contains(7));
}

TEST(Ranges, MayBeEmpty)
{
    EXPECT_FALSE((Range{3, 4}.empty()));
    EXPECT_TRUE((Range{3, 3}.empty()));
    EXPECT_TRUE((Range{4, 3}.empty()));
    EXPECT_TRUE(Range{}.empty());
}

TEST(Ranges, HaveInCommonWhatIsInBoth)
{
    EXPECT_EQ(common({1, 5}, {3, 9}), (Range{3, 5}));
    EXPECT_EQ(common({3, 9}, {1, 5}), (Range{3, 5}));
    EXPECT_EQ(common({1, 9}, {3, 5}), (Range{3, 5}));
    EXPECT_TRUE(common({1, 3}, {3, 5}).empty());
    EXPECT_TRUE(common({1, 2}, {3, 5}).empty());
}

TEST(IntervalSets, BeginEmpty)
{
    const IntervalSet set;
    EXPECT_TRUE(set.empty());
    EXPECT_EQ(set.ranges(), 0U);
    EXPECT_TRUE(set.span().empty());
    EXPECT_EQ(set.count({0, kLast}), 0U);
    EXPECT_THAT(parts(set, {0, kLast}), IsEmpty());
    EXPECT_EQ(set.end_of(0), 0U);
    EXPECT_EQ(set.end_of(5), 5U);
}

TEST(IntervalSets, OfAnEmptyRangeStayEmpty)
{
    IntervalSet set;
    EXPECT_THAT(add(set, {5, 5}), IsEmpty());
    EXPECT_THAT(add(set, {6, 5}), IsEmpty());
    EXPECT_TRUE(set.empty());
    add(set, {5, 6});
    EXPECT_THAT(add(set, {9, 9}), IsEmpty());
    EXPECT_EQ(set.ranges(), 1U);
    EXPECT_EQ(set.span(), (Range{5, 6}));
}

TEST(IntervalSets, ReportWhatIsFresh)
{
    IntervalSet set;
    EXPECT_THAT(add(set, {10, 20}), ElementsAre(Range{10, 20}));
    EXPECT_THAT(add(set, {10, 20}), IsEmpty());
    EXPECT_THAT(add(set, {12, 15}), IsEmpty());
    EXPECT_THAT(add(set, {15, 25}), ElementsAre(Range{20, 25}));
    EXPECT_THAT(add(set, {5, 12}), ElementsAre(Range{5, 10}));
    EXPECT_THAT(add(set, {0, 30}), ElementsAre(Range{0, 5}, Range{25, 30}));
    EXPECT_EQ(set.ranges(), 1U);
}

TEST(IntervalSets, ReportWhatIsFreshAcrossSeveralRanges)
{
    IntervalSet set;
    for (const Range &range : {Range{10, 12}, Range{20, 22}, Range{30, 32}, Range{40, 42}})
        set.add(range);
    EXPECT_THAT(add(set, {11, 41}), ElementsAre(Range{12, 20}, Range{22, 30}, Range{32, 40}));
    EXPECT_EQ(set.ranges(), 1U);
    EXPECT_EQ(set.span(), (Range{10, 42}));
}

TEST(IntervalSets, JoinRangesThatTouch)
{
    IntervalSet set;
    set.add({10, 12});
    set.add({14, 16});
    EXPECT_EQ(set.ranges(), 2U);
    set.add({12, 14});
    EXPECT_EQ(set.ranges(), 1U);
    set.add({8, 10});  // before all ranges
    set.add({16, 18}); // after all ranges
    EXPECT_EQ(set.ranges(), 1U);
    EXPECT_EQ(set.span(), (Range{8, 18}));
}

TEST(IntervalSets, DoNotJoinRangesThatDoNot)
{
    IntervalSet set;
    set.add({10, 12});
    set.add({13, 15});
    set.add({7, 9});
    EXPECT_EQ(set.ranges(), 3U);
    EXPECT_EQ(set.span(), (Range{7, 15}));
    EXPECT_THAT(parts(set, {0, 99}), ElementsAre(Range{7, 9}, Range{10, 12}, Range{13, 15}));
}

TEST(IntervalSets, VisitWhatIsInTheRange)
{
    IntervalSet set;
    for (const Range &range : {Range{10, 20}, Range{30, 40}, Range{50, 60}})
        set.add(range);
    EXPECT_THAT(parts(set, {15, 55}), ElementsAre(Range{15, 20}, Range{30, 40}, Range{50, 55}));
    EXPECT_THAT(parts(set, {32, 34}), ElementsAre(Range{32, 34}));
    EXPECT_THAT(parts(set, {20, 30}), IsEmpty());
    EXPECT_THAT(parts(set, {0, 10}), IsEmpty());
    EXPECT_THAT(parts(set, {60, 99}), IsEmpty());
    EXPECT_THAT(parts(set, {35, 35}), IsEmpty());
    EXPECT_EQ(set.count({15, 55}), 20U);
    EXPECT_EQ(set.count({19, 31}), 2U);
}

TEST(IntervalSets, ReportWhereARangeEnds)
{
    IntervalSet set;
    for (const Range &range : {Range{10, 20}, Range{30, 40}, Range{50, 60}})
        set.add(range);
    EXPECT_EQ(set.end_of(9), 9U);
    EXPECT_EQ(set.end_of(10), 20U);
    EXPECT_EQ(set.end_of(19), 20U);
    EXPECT_EQ(set.end_of(20), 20U); // the end is not part of the range
    EXPECT_EQ(set.end_of(25), 25U);
    EXPECT_EQ(set.end_of(35), 40U);
    EXPECT_EQ(set.end_of(50), 60U);
    EXPECT_EQ(set.end_of(60), 60U);
    EXPECT_EQ(set.end_of(99), 99U);
}

TEST(IntervalSets, ReachFromZeroToTheHighestNumber)
{
    IntervalSet set;
    EXPECT_THAT(add(set, {kLast - 5, kLast}), ElementsAre(Range{kLast - 5, kLast}));
    EXPECT_THAT(add(set, {0, 3}), ElementsAre(Range{0, 3}));
    EXPECT_EQ(set.ranges(), 2U);
    EXPECT_EQ(set.end_of(0), 3U);
    EXPECT_EQ(set.end_of(kLast - 5), kLast);
    EXPECT_THAT(add(set, {0, kLast}), ElementsAre(Range{3, kLast - 5}));
    EXPECT_EQ(set.ranges(), 1U);
    EXPECT_EQ(set.count({0, kLast}), kLast);
}

// The memory for a stream without holes is constant.
TEST(IntervalSets, OfAStreamInOrderAreOneRange)
{
    IntervalSet set;
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        set.add({i * 1400, (i + 1) * 1400});
        ASSERT_EQ(set.ranges(), 1U);
    }
    EXPECT_EQ(set.span(), (Range{0, 140'000'000}));
}

TEST(IntervalSets, OfAStreamWhoseSegmentsSwapPlacesAreTwoRangesAtTheMost)
{
    IntervalSet set;
    for (std::uint64_t i = 0; i < 100'000; i += 2) {
        set.add({(i + 1) * 1400, (i + 2) * 1400});
        ASSERT_LE(set.ranges(), 2U);
        set.add({i * 1400, (i + 1) * 1400});
        ASSERT_EQ(set.ranges(), 1U);
    }
}

TEST(IntervalSets, OfAStreamFromItsEndAreOneRange)
{
    IntervalSet set;
    for (std::uint64_t i = 1000; i-- > 0;) {
        set.add({i * 10, i * 10 + 10});
        ASSERT_EQ(set.ranges(), 1U);
    }
    EXPECT_EQ(set.span(), (Range{0, 10'000}));
}

// The reference implementation: a set of numbers.
class PlainSet {
public:
    std::vector<Range> add(const Range &range)
    {
        std::vector<Range> fresh;
        for (std::uint64_t number = range.begin; number < range.end; ++number)
            if (numbers_.insert(number).second)
                append(fresh, number);
        return fresh;
    }
    std::vector<Range> parts(const Range &range) const
    {
        std::vector<Range> found;
        for (const std::uint64_t number : numbers_)
            if (range.contains(number))
                append(found, number);
        return found;
    }
    std::uint64_t end_of(std::uint64_t number) const
    {
        while (numbers_.contains(number))
            ++number;
        return number;
    }

private:
    static void append(std::vector<Range> &ranges, std::uint64_t number)
    {
        if (!ranges.empty() && ranges.back().end == number)
            ++ranges.back().end;
        else
            ranges.push_back({number, number + 1});
    }

    std::set<std::uint64_t> numbers_;
};

void expect_same(const IntervalSet &set, const PlainSet &plain, const Range &all)
{
    const std::vector<Range> ranges = plain.parts(all);
    ASSERT_EQ(parts(set, all), ranges);
    ASSERT_EQ(set.ranges(), ranges.size());
    ASSERT_EQ(set.empty(), ranges.empty());
    ASSERT_EQ(set.span(),
              ranges.empty() ? Range{} : (Range{ranges.front().begin, ranges.back().end}));
    for (std::uint64_t number = all.begin; number < all.end; ++number)
        ASSERT_EQ(set.end_of(number), plain.end_of(number)) << number;
}

TEST(IntervalSets, AreRightAfterAnyAdditions)
{
    std::mt19937 random{20250101}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    for (int trial = 0; trial < 200; ++trial) {
        const std::uint64_t base = trial % 2 == 0 ? 0 : (std::uint64_t{1} << 63) - 100;
        const Range all{base, base + 220};
        const auto some = [&](unsigned most) {
            const std::uint64_t begin = base + random() % 200;
            return Range{begin, begin + random() % most};
        };
        IntervalSet set;
        PlainSet plain;
        for (int step = 0; step < 60; ++step) {
            const Range range = some(trial % 3 == 0 ? 20 : 4);
            ASSERT_EQ(add(set, range), plain.add(range));
            const Range asked = some(20);
            const std::vector<Range> found = plain.parts(asked);
            ASSERT_EQ(parts(set, asked), found);
            std::uint64_t count = 0;
            for (const Range &part : found)
                count += part.size();
            ASSERT_EQ(set.count(asked), count);
            expect_same(set, plain, all);
        }
    }
}

} // namespace
} // namespace mptcp::test
