// SPDX-License-Identifier: GPL-2.0-or-later
//
// The list that only grows, with more entries than one block holds.
#include "containers/blocks.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

constexpr std::size_t kInBlock = 256;

// Around every end of a block.
constexpr std::size_t kSizes[] = {0,
                                  1,
                                  2,
                                  3,
                                  kInBlock - 1,
                                  kInBlock,
                                  kInBlock + 1,
                                  2 * kInBlock - 1,
                                  2 * kInBlock,
                                  2 * kInBlock + 1,
                                  1000};

Blocks<std::size_t> even_numbers(std::size_t size)
{
    Blocks<std::size_t> list;
    for (std::size_t i = 0; i < size; ++i)
        list.add() = 2 * i;
    return list;
}

TEST(BlocksOfEntries, BeginEmpty)
{
    const Blocks<int> list;
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.size(), 0U);
    EXPECT_EQ(list.partition_point([](int) { return true; }), 0U);
    EXPECT_EQ(list.partition_point([](int) { return false; }), 0U);
}

TEST(BlocksOfEntries, KeepWhatIsPutIn)
{
    for (const std::size_t size : kSizes) {
        const Blocks<std::size_t> list = even_numbers(size);
        ASSERT_EQ(list.size(), size);
        ASSERT_EQ(list.empty(), size == 0);
        for (std::size_t i = 0; i < size; ++i)
            ASSERT_EQ(list[i], 2 * i) << size;
    }
}

TEST(BlocksOfEntries, BeginEachEntryAnew)
{
    struct Entry {
        int number = 7;
        std::string word = "none";
    };
    Blocks<Entry> list;
    for (std::size_t i = 0; i < 2 * kInBlock + 1; ++i) {
        Entry &entry = list.add();
        ASSERT_EQ(entry.number, 7) << i;
        ASSERT_EQ(entry.word, "none") << i;
        entry = {0, "changed"};
    }
}

// Nor do numbers without a value of their own begin with what was in memory.
TEST(BlocksOfEntries, BeginNumbersWithZero)
{
    for (int trial = 0; trial < 3; ++trial) {
        Blocks<std::uint64_t> list;
        for (std::size_t i = 0; i < 4 * kInBlock; ++i) {
            std::uint64_t &number = list.add();
            ASSERT_EQ(number, 0U) << i;
            number = UINT64_MAX;
        }
    }
}

TEST(BlocksOfEntries, MayBeChangedInTheirPlace)
{
    Blocks<std::size_t> list = even_numbers(3 * kInBlock);
    list[0] = 11;
    list[kInBlock - 1] = 22;
    list[kInBlock] = 33;
    list[3 * kInBlock - 1] = 44;
    const Blocks<std::size_t> &same = list;
    EXPECT_EQ(same[0], 11U);
    EXPECT_EQ(same[1], 2U);
    EXPECT_EQ(same[kInBlock - 2], 2 * (kInBlock - 2));
    EXPECT_EQ(same[kInBlock - 1], 22U);
    EXPECT_EQ(same[kInBlock], 33U);
    EXPECT_EQ(same[kInBlock + 1], 2 * (kInBlock + 1));
    EXPECT_EQ(same[3 * kInBlock - 1], 44U);
}

TEST(BlocksOfEntries, NeverMove)
{
    Blocks<std::size_t> list;
    std::vector<const std::size_t *> places;
    for (std::size_t i = 0; i < 100 * kInBlock; ++i)
        places.push_back(&list.add());
    for (std::size_t i = 0; i < places.size(); ++i)
        ASSERT_EQ(&list[i], places[i]) << i;
}

TEST(BlocksOfEntries, HaveOnePlaceEach)
{
    Blocks<char> list;
    std::vector<const char *> places;
    for (std::size_t i = 0; i < 3 * kInBlock; ++i)
        places.push_back(&list.add());
    std::ranges::sort(places);
    EXPECT_EQ(std::ranges::adjacent_find(places), places.end());
}

// How many of them there are at this moment, whether they are used or not.
struct Counted {
    Counted() { ++there; }
    ~Counted() { --there; }
    Counted(const Counted &) = delete;
    Counted &operator=(const Counted &) = delete;

    static inline std::size_t there = 0;
};

TEST(BlocksOfEntries, HaveRoomForNoMoreThanABlockThatIsNotUsed)
{
    ASSERT_EQ(Counted::there, 0U);
    {
        Blocks<Counted> list;
        EXPECT_EQ(Counted::there, 0U); // none for a list without entries
        for (std::size_t i = 0; i < 20 * kInBlock; ++i) {
            list.add();
            ASSERT_GE(Counted::there, list.size());
            ASSERT_LT(Counted::there - list.size(), kInBlock);
        }
    }
    EXPECT_EQ(Counted::there, 0U);
}

TEST(BlocksOfEntries, HoldEntriesThatCannotBeCopied)
{
    Blocks<std::unique_ptr<int>> list;
    for (int i = 0; i < 1000; ++i)
        list.add() = std::make_unique<int>(i);
    const Blocks<std::unique_ptr<int>> moved = std::move(list);
    ASSERT_EQ(moved.size(), 1000U);
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(*moved[static_cast<std::size_t>(i)], i);
}

TEST(BlocksOfEntries, ArePartedAnywhere)
{
    for (const std::size_t size : kSizes) {
        const Blocks<std::size_t> list = even_numbers(size);
        for (std::size_t place = 0; place <= size; ++place) {
            const auto before = [&](std::size_t number) { return number < 2 * place; };
            ASSERT_EQ(list.partition_point(before), place) << size;
        }
    }
}

// As the standard library does it, where many entries are alike.
TEST(BlocksOfEntries, ArePartedBeforeTheFirstOfSeveralAlike)
{
    Blocks<std::size_t> list;
    std::vector<std::size_t> plain;
    for (std::size_t i = 0; i < 1000; ++i) {
        list.add() = i / 30;
        plain.push_back(i / 30);
    }
    for (std::size_t number = 0; number < 40; ++number) {
        const auto lower = std::ranges::lower_bound(plain, number) - plain.begin();
        ASSERT_EQ(list.partition_point([&](std::size_t each) { return each < number; }),
                  static_cast<std::size_t>(lower));
    }
}

// A capture has millions of packets: a search looks at a few.
TEST(BlocksOfEntries, AreSearchedInFewSteps)
{
    const Blocks<std::size_t> list = even_numbers(100'000);
    for (std::size_t place = 0; place <= list.size(); place += 1000) {
        int steps = 0;
        const auto before = [&](std::size_t number) {
            ++steps;
            return number < 2 * place;
        };
        ASSERT_EQ(list.partition_point(before), place);
        ASSERT_LE(steps, 17) << place; // 2^17 > 100'000
    }
}

} // namespace
} // namespace mptcp::test
