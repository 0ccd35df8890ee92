// SPDX-License-Identifier: GPL-2.0-or-later
//
// The counts of a tap: packets, payload, frames and times, by subflow and sender.
#include "analysis/summary.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

constexpr SubflowId kOne{1};
constexpr SubflowId kThree{3};
constexpr std::uint32_t kMax32 = std::numeric_limits<std::uint32_t>::max();
constexpr Time kSecond = 1'000'000'000;

TEST(Volume, AddsUp)
{
    Volume volume{1, 100};
    volume += Volume{2, 50};
    EXPECT_EQ(volume.packets, 3U);
    EXPECT_EQ(volume.payload, 150U);
}

TEST(Span, OfNothingIsEmpty)
{
    EXPECT_TRUE(Span{}.empty());
    EXPECT_EQ(Span{}.duration(), 0);
}

TEST(Span, ReachesFromTheFirstToTheLast)
{
    Span span;
    span.include(3, 10 * kSecond);
    EXPECT_FALSE(span.empty());
    EXPECT_EQ(span.duration(), 0);
    span.include(7, 12 * kSecond + 5);
    EXPECT_EQ(span.first_frame, 3U);
    EXPECT_EQ(span.last_frame, 7U);
    EXPECT_EQ(span.start, 10 * kSecond);
    EXPECT_EQ(span.end, 12 * kSecond + 5);
    EXPECT_EQ(span.duration(), 2 * kSecond + 5);
}

TEST(Span, IsNeverNegativeWhereTimeGoesBack)
{
    Span span;
    span.include(1, 10 * kSecond);
    span.include(2, 9 * kSecond);
    span.include(3, 10 * kSecond);
    EXPECT_EQ(span.first_frame, 1U);
    EXPECT_EQ(span.last_frame, 3U);
    EXPECT_EQ(span.start, 9 * kSecond);
    EXPECT_EQ(span.duration(), kSecond);
}

TEST(Span, MayBeginBeforeTheEpoch)
{
    Span span;
    span.include(1, -2 * kSecond);
    span.include(2, kSecond);
    EXPECT_EQ(span.start, -2 * kSecond);
    EXPECT_EQ(span.duration(), 3 * kSecond);
}

TEST(Span, AnEmptyOneAddsNothing)
{
    Span span;
    span.include(3, 10 * kSecond);
    span += Span{};
    EXPECT_EQ(span.first_frame, 3U);
    EXPECT_EQ(span.start, 10 * kSecond);
    Span empty;
    empty += span; // becomes equal to the other
    EXPECT_EQ(empty.first_frame, 3U);
    EXPECT_EQ(empty.start, 10 * kSecond);
}

TEST(Summary, CountsBySubflowAndSender)
{
    Summary summary;
    summary.add(Attribution{kOne, Side::A}, 100, 1, kSecond);
    summary.add(Attribution{kOne, Side::A}, 0, 2, kSecond + 1);
    summary.add(Attribution{kOne, Side::B}, 50, 4, kSecond + 2);
    summary.add(Attribution{kThree, Side::B}, 7, 5, kSecond + 3);

    const SubflowCount *one = summary.find(kOne);
    ASSERT_NE(one, nullptr);
    EXPECT_EQ(one->sent[Side::A].packets, 2U);
    EXPECT_EQ(one->sent[Side::A].payload, 100U);
    EXPECT_EQ(one->sent[Side::B].packets, 1U);
    EXPECT_EQ(one->sent[Side::B].payload, 50U);
    EXPECT_EQ(one->span.first_frame, 1U);
    EXPECT_EQ(one->span.last_frame, 4U);
    EXPECT_EQ(one->span.duration(), 2);

    const SubflowCount *three = summary.find(kThree);
    ASSERT_NE(three, nullptr);
    EXPECT_EQ(three->sent[Side::A].packets, 0U);
    EXPECT_EQ(three->sent[Side::B].payload, 7U);
    EXPECT_EQ(summary.packets(), 4U);
}

TEST(Summary, CanBeReadAtAnyTime)
{
    Summary summary;
    summary.add(Attribution{kOne, Side::A}, 100, 1, kSecond);
    for (int times = 0; times < 2; ++times) { // queries have no side effects
        ASSERT_NE(summary.find(kOne), nullptr);
        EXPECT_EQ(summary.find(kOne)->sent[Side::A].packets, 1U);
    }
    summary.add(Attribution{kThree, Side::B}, 7, 2, kSecond);
    summary.add(std::nullopt, 8, 3, kSecond);
    EXPECT_EQ(summary.find(kOne)->sent[Side::A].payload, 100U);
    ASSERT_NE(summary.find(kThree), nullptr);
    EXPECT_EQ(summary.find(kThree)->sent[Side::B].payload, 7U);
}

TEST(Summary, WithoutAPacketASubflowIsNotFound)
{
    Summary summary;
    EXPECT_EQ(summary.find(kOne), nullptr);
    summary.add(Attribution{kThree, Side::A}, 0, 1, 0);
    EXPECT_EQ(summary.find(kOne), nullptr);         // below the highest subflow
    EXPECT_NE(summary.find(kThree), nullptr);       // though it has no payload
    EXPECT_EQ(summary.find(SubflowId{4}), nullptr); // above the highest subflow
    EXPECT_EQ(summary.find(SubflowId{kMax32}), nullptr);
}

TEST(Summary, CountsPlainTcpAsPacketsAlone)
{
    Summary summary;
    summary.add(std::nullopt, 1000, 1, kSecond);
    summary.add(Attribution{SubflowId{0}, Side::A}, 10, 2, kSecond);
    EXPECT_EQ(summary.packets(), 2U);
    EXPECT_EQ(summary.find(SubflowId{0})->sent[Side::A].payload, 10U);
}

TEST(Summary, SeveralSegmentsOfOneFrameAllCount)
{
    Summary summary; // for example, a tunnel that carries a flow twice
    summary.add(Attribution{kOne, Side::A}, 10, 5, kSecond);
    summary.add(Attribution{kOne, Side::B}, 20, 5, kSecond);
    EXPECT_EQ(summary.packets(), 2U);
    EXPECT_EQ(summary.find(kOne)->span.first_frame, 5U);
    EXPECT_EQ(summary.find(kOne)->span.last_frame, 5U);
}

TEST(Summary, CountsBeyond32Bits)
{
    Summary summary;
    for (std::uint32_t frame = 1; frame <= 5; ++frame)
        summary.add(Attribution{kOne, Side::A}, kMax32, frame, 0);
    EXPECT_EQ(summary.find(kOne)->sent[Side::A].payload, 5 * std::uint64_t{kMax32});
    EXPECT_GT(summary.find(kOne)->sent[Side::A].payload, std::uint64_t{1} << 34);
}

TEST(Summary, ResetForgetsAll)
{
    Summary summary;
    summary.add(Attribution{kOne, Side::A}, 10, 1, kSecond);
    summary.reset();
    EXPECT_EQ(summary.packets(), 0U);
    EXPECT_EQ(summary.find(kOne), nullptr);
    summary.add(Attribution{kOne, Side::A}, 7, 9, 2 * kSecond); // as in a second pass
    EXPECT_EQ(summary.find(kOne)->sent[Side::A].payload, 7U);
    EXPECT_EQ(summary.find(kOne)->span.first_frame, 9U);
}

} // namespace
} // namespace mptcp::test
