// SPDX-License-Identifier: GPL-2.0-or-later
//
// The MP_CAPABLE handshake of both versions (RFC 8684 3.1, RFC 6824 3.1): complete
// and incomplete, repeated and reordered, and with a fallback to plain TCP
// (RFC 8684 3.7).
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "base/seq.h"
#include "segments.h"

namespace mptcp::test {
namespace {

const Endpoint kClient = at("10.0.0.1", 4000);
const Endpoint kServer = at("10.0.0.2", 80);

class Handshakes : public testing::TestWithParam<Version> {
protected:
    Peers peers{GetParam()};
    TcpFlow flow{kClient, kServer};
    Trace trace;

    const Host &host(Role role) const { return trace.connection(0).hosts[role]; }
    void expect_known(Role role) const
    {
        EXPECT_EQ(host(role).key, peers.key(role));
        EXPECT_EQ(host(role).token, peers.digest(role).token);
        EXPECT_EQ(host(role).idsn, peers.digest(role).idsn);
    }
    void expect_unknown(Role role) const
    {
        EXPECT_EQ(host(role).key, std::nullopt);
        EXPECT_EQ(host(role).token, std::nullopt);
        EXPECT_EQ(host(role).idsn, std::nullopt);
    }
};

INSTANTIATE_TEST_SUITE_P(BothVersions, Handshakes, testing::Values(kV0, kV1),
                         [](const auto &version) { return version.param == kV0 ? "v0" : "v1"; });

TEST_P(Handshakes, GainStateStepByStep)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    ASSERT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::SynOnly);
    EXPECT_EQ(trace.connection(0).version, GetParam()); // as offered
    EXPECT_FALSE(trace.connection(0).negotiated());
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Unanswered);
    // RFC 6824 3.1: the SYN has the client's key; in RFC 8684 3.1 it does not.
    if (GetParam() == kV0)
        expect_known(Role::Client);
    else
        expect_unknown(Role::Client);
    expect_unknown(Role::Server);

    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Half);
    EXPECT_TRUE(trace.connection(0).negotiated());
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::HalfOpen);
    expect_known(Role::Server);

    trace.see(flow.initiator().ack().with(peers.ack()));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
    EXPECT_EQ(trace.connection(0).version, GetParam());
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Open);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    expect_known(Role::Client);
    expect_known(Role::Server);
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_P(Handshakes, MakeTheInitialSubflow)
{
    trace.see_handshake(flow, peers);
    const Subflow &subflow = trace.subflow(0, 0);
    EXPECT_EQ(subflow.kind, SubflowKind::Initial);
    EXPECT_EQ(trace.tracker().registry().index_of(trace.connection(0).subflows.front()), 0U);
    EXPECT_EQ(subflow.first_frame, 1U);
    EXPECT_EQ(subflow.end(Role::Client).endpoint, kClient);
    EXPECT_EQ(subflow.end(Role::Server).endpoint, kServer);
    EXPECT_EQ(subflow.end(Role::Client).isn, TcpSeq{1000});
    EXPECT_EQ(subflow.end(Role::Server).isn, TcpSeq{5000});
    EXPECT_EQ(subflow.end(Role::Client).address_id, 0); // RFC 8684 3.2
    EXPECT_EQ(subflow.end(Role::Server).address_id, 0);
    EXPECT_EQ(subflow.end(Role::Client).nonce, std::nullopt);
    EXPECT_FALSE(trace.connection(0).partial());
    EXPECT_EQ(trace.connection(0).first_frame, 1U);
}

TEST_P(Handshakes, HaveTheSenderOfEverySegment)
{
    const auto sender = [&](const Packet &packet) {
        return trace.sender_of(trace.see(packet).value());
    };
    EXPECT_EQ(sender(flow.initiator().syn().with(peers.syn())), Role::Client);
    EXPECT_EQ(sender(flow.acceptor().syn_ack().with(peers.syn_ack())), Role::Server);
    EXPECT_EQ(sender(flow.initiator().ack().with(peers.ack())), Role::Client);
    EXPECT_EQ(sender(flow.acceptor().data(100).with(dss_map(1, 1, 100))), Role::Server);
    EXPECT_EQ(sender(flow.initiator().ack()), Role::Client); // without any option
}

TEST_P(Handshakes, RepeatedAreNoNewConnections)
{
    const Packet handshake[] = {flow.initiator().syn().with(peers.syn()),
                                flow.acceptor().syn_ack().with(peers.syn_ack()),
                                flow.initiator().ack().with(peers.ack())};
    for (const Packet &packet : handshake)
        for (int copies = 0; copies < 3; ++copies)
            EXPECT_EQ(trace.connection_of(trace.see(packet).value()), 0U);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.tracker().registry().subflow_count(), 1U);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);

    // All packets again, after the handshake.
    for (const Packet &packet : handshake)
        EXPECT_EQ(trace.connection_of(trace.see(packet).value()), 0U);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.tracker().registry().subflow_count(), 1U);
    EXPECT_EQ(trace.connection(0).first_frame, 1U);
}

TEST_P(Handshakes, MayStandInAnyOrder)
{
    const Packet handshake[] = {flow.initiator().syn().with(peers.syn()),
                                flow.acceptor().syn_ack().with(peers.syn_ack()),
                                flow.initiator().ack().with(peers.ack())};
    std::array order{0, 1, 2};
    do {
        Trace reordered;
        for (const int i : order)
            reordered.see(handshake[i]);
        ASSERT_EQ(reordered.connections(), 1U) << order[0] << order[1] << order[2];
        const Connection &connection = reordered.connection(0);
        EXPECT_EQ(connection.handshake(), Handshake::Complete) << order[0] << order[1] << order[2];
        EXPECT_FALSE(connection.partial());
        EXPECT_EQ(connection.hosts[Role::Client].key, peers.client);
        EXPECT_EQ(connection.hosts[Role::Server].key, peers.server);
        EXPECT_EQ(reordered.subflow(0, 0).kind, SubflowKind::Initial);
        EXPECT_EQ(reordered.subflow(0, 0).end(Role::Client).endpoint, kClient);
    } while (std::ranges::next_permutation(order).found);
}

TEST_P(Handshakes, WorkWhereSequenceNumbersWrap)
{
    for (const std::uint32_t isn : {0xffffffffU, 0xfffffffeU, 0x7fffffffU, 0U}) {
        Trace wrapping;
        TcpFlow at_the_end{kClient, kServer, TcpSeq{isn}, TcpSeq{isn}};
        wrapping.see_handshake(at_the_end, peers);
        EXPECT_EQ(wrapping.connection(0).handshake(), Handshake::Complete) << isn;
        EXPECT_EQ(wrapping.connections(), 1U) << isn;
    }
}

TEST_P(Handshakes, NeedTheKeysThatWereExchanged)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(flow.initiator().ack().with(mp_capable(GetParam(), {peers.client, Key{77}})));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Half);
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].key, peers.server);
}

TEST_P(Handshakes, NeedTheVersionThatWasAgreed)
{
    const Version wrong = GetParam() == kV0 ? kV1 : kV0;
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(flow.initiator().ack().with(mp_capable(wrong, {peers.client, peers.server})));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Half);
    EXPECT_EQ(trace.connection(0).version, GetParam());
}

TEST_P(Handshakes, AreNotClosedByTheServersAck)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(flow.acceptor().ack().with(peers.ack()));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Half);
}

TEST_P(Handshakes, NegotiateChecksums)
{
    const auto flags_of = [](bool required) { return required ? kCapableChecksum : kCapableHmac; };
    const Version version = GetParam();
    const std::vector<Key> in_syn = version == kV0 ? std::vector{peers.client} : std::vector<Key>{};
    // RFC 8684 3.1: either host can require them.
    for (const bool by_client : {false, true})
        for (const bool by_server : {false, true}) {
            Trace either;
            TcpFlow one{kClient, kServer};
            either.see(
                one.initiator().syn().with(mp_capable(version, in_syn, flags_of(by_client))));
            either.see(one.acceptor().syn_ack().with(
                mp_capable(version, {peers.server}, flags_of(by_server))));
            EXPECT_EQ(either.connection(0).checksums(), by_client || by_server);
        }
}

TEST_P(Handshakes, OfTheClientsPacketsAloneHaveBothKeys)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    flow.acceptor().syn_ack(); // not captured
    trace.see(flow.initiator().ack().with(peers.ack()));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete); // the ACK proves it
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    expect_known(Role::Client);
    expect_known(Role::Server);
}

TEST_P(Handshakes, OfTheServersPacketsAloneArePartial)
{
    flow.initiator().syn(); // not captured
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    flow.initiator().ack();
    const auto data = trace.see(flow.acceptor().data(100).with(dss_map(1, 1, 100)));
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_TRUE(trace.connection(0).partial());
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Unseen);
    EXPECT_EQ(trace.connection(0).version, GetParam());
    EXPECT_EQ(trace.sender_of(data.value()), Role::Server);
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Client).endpoint, kClient);
    expect_known(Role::Server);
    expect_unknown(Role::Client);
}

TEST_P(Handshakes, WithoutTheSynArePartialThoughBothKeysAreKnown)
{
    flow.initiator().syn(); // not captured
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(flow.initiator().ack().with(peers.ack()));
    EXPECT_TRUE(trace.connection(0).partial());
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Unseen);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    expect_known(Role::Client);
    expect_known(Role::Server);
}

TEST_P(Handshakes, FromTheThirdAckOnHaveBothKeys)
{
    flow.initiator().syn();
    flow.acceptor().syn_ack();
    const auto ack = trace.see(flow.initiator().ack().with(peers.ack()));
    EXPECT_EQ(trace.sender_of(ack.value()), Role::Client);
    EXPECT_TRUE(trace.connection(0).partial());
    EXPECT_EQ(trace.subflow(0, 0).kind, SubflowKind::Initial);
    expect_known(Role::Client);
    expect_known(Role::Server);
}

TEST_P(Handshakes, ThatTheServerRefusesAreRefused)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    const auto reset = trace.see(flow.acceptor().rst());
    EXPECT_EQ(trace.connection_of(reset.value()), 0U);
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Refused);
    EXPECT_EQ(trace.state(0), ConnectionState::Refused);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::SynOnly);
}

TEST_P(Handshakes, WithoutAnAnswerAreRefused)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    EXPECT_EQ(trace.state(0), ConnectionState::Refused);
}

TEST_P(Handshakes, ThatTheClientBreaksOffAreReset)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    EXPECT_EQ(trace.state(0), ConnectionState::Open); // nobody refused
    trace.see(flow.initiator().rst());
    EXPECT_EQ(trace.state(0), ConnectionState::Reset);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Half);
}

// A middlebox strips the option: RFC 8684 3.7.
TEST_P(Handshakes, AnsweredWithoutTheOptionFallBack)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack());
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::SynOnly);
    EXPECT_EQ(trace.state(0), ConnectionState::Fallback);
    ASSERT_TRUE(trace.connection(0).fallback);
    EXPECT_EQ(trace.connection(0).fallback->frame, 2U);
    EXPECT_EQ(trace.connection(0).fallback->reason, FallbackReason::SynAckWithoutMpCapable);
    // The packets still belong to the connection.
    EXPECT_TRUE(trace.see(flow.initiator().ack()));
    EXPECT_TRUE(trace.see(flow.initiator().data(100)));
    EXPECT_EQ(trace.connection(0).fallback->frame, 2U);
}

TEST_P(Handshakes, WithASynRepeatedWithoutTheOptionFallBackWithTheAnswer)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.initiator().syn()); // Linux does so after some retransmissions
    EXPECT_FALSE(trace.connection(0).fallback);
    trace.see(flow.acceptor().syn_ack());
    ASSERT_TRUE(trace.connection(0).fallback);
    EXPECT_EQ(trace.connection(0).fallback->frame, 3U);
    EXPECT_EQ(trace.connection(0).fallback->reason, FallbackReason::SynRepeatedWithoutMpCapable);
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_P(Handshakes, OfWhichTheSnaplenCutTheAnswerDoNotFallBack)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()).cut_to(5));
    EXPECT_FALSE(trace.connection(0).fallback);
    trace.see(flow.initiator().ack().with(peers.ack()));
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].key, peers.server);
}

TEST_P(Handshakes, ThatNoFirstMappingFollowsFallBack)
{
    trace.see_handshake(flow, peers);
    trace.see(flow.acceptor().data(100));
    ASSERT_TRUE(trace.connection(0).fallback);
    EXPECT_EQ(trace.connection(0).fallback->frame, 4U);
    EXPECT_EQ(trace.connection(0).fallback->reason, FallbackReason::FirstDataWithoutOption);
    EXPECT_EQ(trace.state(0), ConnectionState::Fallback);
}

TEST_P(Handshakes, ThatAMappingFollowsDoNotFallBack)
{
    trace.see_handshake(flow, peers);
    trace.see(flow.initiator().data(100).with(dss_map(1, 1, 200)));
    trace.see(flow.initiator().data(100)); // the rest of that mapping
    trace.see(flow.acceptor().data(100).with(dss_map(1, 1, 100)));
    EXPECT_FALSE(trace.connection(0).fallback);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_P(Handshakes, ThatAnInfiniteMappingFollowsFallBack)
{
    trace.see_handshake(flow, peers);
    trace.see(flow.initiator().data(100).with(dss_map(1, 1, 100)));
    trace.see(flow.initiator().data(100).with(dss_map(101, 101, 0)));
    ASSERT_TRUE(trace.connection(0).fallback);
    EXPECT_EQ(trace.connection(0).fallback->frame, 5U);
    EXPECT_EQ(trace.connection(0).fallback->reason, FallbackReason::InfiniteMapping);
}

TEST_P(Handshakes, AreNotSpoiltByAStraySynAck)
{
    const Packet stray = flow.acceptor().syn_ack().with_ack(TcpSeq{424242});
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(stray); // answers another SYN and has no option
    EXPECT_FALSE(trace.connection(0).fallback);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::SynOnly);
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(flow.initiator().ack().with(peers.ack()));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
}

TEST_P(Handshakes, RunOverIPv6)
{
    TcpFlow over_v6{at("fd00::1", 4000), at("fd00::2", 80)};
    trace.see_handshake(over_v6, peers);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Server).endpoint, at("fd00::2", 80));
}

// RFC 8684 3.1: the first data of v1 repeats both keys, since the third ACK is
// not sent reliably.
TEST(FirstDataOfV1, CompletesTheHandshake)
{
    const Peers peers{kV1};
    TcpFlow flow{kClient, kServer};
    Trace trace;
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(
        flow.initiator().data(192).with(mp_capable_with_data(peers.client, peers.server, 192)));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
    EXPECT_EQ(trace.connection(0).hosts[Role::Client].key, peers.client);
    EXPECT_FALSE(trace.connection(0).fallback);
}

TEST(Downgrade, TheServersVersionCounts)
{
    // RFC 8684 3.1: the server's highest version that is not above the offer.
    TcpFlow flow{kClient, kServer};
    Trace trace;
    trace.see(flow.initiator().syn().with(mp_capable(2, {})));
    EXPECT_EQ(trace.connection(0).version, 2);
    trace.see(flow.acceptor().syn_ack().with(mp_capable(kV1, {Key{11}})));
    EXPECT_EQ(trace.connection(0).version, kV1);
    trace.see(flow.initiator().ack().with(mp_capable(kV1, {Key{12}, Key{11}})));
    EXPECT_EQ(trace.connection(0).version, kV1);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
    // The token of v1's digest, as Linux calculates it.
    const Peers peers{kV1, Key{12}, Key{11}};
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].token, peers.token(Role::Server));
    EXPECT_EQ(trace.connection(0).hosts[Role::Client].token, peers.token(Role::Client));
}

TEST(Downgrade, V1AnsweredByV0GoesOnAsPlainTcp)
{
    // RFC 8684 3.1: a client that supports only v1 does not accept v0.
    TcpFlow flow{kClient, kServer};
    Trace trace;
    trace.see(flow.initiator().syn().with(mp_capable(kV1, {})));
    trace.see(flow.acceptor().syn_ack().with(mp_capable(kV0, {Key{11}})));
    EXPECT_EQ(trace.connection(0).version, kV0);
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].token,
              (Peers{kV0, Key{}, Key{11}}).token(Role::Server));
    trace.see(flow.initiator().ack());
    trace.see(flow.initiator().data(100));
    EXPECT_EQ(trace.state(0), ConnectionState::Fallback);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Half);
}

TEST(Downgrade, AnAnswerAboveTheOfferIsIgnored)
{
    TcpFlow flow{kClient, kServer};
    Trace trace;
    trace.see(flow.initiator().syn().with(mp_capable(kV0, {Key{12}})));
    trace.see(flow.acceptor().syn_ack().with(mp_capable(kV1, {Key{11}})));
    EXPECT_EQ(trace.connection(0).version, kV0);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::SynOnly);
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].key, std::nullopt);
}

TEST(UnknownVersion, HasKeysButNoTokens)
{
    TcpFlow flow{kClient, kServer};
    Trace trace;
    trace.see(flow.initiator().syn().with(mp_capable(2, {})));
    trace.see(flow.acceptor().syn_ack().with(mp_capable(2, {Key{11}})));
    trace.see(flow.initiator().ack().with(mp_capable(2, {Key{12}, Key{11}})));
    EXPECT_EQ(trace.connection(0).version, 2);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].key, Key{11});
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].token, std::nullopt);
}

TEST(PlainTcp, BelongsToNoConnection)
{
    TcpFlow flow{kClient, kServer};
    Trace trace;
    EXPECT_FALSE(trace.see(flow.initiator().syn()));
    EXPECT_FALSE(trace.see(flow.acceptor().syn_ack()));
    EXPECT_FALSE(trace.see(flow.initiator().data(100)));
    EXPECT_FALSE(trace.see(flow.initiator().fin()));
    EXPECT_EQ(trace.connections(), 0U);
}

TEST(PlainTcp, WithMalformedOrUnknownOptionsIsStillPlain)
{
    TcpFlow flow{kClient, kServer};
    Trace trace;
    EXPECT_FALSE(
        trace.see(flow.initiator().syn().with(from_hex("1e 04 00 01")))); // v0 must have a key
    EXPECT_FALSE(trace.see(flow.initiator().data(1).with(from_hex("1e 03 f0")))); // subtype 15
    EXPECT_EQ(trace.connections(), 0U);
}

// A capture without the handshake: other MPTCP options on a flow.
TEST(Midway, AFlowWithADssIsAPartialConnection)
{
    TcpFlow flow{kClient, kServer};
    flow.initiator().syn();
    flow.acceptor().syn_ack();
    flow.initiator().data(5000);
    Trace trace;
    EXPECT_FALSE(trace.see(flow.acceptor().ack())); // no MPTCP option yet
    const auto data = trace.see(flow.initiator().data(100).with(dss_map(1, 1, 100)));
    ASSERT_TRUE(data);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_TRUE(trace.connection(0).partial());
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Unseen);
    EXPECT_EQ(trace.connection(0).version, std::nullopt);
    EXPECT_EQ(trace.connection(0).checksums(), std::nullopt);
    EXPECT_EQ(trace.connection(0).first_frame, 2U);
    EXPECT_EQ(trace.subflow(0, 0).kind, SubflowKind::Unknown);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
    // The roles are unknown, so the sender of the first packet counts as the client.
    EXPECT_EQ(trace.sender_of(*data), Role::Client);
    EXPECT_EQ(trace.sender_of(trace.see(flow.acceptor().ack()).value()), Role::Server);
}

} // namespace
} // namespace mptcp::test
