// SPDX-License-Identifier: GPL-2.0-or-later
//
// Holes in one direction of a connection: out-of-order data and head-of-line blocking.
#include "data/data_stream.h"

#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "streams.h"

namespace mptcp::test {
namespace {

TEST_F(Streams, InOrderAreNeverOutOfOrder)
{
    begin_at(1);
    for (std::uint64_t begin = 0; begin < 100; begin += 10) {
        const DataStream::Passed passed = pass(begin, begin + 10);
        EXPECT_FALSE(passed.out_of_order);
        EXPECT_FALSE(passed.blocked_time);
        EXPECT_EQ(passed.blocked_bytes, 0U);
    }
}

TEST_F(Streams, AreOutOfOrderBehindAHole)
{
    begin_at(1);
    EXPECT_TRUE(pass(10, 20).out_of_order);
    EXPECT_TRUE(pass(20, 30).out_of_order);
    EXPECT_FALSE(pass(10, 30).out_of_order); // it has no new data
    EXPECT_FALSE(pass(0, 10).out_of_order);
    EXPECT_FALSE(pass(30, 40).out_of_order);
}

TEST_F(Streams, WithoutIdsnBeginWithWhatIsSeenFirst)
{
    start = stream.relative_dsn(whole(5000));
    EXPECT_FALSE(pass(0, 10).out_of_order);
    EXPECT_TRUE(pass(20, 30).out_of_order);
}

TEST_F(Streams, ReportBlockingTimeOfAHole)
{
    begin_at(1);
    pass(0, 10, 100);
    pass(20, 30, 200);
    pass(30, 45, 250);
    const DataStream::Passed passed = pass(10, 20, 700);
    EXPECT_EQ(passed.blocked_time, 500); // since the first blocked byte
    EXPECT_EQ(passed.blocked_bytes, 25U);
    EXPECT_FALSE(pass(45, 50, 800).blocked_time);
}

TEST_F(Streams, ReportBlockingTimeOnceTheHoleIsFilled)
{
    begin_at(1);
    pass(20, 30, 100);
    EXPECT_FALSE(pass(0, 10, 200).blocked_time);
    EXPECT_FALSE(pass(15, 20, 300).blocked_time);
    const DataStream::Passed passed = pass(10, 15, 400);
    EXPECT_EQ(passed.blocked_time, 300);
    EXPECT_EQ(passed.blocked_bytes, 15U);
}

// Times with two holes are counted once.
TEST_F(Streams, WithSeveralHolesAreBlockedByOneAfterTheOther)
{
    begin_at(1);
    pass(10, 20, 100);
    pass(30, 40, 200);
    DataStream::Passed passed = pass(0, 10, 500);
    EXPECT_EQ(passed.blocked_time, 400);
    EXPECT_EQ(passed.blocked_bytes, 10U);
    passed = pass(20, 30, 900);
    EXPECT_EQ(passed.blocked_time, 400);
    EXPECT_EQ(passed.blocked_bytes, 10U);
}

TEST_F(Streams, AreBlockedAgainAfterAHoleIsFilled)
{
    begin_at(1);
    pass(10, 20, 100);
    pass(0, 10, 200);
    pass(30, 40, 1000);
    EXPECT_EQ(pass(20, 30, 1005).blocked_time, 5);
}

TEST_F(Streams, WhereOneHoleEndsAnotherMayBegin)
{
    begin_at(1);
    pass(10, 20, 100);
    pass(30, 40, 150);
    EXPECT_FALSE(pass(20, 30, 200).blocked_time); // the first hole is not filled
    const DataStream::Passed passed = pass(0, 10, 300);
    EXPECT_EQ(passed.blocked_time, 200);
    EXPECT_EQ(passed.blocked_bytes, 30U);
}

// RFC 8684 3.3.3: the DATA_FIN occupies a DSN but is not a byte of data.
TEST_F(Streams, CountNoByteForABlockedDataFin)
{
    begin_at(1);
    pass(10, 20, 100);
    stream.pass_fin(start + 20);
    const DataStream::Passed passed = pass(0, 10, 300);
    EXPECT_EQ(passed.blocked_time, 200);
    EXPECT_EQ(passed.blocked_bytes, 10U);
}

TEST_F(Streams, WithOnlyADataFinBlockedReleaseNothing)
{
    begin_at(1);
    stream.pass_fin(start + 20);
    pass(0, 10, 100);
    const DataStream::Passed passed = pass(10, 20, 300);
    EXPECT_EQ(passed.blocked_bytes, 0U);
    EXPECT_FALSE(passed.blocked_time);
}

// Blocking starts when data arrives, not when a DATA_FIN arrives.
TEST_F(Streams, WithADataFinOutOfOrderReportBlockingTime)
{
    begin_at(1);
    stream.pass_fin(start + 30);
    pass(0, 10, 100);
    pass(20, 30, 500);
    const DataStream::Passed passed = pass(10, 20, 600);
    EXPECT_EQ(passed.blocked_bytes, 10U);
    EXPECT_EQ(passed.blocked_time, 100);
}

// [15, 20) was blocked by the bytes before it.
TEST_F(Streams, ReportWhatWasBlockedByAPacketThatRepeatsIt)
{
    begin_at(1);
    pass(0, 10, 100);
    pass(15, 20, 200);
    const DataStream::Passed passed = pass(10, 20, 700);
    EXPECT_EQ(passed.blocked_bytes, 5U);
    EXPECT_EQ(passed.blocked_time, 500);
}

// A packet can fill the hole before its own new data.
TEST_F(Streams, AreNotOutOfOrderBehindAHoleThatTheSamePacketFills)
{
    begin_at(1);
    pass(0, 10);
    pass(15, 20);
    EXPECT_FALSE(pass(10, 30).out_of_order);
}

// Blocks of a stream in any order, some of them twice. A block releases all data
// up to the next hole.
TEST_F(Streams, OfBlocksInAnyOrderReportWhatEachReleases)
{
    constexpr std::uint64_t kBlock = 10;
    constexpr Time kNothingWaits = -1;
    std::mt19937 random{20250105}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    for (int trial = 0; trial < 100; ++trial) {
        std::vector<std::uint64_t> order(40);
        std::iota(order.begin(), order.end(), 0U);
        std::ranges::shuffle(order, random);
        order.insert(order.begin() + 20, {order[0], order[5], order[10]});
        begin_at(k32 - 100);
        PlainStream plain;
        Time now = 0;
        Time waits_since = kNothingWaits;
        for (const std::uint64_t block : order) {
            ++now;
            const Range range{block * kBlock, (block + 1) * kBlock};
            const std::uint64_t next = plain.next();
            const bool fresh = !plain.seen(range.begin);
            plain.pass(range);
            const std::uint64_t released =
                fresh && range.begin == next ? plain.next() - range.end : 0;
            const DataStream::Passed passed = pass(range.begin, range.end, now);
            ASSERT_EQ(passed.out_of_order, fresh && range.begin > next);
            ASSERT_EQ(passed.blocked_bytes, released);
            ASSERT_EQ(passed.blocked_time.value_or(0), released > 0 ? now - waits_since : 0);
            if (released > 0 || plain.end() == plain.next())
                waits_since = kNothingWaits;
            if (plain.end() > plain.next() && waits_since == kNothingWaits)
                waits_since = now;
        }
    }
}

} // namespace
} // namespace mptcp::test
