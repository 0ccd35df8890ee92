// SPDX-License-Identifier: GPL-2.0-or-later
//
// Joins (RFC 8684 3.2): initiated by either host, before and after the keys are
// known, with unknown and with ambiguous tokens, refused, repeated, and with wrong
// HMACs.
#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>

#include "connections/verification.h"
#include "segments.h"

namespace mptcp::test {
namespace {

// Two hosts with two addresses each.
const Endpoint kClient = at("10.0.0.1", 4000);
const Endpoint kClient2 = at("10.0.9.1", 4001);
const Endpoint kServer = at("10.0.0.2", 80);
const Endpoint kServer2 = at("10.0.9.2", 81);

class Joins : public testing::TestWithParam<Version> {
protected:
    Peers peers{GetParam()};
    TcpFlow initial{kClient, kServer};
    TcpFlow second{kClient2, kServer};
    TcpFlow third{kServer2, kClient2}; // initiated by the server
    Join by_client{peers};
    Join by_server{peers, Role::Server, Nonce{0x33333333}, Nonce{0x44444444}};
    Trace trace;

    void expect_verdicts(const Subflow &subflow, Verdict syn_ack, Verdict ack) const
    {
        EXPECT_EQ(subflow.hmacs.syn_ack_verdict, syn_ack);
        EXPECT_EQ(subflow.hmacs.ack_verdict, ack);
    }
};

INSTANTIATE_TEST_SUITE_P(BothVersions, Joins, testing::Values(kV0, kV1),
                         [](const auto &version) { return version.param == kV0 ? "v0" : "v1"; });

TEST_P(Joins, ByTheClientBelongToTheConnectionWithTheServersToken)
{
    trace.see_handshake(initial, peers);
    const Attribution join = trace.see_join(second, by_client);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection_of(join), 0U);
    EXPECT_EQ(trace.subflow_of(join), 1U);
    EXPECT_EQ(trace.sender_of(join), Role::Server);

    const Subflow &subflow = trace.subflow(0, 1);
    EXPECT_EQ(subflow.kind, SubflowKind::Join);
    EXPECT_EQ(subflow.role(*subflow.initiator), Role::Client);
    EXPECT_EQ(subflow.end(Role::Client).endpoint, kClient2);
    EXPECT_EQ(subflow.end(Role::Client).nonce, by_client.initiator_nonce);
    EXPECT_EQ(subflow.end(Role::Client).address_id, 2);
    EXPECT_EQ(subflow.end(Role::Server).endpoint, kServer);
    EXPECT_EQ(subflow.end(Role::Server).nonce, by_client.acceptor_nonce);
    EXPECT_EQ(subflow.end(Role::Server).address_id, 3);
    expect_verdicts(subflow, Verdict::Good, Verdict::Good);
}

TEST_P(Joins, ByTheServerKeepTheRolesOfTheConnection)
{
    trace.see_handshake(initial, peers);
    const Attribution join = trace.see_join(third, by_server);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.sender_of(join), Role::Client); // the host that answers the SYN

    const Subflow &subflow = trace.subflow(0, 1);
    EXPECT_EQ(subflow.role(*subflow.initiator), Role::Server);
    EXPECT_EQ(subflow.end(Role::Server).endpoint, kServer2);
    EXPECT_EQ(subflow.end(Role::Server).nonce, Nonce{0x33333333});
    EXPECT_EQ(subflow.end(Role::Client).endpoint, kClient2);
    EXPECT_EQ(subflow.end(Role::Client).nonce, Nonce{0x44444444});
    expect_verdicts(subflow, Verdict::Good, Verdict::Good);
}

TEST_P(Joins, SayHowFarTheyHaveCome)
{
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(by_client.syn()));
    EXPECT_EQ(trace.subflow(0, 1).state(), SubflowState::Unanswered);
    expect_verdicts(trace.subflow(0, 1), Verdict::Absent, Verdict::Absent);
    trace.see(second.acceptor().syn_ack().with(by_client.syn_ack()));
    EXPECT_EQ(trace.subflow(0, 1).state(), SubflowState::HalfOpen);
    expect_verdicts(trace.subflow(0, 1), Verdict::Good, Verdict::Absent);
    trace.see(second.initiator().ack().with(by_client.ack()));
    EXPECT_EQ(trace.subflow(0, 1).state(), SubflowState::Open);
    expect_verdicts(trace.subflow(0, 1), Verdict::Good, Verdict::Good);
}

TEST_P(Joins, CarryTheBackupFlagOfEachHost)
{
    trace.see_handshake(initial, peers);
    const Token token = peers.token(Role::Server);
    trace.see(
        second.initiator().syn().with(mp_join_syn(token, by_client.initiator_nonce, 2, true)));
    EXPECT_EQ(trace.subflow(0, 1).end(Role::Client).backup, true);
    EXPECT_EQ(trace.subflow(0, 1).end(Role::Server).backup, std::nullopt);
    trace.see(second.acceptor().syn_ack().with(by_client.syn_ack()));
    EXPECT_EQ(trace.subflow(0, 1).end(Role::Server).backup, false);
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Client).backup, false);
}

TEST_P(Joins, AreNumberedInTheOrderOfTheirFirstPackets)
{
    trace.see_handshake(initial, peers);
    const auto second_syn = trace.see(second.initiator().syn().with(by_client.syn()));
    const auto third_syn = trace.see(third.initiator().syn().with(by_server.syn()));
    EXPECT_EQ(trace.subflow_of(*second_syn), 1U);
    EXPECT_EQ(trace.subflow_of(*third_syn), 2U);
    EXPECT_EQ(trace.subflow(0, 1).first_frame, 4U);
    EXPECT_EQ(trace.subflow(0, 2).first_frame, 5U);
}

TEST_P(Joins, RepeatedAreNoNewSubflows)
{
    trace.see_handshake(initial, peers);
    const Packet packets[] = {second.initiator().syn().with(by_client.syn()),
                              second.acceptor().syn_ack().with(by_client.syn_ack()),
                              second.initiator().ack().with(by_client.ack())};
    for (const Packet &packet : packets)
        for (int copies = 0; copies < 3; ++copies)
            EXPECT_EQ(trace.subflow_of(trace.see(packet).value()), 1U);
    EXPECT_EQ(trace.tracker().registry().subflow_count(), 2U);
    expect_verdicts(trace.subflow(0, 1), Verdict::Good, Verdict::Good);
}

TEST_P(Joins, MayStandInAnyOrder)
{
    const Packet packets[] = {second.initiator().syn().with(by_client.syn()),
                              second.acceptor().syn_ack().with(by_client.syn_ack()),
                              second.initiator().ack().with(by_client.ack())};
    trace.see_handshake(initial, peers);
    trace.see(packets[1]); // no token: a separate connection for now
    EXPECT_EQ(trace.connections(), 2U);
    trace.see(packets[0]);
    EXPECT_EQ(trace.connections(), 1U);
    trace.see(packets[2]);
    EXPECT_EQ(trace.connection(0).subflows.size(), 2U);
    const Subflow &subflow = trace.subflow(0, 1);
    EXPECT_EQ(subflow.end(Role::Client).endpoint, kClient2);
    EXPECT_EQ(subflow.end(Role::Client).nonce, by_client.initiator_nonce);
    EXPECT_EQ(subflow.end(Role::Server).nonce, by_client.acceptor_nonce);
    expect_verdicts(subflow, Verdict::Good, Verdict::Good);
}

// HMACs

TEST_P(Joins, WithWrongHmacsAreReported)
{
    Hmac wrong_syn_ack = by_client.acceptor_hmac();
    wrong_syn_ack[7] ^= 1; // the last byte on the wire
    Hmac wrong_ack = by_client.initiator_hmac();
    wrong_ack[19] ^= 1;
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(by_client.syn()));
    trace.see(
        second.acceptor().syn_ack().with(mp_join_syn_ack(wrong_syn_ack, by_client.acceptor_nonce)));
    expect_verdicts(trace.subflow(0, 1), Verdict::Bad, Verdict::Absent);
    trace.see(second.initiator().ack().with(mp_join_ack(wrong_ack)));
    expect_verdicts(trace.subflow(0, 1), Verdict::Bad, Verdict::Bad);
    EXPECT_EQ(trace.connections(), 1U); // its token is this connection's
}

TEST_P(Joins, AreJudgedEachByItself)
{
    Hmac wrong = by_client.initiator_hmac();
    wrong[0] ^= 0x80;
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(by_client.syn()));
    trace.see(second.acceptor().syn_ack().with(by_client.syn_ack()));
    trace.see(second.initiator().ack().with(mp_join_ack(wrong)));
    expect_verdicts(trace.subflow(0, 1), Verdict::Good, Verdict::Bad);
    // The valid HMAC follows.
    trace.see(second.initiator().ack().with(by_client.ack()));
    expect_verdicts(trace.subflow(0, 1), Verdict::Good, Verdict::Good);
}

TEST_P(Joins, AreNotSpoiltByAForgedRepetition)
{
    trace.see_handshake(initial, peers);
    trace.see_join(second, by_client);
    trace.see(second.acceptor().syn_ack().with(mp_join_syn_ack({}, Nonce{99})));
    trace.see(second.initiator().ack().with(mp_join_ack({})));
    expect_verdicts(trace.subflow(0, 1), Verdict::Good, Verdict::Good);
    EXPECT_EQ(trace.subflow(0, 1).end(Role::Server).nonce, by_client.acceptor_nonce);
}

TEST_P(Joins, OfWhichOnePacketIsAskedAboutAreJudgedByIt)
{
    trace.see_handshake(initial, peers);
    const SubflowId id = trace.see_join(second, by_client).subflow;
    const auto verdict_on = [&](const auto &join) {
        const Registry &registry = trace.tracker().registry();
        return verify(trace.tracker().crypto(), registry.connection_of(id), registry[id], join);
    };
    MpJoinSynAck syn_ack;
    std::ranges::copy_n(by_client.acceptor_hmac().begin(), 8, syn_ack.sender_hmac.begin());
    EXPECT_EQ(verdict_on(syn_ack), Verdict::Good);
    EXPECT_EQ(verdict_on(MpJoinSynAck{}), Verdict::Bad);
    EXPECT_EQ(verdict_on(MpJoinAck{by_client.initiator_hmac()}), Verdict::Good);
    EXPECT_EQ(verdict_on(MpJoinAck{by_client.acceptor_hmac()}), Verdict::Bad);
}

// Joins to unknown connections

TEST_P(Joins, ToAnUnknownTokenAreAPartialConnection)
{
    const Attribution join = trace.see_join(second, by_client);
    ASSERT_EQ(trace.connections(), 1U);
    const Connection &connection = trace.connection(0);
    EXPECT_TRUE(connection.partial());
    EXPECT_EQ(connection.handshake(), Handshake::Unseen);
    EXPECT_EQ(connection.hosts[Role::Server].token, peers.token(Role::Server));
    EXPECT_EQ(connection.hosts[Role::Server].key, std::nullopt);
    EXPECT_EQ(connection.hosts[Role::Client].token, std::nullopt);
    EXPECT_EQ(trace.subflow_of(join), 0U);
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Client).endpoint, kClient2); // sent the SYN
    expect_verdicts(trace.subflow(0, 0), Verdict::Unverified, Verdict::Unverified);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_P(Joins, ToTheSameUnknownTokenAreOneConnection)
{
    TcpFlow from_elsewhere{kClient, kServer};
    TcpFlow to_elsewhere{kClient, kServer2};
    trace.see_join(second, by_client);
    trace.see_join(from_elsewhere, by_client);
    trace.see_join(to_elsewhere, by_client);
    ASSERT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).subflows.size(), 3U);
}

TEST_P(Joins, ToTheSameUnknownTokenOfOtherHostsAreNot)
{
    TcpFlow other_hosts{at("10.0.7.1", 4000), at("10.0.7.2", 80)};
    trace.see_join(second, by_client);
    trace.see_join(other_hosts, by_client);
    EXPECT_EQ(trace.connections(), 2U);
}

TEST_P(Joins, ToDifferentUnknownTokensAreNot)
{
    const Peers others{GetParam(), Key{1}, Key{2}};
    trace.see_join(second, by_client);
    TcpFlow another{kClient, kServer};
    trace.see_join(another, Join{others});
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.connection(1).hosts[Role::Server].token, others.token(Role::Server));
}

// Reordered: the join's SYN comes before the handshake with the key of its token.
TEST_P(Joins, BeforeTheFirstSynAreMergedOnceTheKeyIsKnown)
{
    trace.see(second.initiator().syn().with(by_client.syn()));
    trace.see(initial.initiator().syn().with(peers.syn()));
    EXPECT_EQ(trace.connections(), 2U);
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    ASSERT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).first_frame, 1U); // its earliest packet is the join's

    trace.see(initial.initiator().ack().with(peers.ack()));
    trace.see(second.acceptor().syn_ack().with(by_client.syn_ack()));
    trace.see(second.initiator().ack().with(by_client.ack()));
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
    EXPECT_FALSE(trace.connection(0).partial());
    EXPECT_EQ(trace.subflow(0, 0).kind, SubflowKind::Initial); // though the later one
    EXPECT_EQ(trace.subflow(0, 1).kind, SubflowKind::Join);
    EXPECT_EQ(trace.tracker().registry().index_of(trace.connection(0).subflows[1]), 1U);
    expect_verdicts(trace.subflow(0, 1), Verdict::Good, Verdict::Good);
}

// In v1 the client's key is in the third ACK, and a join by the server can be
// captured before that.
TEST_P(Joins, ByTheServerBeforeTheThirdAckAreMerged)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(third.initiator().syn().with(by_server.syn()));
    trace.see(third.acceptor().syn_ack().with(by_server.syn_ack()));
    trace.see(initial.initiator().ack().with(peers.ack()));
    trace.see(third.initiator().ack().with(by_server.ack()));
    ASSERT_EQ(trace.connections(), 1U);
    ASSERT_EQ(trace.connection(0).subflows.size(), 2U);
    const Subflow &subflow = trace.subflow(0, 1);
    EXPECT_EQ(subflow.end(Role::Server).endpoint, kServer2);
    EXPECT_EQ(subflow.end(Role::Client).endpoint, kClient2);
    expect_verdicts(subflow, Verdict::Good, Verdict::Good);
}

TEST_P(Joins, ThatAreMergedLeaveNoHoleInTheIndexes)
{
    const Peers others{GetParam(), Key{1}, Key{2}};
    TcpFlow elsewhere{at("10.0.7.1", 4000), at("10.0.7.2", 80)};
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(second.initiator().syn().with(by_client.syn())); // connection 1 without the merge
    trace.see(elsewhere.initiator().syn().with(others.syn()));
    EXPECT_EQ(trace.connections(), 3U);
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    ASSERT_EQ(trace.connections(), 2U);
    const auto of_others = trace.see(elsewhere.acceptor().syn_ack().with(others.syn_ack()));
    EXPECT_EQ(trace.connection_of(of_others.value()), 1U);
    EXPECT_EQ(trace.connection(1).first_frame, 3U);
}

// The position of a connection is that of its earliest packet.
TEST_P(Joins, ThatAreMergedGiveTheirPositionToTheConnection)
{
    const Peers others{GetParam(), Key{1}, Key{2}};
    TcpFlow elsewhere{at("10.0.7.1", 4000), at("10.0.7.2", 80)};
    trace.see(second.initiator().syn().with(by_client.syn())); // the earliest of all
    trace.see(elsewhere.initiator().syn().with(others.syn()));
    trace.see(initial.initiator().syn().with(peers.syn()));
    const auto answer = trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    EXPECT_EQ(trace.connection_of(answer.value()), 0U);
    ASSERT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.connection(0).first_frame, 1U);
    EXPECT_EQ(trace.connection(1).first_frame, 2U);
}

// A join with a SYN/ACK is merged only if the HMAC is valid. This needs both keys,
// which in v1 are known from the third ACK on.
TEST_P(Joins, WithAnHmacAreMergedOnceBothKeysAreKnown)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(second.initiator().syn().with(by_client.syn()));
    trace.see(second.acceptor().syn_ack().with(by_client.syn_ack()));
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    EXPECT_EQ(trace.connections(), GetParam() == kV0 ? 1U : 2U);
    trace.see(initial.initiator().ack().with(peers.ack()));
    ASSERT_EQ(trace.connections(), 1U);
    expect_verdicts(trace.subflow(0, 1), Verdict::Good, Verdict::Absent);
}

// If a join was in use before the first packet of the connection, its keys are from
// before the capture, and the token belongs to another connection.
TEST_P(Joins, ThatWereInUseBeforeAConnectionBeganAreNotIts)
{
    trace.see_join(second, by_client);
    trace.see_handshake(initial, peers);
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.connection(1).subflows.size(), 1U);
}

// A capture of two interfaces: the packets of the second interface come first in
// the file but have later times.
TEST_P(Joins, OfAnotherInterfaceAreMergedByTime)
{
    trace.wait(100 * kMillisecond);
    trace.see_join(second, by_client);
    trace.see(second.initiator().data(100));
    trace.see(second.acceptor().data(100));
    trace.wait(-100 * kMillisecond);
    trace.see_handshake(initial, peers);
    ASSERT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
    EXPECT_FALSE(trace.connection(0).partial());
    EXPECT_EQ(trace.subflow(0, 0).kind, SubflowKind::Initial);
    expect_verdicts(trace.subflow(0, 1), Verdict::Good, Verdict::Good);
}

TEST_P(Joins, WithAnotherConnectionsHmacAreNotMerged)
{
    const Join with_other_keys{Peers{GetParam(), Key{1}, Key{2}}};
    trace.see(second.initiator().syn().with(by_client.syn()));
    trace.see(second.acceptor().syn_ack().with(
        mp_join_syn_ack(with_other_keys.acceptor_hmac(), by_client.acceptor_nonce)));
    trace.see_handshake(initial, peers);
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.connection(1).subflows.size(), 1U);
}

// Refused and closed joins

TEST_P(Joins, ThatTheServerRefusesDoNotEndTheConnection)
{
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(by_client.syn()));
    trace.see(second.acceptor().rst());
    EXPECT_EQ(trace.subflow(0, 1).state(), SubflowState::Refused);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_P(Joins, ThatTheServerRefusesAfterTheirHmacAreRefused)
{
    // Linux does this at its limit of subflows: s14_join_limit.pcap.
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(by_client.syn()));
    trace.see(second.acceptor().syn_ack().with(by_client.syn_ack()));
    trace.see(second.initiator().ack().with(by_client.ack()));
    trace.see(second.acceptor().rst().with(from_hex("1e 04 80 03"))); // mp_tcprst reason 3
    EXPECT_EQ(trace.subflow(0, 1).state(), SubflowState::Refused);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_P(Joins, OfWhichOneIsResetLeaveTheOthers)
{
    trace.see_handshake(initial, peers);
    trace.see_join(second, by_client);
    trace.see(second.initiator().rst());
    EXPECT_EQ(trace.subflow(0, 1).state(), SubflowState::Reset);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

// Tokens of several connections

TEST_P(Joins, WithReusedKeysBelongToTheOpenConnection)
{
    trace.see_handshake(initial, peers);
    trace.see_close(initial);
    TcpFlow again{at("10.0.0.1", 4444), kServer};
    trace.see_handshake(again, peers);
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.connection_of(trace.see_join(second, by_client)), 1U);

    // Vice versa: the older connection is open.
    Trace other_way;
    TcpFlow older{kClient, kServer};
    TcpFlow newer{at("10.0.0.1", 4444), kServer};
    TcpFlow join{kClient2, kServer};
    other_way.see_handshake(older, peers);
    other_way.see_handshake(newer, peers);
    other_way.see_close(newer);
    EXPECT_EQ(other_way.connection_of(other_way.see_join(join, by_client)), 0U);
}

struct Collision {
    Version version;
    Key one, two; // keys with the same token
};

class TokenCollisions : public testing::TestWithParam<Collision> {
protected:
    Peers one{GetParam().version, Key{0xabc}, GetParam().one};
    Peers two{GetParam().version, Key{0xdef}, GetParam().two};
};

// Found by exhaustive search: the first two keys with the same token.
INSTANTIATE_TEST_SUITE_P(BothVersions, TokenCollisions,
                         testing::Values(Collision{kV0, Key{0xee60}, Key{0x140e5}},
                                         Collision{kV1, Key{0xc66f}, Key{0xe658}}),
                         [](const auto &each) { return each.param.version == kV0 ? "v0" : "v1"; });

// RFC 8684 3.2: the tokens of a host are unique, but several hosts may share one
// address. The HMAC then identifies the connection of a join.
TEST_P(TokenCollisions, AreResolvedByTheHmacOfTheSynAck)
{
    ASSERT_EQ(one.token(Role::Server), two.token(Role::Server));
    for (const bool for_one : {false, true}) {
        Trace trace;
        TcpFlow flow_one{kClient, kServer};
        TcpFlow flow_two{at("10.0.5.1", 4000), kServer};
        trace.see_handshake(flow_one, one);
        trace.see_handshake(flow_two, two);
        TcpFlow second{kClient2, kServer};
        const Join join{for_one ? one : two};

        trace.see(second.initiator().syn().with(join.syn()));
        const auto syn_ack = trace.see(second.acceptor().syn_ack().with(join.syn_ack()));
        const std::uint32_t owner = for_one ? 0 : 1;
        EXPECT_EQ(trace.connection_of(syn_ack.value()), owner);
        trace.see(second.initiator().ack().with(join.ack()));
        EXPECT_EQ(trace.connections(), 2U);
        EXPECT_EQ(trace.connection(owner).subflows.size(), 2U);
        EXPECT_EQ(trace.connection(1 - owner).subflows.size(), 1U);
        const Subflow &subflow = trace.subflow(owner, 1);
        EXPECT_FALSE(subflow.unresolved);
        EXPECT_EQ(subflow.hmacs.syn_ack_verdict, Verdict::Good);
        EXPECT_EQ(subflow.hmacs.ack_verdict, Verdict::Good);
    }
}

TEST_P(TokenCollisions, AreUnresolvedWhileOnlyTheSynIsSeen)
{
    Trace trace;
    TcpFlow flow_one{kClient, kServer};
    TcpFlow flow_two{at("10.0.5.1", 4000), kServer};
    trace.see_handshake(flow_one, one);
    TcpFlow before{kClient2, kServer};
    const auto decided = trace.see(before.initiator().syn().with(Join{one}.syn()));
    EXPECT_FALSE(trace.tracker().registry()[decided->subflow].unresolved);
    trace.see_handshake(flow_two, two);
    TcpFlow second{at("10.0.9.1", 4002), kServer};
    const auto syn = trace.see(second.initiator().syn().with(Join{one}.syn()));
    EXPECT_TRUE(trace.tracker().registry()[syn->subflow].unresolved);
}

TEST_P(TokenCollisions, MovedJoinsKeepTheOrderOfSubflows)
{
    Trace trace;
    TcpFlow flow_one{kClient, kServer};
    TcpFlow flow_two{at("10.0.5.1", 4000), kServer};
    trace.see_handshake(flow_one, one);
    trace.see_handshake(flow_two, two);
    // Two joins of the first connection are first attributed to the second one.
    // Their SYN/ACKs arrive in reverse order.
    TcpFlow early{kClient2, kServer};
    TcpFlow late{at("10.0.9.1", 4002), kServer};
    const Join join{one};
    const auto early_id = trace.see(early.initiator().syn().with(join.syn()))->subflow;
    const auto late_id = trace.see(late.initiator().syn().with(join.syn()))->subflow;
    trace.see(late.acceptor().syn_ack().with(join.syn_ack()));
    trace.see(early.acceptor().syn_ack().with(join.syn_ack()));
    EXPECT_EQ(trace.tracker().registry().index_of(early_id), 1U);
    EXPECT_EQ(trace.tracker().registry().index_of(late_id), 2U);
    EXPECT_EQ(trace.connection(0).subflows.size(), 3U);
    EXPECT_EQ(trace.connection(1).subflows.size(), 1U);
}

// The address selects the connection if hosts have the same token.
TEST_P(TokenCollisions, AtDifferentHostsAreDistinguishedByTheAddress)
{
    Trace trace;
    TcpFlow flow_one{kClient, kServer};
    TcpFlow flow_two{kClient, at("10.0.5.2", 80)};
    trace.see_handshake(flow_one, one);
    trace.see_handshake(flow_two, two);
    TcpFlow second{kClient2, kServer};
    const auto syn = trace.see(second.initiator().syn().with(Join{one}.syn()));
    EXPECT_EQ(trace.connection_of(syn.value()), 0U);
    EXPECT_FALSE(trace.tracker().registry()[syn->subflow].unresolved);
}

} // namespace
} // namespace mptcp::test
