// SPDX-License-Identifier: GPL-2.0-or-later
//
// The chunked sorted vector, against a std::map.
#include "containers/chunked_sorted_vector.h"

#include <iterator>
#include <map>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

using testing::ElementsAre;

struct Entry {
    std::uint64_t begin = 0;
    int value = 0;
};

std::vector<std::uint64_t> from(const ChunkedSortedVector<Entry> &list, std::uint64_t number)
{
    std::vector<std::uint64_t> begins;
    list.visit_from(number, [&](const Entry &entry) {
        begins.push_back(entry.begin);
        return true;
    });
    return begins;
}

TEST(ChunkedSortedVectors, BeginEmpty)
{
    ChunkedSortedVector<Entry> list;
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.find(5), nullptr);
    EXPECT_TRUE(from(list, 0).empty());
    list.shed([](const Entry &) { return true; });
    EXPECT_TRUE(list.empty());
}

TEST(ChunkedSortedVectors, FindTheLastThatBeginsAtOrBefore)
{
    ChunkedSortedVector<Entry> list;
    for (const std::uint64_t begin : {30U, 10U, 20U})
        list.add({begin, static_cast<int>(begin)});
    EXPECT_EQ(list.find(9), nullptr);
    EXPECT_EQ(list.find(10)->value, 10);
    EXPECT_EQ(list.find(19)->value, 10);
    EXPECT_EQ(list.find(20)->value, 20);
    EXPECT_EQ(list.find(99)->value, 30);
    EXPECT_EQ(list.back().value, 30);
}

// Of each piece, the entries in front are removed.
TEST(ChunkedSortedVectors, VisitFromThereInAnyPiece)
{
    ChunkedSortedVector<Entry> list;
    for (std::uint64_t begin = 0; begin < 1000; ++begin)
        list.add({begin});
    for (std::uint64_t begin = 2; begin < 1000; begin += 2)
        list.remove(begin);
    for (std::uint64_t begin = 2; begin < 1000; ++begin)
        ASSERT_EQ(from(list, begin).front(), (begin - 1) / 2 * 2 + 1) << begin;
}

TEST(ChunkedSortedVectors, VisitFromThere)
{
    ChunkedSortedVector<Entry> list;
    for (const std::uint64_t begin : {30U, 10U, 20U})
        list.add({begin});
    EXPECT_THAT(from(list, 0), ElementsAre(10, 20, 30));
    EXPECT_THAT(from(list, 15), ElementsAre(10, 20, 30));
    EXPECT_THAT(from(list, 20), ElementsAre(20, 30));
    EXPECT_THAT(from(list, 99), ElementsAre(30));
}

TEST(ChunkedSortedVectors, ForgetWhatIsTakenOut)
{
    ChunkedSortedVector<Entry> list;
    for (const std::uint64_t begin : {30U, 10U, 20U})
        list.add({begin});
    list.remove(20);
    EXPECT_THAT(from(list, 0), ElementsAre(10, 30));
    list.remove(30);
    list.remove(10);
    EXPECT_TRUE(list.empty());
    list.add({5});
    list.clear();
    EXPECT_TRUE(list.empty());
}

TEST(ChunkedSortedVectors, ShedWholePiecesFromTheFront)
{
    ChunkedSortedVector<Entry> list;
    for (std::uint64_t begin = 0; begin < 1000; ++begin)
        list.add({begin});
    list.shed([](const Entry &last) { return last.begin < 600; });
    EXPECT_THAT(from(list, 0).front(), testing::AllOf(testing::Gt(0U), testing::Le(600U)));
    EXPECT_EQ(from(list, 0).back(), 999U);
    list.shed([](const Entry &) { return true; });
    EXPECT_FALSE(list.empty()); // the last piece stays
}

void expect_same(const ChunkedSortedVector<Entry> &list, const std::map<std::uint64_t, int> &plain,
                 std::uint64_t numbers)
{
    std::vector<std::uint64_t> begins;
    for (const auto &[begin, value] : plain)
        begins.push_back(begin);
    ASSERT_EQ(from(list, 0), begins);
    for (std::uint64_t number = 0; number < numbers; number += 7) {
        const Entry *found = list.find(number);
        const auto next = plain.upper_bound(number);
        if (next == plain.begin()) {
            ASSERT_EQ(found, nullptr) << number;
        } else {
            ASSERT_NE(found, nullptr) << number;
            ASSERT_EQ(found->begin, std::prev(next)->first) << number;
            ASSERT_EQ(found->value, std::prev(next)->second) << number;
        }
    }
}

TEST(ChunkedSortedVectors, AreRightAfterAnyAdditionsAndRemovals)
{
    constexpr std::uint64_t kNumbers = 10'000;
    std::mt19937 random{20250103}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    ChunkedSortedVector<Entry> list;
    std::map<std::uint64_t, int> plain;
    for (int step = 0; step < 20'000; ++step) {
        const std::uint64_t begin = random() % kNumbers;
        if (plain.contains(begin)) {
            list.remove(begin);
            plain.erase(begin);
        } else {
            list.add({begin, step});
            plain.emplace(begin, step);
        }
        if (step % 1000 == 0)
            expect_same(list, plain, kNumbers);
    }
    expect_same(list, plain, kNumbers);
}

// What is put in front of all that is left begins before the first piece's own
// number.
TEST(ChunkedSortedVectors, TakeWhatComesBeforeAllThatIsLeft)
{
    ChunkedSortedVector<Entry> list;
    std::map<std::uint64_t, int> plain;
    for (std::uint64_t begin = 3000; begin < 3300; ++begin)
        list.add({begin});
    list.shed([](const Entry &last) { return last.begin < 3299; });
    for (const std::uint64_t begin : from(list, 0))
        plain.emplace(begin, 0);
    for (std::uint64_t begin = 3000; begin-- > 2000;) {
        list.add({begin});
        plain.emplace(begin, 0);
    }
    expect_same(list, plain, 4000);
}

} // namespace
} // namespace mptcp::test
