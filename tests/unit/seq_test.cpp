// SPDX-License-Identifier: GPL-2.0-or-later
//
// Arithmetic of sequence numbers. Every rule is tested far from the wrap, and
// near 2^32 (subflow level) and 2^64 (data level).
#include "base/seq.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

constexpr std::uint32_t kMax32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t kHalf32 = 0x80000000;
constexpr std::uint64_t kHalf64 = 0x8000000000000000;
constexpr std::uint64_t kTwoTo32 = 0x100000000;

constexpr std::uint32_t kBases32[] = {0, 1, 1000, kHalf32 - 1, kHalf32, kMax32 - 10, kMax32};
constexpr std::uint64_t kBases64[] = {0,           1,       1000,        kTwoTo32 - 1, kTwoTo32,
                                      kHalf64 - 1, kHalf64, kMax64 - 10, kMax64};

TEST(Seq, SumsWrapAtTheEndOfTheirSpace)
{
    EXPECT_EQ(TcpSeq{10} + 5, TcpSeq{15});
    EXPECT_EQ(TcpSeq{kMax32} + 1, TcpSeq{0});
    EXPECT_EQ(TcpSeq{kMax32 - 2} + 5, TcpSeq{2});
    EXPECT_EQ(DataSeq{10} + 5, DataSeq{15});
    EXPECT_EQ(DataSeq{kMax32} + 1, DataSeq{kTwoTo32});
    EXPECT_EQ(DataSeq{kMax64} + 1, DataSeq{0});
    EXPECT_EQ(DataSeq{kMax64 - 2} + 5, DataSeq{2});
}

TEST(Seq, DifferencesWrapToo)
{
    EXPECT_EQ(TcpSeq{15} - 5, TcpSeq{10});
    EXPECT_EQ(TcpSeq{0} - 1, TcpSeq{kMax32});
    EXPECT_EQ(TcpSeq{2} - 5, TcpSeq{kMax32 - 2});
}

TEST(Seq, DistanceCountsForward)
{
    EXPECT_EQ(distance(TcpSeq{10}, TcpSeq{15}), 5U);
    EXPECT_EQ(distance(TcpSeq{kMax32 - 1}, TcpSeq{3}), 5U);
    EXPECT_EQ(distance(TcpSeq{15}, TcpSeq{10}), kMax32 - 4); // across the wrap
    EXPECT_EQ(distance(DataSeq{10}, DataSeq{15}), 5U);
    EXPECT_EQ(distance(DataSeq{kMax32}, DataSeq{kTwoTo32 + 4}), 5U);
    EXPECT_EQ(distance(DataSeq{kMax64 - 1}, DataSeq{3}), 5U);
}

TEST(Seq, ARangeIncludesBothOfItsEnds)
{
    for (const std::uint32_t base : kBases32) {
        EXPECT_TRUE(within(TcpSeq{base}, TcpSeq{base}, 0)) << base;
        EXPECT_TRUE(within(TcpSeq{base} + 20, TcpSeq{base}, 20)) << base;
        EXPECT_FALSE(within(TcpSeq{base} + 21, TcpSeq{base}, 20)) << base;
        EXPECT_FALSE(within(TcpSeq{base} - 1, TcpSeq{base}, 20)) << base;
    }
}

TEST(Seq, ANumberIsNotBeforeItself)
{
    for (const std::uint32_t base : kBases32)
        EXPECT_FALSE(before(TcpSeq{base}, TcpSeq{base})) << base;
    for (const std::uint64_t base : kBases64)
        EXPECT_FALSE(before(DataSeq{base}, DataSeq{base})) << base;
}

TEST(Seq, LessThanHalfOfTheSpaceAheadIsLater)
{
    for (const std::uint32_t base : kBases32)
        for (const std::uint32_t step : {1U, 2U, 1460U, kHalf32 - 1}) {
            EXPECT_TRUE(before(TcpSeq{base}, TcpSeq{base} + step)) << base << " + " << step;
            EXPECT_FALSE(before(TcpSeq{base} + step, TcpSeq{base})) << base << " + " << step;
        }
    for (const std::uint64_t base : kBases64)
        for (const std::uint64_t step : {std::uint64_t{1}, kTwoTo32 - 1, kTwoTo32, kHalf64 - 1}) {
            EXPECT_TRUE(before(DataSeq{base}, DataSeq{base} + step)) << base << " + " << step;
            EXPECT_FALSE(before(DataSeq{base} + step, DataSeq{base})) << base << " + " << step;
        }
}

// RFC 8684 3.3.1: a DSN of 32 bits is extended to the number nearest to a reference.
TEST(Seq, ExtendFindsTheNearestNumber)
{
    // Same upper half.
    EXPECT_EQ(extend(0x00000010, DataSeq{0x0000000500000000}), DataSeq{0x0000000500000010});
    EXPECT_EQ(extend(0xe8f3d925, DataSeq{0x03c94eb3e8f3d7f9}), DataSeq{0x03c94eb3e8f3d925});
    // Ahead across a multiple of 2^32, and back across it.
    EXPECT_EQ(extend(0x00000005, DataSeq{0x00000005fffffff0}), DataSeq{0x0000000600000005});
    EXPECT_EQ(extend(0xfffffff0, DataSeq{0x0000000600000005}), DataSeq{0x00000005fffffff0});
    // Across 2^64, in both directions.
    EXPECT_EQ(extend(0x00000005, DataSeq{0xfffffffffffffff0}), DataSeq{0x0000000000000005});
    EXPECT_EQ(extend(0xfffffff0, DataSeq{0x0000000000000005}), DataSeq{0xfffffffffffffff0});
}

TEST(Seq, ExtendGivesBackWhatWasCutOff)
{
    for (const std::uint64_t near : kBases64)
        for (const std::uint64_t step : {0U, 1U, 1460U, kHalf32 - 1}) {
            const DataSeq ahead{near + step};
            const DataSeq behind{near - step};
            EXPECT_EQ(extend(static_cast<std::uint32_t>(ahead.value), DataSeq{near}), ahead);
            EXPECT_EQ(extend(static_cast<std::uint32_t>(behind.value), DataSeq{near}), behind);
        }
}

} // namespace
} // namespace mptcp::test
