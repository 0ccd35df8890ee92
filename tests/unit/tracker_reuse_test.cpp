// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reuse of a 4-tuple by a new connection, by a join or by plain TCP; and stray SYNs
// on the 4-tuple of an open subflow.
#include <cstdint>
#include <optional>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

const Endpoint kClient = at("10.0.0.1", 4000);
const Endpoint kServer = at("10.0.0.2", 80);

class Reuse : public testing::Test {
protected:
    Reuse() { trace.see_handshake(first, one); }

    // A later flow with the same 4-tuple.
    static TcpFlow again() { return {kClient, kServer, TcpSeq{700000}, TcpSeq{900000}}; }
    // A segment of the first subflow with this 4-tuple.
    Packet data() { return first.acceptor().data(100).with(dss_map(1, 1, 100)); }
    std::uint32_t owner_of(const Packet &packet)
    {
        return trace.connection_of(trace.see(packet).value());
    }

    Peers one;
    Peers two{kV1, Key{0x1111}, Key{0x2222}};
    TcpFlow first{kClient, kServer};
    TcpFlow second = again();
    Trace trace;
};

TEST_F(Reuse, ByANewConnectionAfterTheEnd)
{
    trace.see_close(first);
    const Attribution handshake = trace.see_handshake(second, two);
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.connection_of(handshake), 1U);
    EXPECT_EQ(owner_of(second.initiator().ack()), 1U);
    EXPECT_EQ(trace.connection(1).handshake(), Handshake::Complete);
    EXPECT_EQ(trace.connection(1).hosts[Role::Server].key, two.server);
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].key, one.server);
    EXPECT_EQ(trace.state(0), ConnectionState::Closed);
    EXPECT_EQ(trace.state(1), ConnectionState::Open);
}

TEST_F(Reuse, ByANewConnectionAfterAReset)
{
    trace.see(first.initiator().rst());
    EXPECT_EQ(trace.connection_of(trace.see_handshake(second, two)), 1U);
    EXPECT_EQ(trace.state(0), ConnectionState::Reset);
}

TEST_F(Reuse, ByANewConnectionWithoutTheCapturedEnd)
{
    trace.see(second.initiator().syn().with(two.syn()));
    trace.see(second.acceptor().syn_ack().with(two.syn_ack()));
    EXPECT_EQ(owner_of(second.initiator().ack().with(two.ack())), 1U);
    EXPECT_EQ(trace.connection(1).handshake(), Handshake::Complete);
    EXPECT_EQ(owner_of(second.acceptor().data(100).with(dss_map(1, 1, 100))), 1U);
}

TEST_F(Reuse, WhereTheAnswerWasNotCaptured)
{
    trace.see(second.initiator().syn().with(two.syn()));
    second.acceptor().syn_ack();
    EXPECT_EQ(owner_of(second.initiator().ack().with(two.ack())), 1U);
}

TEST_F(Reuse, FromTheOtherSide)
{
    trace.see_close(first);
    TcpFlow backwards{kServer, kClient};
    EXPECT_EQ(trace.connection_of(trace.see_handshake(backwards, two)), 1U);
    EXPECT_EQ(trace.subflow(1, 0).end(Role::Client).endpoint, kServer);
}

TEST_F(Reuse, ByAJoinOfAnotherConnection)
{
    TcpFlow elsewhere{at("10.0.7.1", 4000), kServer};
    trace.see_handshake(elsewhere, two);
    trace.see_close(first);
    const Attribution join = trace.see_join(second, Join{two});
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.connection_of(join), 1U);
    EXPECT_EQ(trace.subflow_of(join), 1U);
    EXPECT_EQ(trace.connection(0).subflows.size(), 1U);
}

TEST_F(Reuse, ByAJoinOfTheSameConnectionIsANewSubflow)
{
    TcpFlow path{at("10.0.9.1", 4001), kServer};
    trace.see_join(path, Join{one});
    trace.see_close(path);
    TcpFlow path_again{at("10.0.9.1", 4001), kServer, TcpSeq{700000}, TcpSeq{900000}};
    const Join join{one, Role::Client, Nonce{5}, Nonce{6}};
    EXPECT_EQ(trace.subflow_of(trace.see_join(path_again, join)), 2U);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.subflow(0, 1).end(Role::Client).nonce, Nonce{0x11111111});
    EXPECT_EQ(trace.subflow(0, 2).end(Role::Client).nonce, Nonce{5});
}

TEST_F(Reuse, ByPlainTcpBelongsToNoConnection)
{
    trace.see_close(first);
    EXPECT_FALSE(trace.see(second.initiator().syn()));
    EXPECT_FALSE(trace.see(second.acceptor().syn_ack()));
    EXPECT_FALSE(trace.see(second.initiator().data(100)));
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_F(Reuse, ByPlainTcpWithoutTheCapturedEnd)
{
    trace.see(second.initiator().syn());
    EXPECT_FALSE(trace.see(second.acceptor().syn_ack()));
    EXPECT_FALSE(trace.see(second.initiator().data(100)));
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_F(Reuse, SeveralTimes)
{
    trace.see_close(first);
    for (std::uint32_t round = 1; round <= 20; ++round) {
        TcpFlow flow{kClient, kServer, TcpSeq{round * 100000}, TcpSeq{round * 70000}};
        const Peers peers{round % 2 == 0 ? kV0 : kV1, Key{round}, Key{round + 1000}};
        EXPECT_EQ(trace.connection_of(trace.see_handshake(flow, peers)), round);
        trace.see_close(flow);
    }
    EXPECT_EQ(trace.connections(), 21U);
}

TEST_F(Reuse, TheLastAckAfterTheEndIsStillItsOwn)
{
    trace.see(first.initiator().fin());
    trace.see(first.acceptor().fin());
    EXPECT_EQ(owner_of(first.initiator().ack()), 0U);
}

// Stray SYNs

TEST_F(Reuse, AStraySynHasNoEffect)
{
    EXPECT_FALSE(trace.see(second.initiator().syn())); // plain TCP, unanswered
    EXPECT_EQ(owner_of(data()), 0U);
    EXPECT_EQ(owner_of(first.initiator().ack()), 0U);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_F(Reuse, AStraySynWithMpCapableIsARefusedConnection)
{
    EXPECT_EQ(owner_of(second.initiator().syn().with(two.syn())), 1U);
    EXPECT_EQ(owner_of(second.initiator().syn().with(two.syn())), 1U); // repeated
    EXPECT_EQ(owner_of(data()), 0U);
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    EXPECT_EQ(trace.state(1), ConnectionState::Refused);
}

// RFC 5961 4: a host answers such a SYN with an ACK of the expected sequence number.
TEST_F(Reuse, AChallengeAckBelongsToTheOpenSubflow)
{
    trace.see(second.initiator().syn().with(two.syn()));
    EXPECT_EQ(owner_of(first.acceptor().ack()), 0U);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

// RFC 9293 3.10.7: a host that refuses the connection answers with an RST that
// acknowledges the SYN. The RST ends only the connection attempt of this SYN.
TEST_F(Reuse, ARefusedStraySynHasNoEffect)
{
    trace.see(second.initiator().syn());
    EXPECT_FALSE(trace.see(second.acceptor().rst()));
    EXPECT_EQ(owner_of(data()), 0U);
    EXPECT_EQ(owner_of(first.initiator().ack()), 0U);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_F(Reuse, ARefusedStraySynWithMpCapableIsARefusedConnection)
{
    trace.see(second.initiator().syn().with(two.syn()));
    EXPECT_EQ(owner_of(second.acceptor().rst()), 1U);
    EXPECT_EQ(owner_of(data()), 0U);
    EXPECT_EQ(owner_of(first.initiator().ack()), 0U);
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    EXPECT_EQ(trace.state(1), ConnectionState::Refused);
    EXPECT_EQ(trace.subflow(1, 0).state(), SubflowState::Refused);
}

TEST_F(Reuse, ARefusedSynThatIsTriedAgainAndAnsweredTakesOver)
{
    TcpFlow retried = again(); // the same SYN
    trace.see(second.initiator().syn().with(two.syn()));
    trace.see(second.acceptor().rst());
    EXPECT_EQ(owner_of(retried.initiator().syn().with(two.syn())), 1U);
    EXPECT_EQ(owner_of(retried.acceptor().syn_ack().with(two.syn_ack())), 1U);
    EXPECT_EQ(owner_of(retried.initiator().ack().with(two.ack())), 1U);
    EXPECT_EQ(trace.connections(), 2U);
}

TEST_F(Reuse, TheNewestOfSeveralSynsCounts)
{
    const Peers three{kV1, Key{0x3333}, Key{0x4444}};
    TcpFlow third{kClient, kServer, TcpSeq{123}, TcpSeq{456}};
    trace.see(second.initiator().syn().with(two.syn()));
    trace.see(third.initiator().syn().with(three.syn()));
    EXPECT_EQ(owner_of(data()), 0U);
    EXPECT_EQ(owner_of(third.acceptor().syn_ack().with(three.syn_ack())), 2U);
    EXPECT_EQ(owner_of(third.initiator().ack().with(three.ack())), 2U);
}

TEST_F(Reuse, TheSynOfAnOpenSubflowRepeatedIsItsOwn)
{
    TcpFlow same{kClient, kServer}; // with the ISN of the first one
    EXPECT_EQ(owner_of(same.initiator().syn().with(one.syn())), 0U);
    EXPECT_EQ(owner_of(same.initiator().syn()), 0U); // stripped on its way
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).fallback, std::nullopt);
}

} // namespace
} // namespace mptcp::test
