// SPDX-License-Identifier: GPL-2.0-or-later
//
// The event detector on a complete capture: it ignores plain data and records all
// other events in frame order, with the values of the packets.
#include "events/event_detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum EventType;

class EventDetectors : public testing::Test {
protected:
    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Trace trace;
};

TEST_F(EventDetectors, DetectNothingAtFirst)
{
    EXPECT_THAT(trace.detected(), IsEmpty());
    EXPECT_THAT(trace.tracker().events().of_frame(1), IsEmpty());
}

TEST_F(EventDetectors, DetectNothingInPlainTcp)
{
    trace.see(initial.initiator().syn());
    trace.see(initial.acceptor().syn_ack());
    trace.see(initial.initiator().data(100));
    trace.see_close(initial);
    EXPECT_THAT(trace.detected(), IsEmpty());
}

TEST_F(EventDetectors, DetectNothingInDataAndItsAcknowledgements)
{
    trace.see_handshake(initial, peers);
    const DataSeq up = peers.first_data(Role::Client);
    const DataSeq down = peers.first_data(Role::Server);
    const Packet data = initial.initiator().data(100).with(dss_map(up, 1, 200));
    trace.see(data);
    trace.see(data); // a retransmission
    trace.see(initial.initiator().data(100));
    trace.see(initial.acceptor().ack().with(dss_ack(up + 100)));
    trace.see(initial.acceptor().ack());
    trace.see(initial.acceptor().data(50).with(dss_map(down, 1, 50)).with(dss_ack(up + 100)));
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

TEST_F(EventDetectors, GiveAllEventsOfAFrame)
{
    trace.see_handshake(initial, peers); // the ACK establishes it
    trace.see(initial.initiator().ack().with(dss_ack(1)));
    trace.see(initial.initiator().ack().with(mp_prio(true)));
    const EventDetector &events = trace.tracker().events();
    EXPECT_EQ(events.of_frame(1).size(), 1U);
    ASSERT_EQ(events.of_frame(3).size(), 2U);
    EXPECT_EQ(events.of_frame(3)[0].type, CapableAck);
    EXPECT_EQ(events.of_frame(3)[1].type, Established);
    EXPECT_THAT(events.of_frame(0), IsEmpty());
    EXPECT_THAT(events.of_frame(4), IsEmpty()); // between frames with events
    EXPECT_EQ(events.of_frame(5).size(), 1U);
    EXPECT_THAT(events.of_frame(6), IsEmpty());
    EXPECT_EQ(events.all().size(), 5U);
}

TEST_F(EventDetectors, DetectEveryOptionOfASegment)
{
    trace.see_handshake(initial, peers);
    trace.see(
        initial.initiator().ack().with(remove_addr({4})).with(mp_prio(true)).with(mp_prio(false)));
    EXPECT_THAT(trace.detected(3),
                ElementsAre(by_client(4, RemoveAddr), by_client(4, Prio), by_client(4, Prio)));
}

TEST_F(EventDetectors, KeepTheTimeAndTheSubflow)
{
    const auto attribution = trace.see_handshake(initial, peers);
    trace.wait(5 * kMillisecond);
    trace.see(initial.acceptor().ack().with(mp_prio(true)));
    const Event &event = trace.last(Prio);
    EXPECT_EQ(event.time, 9 * kMillisecond);
    EXPECT_EQ(event.subflow, attribution.subflow);
    EXPECT_EQ(event.sender, Side::B);
    EXPECT_TRUE(std::get<MpPrio>(event.detail).backup);
}

TEST_F(EventDetectors, SkipWhatIsMalformedUnknownOrCut)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.initiator().ack().with(from_hex("1e05300000"))); // add_addr of 5 bytes
    trace.see(initial.initiator().ack().with(from_hex("1e03f0")));
    trace.see(initial.initiator().ack().with(mp_prio(true)).cut_to(2));
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

// A connection that began before the capture has no handshake events.
TEST_F(EventDetectors, DetectWhatAPartialConnectionHas)
{
    trace.see(initial.initiator().data(100).with(dss_map(1000, 1, 100)));
    trace.see(initial.acceptor().ack().with(mp_prio(true)));
    trace.see(initial.acceptor().fin());
    EXPECT_THAT(trace.detected(), ElementsAre(by_server(2, Prio), by_server(3, SubflowFin)));
}

} // namespace
} // namespace mptcp::test
