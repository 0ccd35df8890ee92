// SPDX-License-Identifier: GPL-2.0-or-later
//
// What limits a sender, where a capture does not show all that the sender knew: partial captures,
// captures at another place, fallback, and hostile packets.
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limits_trace.h"

namespace mptcp::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class PartialLimits : public LimitsTrace {
protected:
    // The intervals touch, and cover the time of the connection.
    void expect_gapless() const
    {
        for (const Role sender : {Role::Client, Role::Server}) {
            Time end = 0;
            for (const LimitInterval &interval : make_limits(make_moments(drawn(), sender))) {
                EXPECT_EQ(interval.begin, end);
                EXPECT_LE(interval.begin, interval.end);
                end = interval.end;
            }
            EXPECT_EQ(end, drawn().duration());
        }
    }
};

TEST_F(PartialLimits, AreNotSeenIfOnlyOneHostIsCaptured)
{
    see_at(0, data(initial, 0, 1000));
    see_at(50, data(initial, 1000, 1000));
    const Role sender = trace.sender_of({SubflowId{0}, Side::A});
    EXPECT_THAT(limits(sender), ElementsAre("not_seen 0-50, 2000 bytes"));
    EXPECT_THAT(limits(other(sender)), ElementsAre("not_seen 0-50"));
}

TEST_F(PartialLimits, AreNotSeenWhileDataIsMissing)
{
    open();
    see_at(30, data(initial, 0, 20'000));
    see_at(50, ack(initial, 20'000));
    see_at(90, ack(initial, 21'000)); // 1000 bytes were not captured
    see_at(91, data(initial, 21'000, 1000));
    EXPECT_THAT(limits(), Contains("not_seen 30-90"));
}

TEST_F(PartialLimits, AreNotSeenAtAllIfMuchDataIsMissing)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(50, ack(initial, 2000));
    EXPECT_THAT(limits(), ElementsAre("not_seen 0-50, 1000 bytes"));
}

TEST_F(PartialLimits, AreSeenIfTheFileHoldsTheDataAckFirst)
{
    open();
    const Packet late = data(initial, 0, 1000);
    see_at(50, ack(initial, 1000));
    see_at(50, late);
    see_at(90, ack(initial, 1000));
    EXPECT_THAT(limits(), Not(Contains(StartsWith("not_seen"))));
}

TEST_F(PartialLimits, AreUnknownUntilTheFirstAck)
{
    see_at(0, data(initial, 0, 1000));
    see_at(20, ack(initial, 1000));
    see_at(30, data(initial, 1000, 1000));
    see_at(50, ack(initial, 2000));
    EXPECT_THAT(limits(trace.sender_of({SubflowId{0}, Side::A})),
                ElementsAre("unknown 0-50, 2000 bytes"));
}

TEST_F(PartialLimits, DoNotClaimAPathAtTheReceiversEnd)
{
    open(1, 20);
    see_at(40, data(initial, 0, 1000));
    see_at(40, ack(initial, 1000));
    see_at(60, data(initial, 1000, 1000));
    see_at(60, ack(initial, 2000));
    EXPECT_THAT(limits(), ElementsAre("handshake 0-21", "unknown 21-60, 2000 bytes"));
}

TEST_F(PartialLimits, DoNotClaimAnIdleSenderAtTheReceiversEnd)
{
    open(1, 20);
    see_at(40, data(initial, 0, 1000));
    see_at(40, ack(initial, 1000));
    see_at(900, data(initial, 1000, 1000)); // sent late, or lost before and sent again
    EXPECT_THAT(limits().back(), "unknown 21-900, 2000 bytes");
    EXPECT_THAT(limits(Role::Server).back(), "application 21-900"); // sends nothing
}

TEST_F(PartialLimits, AreLossRecoveryAtTheReceiversEndWhileAHoleLasts)
{
    open(1, 20);
    const Packet lost = data(initial, 0, 1000);
    see_at(40, data(initial, 1000, 1000));
    see_at(40, ack(initial, 0).with_ack(lost.segment.seq));
    see_at(70, lost);
    see_at(70, ack(initial, 2000));
    EXPECT_THAT(limits().back(), StartsWith("loss_recovery 0 40-70"));
}

TEST_F(PartialLimits, AreNoLossRecoveryAtTheReceiversEndIfAnotherPathGoesOn)
{
    open(1, 20);
    see_at(21, second.initiator().syn().with(join.syn()));
    see_at(22, second.acceptor().syn_ack().with(join.syn_ack()));
    see_at(42, second.initiator().ack().with(join.ack()));
    const Packet lost = data(initial, 0, 1000);
    see_at(50, data(initial, 1000, 1000));
    see_at(50, ack(initial, 0).with_ack(lost.segment.seq));
    see_at(60, data(second, 2000, 1000));
    see_at(75, data(second, 3000, 1000));
    see_at(200, lost);
    EXPECT_THAT(limits(), Contains(StartsWith("unknown 60-75")));
    EXPECT_THAT(limits().back(), "loss_recovery 0 75-200, 1000 bytes");
}

TEST_F(PartialLimits, AreTheWindowAtTheReceiversEnd)
{
    open(1, 20);
    see_at(40, data(initial, 0, 1000));
    see_at(40, ack(initial, 1000).with_window(0));
    see_at(95, ack(initial, 1000).with_window(9000));
    EXPECT_THAT(limits().back(), "receive_window 40-95");
}

TEST_F(PartialLimits, AreThoseOfTcpAfterAFallback)
{
    see_at(0, initial.initiator().syn().with(peers.syn()));
    see_at(20, initial.acceptor().syn_ack());
    see_at(21, initial.initiator().ack());
    see_at(30, initial.initiator().data(1000));
    see_at(50, initial.acceptor().ack().with_window(0));
    see_at(90, initial.acceptor().ack().with_window(9000));
    see_at(91, initial.initiator().data(1000));
    ASSERT_TRUE(connection().fallback);
    EXPECT_THAT(limits(), ElementsAre("handshake 0-21", "application 21-50, 1000 bytes",
                                      "receive_window 50-91, 1000 bytes"));
}

TEST_F(PartialLimits, AreOneIntervalOfOnePacket)
{
    see(initial.initiator().syn().with(peers.syn()));
    EXPECT_THAT(limits(), ElementsAre("handshake 0-0"));
    EXPECT_THAT(limits(Role::Server), ElementsAre("not_seen 0-0"));
    expect_gapless();
}

TEST_F(PartialLimits, TakePacketsOfTheSameTimeTogether)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(30, data(initial, 1000, 1000));
    EXPECT_THAT(limits().back(), "application 21-30, 2000 bytes");
}

TEST_F(PartialLimits, GoOnIfTimeGoesBackwards)
{
    open();
    see_at(30, data(initial, 0, 1000));
    see_at(10, ack(initial, 1000));
    see_at(60, data(initial, 1000, 1000));
    see_at(-20, ack(initial, 2000));
    expect_gapless();
}

TEST_F(PartialLimits, SurviveNumbersThatAreFarApart)
{
    open_both();
    see_at(50, data(initial, std::uint64_t{1} << 33, 1000));
    see_at(51, ack(initial, std::uint64_t{1} << 62));
    see_at(52, ack(second, 0).with_ack({0x80000000U}));
    see_at(53, data(second, 0, 65535).with_seq({0xfffffff0U}));
    see_at(54, data(second, 0, 65535).with_seq({0x7ffffff0U}));
    see_at(55, ack(second, 65535).with_ack({0x7fffffffU}).with_window(0));
    see_at(56, initial.initiator().rst());
    see_at(57, data(initial, 5, 10));
    expect_gapless();
}

TEST_F(PartialLimits, SurviveRandomPackets)
{
    open_both();
    std::mt19937 random{1};
    const auto below = [&](std::uint32_t end) {
        return static_cast<std::uint32_t>(random()) % end;
    };
    for (Time time = 50; time < 3000; ++time) {
        TcpFlow &flow = below(2) == 0 ? initial : second;
        Packet packet =
            below(3) == 0
                ? data(flow, below(9000), static_cast<std::uint16_t>(below(3000)))
                : ack(flow, below(9000)).with_window(static_cast<std::uint16_t>(below(4) * 900));
        if (below(4) == 0)
            packet.segment.ack = {packet.segment.ack.value - below(3000)};
        if (below(4) == 0)
            packet.segment.seq = {packet.segment.seq.value - below(3000)};
        if (below(200) == 0)
            packet.segment.flags = static_cast<std::uint8_t>(below(32));
        see_at(time + below(5) - 2, packet);
    }
    expect_gapless();
}

TEST_F(PartialLimits, AreNoneWithoutPackets)
{
    open();
    const DrawnConnection nothing{trace.tracker(), summary, connection(), {}};
    EXPECT_THAT(make_limits(make_moments(nothing, Role::Client)), IsEmpty());
}

} // namespace
} // namespace mptcp::test
