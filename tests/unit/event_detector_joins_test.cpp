// SPDX-License-Identifier: GPL-2.0-or-later
//
// Events of joins (RFC 8684 3.2), addresses (3.4) and priorities (3.3.8) of a
// connection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using enum EventType;

const Endpoint kClient = at("10.0.0.1", 4000);
const Endpoint kServer = at("10.0.0.2", 80);

class JoinEvents : public testing::Test {
protected:
    JoinEvents() { trace.see_handshake(initial, peers); } // frames 1 to 3

    void syn() { trace.see(second.initiator().syn().with(join.syn())); }
    void syn_ack() { trace.see(second.acceptor().syn_ack().with(join.syn_ack())); }
    void ack() { trace.see(second.initiator().ack().with(join.ack())); }
    std::vector<DetectedEvent> detected(std::uint32_t behind = 3) const
    {
        return trace.detected(behind);
    }
    SubflowOutcome outcome(EventType type) const
    {
        return std::get<SubflowOutcome>(trace.last(type).detail);
    }

    Peers peers;
    Join join{peers};
    TcpFlow initial{kClient, kServer};
    TcpFlow second{at("10.0.9.1", 4001), kServer};
    Trace trace;
};

TEST_F(JoinEvents, StepByStep)
{
    trace.see_join(second, join);
    trace.see(second.acceptor().data(100).with(dss_map(1, 1, 100)));
    EXPECT_THAT(detected(),
                ElementsAre(by_client(4, JoinSyn).on(1), by_server(5, JoinSynAck).on(1),
                            by_client(6, JoinAck).on(1), by_server(7, JoinEstablished).on(1)));
    EXPECT_EQ(std::get<MpJoinSyn>(trace.last(JoinSyn).detail).sender_nonce, join.initiator_nonce);
}

TEST_F(JoinEvents, InitiatedByTheServer)
{
    TcpFlow third{at("10.0.9.2", 81), kClient};
    trace.see_join(third, Join{peers, Role::Server});
    EXPECT_THAT(detected(),
                ElementsAre(by_server(4, JoinSyn).on(1), by_client(5, JoinSynAck).on(1),
                            by_server(6, JoinAck).on(1), by_client(7, JoinEstablished).on(1)));
}

TEST_F(JoinEvents, WithTheTimeThatTheyTook)
{
    syn();
    trace.wait(20 * kMillisecond);
    syn_ack();
    ack();
    trace.see(second.acceptor().ack().with(dss_ack(1)));
    EXPECT_EQ(outcome(JoinEstablished).after, 23 * kMillisecond);
}

TEST_F(JoinEvents, WithRepetitions)
{
    const Packet first = second.initiator().syn().with(join.syn());
    const Packet answer = second.acceptor().syn_ack().with(join.syn_ack());
    const Packet third = second.initiator().ack().with(join.ack());
    for (const Packet &packet : {first, first, answer, answer, third, third})
        trace.see(packet);
    EXPECT_THAT(detected(),
                ElementsAre(by_client(4, JoinSyn).on(1), by_client(5, JoinSyn).on(1).again(),
                            by_server(6, JoinSynAck).on(1), by_server(7, JoinSynAck).on(1).again(),
                            by_client(8, JoinAck).on(1), by_client(9, JoinAck).on(1).again()));
}

TEST_F(JoinEvents, WithASynAckThatWasStripped)
{
    syn();
    trace.see(second.acceptor().syn_ack());
    trace.see(second.acceptor().syn_ack()); // a repetition
    trace.see(second.initiator().rst());    // RFC 8684 3.7: the initiator gives up
    EXPECT_THAT(detected(4),
                ElementsAre(by_server(5, JoinStripped).on(1), by_client(7, SubflowReset).on(1)));
}

TEST_F(JoinEvents, WithAThirdAckThatWasStripped)
{
    syn();
    syn_ack();
    trace.see(second.initiator().ack());
    trace.see(second.initiator().ack());
    trace.see(second.acceptor().rst());
    EXPECT_THAT(detected(5),
                ElementsAre(by_client(6, JoinStripped).on(1), by_server(8, JoinRefused).on(1)));
}

TEST_F(JoinEvents, WithAnswersThatTheSnaplenCutAreNotStripped)
{
    syn();
    trace.see(second.acceptor().syn_ack().with(join.syn_ack()).cut_to(4));
    trace.see(second.initiator().ack().with(join.ack()).cut_to(4));
    EXPECT_THAT(detected(4), IsEmpty());
}

TEST_F(JoinEvents, RefusedWithoutAReason)
{
    syn();
    trace.wait(9 * kMillisecond);
    trace.see(second.acceptor().rst());
    EXPECT_THAT(detected(4), ElementsAre(by_server(5, JoinRefused).on(1)));
    EXPECT_EQ(outcome(JoinRefused).after, 10 * kMillisecond);
    EXPECT_FALSE(outcome(JoinRefused).rst);
}

// RFC 8684 3.6.
TEST_F(JoinEvents, RefusedWithAReason)
{
    syn();
    syn_ack();
    ack();
    trace.see(second.acceptor().rst().with(mp_tcprst(3, true)));
    EXPECT_THAT(detected(6), ElementsAre(by_server(7, JoinRefused).on(1)));
    ASSERT_TRUE(outcome(JoinRefused).rst);
    EXPECT_EQ(outcome(JoinRefused).rst->reason, 3U);
    EXPECT_TRUE(outcome(JoinRefused).rst->transient);
}

TEST_F(JoinEvents, RefusedOnceUnlessAnotherReasonFollows)
{
    syn();
    trace.see(second.acceptor().rst().with(mp_tcprst(3)));
    trace.see(second.acceptor().rst());
    trace.see(second.initiator().rst().with(mp_tcprst(0)));
    EXPECT_THAT(detected(4), ElementsAre(by_server(5, JoinRefused).on(1),
                                         by_client(7, JoinRefused).on(1).again()));
}

// RFC 9293 3.10.7.1: an RST that answers a segment for no connection has no ACK flag.
TEST_F(JoinEvents, RefusedByAnAnswerOrOfTheHostsOwnAccord)
{
    syn();
    trace.see(second.acceptor().rst());
    EXPECT_TRUE(outcome(JoinRefused).active);
    TcpFlow third{at("10.0.9.1", 4002), kServer};
    trace.see(third.initiator().syn().with(join.syn()));
    trace.see(third.acceptor().syn_ack().with(join.syn_ack()));
    Packet answer = third.acceptor().rst();
    answer.segment.flags = kRst;
    trace.see(answer);
    EXPECT_FALSE(outcome(JoinRefused).active);
}

TEST_F(JoinEvents, WithoutAnMpCapableWhichMeansNothingThere)
{
    trace.see_join(second, join); // frames 4 to 7
    trace.see(second.initiator().ack().with(peers.ack()));
    EXPECT_THAT(detected(7), IsEmpty());
}

TEST_F(JoinEvents, WithoutAConnectionInTheCapture)
{
    Trace partial;
    partial.see_join(second, join);
    EXPECT_THAT(partial.detected(),
                ElementsAre(by_client(1, JoinSyn), by_server(2, JoinSynAck), by_client(3, JoinAck),
                            by_server(4, JoinEstablished)));
}

// RFC 8684 3.1: flag C excludes only the address and port that sent it.
class ForbiddenJoins : public testing::Test {
protected:
    void see_handshake(std::uint8_t client_flags, std::uint8_t server_flags)
    {
        trace.see(initial.initiator().syn().with(mp_capable(kV1, {}, client_flags)));
        trace.see(initial.acceptor().syn_ack().with(mp_capable(kV1, {peers.server}, server_flags)));
        trace.see(initial.initiator().ack().with(peers.ack()));
    }
    std::vector<DetectedEvent> join(const Endpoint &initiator, const Endpoint &acceptor, Role by)
    {
        TcpFlow flow{initiator, acceptor};
        const Packet syn = flow.initiator().syn().with(Join{peers, by}.syn());
        trace.see(syn);
        trace.see(syn); // repeated: one event
        return trace.detected(trace.frames() - 2);
    }

    Peers peers;
    TcpFlow initial{kClient, kServer};
    Trace trace;
};

TEST_F(ForbiddenJoins, AreDetectedAtTheAddressAndPortOfTheFlag)
{
    see_handshake(kCapableHmac, kCapableNoJoins);
    EXPECT_THAT(join(at("10.0.9.1", 4001), kServer, Role::Client),
                ElementsAre(by_client(4, JoinSyn).on(1), by_client(4, JoinForbidden).on(1),
                            by_client(5, JoinSyn).on(1).again()));
}

TEST_F(ForbiddenJoins, AreNotThoseToOtherPortsAndAddresses)
{
    see_handshake(kCapableHmac, kCapableNoJoins);
    EXPECT_EQ(join(at("10.0.9.1", 4001), at("10.0.0.2", 81), Role::Client).size(), 2U);
    EXPECT_EQ(join(at("10.0.9.1", 4001), at("10.0.9.2", 80), Role::Client).size(), 2U);
    // The server's flag does not prevent joins from the server to the client.
    EXPECT_EQ(join(at("10.0.9.2", 81), kClient, Role::Server).size(), 2U);
}

TEST_F(ForbiddenJoins, AreThoseToTheClientIfItSetsTheFlag)
{
    see_handshake(kCapableNoJoins, kCapableHmac);
    EXPECT_EQ(join(at("10.0.9.1", 4001), kServer, Role::Client).size(), 2U);
    EXPECT_THAT(join(at("10.0.9.2", 81), kClient, Role::Server),
                Contains(by_server(6, JoinForbidden).on(2)));
}

TEST_F(ForbiddenJoins, AreNoneWithoutTheFlag)
{
    see_handshake(kCapableHmac, kCapableHmac);
    EXPECT_EQ(join(at("10.0.9.1", 4001), kServer, Role::Client).size(), 2U);
}

class PathEvents : public JoinEvents {
protected:
    void by_initiator(const Bytes &option) { trace.see(initial.initiator().ack().with(option)); }
    void by_acceptor(const Bytes &option) { trace.see(initial.acceptor().ack().with(option)); }
};

TEST_F(PathEvents, AddressesAnnouncedAndEchoed)
{
    mptcp::AddAddr announced = peers.announcement(Role::Server, 7, "fd00::2", 8080);
    by_acceptor(add_addr(announced));
    by_acceptor(add_addr(announced)); // repeated, since there is no echo yet
    announced.echo = true;
    announced.hmac = std::nullopt;
    by_initiator(add_addr(announced));
    EXPECT_THAT(detected(),
                ElementsAre(by_server(4, EventType::AddAddr),
                            by_server(5, EventType::AddAddr).again(), by_client(6, AddAddrEcho)));
    const auto detail = std::get<mptcp::AddAddr>(trace.last(EventType::AddAddr).detail);
    EXPECT_EQ(detail.address_id, 7U);
    EXPECT_EQ(detail.address, ip("fd00::2"));
    EXPECT_EQ(detail.port, 8080U);
}

TEST_F(PathEvents, AddressesRemoved)
{
    by_initiator(remove_addr({4, 255, 0}));
    EXPECT_THAT(detected(), ElementsAre(by_client(4, RemoveAddr)));
    EXPECT_THAT(std::get<mptcp::RemoveAddr>(trace.last(RemoveAddr).detail).address_ids(),
                ElementsAre(4, 255, 0));
}

// RFC 9293 3.1: options take at most 40 bytes; REMOVE_ADDR uses 3 of them before the IDs.
TEST_F(PathEvents, MostAddressesThatOneOptionCanRemove)
{
    const Bytes ids(37, 9);
    by_initiator(remove_addr(ids));
    EXPECT_EQ(std::get<mptcp::RemoveAddr>(trace.last(RemoveAddr).detail).address_ids().size(), 37U);
    by_initiator(remove_addr(Bytes(60, 9)));
    EXPECT_EQ(std::get<mptcp::RemoveAddr>(trace.last(RemoveAddr).detail).address_ids().size(), 37U);
}

TEST_F(PathEvents, Priorities)
{
    by_acceptor(mp_prio(true));
    by_initiator(mp_prio(false, 2)); // RFC 6824 3.3.8: for another address
    EXPECT_THAT(detected(), ElementsAre(by_server(4, Prio), by_client(5, Prio)));
    EXPECT_EQ(std::get<MpPrio>(trace.last(Prio).detail).address_id, 2U);
}

} // namespace
} // namespace mptcp::test
