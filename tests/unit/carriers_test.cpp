// SPDX-License-Identifier: GPL-2.0-or-later
//
// Who carried which data first, against a plain table of numbers.
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

std::vector<Carried> carried(const Carriers &carriers, const Range &range = kAll)
{
    std::vector<Carried> found;
    carriers.visit(range, [&](const Carriers::Entry &entry) {
        found.emplace_back(entry.begin, entry.end(), entry.packet);
        return true;
    });
    return found;
}

std::vector<Carried> take_over(Carriers &carriers, const Range &range, std::uint32_t packet)
{
    std::vector<Carried> moved;
    carriers.take_over(range, packet, [&](const Range &part, std::uint32_t from) {
        moved.emplace_back(part.begin, part.end, from);
    });
    return moved;
}

TEST(CarriersOfData, BeginEmpty)
{
    Carriers carriers;
    EXPECT_TRUE(carriers.empty());
    EXPECT_THAT(carried(carriers), IsEmpty());
    EXPECT_FALSE(carriers.find(0));
    EXPECT_THAT(take_over(carriers, kAll, 0), IsEmpty());
}

TEST(CarriersOfData, AreFoundByEachNumberThatTheyCarry)
{
    Carriers carriers;
    carriers.add({10, 20}, 1);
    carriers.add({30, 40}, 2);
    carriers.add({20, 30}, 3);
    EXPECT_FALSE(carriers.empty());
    EXPECT_FALSE(carriers.find(9));
    EXPECT_EQ(carriers.find(10), 1U);
    EXPECT_EQ(carriers.find(19), 1U);
    EXPECT_EQ(carriers.find(20), 3U);
    EXPECT_EQ(carriers.find(39), 2U);
    EXPECT_FALSE(carriers.find(40));
}

TEST(CarriersOfData, BetweenWhichIsAHoleAreNotFoundThere)
{
    Carriers carriers;
    carriers.add({10, 20}, 1);
    carriers.add({30, 40}, 2);
    EXPECT_FALSE(carriers.find(20));
    EXPECT_FALSE(carriers.find(29));
}

TEST(CarriersOfData, AreVisitedWhereTheyHaveAPart)
{
    Carriers carriers;
    for (std::uint32_t i = 1; i <= 5; ++i)
        carriers.add({10 * i, 10 * i + 10}, i);
    EXPECT_THAT(carried(carriers, {25, 41}),
                ElementsAre(Carried{20, 30, 2}, Carried{30, 40, 3}, Carried{40, 50, 4}));
    EXPECT_THAT(carried(carriers, {20, 30}), ElementsAre(Carried{20, 30, 2}));
    EXPECT_THAT(carried(carriers, {0, 10}), IsEmpty());
    EXPECT_THAT(carried(carriers, {60, 99}), IsEmpty());
}

TEST(CarriersOfData, AreVisitedUntilThatIsEnough)
{
    Carriers carriers;
    for (std::uint32_t i = 0; i < 1000; ++i)
        carriers.add({i, i + 1}, i);
    int visited = 0;
    carriers.visit(kAll, [&](const Carriers::Entry &) { return ++visited < 300; });
    EXPECT_EQ(visited, 300);
}

TEST(CarriersOfData, ThatCameLaterAreTakenOver)
{
    Carriers carriers;
    carriers.add({10, 20}, 5);
    EXPECT_THAT(take_over(carriers, {10, 20}, 3), ElementsAre(Carried{10, 20, 5}));
    EXPECT_THAT(carried(carriers), ElementsAre(Carried{10, 20, 3}));
}

TEST(CarriersOfData, ThatCameEarlierAreNot)
{
    Carriers carriers;
    carriers.add({10, 20}, 2);
    carriers.add({20, 30}, 3);
    EXPECT_THAT(take_over(carriers, {10, 30}, 3), IsEmpty());
    EXPECT_THAT(carried(carriers), ElementsAre(Carried{10, 20, 2}, Carried{20, 30, 3}));
}

TEST(CarriersOfData, AreTakenOverInPart)
{
    Carriers carriers;
    carriers.add({10, 20}, 5);
    EXPECT_THAT(take_over(carriers, {13, 16}, 3), ElementsAre(Carried{13, 16, 5}));
    EXPECT_THAT(carried(carriers),
                ElementsAre(Carried{10, 13, 5}, Carried{13, 16, 3}, Carried{16, 20, 5}));
    EXPECT_THAT(take_over(carriers, {0, 12}, 4), ElementsAre(Carried{10, 12, 5}));
    EXPECT_THAT(take_over(carriers, {19, 99}, 4), ElementsAre(Carried{19, 20, 5}));
    EXPECT_THAT(carried(carriers),
                ElementsAre(Carried{10, 12, 4}, Carried{12, 13, 5}, Carried{13, 16, 3},
                            Carried{16, 19, 5}, Carried{19, 20, 4}));
}

TEST(CarriersOfData, OfSeveralTakesThoseThatCameLater)
{
    Carriers carriers;
    carriers.add({10, 20}, 5);
    carriers.add({20, 30}, 1);
    carriers.add({35, 40}, 6);
    EXPECT_THAT(take_over(carriers, {15, 50}, 3),
                ElementsAre(Carried{15, 20, 5}, Carried{35, 40, 6}));
    EXPECT_THAT(carried(carriers), ElementsAre(Carried{10, 15, 5}, Carried{15, 20, 3},
                                               Carried{20, 30, 1}, Carried{35, 40, 3}));
    EXPECT_FALSE(carriers.find(32)); // a hole stays one
}

TEST(CarriersOfData, MayCarryAlmostAllOfFourGigabytes)
{
    constexpr std::uint64_t kBegin = std::uint64_t{1} << 63;
    Carriers carriers;
    carriers.add({kBegin, kBegin + UINT32_MAX}, 1);
    EXPECT_EQ(carriers.find(kBegin + UINT32_MAX - 1), 1U);
    EXPECT_FALSE(carriers.find(kBegin + UINT32_MAX));
}

// The list is kept in pieces of 256.
TEST(CarriersOfData, AreFoundHoweverManyCameInOrder)
{
    Carriers carriers;
    for (std::uint32_t i = 0; i < 2000; ++i)
        carriers.add({10 * i, 10 * i + 10}, i);
    for (std::uint64_t number = 0; number < 20'000; ++number)
        ASSERT_EQ(carriers.find(number), number / 10);
    EXPECT_EQ(carried(carriers).size(), 2000U);
}

TEST(CarriersOfData, AreFoundHoweverManyCameInTheOppositeOrder)
{
    Carriers carriers;
    for (std::uint32_t i = 2000; i-- > 0;)
        carriers.add({10 * i, 10 * i + 10}, i);
    for (std::uint64_t number = 0; number < 20'000; ++number)
        ASSERT_EQ(carriers.find(number), number / 10);
    const std::vector<Carried> all = carried(carriers);
    ASSERT_EQ(all.size(), 2000U);
    EXPECT_TRUE(std::ranges::is_sorted(all));
}

// The same by definition: each number with its packet.
class PlainCarriers {
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
    // Gives how many numbers each packet lost.
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

// By find(), and by what visit() gives of a part.
void expect_same(const Carriers &carriers, const PlainCarriers &plain, const Range &part)
{
    std::map<std::uint64_t, std::uint32_t> visited;
    std::uint64_t last = 0;
    for (const auto &[begin, end, packet] : carried(carriers, part)) {
        ASSERT_GE(begin, last); // in order, none twice
        ASSERT_LT(begin, part.end);
        ASSERT_GT(end, part.begin);
        last = end;
        for (std::uint64_t number = begin; number < end; ++number)
            visited[number] = packet;
    }
    for (std::uint64_t number = part.begin; number < part.end; ++number) {
        ASSERT_EQ(carriers.find(number), plain.find(number)) << number;
        const auto it = visited.find(number);
        ASSERT_EQ(it == visited.end() ? std::nullopt : std::optional{it->second},
                  plain.find(number))
            << number;
    }
}

TEST(CarriersOfData, AreRightAfterAnyAdditionsAndTakeOvers)
{
    constexpr std::uint64_t kNumbers = 20'000;
    std::mt19937 random{20250102}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    Carriers carriers;
    PlainCarriers plain;
    const auto some = [&](unsigned most) {
        const std::uint64_t begin = random() % kNumbers;
        return Range{begin, begin + 1 + random() % most};
    };
    for (int step = 0; step < 20'000; ++step) {
        const auto packet = static_cast<std::uint32_t>(random() % 5000);
        if (random() % 4 != 0) {
            if (const Range range = some(8); !plain.has_any(range)) {
                carriers.add(range, packet);
                plain.add(range, packet);
            }
        } else {
            const Range range = some(60);
            std::map<std::uint32_t, std::uint64_t> lost;
            for (const auto &[begin, end, from] : take_over(carriers, range, packet))
                lost[from] += end - begin;
            ASSERT_EQ(lost, plain.take_over(range, packet));
        }
        if (step % 20 == 0)
            expect_same(carriers, plain, some(200));
    }
    ASSERT_GT(carried(carriers).size(), 4000U); // in many pieces
    expect_same(carriers, plain, {0, kNumbers + 100});
}

} // namespace
} // namespace mptcp::test
