// SPDX-License-Identifier: GPL-2.0-or-later
//
// The index alone, with hashes that the tests choose: equal ones, and such that
// begin in the same place or in the last one.
#include "containers/flat_index.h"

#include <cstdint>
#include <map>
#include <random>

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

auto is(std::uint32_t wanted)
{
    return [wanted](std::uint32_t number) { return number == wanted; };
}

constexpr std::uint64_t kLast = UINT64_MAX; // its home is the last slot, of any size

TEST(FlatIndex, FindsNothingInNothing)
{
    EXPECT_EQ(FlatIndex{}.find(kLast, is(1)), FlatIndex::kNowhere);
}

TEST(FlatIndex, TellsNumbersOfOneHashApart)
{
    FlatIndex index;
    index.add(kLast, 1);
    index.add(kLast, 2);
    EXPECT_EQ(index[index.find(kLast, is(1))], 1U);
    EXPECT_EQ(index[index.find(kLast, is(2))], 2U);
    EXPECT_EQ(index.find(kLast, is(3)), FlatIndex::kNowhere);
    EXPECT_EQ(index.find(0, is(1)), FlatIndex::kNowhere);
}

TEST(FlatIndex, ReplacesANumber)
{
    FlatIndex index;
    index.add(7, 1);
    index.replace(index.find(7, is(1)), 2);
    EXPECT_EQ(index.find(7, is(1)), FlatIndex::kNowhere);
    EXPECT_EQ(index[index.find(7, is(2))], 2U);
}

// A run that goes on at the front of the table, with a hole at each of its places.
TEST(FlatIndex, WhatStoodBehindOneThatIsRemovedIsStillFound)
{
    constexpr std::uint32_t kRun = 8;
    for (std::uint32_t gone = 0; gone < kRun; ++gone) {
        FlatIndex index;
        for (std::uint32_t number = 0; number < kRun; ++number)
            index.add(number % 2 == 0 ? kLast : 0, number);
        const std::uint64_t hash = gone % 2 == 0 ? kLast : 0;
        index.remove(index.find(hash, is(gone)));
        for (std::uint32_t number = 0; number < kRun; ++number) {
            const bool found =
                index.find(number % 2 == 0 ? kLast : 0, is(number)) != FlatIndex::kNowhere;
            EXPECT_EQ(found, number != gone) << number << " without " << gone;
        }
    }
}

// Few hashes, all near the end of the table and so near each other.
TEST(FlatIndex, AgreesWithAMap)
{
    std::mt19937 random{8684}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    FlatIndex index;
    std::map<std::uint32_t, std::uint64_t> plain; // hash by number
    for (std::uint32_t step = 0; step < 20000; ++step) {
        const auto number = static_cast<std::uint32_t>(random() % 300);
        const std::uint64_t hash = kLast << (32 + number % 5);
        const auto place = index.find(hash, is(number));
        ASSERT_EQ(place != FlatIndex::kNowhere, plain.contains(number)) << "step " << step;
        if (place == FlatIndex::kNowhere) {
            index.add(hash, number);
            plain[number] = hash;
        } else if (random() % 2 == 0) {
            index.remove(place);
            plain.erase(number);
        }
        for (const auto &[other, its_hash] : plain)
            ASSERT_NE(index.find(its_hash, is(other)), FlatIndex::kNowhere) << "step " << step;
    }
}

} // namespace
} // namespace mptcp::test
