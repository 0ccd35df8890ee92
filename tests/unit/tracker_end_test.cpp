// SPDX-License-Identifier: GPL-2.0-or-later
//
// The end of connections and subflows: DATA_FIN (RFC 8684 3.3.3), MP_FASTCLOSE
// (3.5), and FIN and RST of subflows.
#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

const Endpoint kClient = at("10.0.0.1", 4000);
const Endpoint kClient2 = at("10.0.9.1", 4001);
const Endpoint kServer = at("10.0.0.2", 80);

class Ends : public testing::Test {
protected:
    Ends() { trace.see_handshake(initial, peers); }

    void join() { trace.see_join(second, Join{peers}); }

    Peers peers;
    TcpFlow initial{kClient, kServer};
    TcpFlow second{kClient2, kServer};
    Trace trace;
};

TEST_F(Ends, NothingEndedYet)
{
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    trace.see(initial.initiator().data(100).with(dss_map(1, 1, 100)));
    trace.see(initial.acceptor().ack().with(dss_ack(101)));
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_F(Ends, DataFinOfBothHostsClosesTheConnection)
{
    trace.see(initial.initiator().ack().with(dss_fin(101)));
    EXPECT_NE(trace.connection(0).hosts[Role::Client].data_fin, DataFin::NotSent);
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].data_fin, DataFin::NotSent);
    EXPECT_EQ(trace.state(0), ConnectionState::Open); // only one direction is closed
    trace.see(initial.acceptor().ack().with(dss_fin(901)));
    EXPECT_NE(trace.connection(0).hosts[Role::Server].data_fin, DataFin::NotSent);
    EXPECT_EQ(trace.state(0), ConnectionState::Closed);
}

TEST_F(Ends, DataFinMayComeOnAnySubflow)
{
    join();
    trace.see(initial.acceptor().ack().with(dss_fin(901)));
    trace.see(second.initiator().ack().with(dss_fin(101)));
    EXPECT_EQ(trace.state(0), ConnectionState::Closed);
}

TEST_F(Ends, ARepeatedDataFinIsOneHosts)
{
    trace.see(initial.initiator().ack().with(dss_fin(101)));
    trace.see(initial.initiator().ack().with(dss_fin(101)));
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_F(Ends, ADataFinOnAJoinOfTheServerIsTheServers)
{
    TcpFlow third{at("10.0.9.2", 81), kClient2};
    trace.see_join(third, Join{peers, Role::Server});
    trace.see(third.initiator().ack().with(dss_fin(901)));
    EXPECT_NE(trace.connection(0).hosts[Role::Server].data_fin, DataFin::NotSent);
    EXPECT_EQ(trace.connection(0).hosts[Role::Client].data_fin, DataFin::NotSent);
}

TEST_F(Ends, FinOfBothHostsClosesASubflow)
{
    trace.see(initial.initiator().fin());
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::HalfClosed);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    trace.see(initial.acceptor().fin());
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Closed);
    EXPECT_EQ(trace.state(0), ConnectionState::Closed); // it was the only subflow
    trace.see(initial.initiator().ack());
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_F(Ends, ARepeatedFinIsOneHosts)
{
    const Packet fin = initial.initiator().fin();
    trace.see(fin);
    trace.see(fin);
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::HalfClosed);
}

TEST_F(Ends, AConnectionIsOpenWhileOneSubflowIs)
{
    join();
    trace.see_close(initial);
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Closed);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    trace.see_close(second);
    EXPECT_EQ(trace.state(0), ConnectionState::Closed);
}

TEST_F(Ends, AJoinMayComeBackAfterAllSubflowsEnded)
{
    trace.see_close(initial);
    join();
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_F(Ends, AllSubflowsResetIsReset)
{
    join();
    trace.see(initial.acceptor().rst());
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Reset);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    trace.see(second.acceptor().rst());
    EXPECT_EQ(trace.state(0), ConnectionState::Reset);
    trace.see(second.acceptor().rst()); // again
    EXPECT_EQ(trace.state(0), ConnectionState::Reset);
}

TEST_F(Ends, ARefusedJoinDoesNotMakeAClosedConnectionReset)
{
    trace.see(second.initiator().syn().with(Join{peers}.syn()));
    trace.see(second.acceptor().rst());
    trace.see_close(initial);
    EXPECT_EQ(trace.state(0), ConnectionState::Closed);
}

TEST_F(Ends, DataFinCountsMoreThanTheResetBehindIt)
{
    trace.see(initial.initiator().ack().with(dss_fin(101)));
    trace.see(initial.acceptor().ack().with(dss_fin(901)));
    trace.see(initial.initiator().rst());
    EXPECT_EQ(trace.state(0), ConnectionState::Closed);
}

TEST_F(Ends, FastcloseWithTheReceiversKey)
{
    trace.see(initial.initiator().ack().with(mp_fastclose(peers.server)));
    EXPECT_TRUE(trace.connection(0).fastclosed);
    EXPECT_EQ(trace.state(0), ConnectionState::Fastclosed);
    trace.see(initial.acceptor().rst());
    EXPECT_EQ(trace.state(0), ConnectionState::Fastclosed); // not Reset
}

TEST_F(Ends, FastcloseOnAReset)
{
    // RFC 8684 3.5: in v1, MP_FASTCLOSE may be on the RST.
    trace.see(initial.acceptor().rst().with(mp_fastclose(peers.client)));
    EXPECT_EQ(trace.state(0), ConnectionState::Fastclosed);
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Reset);
}

TEST_F(Ends, FastcloseWithAnotherKeyIsIgnored)
{
    trace.see(initial.initiator().ack().with(mp_fastclose(peers.client))); // the sender's own key
    trace.see(initial.initiator().ack().with(mp_fastclose(Key{77})));
    EXPECT_FALSE(trace.connection(0).fastclosed);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_F(Ends, FastcloseOnAnySubflowAndFromEitherHost)
{
    join();
    trace.see(second.acceptor().ack().with(mp_fastclose(peers.client)));
    EXPECT_EQ(trace.state(0), ConnectionState::Fastclosed);
}

TEST(PartialEnds, FastcloseWithAnUnknownKeyCounts)
{
    TcpFlow flow{kClient, kServer};
    Trace trace;
    trace.see(flow.initiator().data(100).with(dss_map(1, 1, 100)));
    trace.see(flow.initiator().ack().with(mp_fastclose(Key{77})));
    EXPECT_EQ(trace.state(0), ConnectionState::Fastclosed);
}

TEST(PartialEnds, OfAFlowThatBeganBeforeTheCapture)
{
    TcpFlow flow{kClient, kServer};
    Trace trace;
    trace.see(flow.initiator().data(100).with(dss_map(1, 1, 100)));
    trace.see(flow.acceptor().rst());
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Reset);
    EXPECT_EQ(trace.state(0), ConnectionState::Reset);
}

TEST(PartialEnds, StateOfAPartialConnectionIsKeptWhenItIsMerged)
{
    const Peers peers;
    const Join join{peers, Role::Server};
    TcpFlow initial{kClient, kServer};
    TcpFlow third{at("10.0.9.2", 81), kClient2};
    Trace trace;
    // v1: the client's key, and so the token of the server's join, is known last.
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see_join(third, join);
    trace.see(third.initiator().ack().with(dss_fin(901)));
    ASSERT_EQ(trace.connections(), 2U);
    trace.see(initial.initiator().ack().with(peers.ack()));
    ASSERT_EQ(trace.connections(), 1U);
    EXPECT_NE(trace.connection(0).hosts[Role::Server].data_fin, DataFin::NotSent);
    EXPECT_EQ(trace.connection(0).hosts[Role::Client].data_fin, DataFin::NotSent);
    // Both subflows are open, and both must end.
    trace.see_close(initial);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    trace.see_close(third);
    EXPECT_EQ(trace.state(0), ConnectionState::Closed);
}

} // namespace
} // namespace mptcp::test
