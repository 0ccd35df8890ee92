// SPDX-License-Identifier: GPL-2.0-or-later
//
// Short descriptions of events, for the packet list.
#include "events/event_info.h"

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

using enum EventType;

class EventInfo : public testing::Test {
protected:
    std::string info(EventType type) const
    {
        return info_words(trace.tracker().context(), trace.last(type));
    }
    std::string in_table(EventType type) const
    {
        return table_words(trace.tracker().context(), trace.last(type));
    }

    Peers peers;
    Join join{peers};
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
};

TEST_F(EventInfo, OfAHandshake)
{
    trace.see_handshake(initial, peers);
    EXPECT_EQ(info(CapableSyn), "MPTCP version 1");
    EXPECT_EQ(info(CapableSynAck), "MPTCP version 1 accepted");
    EXPECT_EQ(info(CapableAck), "");
    EXPECT_EQ(info(Established), "Connection 0 established");
}

TEST_F(EventInfo, OfAJoin)
{
    trace.see_handshake(initial, peers);
    trace.see_join(second, join);
    trace.see(second.acceptor().ack().with(dss_ack(1)));
    EXPECT_EQ(info(JoinSyn), "Join of connection 0");
    EXPECT_EQ(info(JoinSynAck), "Join of connection 0 accepted");
    EXPECT_EQ(info(JoinAck), "Join of connection 0 confirmed");
    EXPECT_EQ(info(JoinEstablished), "Subflow 1 has joined connection 0");
}

TEST_F(EventInfo, OfWhatIsRepeated)
{
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.initiator().syn().with(join.syn()));
    EXPECT_EQ(info(JoinSyn), "Join of connection 0 (again)");
}

TEST_F(EventInfo, OfAReset)
{
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.acceptor().rst().with(mp_tcprst(2)));
    EXPECT_EQ(info(JoinRefused), "Join of connection 0 refused: lack of resources");
}

TEST_F(EventInfo, OfPrioritiesAndAddresses)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.initiator().ack().with(mp_prio(true)));
    EXPECT_EQ(info(Prio), "Backup now on");
    trace.see(initial.initiator().ack().with(mp_prio(false)));
    EXPECT_EQ(info(Prio), "Backup now off");
    trace.see(initial.acceptor().ack().with(from_hex("1e 08 31 02 0a 00 02 02")));
    EXPECT_EQ(info(AddAddrEcho), "Address 10.0.2.2 echoed, ID 2");
    // RFC 8684 3.4.1: an echo has no HMAC.
    EXPECT_EQ(info(EchoUnmatched), "Echo of an address that was not announced: ID 2, 10.0.2.2");
    trace.see(initial.acceptor().ack().with(from_hex("1e 05 40 02 05")));
    EXPECT_EQ(info(RemoveAddr), "Addresses removed: ID 2, ID 5");
}

TEST_F(EventInfo, InATableLeavesTheDetailsToTheirColumn)
{
    trace.see_handshake(initial, peers);
    EXPECT_EQ(in_table(Established), "Connection 0 established");
    trace.see(initial.acceptor().ack().with(from_hex("1e 08 31 02 0a 00 02 02")));
    EXPECT_EQ(in_table(AddAddrEcho), "Address 10.0.2.2 echoed, ID 2");
    EXPECT_EQ(in_table(EchoUnmatched), "Echo of an address that was not announced");
    trace.see(initial.acceptor().ack().with(from_hex("1e 05 40 02 05")));
    EXPECT_EQ(in_table(RemoveAddr), "Addresses removed");
}

TEST_F(EventInfo, InATableIsNeverEmpty)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.initiator().fin());
    EXPECT_EQ(in_table(CapableAck), "MP_CAPABLE in an ACK");
    EXPECT_EQ(in_table(SubflowFin), "Subflow FIN");
}

TEST_F(EventInfo, OfAFinIsTcpsOwn)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.initiator().fin());
    EXPECT_EQ(info(SubflowFin), "");
}

} // namespace
} // namespace mptcp::test
