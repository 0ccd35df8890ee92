// SPDX-License-Identifier: GPL-2.0-or-later
//
// Segments that their receiver ignores (RFC 9293 3.10.7.4, RFC 5961 3.2), and RSTs that a later
// segment shows to be ignored.
#include "connections/acceptability.h"

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

class Acceptability : public testing::Test {
protected:
    void SetUp() override { trace.see_handshake(initial, peers); }

    Packet at_offset(Packet packet, std::uint32_t bytes)
    {
        return packet.with_seq(packet.segment.seq + bytes);
    }
    SubflowState state() const { return trace.subflow(0, 0).state(); }

    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Trace trace;
};

TEST_F(Acceptability, AnRstAtTheExpectedNumberCounts)
{
    trace.see(initial.acceptor().ack());
    trace.see(initial.initiator().rst());
    EXPECT_EQ(state(), SubflowState::Reset);
}

TEST_F(Acceptability, AnRstBehindTheDataOfItsSenderIsIgnoredAfterAChallengeAck)
{
    Packet window = initial.acceptor().ack();
    window.segment.window = 10'000;
    trace.see(window);
    trace.see(at_offset(initial.initiator().rst(), 2900));
    EXPECT_EQ(state(), SubflowState::Reset); // nothing contradicts it so far
    trace.see(initial.acceptor().ack());
    EXPECT_EQ(state(), SubflowState::Open);
    EXPECT_EQ(trace.last(EventType::SubflowReset).ignored, Ignored::NotNext);
}

TEST_F(Acceptability, AnRstWithAnOldNumberIsIgnored)
{
    const Packet old = initial.initiator().rst();
    trace.see(initial.initiator().data(100));
    trace.see(initial.acceptor().ack());
    trace.see(old);
    EXPECT_EQ(state(), SubflowState::Open);
    EXPECT_EQ(trace.last(EventType::SubflowReset).ignored, Ignored::AlreadyReceived);
}

TEST_F(Acceptability, AnRstBehindBothFinsChangesNothing)
{
    trace.see(initial.initiator().fin());
    trace.see(initial.acceptor().fin());
    trace.see(initial.initiator().rst());
    EXPECT_EQ(state(), SubflowState::Closed);
    EXPECT_EQ(trace.last(EventType::SubflowReset).ignored, Ignored::BothFinsSent);
    trace.see(initial.initiator().ack());
    trace.see(initial.initiator().rst());
    EXPECT_EQ(state(), SubflowState::Closed);
    EXPECT_EQ(trace.last(EventType::SubflowReset).ignored, Ignored::SubflowClosed);
}

// As in captures/k_lost_path.pcap, whose server counted it as MPRstRx.
TEST_F(Acceptability, AnRstAtTheNumberOfItsFinCounts)
{
    const Packet fin = initial.initiator().fin();
    trace.see(fin);
    trace.see(initial.acceptor().ack());
    Packet rst = initial.initiator().rst();
    rst.segment.seq = fin.segment.seq;
    trace.see(rst);
    EXPECT_EQ(state(), SubflowState::Reset);
    trace.see(initial.acceptor().data(100)); // was on its way
    EXPECT_EQ(state(), SubflowState::Reset);
}

TEST_F(Acceptability, AnRstBeforeItsFinIsOld)
{
    Packet old = initial.initiator().rst();
    trace.see(initial.initiator().data(100));
    trace.see(initial.initiator().fin());
    trace.see(initial.acceptor().ack());
    trace.see(old);
    EXPECT_EQ(state(), SubflowState::HalfClosed);
}

// Frames of several interfaces may be out of order: an acknowledgment may precede its data.
TEST_F(Acceptability, DataCapturedAfterItsAcknowledgmentIsNotOld)
{
    const Packet data = initial.initiator().data(100);
    const Packet fin = initial.initiator().fin();
    trace.see(initial.acceptor().ack());
    trace.see(data);
    trace.see(fin);
    EXPECT_EQ(state(), SubflowState::HalfClosed);
}

// After a gap in the capture, the first data is far beyond the last window.
TEST_F(Acceptability, DataAfterAGapInTheCaptureIsFollowed)
{
    trace.see(initial.acceptor().ack());
    trace.see(at_offset(initial.initiator().data(100), 50'000'000));
    Packet fin = initial.initiator().fin();
    trace.see(fin.with_seq(fin.segment.seq + 50'000'000));
    EXPECT_EQ(state(), SubflowState::HalfClosed);
}

} // namespace
} // namespace mptcp::test
