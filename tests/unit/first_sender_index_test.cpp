// SPDX-License-Identifier: GPL-2.0-or-later
//
// The first-sender index, compared with a plain table.
#include "containers/first_sender_index.h"

#include <map>
#include <random>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Range kAll{0, UINT64_MAX};

// Begin, end, packet.
using Carried = std::tuple<std::uint64_t, std::uint64_t, std::uint32_t>;

std::vector<Carried> carried(const FirstSenderIndex &index, const Range &range = kAll)
{
    std::vector<Carried> found;
    index.visit(range, [&](const FirstSenderIndex::Entry &entry) {
        found.emplace_back(entry.begin, entry.end(), entry.packet);
        return true;
    });
    return found;
}

std::vector<Carried> take_over(FirstSenderIndex &index, const Range &range, std::uint32_t packet)
{
    std::vector<Carried> moved;
    index.take_over(range, packet, [&](const Range &part, std::uint32_t from) {
        moved.emplace_back(part.begin, part.end, from);
    });
    return moved;
}

TEST(FirstSenders, BeginEmpty)
{
    FirstSenderIndex index;
    EXPECT_TRUE(index.empty());
    EXPECT_THAT(carried(index), IsEmpty());
    EXPECT_FALSE(index.find(0));
    EXPECT_THAT(take_over(index, kAll, 0), IsEmpty());
}

TEST(FirstSenders, AreFoundByEachNumberThatTheyCarry)
{
    FirstSenderIndex index;
    index.add({10, 20}, 1);
    index.add({30, 40}, 2);
    index.add({20, 30}, 3);
    EXPECT_FALSE(index.empty());
    EXPECT_FALSE(index.find(9));
    EXPECT_EQ(index.find(10), 1U);
    EXPECT_EQ(index.find(19), 1U);
    EXPECT_EQ(index.find(20), 3U);
    EXPECT_EQ(index.find(39), 2U);
    EXPECT_FALSE(index.find(40));
}

TEST(FirstSenders, BetweenWhichIsAHoleAreNotFoundThere)
{
    FirstSenderIndex index;
    index.add({10, 20}, 1);
    index.add({30, 40}, 2);
    EXPECT_FALSE(index.find(20));
    EXPECT_FALSE(index.find(29));
}

TEST(FirstSenders, AreVisitedWhereTheyHaveAPart)
{
    FirstSenderIndex index;
    for (std::uint32_t i = 1; i <= 5; ++i)
        index.add({10 * i, 10 * i + 10}, i);
    EXPECT_THAT(carried(index, {25, 41}),
                ElementsAre(Carried{20, 30, 2}, Carried{30, 40, 3}, Carried{40, 50, 4}));
    EXPECT_THAT(carried(index, {20, 30}), ElementsAre(Carried{20, 30, 2}));
    EXPECT_THAT(carried(index, {0, 10}), IsEmpty());
    EXPECT_THAT(carried(index, {60, 99}), IsEmpty());
}

TEST(FirstSenders, AreVisitedUntilThatIsEnough)
{
    FirstSenderIndex index;
    for (std::uint32_t i = 0; i < 1000; ++i)
        index.add({i, i + 1}, i);
    int visited = 0;
    index.visit(kAll, [&](const FirstSenderIndex::Entry &) { return ++visited < 300; });
    EXPECT_EQ(visited, 300);
}

TEST(FirstSenders, ThatCameLaterAreTakenOver)
{
    FirstSenderIndex index;
    index.add({10, 20}, 5);
    EXPECT_THAT(take_over(index, {10, 20}, 3), ElementsAre(Carried{10, 20, 5}));
    EXPECT_THAT(carried(index), ElementsAre(Carried{10, 20, 3}));
}

TEST(FirstSenders, ThatCameEarlierAreNot)
{
    FirstSenderIndex index;
    index.add({10, 20}, 2);
    index.add({20, 30}, 3);
    EXPECT_THAT(take_over(index, {10, 30}, 3), IsEmpty());
    EXPECT_THAT(carried(index), ElementsAre(Carried{10, 20, 2}, Carried{20, 30, 3}));
}

TEST(FirstSenders, AreTakenOverInPart)
{
    FirstSenderIndex index;
    index.add({10, 20}, 5);
    EXPECT_THAT(take_over(index, {13, 16}, 3), ElementsAre(Carried{13, 16, 5}));
    EXPECT_THAT(carried(index),
                ElementsAre(Carried{10, 13, 5}, Carried{13, 16, 3}, Carried{16, 20, 5}));
    EXPECT_THAT(take_over(index, {0, 12}, 4), ElementsAre(Carried{10, 12, 5}));
    EXPECT_THAT(take_over(index, {19, 99}, 4), ElementsAre(Carried{19, 20, 5}));
    EXPECT_THAT(carried(index),
                ElementsAre(Carried{10, 12, 4}, Carried{12, 13, 5}, Carried{13, 16, 3},
                            Carried{16, 19, 5}, Carried{19, 20, 4}));
}

TEST(FirstSenders, OfSeveralTakesThoseThatCameLater)
{
    FirstSenderIndex index;
    index.add({10, 20}, 5);
    index.add({20, 30}, 1);
    index.add({35, 40}, 6);
    EXPECT_THAT(take_over(index, {15, 50}, 3), ElementsAre(Carried{15, 20, 5}, Carried{35, 40, 6}));
    EXPECT_THAT(carried(index), ElementsAre(Carried{10, 15, 5}, Carried{15, 20, 3},
                                            Carried{20, 30, 1}, Carried{35, 40, 3}));
    EXPECT_FALSE(index.find(32)); // a hole remains
}

TEST(FirstSenders, MayCarryAlmostAllOfFourGigabytes)
{
    constexpr std::uint64_t kBegin = std::uint64_t{1} << 63;
    FirstSenderIndex index;
    index.add({kBegin, kBegin + UINT32_MAX}, 1);
    EXPECT_EQ(index.find(kBegin + UINT32_MAX - 1), 1U);
    EXPECT_FALSE(index.find(kBegin + UINT32_MAX));
}

// The index is stored in chunks of 256.
TEST(FirstSenders, AreFoundHoweverManyCameInOrder)
{
    FirstSenderIndex index;
    for (std::uint32_t i = 0; i < 2000; ++i)
        index.add({10 * i, 10 * i + 10}, i);
    for (std::uint64_t number = 0; number < 20'000; ++number)
        ASSERT_EQ(index.find(number), number / 10);
    EXPECT_EQ(carried(index).size(), 2000U);
}

TEST(FirstSenders, AreFoundHoweverManyCameInTheOppositeOrder)
{
    FirstSenderIndex index;
    for (std::uint32_t i = 2000; i-- > 0;)
        index.add({10 * i, 10 * i + 10}, i);
    for (std::uint64_t number = 0; number < 20'000; ++number)
        ASSERT_EQ(index.find(number), number / 10);
    const std::vector<Carried> all = carried(index);
    ASSERT_EQ(all.size(), 2000U);
    EXPECT_TRUE(std::ranges::is_sorted(all));
}

// The reference implementation: a table of each number and its packet.
class PlainIndex {
public:
    bool has_any(const Range &range) const
    {
        const auto next = packets_.lower_bound(range.begin);
        return next != packets_.end() && next->first < range.end;
    }
    void add(const Range &range, std::uint32_t packet)
    {
        for (std::uint64_t number = range.begin; number < range.end; ++number)
            packets_[number] = packet;
    }
    // Returns how many numbers each packet lost.
    std::map<std::uint32_t, std::uint64_t> take_over(const Range &range, std::uint32_t packet)
    {
        std::map<std::uint32_t, std::uint64_t> lost;
        for (std::uint64_t number = range.begin; number < range.end; ++number)
            if (const auto it = packets_.find(number);
                it != packets_.end() && it->second > packet) {
                ++lost[it->second];
                it->second = packet;
            }
        return lost;
    }
    std::optional<std::uint32_t> find(std::uint64_t number) const
    {
        const auto it = packets_.find(number);
        return it == packets_.end() ? std::nullopt : std::optional{it->second};
    }

private:
    std::map<std::uint64_t, std::uint32_t> packets_;
};

// Compares find(), and visit() of a range.
void expect_same(const FirstSenderIndex &index, const PlainIndex &plain, const Range &part)
{
    std::map<std::uint64_t, std::uint32_t> visited;
    std::uint64_t last = 0;
    for (const auto &[begin, end, packet] : carried(index, part)) {
        ASSERT_GE(begin, last); // in order, without overlaps
        ASSERT_LT(begin, part.end);
        ASSERT_GT(end, part.begin);
        last = end;
        for (std::uint64_t number = begin; number < end; ++number)
            visited[number] = packet;
    }
    for (std::uint64_t number = part.begin; number < part.end; ++number) {
        ASSERT_EQ(index.find(number), plain.find(number)) << number;
        const auto it = visited.find(number);
        ASSERT_EQ(it == visited.end() ? std::nullopt : std::optional{it->second},
                  plain.find(number))
            << number;
    }
}

TEST(FirstSenders, AreRightAfterAnyAdditionsAndTakeOvers)
{
    constexpr std::uint64_t kNumbers = 20'000;
    std::mt19937 random{20250102}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    FirstSenderIndex index;
    PlainIndex plain;
    const auto some = [&](unsigned most) {
        const std::uint64_t begin = random() % kNumbers;
        return Range{begin, begin + 1 + random() % most};
    };
    for (int step = 0; step < 20'000; ++step) {
        const auto packet = static_cast<std::uint32_t>(random() % 5000);
        if (random() % 4 != 0) {
            if (const Range range = some(8); !plain.has_any(range)) {
                index.add(range, packet);
                plain.add(range, packet);
            }
        } else {
            const Range range = some(60);
            std::map<std::uint32_t, std::uint64_t> lost;
            for (const auto &[begin, end, from] : take_over(index, range, packet))
                lost[from] += end - begin;
            ASSERT_EQ(lost, plain.take_over(range, packet));
        }
        if (step % 20 == 0)
            expect_same(index, plain, some(200));
    }
    ASSERT_GT(carried(index).size(), 4000U); // in many chunks
    expect_same(index, plain, {0, kNumbers + 100});
}

} // namespace
} // namespace mptcp::test
