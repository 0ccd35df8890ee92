// SPDX-License-Identifier: GPL-2.0-or-later
//
// One direction of a connection at the data level: conversion between DSNs on the
// wire and relative DSNs, new data, acknowledged data, bytes in flight, windows
// and gaps.
#include "data/data_stream.h"

#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "streams.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using StreamKey = RelativeDsn;

TEST_F(Streams, HaveNoDsnsBeforeAnyIsSeen)
{
    EXPECT_FALSE(stream.placed());
    EXPECT_FALSE(stream.is_64_bit());
    EXPECT_FALSE(stream.dsn_of({}));
    EXPECT_FALSE(stream.has_data());
    EXPECT_FALSE(stream.in_flight());
    EXPECT_FALSE(stream.most_in_flight());
    EXPECT_FALSE(stream.window());
    EXPECT_EQ(stream.gaps().count, 0U);
}

TEST_F(Streams, BeginBehindTheIdsn)
{
    for (const std::uint64_t first : kFirsts) {
        begin_at(first);
        EXPECT_TRUE(stream.placed());
        EXPECT_TRUE(stream.is_64_bit());
        EXPECT_EQ(stream.dsn_of(start), DataSeq{first});
        EXPECT_EQ(stream.relative_dsn(half(first)), start);
        EXPECT_EQ(stream.relative_dsn(whole(first)), start);
    }
}

TEST_F(Streams, KeepTheFirstIdsn)
{
    begin_at(1000);
    stream.learn_idsn({77});
    EXPECT_EQ(stream.relative_dsn(whole(1000)), start);
}

// RFC 8684 3.3.1: a DSN has four bytes or eight.
TEST_F(Streams, KnowDataByEitherFormOfItsDsn)
{
    for (const std::uint64_t first : kFirsts) {
        begin_at(first);
        for (std::uint64_t begin = 0; begin < 3 * k32; begin += k32 / 8) {
            ASSERT_EQ(stream.relative_dsn(whole(first + begin)), start + begin);
            ASSERT_EQ(stream.relative_dsn(half(first + begin)), start + begin);
            ASSERT_EQ(stream.dsn_of(start + begin), DataSeq{first + begin});
            pass(begin, begin + k32 / 8);
        }
        EXPECT_EQ(stream.gaps().count, 0U);
    }
}

// Repeated data is before the newest data.
TEST_F(Streams, ExtendHalfDsnsOfEarlierData)
{
    begin_at(k32 - 10);
    pass(0, 100);
    EXPECT_EQ(stream.relative_dsn(half(k32 - 10)), start);
    EXPECT_EQ(stream.relative_dsn(half(k32)), start + 10);
    EXPECT_EQ(stream.relative_dsn(half(k32 + 90)), start + 100);
}

TEST_F(Streams, WithoutIdsnAreKnownFromTheFirstWholeDsn)
{
    for (const std::uint64_t first : kFirsts) {
        stream = DataStream{};
        start = stream.relative_dsn(whole(first));
        EXPECT_TRUE(stream.is_64_bit());
        EXPECT_EQ(stream.dsn_of(start), DataSeq{first});
        EXPECT_EQ(stream.dsn_of(start - 5), DataSeq{first - 5});
        EXPECT_EQ(stream.relative_dsn(half(first - 5)), start - 5);
        EXPECT_EQ(stream.relative_dsn(half(first + 5)), start + 5);
    }
}

TEST_F(Streams, WithHalfDsnsHaveNoDsns)
{
    start = stream.relative_dsn(half(k32 - 10));
    EXPECT_TRUE(stream.placed());
    EXPECT_FALSE(stream.is_64_bit());
    EXPECT_FALSE(stream.dsn_of(start));
    EXPECT_EQ(stream.relative_dsn(half(k32 + 10)), start + 20);
    EXPECT_FALSE(stream.is_64_bit());
}

TEST_F(Streams, WithHalfDsnsLearnTheUpperHalfFromAWholeDsn)
{
    for (const std::uint64_t first : kFirsts) {
        stream = DataStream{};
        start = stream.relative_dsn(half(first));
        pass(0, 1000);
        EXPECT_EQ(stream.relative_dsn(whole(first + 1000)), start + 1000);
        EXPECT_TRUE(stream.is_64_bit());
        EXPECT_EQ(stream.dsn_of(start), DataSeq{first});
        EXPECT_EQ(stream.relative_dsn(half(first + 500)), start + 500);
        EXPECT_EQ(stream.relative_dsn(whole(first + 2 * k32)), start + 2 * k32);
    }
}

TEST_F(Streams, WithHalfDsnsLearnTheUpperHalfFromTheIdsn)
{
    for (const std::uint64_t first : kFirsts) {
        stream = DataStream{};
        start = stream.relative_dsn(half(first + 2000));
        pass(0, 1000);
        stream.learn_idsn({first - 1});
        EXPECT_TRUE(stream.is_64_bit());
        EXPECT_EQ(stream.dsn_of(start), DataSeq{first + 2000});
        EXPECT_EQ(stream.relative_dsn(whole(first)), start - 2000);
    }
}

TEST_F(Streams, WithHalfDsnsMayWrapBeforeTheUpperHalfIsKnown)
{
    start = stream.relative_dsn(half(5));
    for (std::uint64_t begin = 0; begin < 2 * k32; begin += k32 / 4) {
        ASSERT_EQ(stream.relative_dsn(half(5 + begin)), start + begin);
        pass(begin, begin + k32 / 4);
    }
    EXPECT_EQ(stream.relative_dsn(whole(9 * k32 + 5)), start + 2 * k32);
    EXPECT_EQ(stream.dsn_of(start), DataSeq{7 * k32 + 5});
}

// 3 GB over a path that was not captured: an 8-byte DSN is unambiguous.
TEST_F(Streams, FollowAJumpOfMoreThanHalfTheSpaceOf32Bits)
{
    constexpr std::uint64_t kJump = 3'000'000'000;
    begin_at(1);
    pass(0, 100);
    const RelativeDsn next = stream.relative_dsn(whole(1 + kJump));
    EXPECT_EQ(next, start + kJump);
    stream.pass(range_from(next, 10), packets++, 0);
    EXPECT_EQ(stream.relative_dsn(half(1 + kJump + 10)), start + kJump + 10);
    EXPECT_EQ(stream.relative_dsn(whole(1 + 2 * kJump)), start + 2 * kJump); // of a DATA_ACK
    acknowledge(2 * kJump);
    EXPECT_EQ(stream.gaps().acknowledged, 2 * kJump - 110);
}

TEST_F(Streams, FollowNoJumpOfATerabyte)
{
    begin_at(1);
    pass(0, 100);
    stream.relative_dsn(whole(1 + (std::uint64_t{1} << 41)));
    EXPECT_EQ(stream.relative_dsn(half(101)), start + 100);
}

// The receiver has all data before a DATA_ACK, whether or not it was captured.
TEST_F(Streams, MoveOnWithADataAckOfDataThatWasNotCaptured)
{
    begin_at(1);
    pass(0, 100);
    acknowledge(300);
    EXPECT_EQ(never_passed, 200U);
    EXPECT_FALSE(pass(300, 400).out_of_order);
}

// New and repeated data

TEST_F(Streams, ReportWhatIsFresh)
{
    begin_at(1);
    DataStream::Passed passed = pass(0, 10);
    EXPECT_EQ(passed.fresh, 10U);
    EXPECT_FALSE(passed.repeated);
    passed = pass(0, 10);
    EXPECT_EQ(passed.fresh, 0U);
    EXPECT_EQ(passed.repeated, start);
    passed = pass(5, 15);
    EXPECT_EQ(passed.fresh, 5U);
    EXPECT_EQ(passed.repeated, start + 5);
    passed = pass(15, 20);
    EXPECT_EQ(passed.fresh, 5U);
    EXPECT_FALSE(passed.repeated);
}

TEST_F(Streams, ReportTheFirstSenderOfWhatIsNotFresh)
{
    begin_at(1);
    pass(10, 20);
    EXPECT_EQ(pass(5, 15).repeated, start + 10);
    EXPECT_EQ(pass(18, 30).repeated, start + 18);
    EXPECT_EQ(pass(0, 35).repeated, start + 5);
}

TEST_F(Streams, KnowTheFirstSenderOfEachByte)
{
    begin_at(1);
    pass(10, 20);
    pass(0, 30);
    pass(5, 15);
    EXPECT_EQ(stream.first_senders().find((start + 5).value), 1U);
    EXPECT_EQ(stream.first_senders().find((start + 10).value), 0U);
    EXPECT_EQ(stream.first_senders().find((start + 19).value), 0U);
    EXPECT_EQ(stream.first_senders().find((start + 20).value), 1U);
    EXPECT_TRUE(stream.has_data());
}

// Acknowledgements

TEST_F(Streams, ReportWhichPacketsAreAcknowledged)
{
    begin_at(1);
    pass(0, 10);
    pass(10, 20);
    pass(20, 30);
    EXPECT_THAT(acknowledge(20), ElementsAre(0, 1));
    EXPECT_EQ(never_passed, 0U);
    EXPECT_THAT(acknowledge(20), IsEmpty());
    EXPECT_THAT(acknowledge(10), IsEmpty());
    EXPECT_THAT(acknowledge(30), ElementsAre(2));
}

TEST_F(Streams, ReportAPacketOnceAllOfItIsAcknowledged)
{
    begin_at(1);
    pass(0, 10);
    EXPECT_THAT(acknowledge(9), IsEmpty());
    EXPECT_THAT(acknowledge(10), ElementsAre(0));
}

TEST_F(Streams, ReportADataAckOfDataThatNeverPassed)
{
    begin_at(1);
    pass(0, 10);
    pass(20, 30);
    acknowledge(30);
    EXPECT_EQ(never_passed, 10U);
    acknowledge(45);
    EXPECT_EQ(never_passed, 15U);
    acknowledge(45);
    EXPECT_EQ(never_passed, 0U);
}

TEST_F(Streams, CountTheDataFinAsSeen)
{
    begin_at(1);
    pass(0, 10);
    stream.pass_fin(start + 10);
    acknowledge(11);
    EXPECT_EQ(never_passed, 0U);
}

// Without the start of the stream, earlier DATA_ACKs may have covered the same data.
TEST_F(Streams, WithoutIdsnCountFromTheFirstDataAckOn)
{
    start = stream.relative_dsn(whole(5000));
    pass(0, 10);
    EXPECT_FALSE(stream.in_flight());
    EXPECT_THAT(acknowledge(5), IsEmpty());
    EXPECT_EQ(never_passed, 0U);
    EXPECT_EQ(stream.in_flight(), 5U);
    EXPECT_THAT(acknowledge(10), ElementsAre(0));
}

TEST_F(Streams, ExtendDataAcksThatRunAhead)
{
    begin_at(k32 - 5);
    acknowledge(100); // the data was not captured
    EXPECT_EQ(stream.relative_dsn(half(k32 + 95)), start + 100);
}

// In flight

TEST_F(Streams, KnowWhatIsInFlight)
{
    begin_at(1);
    EXPECT_EQ(stream.in_flight(), 0U);
    pass(0, 10);
    EXPECT_EQ(stream.in_flight(), 10U);
    pass(20, 30); // the hole counts as in flight
    EXPECT_EQ(stream.in_flight(), 30U);
    pass(0, 10);
    EXPECT_EQ(stream.in_flight(), 30U);
    acknowledge(10);
    EXPECT_EQ(stream.in_flight(), 20U);
    acknowledge(40); // more than was captured
    EXPECT_EQ(stream.in_flight(), 0U);
}

TEST_F(Streams, KeepTheMostThatWasInFlight)
{
    begin_at(1);
    stream.note_in_flight();
    EXPECT_EQ(stream.most_in_flight(), 0U);
    pass(0, 10);
    stream.note_in_flight();
    acknowledge(10);
    stream.note_in_flight();
    EXPECT_EQ(stream.most_in_flight(), 10U);
}

// Windows

TEST_F(Streams, KeepTheExtremesOfTheWindow)
{
    for (const std::uint32_t bytes : {500, 0, 70'000, 0, 300})
        stream.note_window(bytes, 1, 0);
    ASSERT_TRUE(stream.window());
    EXPECT_EQ(stream.window()->last, 300U);
    EXPECT_EQ(stream.window()->least, 0U);
    EXPECT_EQ(stream.window()->most, 70'000U);
    EXPECT_EQ(stream.window()->zeros, 2U);
}

TEST_F(Streams, HaveOneWindowForAllThree)
{
    stream.note_window(500, 1, 0);
    EXPECT_EQ(stream.window()->last, 500U);
    EXPECT_EQ(stream.window()->least, 500U);
    EXPECT_EQ(stream.window()->most, 500U);
    EXPECT_EQ(stream.window()->zeros, 0U);
}

TEST_F(Streams, TellHowLongTheWindowWasClosed)
{
    EXPECT_FALSE(stream.note_window(500, 1, 100));
    EXPECT_FALSE(stream.note_window(0, 2, 200));
    EXPECT_FALSE(stream.note_window(0, 3, 300)); // a response to a probe
    const auto closed = stream.note_window(400, 4, 900);
    ASSERT_TRUE(closed);
    EXPECT_EQ(closed->since_frame, 2U);
    EXPECT_EQ(closed->duration, 700);
    EXPECT_FALSE(stream.note_window(500, 5, 1000));
}

// A DATA_ACK that another subflow has delivered late is about the past.
TEST_F(Streams, DoNotTakeALateWindowForAChange)
{
    stream.note_window(500, 1, 100);
    stream.note_window(0, 0, 200);
    EXPECT_EQ(stream.window()->closed_frame, 0U);
    stream.note_window(0, 3, 300);
    EXPECT_FALSE(stream.note_window(500, 0, 400));
    EXPECT_EQ(stream.window()->closed_frame, 3U);
}

// Reinjections

TEST_F(Streams, TakeManyReinjectionsForABurst)
{
    constexpr std::uint32_t kSubflow = 7;
    for (std::uint32_t frame = 1; frame < DataStream::kBurst; ++frame)
        EXPECT_FALSE(stream.note_reinjection(frame, kSubflow, 100, frame));
    const auto burst = stream.note_reinjection(50, kSubflow, 100, 50);
    ASSERT_TRUE(burst);
    EXPECT_EQ(burst->frame, 50U);
    EXPECT_EQ(burst->since_frame, 1U);
    EXPECT_EQ(burst->packets, DataStream::kBurst);
    EXPECT_EQ(burst->bytes, 100 * DataStream::kBurst);
    const auto more = stream.note_reinjection(60, kSubflow + 1, 50, 60);
    ASSERT_TRUE(more);
    EXPECT_EQ(more->frame, 50U);
    EXPECT_EQ(more->subflow, kSubflow);
    EXPECT_EQ(more->packets, DataStream::kBurst + 1);
}

TEST_F(Streams, TakeReinjectionsFarApartForNoBurst)
{
    for (std::uint32_t frame = 1; frame < 100; ++frame)
        EXPECT_FALSE(stream.note_reinjection(frame, 7, 100, frame * (DataStream::kBurstPause + 1)));
}

// Gaps

TEST_F(Streams, CountGaps)
{
    begin_at(1);
    pass(10, 20);
    pass(30, 40);
    pass(45, 50);
    EXPECT_EQ(stream.gaps().count, 3U);
    EXPECT_EQ(stream.gaps().bytes, 25U);
    EXPECT_EQ(stream.gaps().acknowledged, 0U);
}

TEST_F(Streams, CountWhatOfGapsIsAcknowledged)
{
    begin_at(1);
    pass(0, 10);
    pass(20, 30);
    pass(40, 50);
    acknowledge(25);
    EXPECT_EQ(stream.gaps().count, 2U);
    EXPECT_EQ(stream.gaps().bytes, 20U);
    EXPECT_EQ(stream.gaps().acknowledged, 10U);
    acknowledge(34);
    EXPECT_EQ(stream.gaps().acknowledged, 14U);
}

TEST_F(Streams, CountAsAGapWhatIsAcknowledgedBehindAllThatPassed)
{
    begin_at(1);
    pass(0, 10);
    acknowledge(25);
    EXPECT_EQ(stream.gaps().count, 1U);
    EXPECT_EQ(stream.gaps().bytes, 15U);
    EXPECT_EQ(stream.gaps().acknowledged, 15U);
}

TEST_F(Streams, OfWhichNothingPassedHaveAGapUpToTheDataAck)
{
    begin_at(1);
    EXPECT_EQ(stream.gaps().count, 0U);
    acknowledge(25);
    EXPECT_EQ(stream.gaps().count, 1U);
    EXPECT_EQ(stream.gaps().bytes, 25U);
}

TEST_F(Streams, WithoutIdsnHaveNoGapBeforeWhatIsSeenFirst)
{
    start = stream.relative_dsn(whole(5000));
    pass(0, 10);
    pass(20, 30);
    EXPECT_EQ(stream.gaps().count, 1U);
    EXPECT_EQ(stream.gaps().bytes, 10U);
}

TEST_F(Streams, WithTheirDataFinHaveNoGap)
{
    begin_at(1);
    pass(0, 10);
    stream.pass_fin(start + 10);
    acknowledge(11);
    EXPECT_EQ(stream.gaps().count, 0U);
}

TEST_F(Streams, AreRightAfterAnyDataAndDataAcks)
{
    std::mt19937 random{20250104}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    for (const std::uint64_t first : kFirsts) {
        begin_at(first);
        PlainStream plain;
        std::uint64_t acked = 0;
        for (int step = 0; step < 300; ++step) {
            const std::uint64_t begin = random() % 500;
            const Range range{begin, begin + 1 + random() % 20};
            const DataStream::Passed passed = pass(range.begin, range.end);
            ASSERT_EQ(passed.fresh, range.size() - plain.count(range));
            std::uint64_t repeated = range.begin;
            while (repeated < range.end && !plain.seen(repeated))
                ++repeated;
            ASSERT_EQ(passed.repeated,
                      repeated < range.end ? std::optional{start + repeated} : std::nullopt);
            plain.pass(range);
            if (random() % 4 == 0) {
                const std::uint64_t ack = random() % 520;
                const std::uint64_t news =
                    ack > acked ? ack - acked - plain.count({acked, ack}) : 0;
                acknowledge(ack);
                ASSERT_EQ(never_passed, news);
                acked = std::max(acked, ack);
            }
            const DataStream::Gaps gaps = stream.gaps();
            ASSERT_EQ(std::pair(gaps.count, gaps.bytes), plain.gaps(acked));
            ASSERT_EQ(gaps.acknowledged, acked - plain.count({0, acked}));
            ASSERT_EQ(stream.in_flight(), std::max(plain.end(), acked) - acked);
        }
    }
}

TEST_F(Streams, WithoutIdsnTakeNoFirstDataAckThatIsHalfTheSpaceAhead)
{
    start = stream.relative_dsn(whole(5000));
    pass(0, 10);
    acknowledge(10 * k32);
    EXPECT_EQ(stream.gaps().count, 0U);
    acknowledge(5);
    EXPECT_EQ(stream.in_flight(), 5U);
    EXPECT_THAT(acknowledge(10), ElementsAre(0));
}

} // namespace
} // namespace mptcp::test
