// SPDX-License-Identifier: GPL-2.0-or-later
//
// What limits a sender: each kind, and which one of several. The capture is at the client's end,
// and the round-trip time is 20 ms, unless a test says otherwise.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "counted.h"
#include "limits_trace.h"

namespace mptcp::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char *kHandshake = "handshake 0-21";

TEST_F(LimitsTrace, BeginWithTheHandshake)
{
    open();
    EXPECT_THAT(limits(), ElementsAre(kHandshake));
    EXPECT_THAT(limits(Role::Server), ElementsAre(kHandshake));
}

TEST_F(LimitsTrace, AreTheApplicationWhileNothingIsInFlight)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(50, ack(initial, 1000));
    see_at(200, data(initial, 1000, 1000));
    see_at(220, ack(initial, 2000));
    EXPECT_THAT(limits(), ElementsAre(kHandshake, "application 21-220, 2000 bytes"));
}

TEST_F(LimitsTrace, AreTheApplicationIfAnAckIsNotAnswered)
{
    open();
    see_at(30, data(initial, 0, 1000));
    const Packet first = ack(initial, 1000);
    see_at(40, data(initial, 1000, 900));
    see_at(50, first); // 900 bytes are still in flight
    see_at(65, data(initial, 1900, 900));
    EXPECT_THAT(limits(), ElementsAre(kHandshake, "application 21-65, 2800 bytes"));
}

TEST_F(LimitsTrace, AreThePathIfEachAckIsAnsweredAtOnce)
{
    open();
    see_at(30, data(initial, 0, 1000));
    const Packet first = ack(initial, 1000);
    see_at(30, data(initial, 1000, 1000));
    see_at(50, first);
    see_at(51, data(initial, 2000, 1000));
    see_at(52, ack(initial, 3000));
    see_at(53, data(initial, 3000, 1000));
    EXPECT_THAT(limits(), ElementsAre(kHandshake, "application 21-30, 2000 bytes",
                                      "path 0 30-53, 2000 bytes"));
}

TEST_F(LimitsTrace, AreThePathIfFullSegmentsArePaced)
{
    open();
    for (std::uint16_t sent = 0; sent < 4; ++sent) {
        const Packet next = data(initial, sent * 1400U, 1400);
        see_at(30 + 10 * sent, next);
        see_at(34 + 10 * sent, ack(initial, sent * 1400U + 700).with_ack({next.segment.seq + 700}));
    }
    EXPECT_THAT(limits(), Contains("path 0 30-60, 4200 bytes"));
}

TEST_F(LimitsTrace, AreUnknownIfSmallSegmentsFollowSoon)
{
    open();
    for (std::uint16_t sent = 0; sent < 4; ++sent) {
        const Packet next = data(initial, sent * 1400U, sent == 0 ? 1400 : 1399);
        see_at(30 + 10 * sent, next);
        see_at(34 + 10 * sent, ack(initial, sent * 1400U + 700).with_ack({next.segment.seq + 700}));
    }
    EXPECT_THAT(limits(), Contains("unknown 40-60, 2798 bytes"));
}

TEST_F(LimitsTrace, AreAllPathsIfSeveralHaveDataInFlight)
{
    open_both();
    see_at(50, data(second, 0, 1000));
    see_at(50, data(initial, 1000, 1000));
    see_at(70, ack(second, 1000));
    see_at(71, data(second, 2000, 1000));
    see_at(72, ack(initial, 2000));
    see_at(73, data(initial, 3000, 1000));
    EXPECT_THAT(limits(), Contains("path 50-70"));
    EXPECT_THAT(limits(), Contains("path 71-72"));
}

TEST_F(LimitsTrace, AreTheReceiveWindowIfLessThanASegmentIsFree)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(50, ack(initial, 1000).with_window(1400));
    see_at(90, ack(initial, 1000).with_window(9000));
    see_at(91, data(initial, 1000, 1000));
    EXPECT_THAT(limits(), ElementsAre(kHandshake, "application 21-50, 1000 bytes",
                                      "receive_window 50-91, 1000 bytes"));
}

TEST_F(LimitsTrace, AreNotTheReceiveWindowIfASegmentIsFree)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(50, ack(initial, 1000).with_window(1500));
    see_at(90, ack(initial, 1000).with_window(9000));
    EXPECT_THAT(limits(), Not(Contains(StartsWith("receive_window"))));
}

TEST_F(LimitsTrace, AreTheReceiveWindowDuringTheBurstThatItLetsPass)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(50, ack(initial, 1000).with_window(0));
    see_at(90, ack(initial, 1000).with_window(9000));
    see_at(91, data(initial, 1000, 1000));
    see_at(92, data(initial, 2000, 1000));
    EXPECT_THAT(limits(), Contains("receive_window 50-92, 2000 bytes"));
}

TEST_F(LimitsTrace, AreTheWindowIfItIsZeroDuringARetransmission)
{
    open();
    const Packet refused = data(initial, 0, 1000);
    see_at(30, refused);
    see_at(50, ack(initial, 0).with_ack(refused.segment.seq).with_window(0));
    see_at(300, refused);
    see_at(320, ack(initial, 0).with_ack(refused.segment.seq).with_window(0));
    EXPECT_THAT(limits().back(), "receive_window 50-320");
}

TEST_F(LimitsTrace, EndWithTheClosingAfterTheDataFin)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(31, fin(initial, 1000));
    see_at(50, ack(initial, 1001));
    see_at(70, initial.initiator().fin());
    EXPECT_THAT(limits(), ElementsAre(kHandshake, "application 21-30, 1000 bytes", "path 0 30-50",
                                      "closing 50-70"));
}

TEST_F(LimitsTrace, EndWithTheClosingAfterAReset)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(40, initial.acceptor().rst());
    see_at(90, initial.initiator().rst());
    EXPECT_THAT(limits().back(), "closing 40-90");
}

TEST_F(LimitsTrace, DoNotKnowWhyTheCaptureEndsBehindData)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(500, initial.acceptor().ack().with_ack({1001}));
    EXPECT_THAT(limits().back(), "unknown 30-500");
}

TEST_F(LimitsTrace, AreOfEitherHost)
{
    open(1, 20); // the capture is at the server's end
    see_at(30,
           initial.acceptor().data(1000).with(dss_map(peers.first_data(Role::Server), 1, 1000)));
    see_at(50, initial.initiator().ack().with(dss_ack(peers.first_data(Role::Server) + 1000)));
    see_at(90, initial.acceptor().ack());
    EXPECT_THAT(limits(Role::Server), ElementsAre(kHandshake, "application 21-90, 1000 bytes"));
    EXPECT_THAT(limits(), ElementsAre(kHandshake, "application 21-90")); // sends nothing
}

TEST_F(LimitsTrace, AreThoseOfVersion0)
{
    peers.version = kV0;
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(50, ack(initial, 1000).with_window(0));
    see_at(90, ack(initial, 1000).with_window(9000));
    EXPECT_THAT(limits().back(), "receive_window 50-90");
}

TEST_F(LimitsTrace, CountBytesOfCountedPacketsOnly)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(31, data(initial, 1000, 500));
    const Summary some = counted({5});
    EXPECT_THAT(in_words(make_limits(make_moments(drawn(some), Role::Client))),
                ElementsAre(kHandshake, "application 21-31, 500 bytes"));
}

TEST_F(LimitsTrace, NameThePacketsThatBeginAndEndThem)
{
    open();                                         // 1 to 3
    see_at(30, data(initial, 0, 1000));             // 4
    see_at(50, ack(initial, 1000).with_window(0));  // 5
    see_at(100, ack(initial, 1000).with_window(0)); // 6
    const auto intervals = make_limits(make_moments(drawn(), Role::Client));
    ASSERT_EQ(intervals.size(), 3U);
    EXPECT_EQ(intervals[0].begin_frame, 1U);
    EXPECT_EQ(intervals[1].begin_frame, 3U);
    EXPECT_EQ(intervals[1].end_frame, 5U);
    EXPECT_EQ(intervals[2].end_frame, 6U);
}

TEST_F(LimitsTrace, AddUpToTotals)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(50, ack(initial, 1000).with_window(0));
    see_at(100, ack(initial, 1000));
    const auto totals = totals_by_kind(make_limits(make_moments(drawn(), Role::Client)));
    ASSERT_EQ(totals.size(), 3U);
    EXPECT_EQ(totals[0].limit.kind, LimitKind::ReceiveWindow);
    EXPECT_EQ(totals[0].time, 50 * kMillisecond);
    EXPECT_DOUBLE_EQ(totals[0].share, 0.5);
    EXPECT_EQ(totals[1].limit.kind, LimitKind::Application);
    EXPECT_EQ(totals[1].bytes, 1000U);
    EXPECT_EQ(totals[1].intervals, 1U);
}

TEST(LimitTotals, AreOfEachSubflowOrOfAll)
{
    const LimitKind path = LimitKind::Path;
    const std::vector<LimitInterval> intervals{
        {0, 10, {path, 0}, 5}, {10, 40, {path, 1}, 6}, {40, 60, {path, {}}, 7}};
    EXPECT_EQ(totals_by_kind(intervals).size(), 1U);
    EXPECT_EQ(totals_by_kind(intervals)[0].bytes, 18U);
    const auto by_subflow = totals_by_subflow(intervals);
    ASSERT_EQ(by_subflow.size(), 3U);
    EXPECT_EQ(by_subflow[0].limit, (Limit{path, 1}));
    EXPECT_THAT(totals_by_kind({}), IsEmpty());
}

} // namespace
} // namespace mptcp::test
