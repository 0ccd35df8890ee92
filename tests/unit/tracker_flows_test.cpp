// SPDX-License-Identifier: GPL-2.0-or-later
//
// Traces with different initial sequence numbers (they wrap at 2^32), over IPv4
// and IPv6, in both versions; flows whose beginning was not captured; and segments
// that must not change the state: with malformed or truncated options, from the
// wrong host, or repeated without their options. tracker_reuse_test.cpp tests the
// reuse of 4-tuples.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "base/seq.h"
#include "segments.h"

namespace mptcp::test {
namespace {

Endpoint host(Family family, std::string_view v4, std::string_view v6, std::uint16_t port)
{
    return at(family == Family::IPv4 ? v4 : v6, port);
}

Packet with_payload(Packet packet, std::uint32_t payload)
{
    packet.segment.payload = payload;
    return packet;
}

// Initial sequence numbers over the whole space

using Place = std::tuple<Version, Family, std::uint32_t>; // the last is the ISN of both hosts

std::string in_words(const Place &place)
{
    const auto &[version, family, isn] = place;
    return "v" + std::to_string(version) + (family == Family::IPv4 ? "IPv4" : "IPv6") + "From" +
           std::to_string(isn);
}

class Everywhere : public testing::TestWithParam<Place> {
protected:
    static Version version() { return std::get<Version>(GetParam()); }
    static Family family() { return std::get<Family>(GetParam()); }
    static Family other_family() { return family() == Family::IPv4 ? Family::IPv6 : Family::IPv4; }
    static TcpSeq isn() { return {std::get<std::uint32_t>(GetParam())}; }

    static TcpFlow flow_between(const Endpoint &initiator, const Endpoint &acceptor)
    {
        return {initiator, acceptor, isn(), isn()};
    }
    // The 4-tuple of the initial subflow, with other sequence numbers.
    TcpFlow again() const { return {client, server, isn() + 7, isn() + 9}; }

    static std::array<Packet, 3> handshake(TcpFlow &flow, const Peers &hosts)
    {
        return {flow.initiator().syn().with(hosts.syn()),
                flow.acceptor().syn_ack().with(hosts.syn_ack()),
                flow.initiator().ack().with(hosts.ack())};
    }
    static std::array<Packet, 3> handshake(TcpFlow &flow, const Join &join)
    {
        return {flow.initiator().syn().with(join.syn()),
                flow.acceptor().syn_ack().with(join.syn_ack()),
                flow.initiator().ack().with(join.ack())};
    }
    void see_all(const std::array<Packet, 3> &packets)
    {
        for (const Packet &packet : packets)
            trace.see(packet);
    }
    std::uint32_t owner_of(const Packet &packet)
    {
        return trace.connection_of(trace.see(packet).value());
    }

    const Endpoint client = host(family(), "10.0.0.1", "fd00::1", 4000);
    const Endpoint server = host(family(), "10.0.0.2", "fd00::2", 80);
    const Peers peers{version()};
    const Peers others{version(), Key{0x1111}, Key{0x2222}};
    TcpFlow flow = flow_between(client, server);
    Trace trace;
};

INSTANTIATE_TEST_SUITE_P(
    Isn, Everywhere,
    testing::Combine(testing::Values(kV0, kV1), testing::Values(Family::IPv4, Family::IPv6),
                     testing::Values(0xffffffffU, 0xfffffffeU, 0x7fffffffU, 0U)),
    [](const auto &place) { return in_words(place.param); });

TEST_P(Everywhere, AHandshakeIsComplete)
{
    see_all(handshake(flow, peers));
    ASSERT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
    EXPECT_EQ(trace.connection(0).hosts[Role::Client].key, peers.client);
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].key, peers.server);
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Open);
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Client).isn, isn());
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Server).isn, isn());
}

TEST_P(Everywhere, AHandshakeMayStandInAnyOrder)
{
    const auto packets = handshake(flow, peers);
    std::array order{0U, 1U, 2U};
    do {
        Trace reordered;
        for (const std::size_t i : order)
            reordered.see(packets[i]);
        ASSERT_EQ(reordered.connections(), 1U) << order[0] << order[1] << order[2];
        EXPECT_EQ(reordered.connection(0).handshake(), Handshake::Complete);
        EXPECT_EQ(reordered.subflow(0, 0).end(Role::Client).endpoint, client);
        EXPECT_EQ(reordered.subflow(0, 0).end(Role::Client).isn, isn());
        EXPECT_EQ(reordered.subflow(0, 0).end(Role::Server).isn, isn());
    } while (std::ranges::next_permutation(order).found);
}

TEST_P(Everywhere, AHandshakeMayBeRepeated)
{
    const auto packets = handshake(flow, peers);
    see_all(packets);
    see_all(packets);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.tracker().registry().subflow_count(), 1U);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
}

TEST_P(Everywhere, ASynAckThatAnswersAnotherSynIsNoAnswer)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    const Packet answer = flow.acceptor().syn_ack().with(peers.syn_ack());
    trace.see(answer.with_ack(isn()));
    trace.see(answer.with_ack(isn() + 2));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::SynOnly);
    trace.see(answer);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Half);
}

TEST_P(Everywhere, AnAnswerWithoutMpCapableFallsBack)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack());
    ASSERT_TRUE(trace.connection(0).fallback);
    EXPECT_EQ(trace.connection(0).fallback->frame, 2U);
    EXPECT_EQ(trace.connection(0).fallback->reason, FallbackReason::SynAckWithoutMpCapable);
}

TEST_P(Everywhere, ASynRepeatedWithoutMpCapableFallsBack)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.initiator().syn());
    trace.see(flow.acceptor().syn_ack());
    EXPECT_EQ(trace.connections(), 1U);
    ASSERT_TRUE(trace.connection(0).fallback);
    EXPECT_EQ(trace.connection(0).fallback->frame, 3U);
    EXPECT_EQ(trace.connection(0).fallback->reason, FallbackReason::SynRepeatedWithoutMpCapable);
}

// RFC 8684 3.7: only the first segment after the SYN can show a fallback.
TEST_P(Everywhere, TheFirstDataWithoutAMappingFallsBackWhoeverSendsIt)
{
    for (const bool by_client : {true, false}) {
        Trace either;
        TcpFlow one = flow_between(client, server);
        either.see_handshake(one, peers);
        TcpFlow::Sender sender = by_client ? one.initiator() : one.acceptor();
        const Packet lost = sender.data(100).with(dss_map(1, 1, 100));
        either.see(sender.data(100)); // not the first segment
        EXPECT_FALSE(either.connection(0).fallback);
        either.see(Packet{lost.segment, {}}); // the same bytes, without the option
        ASSERT_TRUE(either.connection(0).fallback);
        EXPECT_EQ(either.connection(0).fallback->frame, 5U);
        EXPECT_EQ(either.connection(0).fallback->reason, FallbackReason::FirstDataWithoutOption);
    }
}

TEST_P(Everywhere, TheFirstDataRepeatedWithoutItsMappingDoesNotFallBack)
{
    trace.see_handshake(flow, peers);
    const Packet data = flow.initiator().data(100).with(dss_map(1, 1, 100));
    trace.see(data);
    trace.see(Packet{data.segment, {}});
    EXPECT_FALSE(trace.connection(0).fallback);
}

// Without the SYN, the ISNs follow from later segments of the handshake.
TEST_P(Everywhere, ACaptureThatStartsWithTheSynAckKnowsBothIsns)
{
    const auto packets = handshake(flow, peers);
    trace.see(packets[1]);
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Client).isn, isn());
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Server).isn, isn());
    EXPECT_EQ(trace.sender_of(trace.see(packets[2]).value()), Role::Client);
}

TEST_P(Everywhere, ACaptureThatStartsWithTheThirdAckKnowsTheClientsIsn)
{
    const auto packets = handshake(flow, peers);
    trace.see(packets[2]);
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Client).isn, isn());
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Server).isn, std::nullopt);
}

TEST_P(Everywhere, ANewConnectionTakesTheTupleOfAnOpenOneWithItsAnswer)
{
    see_all(handshake(flow, peers));
    TcpFlow second = again();
    EXPECT_EQ(owner_of(second.initiator().syn().with(others.syn())), 1U);
    EXPECT_EQ(owner_of(flow.acceptor().data(10).with(dss_map(1, 1, 10))), 0U); // not yet
    EXPECT_EQ(owner_of(second.acceptor().syn_ack().with(others.syn_ack())), 1U);
    EXPECT_EQ(owner_of(second.initiator().ack().with(others.ack())), 1U);
    EXPECT_EQ(trace.connection(1).handshake(), Handshake::Complete);
}

TEST_P(Everywhere, PlainTcpTakesTheTupleOfAnOpenConnectionWithItsAnswer)
{
    see_all(handshake(flow, peers));
    TcpFlow second = again();
    EXPECT_FALSE(trace.see(second.initiator().syn()));
    EXPECT_FALSE(trace.see(second.acceptor().syn_ack()));
    EXPECT_FALSE(trace.see(second.initiator().ack()));
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_P(Everywhere, AJoinMayStandInAnyOrder)
{
    for (const Role initiator : {Role::Client, Role::Server}) {
        const Endpoint second_client = host(family(), "10.0.9.1", "fd00:9::1", 4001);
        TcpFlow second = initiator == Role::Client ? flow_between(second_client, server)
                                                   : flow_between(server, second_client);
        const Join join{peers, initiator};
        const auto packets = handshake(second, join);
        std::array order{0U, 1U, 2U};
        do {
            Trace reordered;
            TcpFlow initial = flow_between(client, server);
            reordered.see_handshake(initial, peers);
            for (const std::size_t i : order)
                reordered.see(packets[i]);
            ASSERT_EQ(reordered.connections(), 1U) << order[0] << order[1] << order[2];
            const Subflow &subflow = reordered.subflow(0, 1);
            EXPECT_EQ(subflow.end(Role::Client).endpoint, second_client);
            EXPECT_EQ(subflow.end(initiator).nonce, join.initiator_nonce);
            EXPECT_EQ(subflow.end(other(initiator)).nonce, join.acceptor_nonce);
            EXPECT_EQ(subflow.hmacs.syn_ack_verdict, Verdict::Good);
            EXPECT_EQ(subflow.hmacs.ack_verdict, Verdict::Good);
            EXPECT_EQ(subflow.state(), SubflowState::Open);
            EXPECT_FALSE(subflow.unresolved);
        } while (std::ranges::next_permutation(order).found);
    }
}

// RFC 8684 3.2: a connection may have IPv4 and IPv6 subflows.
TEST_P(Everywhere, AJoinMayBeOfTheOtherFamily)
{
    see_all(handshake(flow, peers));
    TcpFlow second = flow_between(host(other_family(), "10.0.9.1", "fd00:9::1", 4001),
                                  host(other_family(), "10.0.9.2", "fd00:9::2", 81));
    const Attribution join = trace.see_join(second, Join{peers});
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.subflow_of(join), 1U);
    EXPECT_EQ(trace.subflow(0, 1).end(Role::Server).endpoint.address.family, other_family());
    EXPECT_EQ(trace.subflow(0, 1).hmacs.ack_verdict, Verdict::Good);
}

// Data on a SYN (TCP Fast Open, RFC 8684 appendix B) that the server does not accept.
TEST_P(Everywhere, DataOnTheSynThatIsNotTakenChangesNothing)
{
    const auto packets = handshake(flow, peers);
    see_all({with_payload(packets[0], 100), packets[1], packets[2]});
    trace.see(flow.initiator().data(100).with(dss_map(1, 1, 100)));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
    EXPECT_FALSE(trace.connection(0).fallback);
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Client).isn, isn());
}

// Headers that the snaplen truncated

class CutShort : public testing::TestWithParam<Version> {
protected:
    const Peers peers{GetParam()};
    const Endpoint client = at("10.0.0.1", 4000);
    const Endpoint server = at("10.0.0.2", 80);
    TcpFlow flow{client, server};
    TcpFlow second{at("10.0.9.1", 4001), server};
    Trace trace;
};

INSTANTIATE_TEST_SUITE_P(BothVersions, CutShort, testing::Values(kV0, kV1),
                         [](const auto &version) { return version.param == kV0 ? "v0" : "v1"; });

TEST_P(CutShort, ASynIsNotAttributedAndTheSynAckMakesAPartialConnection)
{
    EXPECT_FALSE(trace.see(flow.initiator().syn().with(peers.syn()).cut_to(3)));
    EXPECT_TRUE(trace.see(flow.acceptor().syn_ack().with(peers.syn_ack())));
    EXPECT_TRUE(trace.see(flow.initiator().ack().with(peers.ack())));
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_TRUE(trace.connection(0).partial());
    EXPECT_EQ(trace.connection(0).hosts[Role::Client].key, peers.client);
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].key, peers.server);
}

TEST_P(CutShort, ARepeatedSynIsNotOneWithoutMpCapable)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.initiator().syn().with(peers.syn()).cut_to(3));
    trace.see(flow.acceptor().syn_ack()); // stripped on its way
    ASSERT_TRUE(trace.connection(0).fallback);
    EXPECT_EQ(trace.connection(0).fallback->reason, FallbackReason::SynAckWithoutMpCapable);
}

TEST_P(CutShort, AThirdAckLeavesTheHandshakeHalf)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(flow.initiator().ack().with(peers.ack()).cut_to(12));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Half);
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::HalfOpen);
    EXPECT_FALSE(trace.connection(0).fallback);
}

TEST_P(CutShort, TheFirstDataIsNotDataWithoutAMapping)
{
    trace.see_handshake(flow, peers);
    trace.see(flow.initiator().data(100).with(dss_map(1, 1, 100)).cut_to(4));
    EXPECT_FALSE(trace.connection(0).fallback);
}

TEST_P(CutShort, AnOptionBeforeTheCutStillCounts)
{
    // mss 1460 follows the option and is truncated.
    const Packet syn = flow.initiator().syn().with(peers.syn());
    trace.see(syn.with(from_hex("020405b4")).cut_to(peers.syn().size()));
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::SynOnly);
}

TEST_P(CutShort, TheHmacsOfAJoinAreAbsent)
{
    const Join join{peers};
    trace.see_handshake(flow, peers);
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.acceptor().syn_ack().with(join.syn_ack()).cut_to(10));
    trace.see(second.initiator().ack().with(join.ack()).cut_to(10));
    const Subflow &subflow = trace.subflow(0, 1);
    EXPECT_EQ(subflow.hmacs.syn_ack_verdict, Verdict::Absent);
    EXPECT_EQ(subflow.hmacs.ack_verdict, Verdict::Absent);
    EXPECT_EQ(subflow.end(Role::Server).nonce, std::nullopt);
    EXPECT_TRUE(subflow.seen.has(SubflowSeen::SynAck));
    EXPECT_EQ(trace.connections(), 1U);
}

// Malformed options

class Malforms : public testing::TestWithParam<std::string_view> {
protected:
    Malforms() { trace.see_handshake(flow, peers); }

    // The state of the connection that a malformed option could change.
    auto facts() const
    {
        const Connection &connection = trace.connection(0);
        const Subflow &subflow = trace.subflow(0, 0);
        return std::tuple{trace.connections(),
                          trace.tracker().registry().subflow_count(),
                          connection.handshake(),
                          connection.version,
                          connection.checksum_required,
                          connection.fastclosed,
                          connection.fallback.has_value(),
                          connection.hosts[Role::Client].key,
                          connection.hosts[Role::Server].key,
                          connection.hosts[Role::Client].data_fin,
                          subflow.kind,
                          subflow.state(),
                          trace.state(0)};
    }

    const Peers peers;
    TcpFlow flow{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Trace trace;
};

INSTANTIATE_TEST_SUITE_P(
    Options, Malforms,
    testing::Values("1e", "1e 00", "1e 01", "1e 02",    // no subtype
                    "1e 0d 00 81 0000000000000001 00",  // mp_capable, one byte too long
                    "1e 0b 00 81 00000000000000",       // one byte too short
                    "1e 0d 10 00 00000000 00000000 00", // mp_join of 13 bytes
                    "1e 09 20 14 00000001 00",          // dss FIN dsn4, truncated in the mapping
                    "1e 06 20 14 0001",                 // the same, of 6 bytes
                    "1e 0b 70 00 2b55ad27629305",       // mp_fastclose with 56 bits of a key
                    "1e 0d 70 00 2b55ad2762930571 00",  // with 72 bits
                    "1e 04 90 00", "1e 04 f0 00",       // subtypes 9 and 15
                    "1e 28 20 14 00000001 00000000 0001")); // longer than the TCP header

TEST_P(Malforms, ChangeNothingOnAnAck)
{
    const auto before = facts();
    EXPECT_EQ(
        trace.connection_of(trace.see(flow.initiator().ack().with(from_hex(GetParam()))).value()),
        0U);
    EXPECT_EQ(facts(), before);
}

TEST_P(Malforms, ChangeNothingOnData)
{
    trace.see(flow.initiator().data(10).with(dss_map(1, 1, 10)));
    const auto before = facts();
    trace.see(flow.initiator().data(10).with(from_hex(GetParam())));
    EXPECT_EQ(facts(), before);
}

TEST_P(Malforms, AreNoAnswerToMpCapable)
{
    Trace answered;
    TcpFlow one{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    answered.see(one.initiator().syn().with(peers.syn()));
    answered.see(one.acceptor().syn_ack().with(from_hex(GetParam())));
    EXPECT_EQ(answered.connection(0).handshake(), Handshake::SynOnly);
    EXPECT_EQ(answered.connection(0).hosts[Role::Server].key, std::nullopt);
    EXPECT_EQ(answered.state(0), ConnectionState::Fallback);
}

TEST_P(Malforms, MakeNoConnection)
{
    Trace elsewhere;
    TcpFlow plain{at("10.0.0.3", 4000), at("10.0.0.4", 80)};
    EXPECT_FALSE(elsewhere.see(plain.initiator().syn().with(from_hex(GetParam()))));
    EXPECT_FALSE(elsewhere.see(plain.acceptor().syn_ack().with(from_hex(GetParam()))));
    EXPECT_FALSE(elsewhere.see(plain.initiator().data(10).with(from_hex(GetParam()))));
    EXPECT_EQ(elsewhere.connections(), 0U);
}

// Flows from before the capture

struct Sign {
    std::string_view name;
    std::string_view option;
};

class MidwayBy : public testing::TestWithParam<Sign> {};

INSTANTIATE_TEST_SUITE_P(Subtypes, MidwayBy,
                         testing::Values(Sign{"DssAck", "1e 08 20 01 00000001"},
                                         Sign{"DssMap", "1e 0e 20 04 00000001 00000001 000a"},
                                         Sign{"AddAddr", "1e 08 34 02 0a000901"}, // v0
                                         Sign{"AddAddrV1", "1e 10 30 02 0a000901 0102030405060708"},
                                         Sign{"RemoveAddr", "1e 04 40 02"},
                                         Sign{"MpPrio", "1e 03 51"},
                                         Sign{"MpFail", "1e 0c 60 00 0000000000000001"},
                                         Sign{"MpFastclose", "1e 0c 70 00 0000000000000001"},
                                         Sign{"MpTcpRst", "1e 04 80 03"}),
                         [](const auto &sign) { return std::string{sign.param.name}; });

TEST_P(MidwayBy, MakesAPartialConnectionOfItsOwn)
{
    const Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow flow{at("10.0.0.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
    trace.see_handshake(initial, peers);
    flow.initiator().syn(); // not captured
    flow.acceptor().syn_ack();
    EXPECT_FALSE(trace.see(flow.initiator().data(10)));

    const auto first = trace.see(flow.acceptor().ack().with(from_hex(GetParam().option)));
    ASSERT_TRUE(first);
    ASSERT_EQ(trace.connections(), 2U);
    const Connection &connection = trace.connection(1);
    EXPECT_TRUE(connection.partial());
    EXPECT_EQ(connection.handshake(), Handshake::Unseen);
    EXPECT_EQ(connection.first_frame, 5U);
    EXPECT_EQ(connection.version, std::nullopt);
    EXPECT_EQ(trace.subflow(1, 0).kind, SubflowKind::Unknown);
    EXPECT_EQ(trace.subflow(1, 0).initiator, std::nullopt);
    // The roles are guessed by the ports.
    EXPECT_EQ(trace.sender_of(*first), Role::Server);
    EXPECT_FALSE(connection.roles_seen);
    // All later packets belong to it, with or without an option.
    EXPECT_EQ(trace.connection_of(trace.see(flow.initiator().data(10)).value()), 1U);
    EXPECT_EQ(trace.connection_of(trace.see(flow.acceptor().ack()).value()), 1U);
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_FALSE(connection.fallback); // its first data is unknown
}

// Each such flow is a separate connection, because nothing links them.
TEST(Midway, TwoFlowsAreTwoConnections)
{
    Trace trace;
    for (std::uint16_t port = 4000; port < 4003; ++port) {
        TcpFlow flow{at("fd00::1", port), at("fd00::2", 80)};
        trace.see(flow.initiator().data(10).with(dss_map(1, 1, 10)));
    }
    EXPECT_EQ(trace.connections(), 3U);
}

TEST(Midway, AJoinFromItsThirdAckOnHasItsInitiator)
{
    TcpFlow flow{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    const Join join{Peers{}};
    Trace trace;
    flow.initiator().syn();
    flow.acceptor().syn_ack();
    const auto ack = trace.see(flow.initiator().ack().with(join.ack()));
    EXPECT_EQ(trace.subflow(0, 0).kind, SubflowKind::Join);
    EXPECT_EQ(trace.subflow(0, 0).initiator, Side::A);
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Client).isn, TcpSeq{1000});
    EXPECT_EQ(trace.subflow(0, 0).hmacs.ack_verdict, Verdict::Unverified);
    EXPECT_EQ(trace.sender_of(ack.value()), Role::Client);
    EXPECT_TRUE(trace.connection(0).partial());
}

// A forged SYN/ACK comes first, then the host's own.
TEST(ForgedJoins, AreOvercomeByTheRightAnswer)
{
    for (const Version version : {kV0, kV1}) {
        const Peers peers{version};
        const Join join{peers};
        TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
        TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
        Trace trace;
        trace.see_handshake(initial, peers);
        trace.see(second.initiator().syn().with(join.syn()));
        trace.see(second.acceptor().syn_ack().with(mp_join_syn_ack({}, Nonce{99}, 7, true)));
        EXPECT_EQ(trace.subflow(0, 1).hmacs.syn_ack_verdict, Verdict::Bad);
        trace.see(second.acceptor().syn_ack().with(join.syn_ack()));
        const Subflow &subflow = trace.subflow(0, 1);
        EXPECT_EQ(subflow.hmacs.syn_ack_verdict, Verdict::Good);
        EXPECT_EQ(subflow.end(Role::Server).nonce, join.acceptor_nonce);
        EXPECT_EQ(subflow.end(Role::Server).address_id, 3);
        EXPECT_EQ(subflow.end(Role::Server).backup, false);
    }
}

// Segments from the wrong host, and repetitions without their options

class Strays : public testing::TestWithParam<Version> {
protected:
    void see_join_syn_and_answer()
    {
        trace.see_handshake(flow, peers);
        trace.see(second.initiator().syn().with(join.syn()));
        trace.see(second.acceptor().syn_ack().with(join.syn_ack()));
    }

    const Peers peers{GetParam()};
    const Join join{peers};
    TcpFlow flow{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
};

INSTANTIATE_TEST_SUITE_P(BothVersions, Strays, testing::Values(kV0, kV1),
                         [](const auto &version) { return version.param == kV0 ? "v0" : "v1"; });

TEST_P(Strays, TheClientDoesNotAnswerItself)
{
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.initiator().syn_ack().with(peers.syn_ack()));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::SynOnly);
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Unanswered);
    EXPECT_EQ(trace.connection(0).hosts[Role::Server].key, std::nullopt);
}

TEST_P(Strays, AnAnswerRepeatedWithoutMpCapableDoesNotFallBack)
{
    const Packet answer = flow.acceptor().syn_ack();
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(answer.with(peers.syn_ack()));
    trace.see(answer);
    EXPECT_FALSE(trace.connection(0).fallback);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Half);
}

// RFC 6824 3.1: the SYN contains the key. In v1 the third ACK is the first segment with it.
TEST(StraysOfV0, AThirdAckWithAnotherClientsKeyIsIgnored)
{
    const Peers peers{kV0};
    TcpFlow flow{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Trace trace;
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(flow.initiator().ack().with(mp_capable(kV0, {Key{77}, peers.server})));
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Half);
    EXPECT_EQ(trace.connection(0).hosts[Role::Client].key, peers.client);
}

// RFC 8684 3.1: the SYN and the SYN/ACK negotiate checksums.
TEST_P(Strays, AThirdAckDemandsNoChecksumsWhereTheSynIsKnown)
{
    const Bytes demanding = mp_capable(GetParam(), {peers.client, peers.server}, kCapableChecksum);
    trace.see(flow.initiator().syn().with(peers.syn()));
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    const Packet ack = flow.initiator().ack();
    trace.see(ack.with(demanding));
    EXPECT_EQ(trace.connection(0).checksums(), false);

    Trace late; // if only the third ACK was captured, its flag counts
    late.see(ack.with(demanding));
    EXPECT_EQ(late.connection(0).checksums(), true);
}

TEST_P(Strays, AResetWithPayloadIsNotTheFirstData)
{
    trace.see_handshake(flow, peers);
    trace.see(with_payload(flow.acceptor().rst(), 20)); // RFC 9293 3.5.3: a reason as text
    EXPECT_FALSE(trace.connection(0).fallback);
    EXPECT_EQ(trace.state(0), ConnectionState::Reset);
}

// RFC 8684 3.7: a join without options is closed, and the connection continues.
TEST_P(Strays, TheFirstDataOfAJoinWithoutAMappingDoesNotFallBack)
{
    trace.see_handshake(flow, peers);
    trace.see_join(second, join);
    trace.see(second.initiator().data(100));
    EXPECT_FALSE(trace.connection(0).fallback);
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_P(Strays, TheThirdAckOfAJoinIsFromTheInitiator)
{
    see_join_syn_and_answer();
    trace.see(second.acceptor().ack().with(join.ack()));
    EXPECT_EQ(trace.subflow(0, 1).hmacs.ack_verdict, Verdict::Absent);
    EXPECT_FALSE(trace.subflow(0, 1).seen.has(SubflowSeen::ThirdAck));
}

// RFC 8684 3.2: the acceptor's ACK confirms the join.
TEST_P(Strays, AJoinWithItsFourthAckIsResetAndNotRefused)
{
    see_join_syn_and_answer();
    trace.see(second.initiator().ack().with(join.ack()));
    trace.see(second.acceptor().ack()); // without any option
    trace.see(second.acceptor().rst());
    EXPECT_EQ(trace.subflow(0, 1).state(), SubflowState::Reset);
}

TEST_P(Strays, AJoinInUseIsResetAndNotRefusedThoughItsThirdAckWasNotCaptured)
{
    see_join_syn_and_answer();
    second.initiator().ack(); // not captured
    trace.see(second.acceptor().ack().with(dss_ack(1)));
    trace.see(second.acceptor().rst());
    EXPECT_EQ(trace.subflow(0, 1).state(), SubflowState::Reset);
}

// After the old subflow has ended, all segments after the new SYN belong to the new
// subflow, even if no answer was captured.
TEST_P(Strays, ASynOnTheTupleOfAnEndedSubflowTakesItAtOnce)
{
    const Peers others{GetParam(), Key{0x1111}, Key{0x2222}};
    trace.see_handshake(flow, peers);
    trace.see_close(flow);
    TcpFlow again{at("10.0.0.1", 4000), at("10.0.0.2", 80), TcpSeq{700000}, TcpSeq{900000}};
    trace.see(again.initiator().syn().with(others.syn()));
    again.acceptor().syn_ack(); // not captured
    again.initiator().data(100);
    const auto data = trace.see(again.initiator().data(100).with(dss_map(101, 101, 100)));
    EXPECT_EQ(trace.connection_of(data.value()), 1U);
}

// Joins whose token is not sufficient

class JoinsInHindsight : public Strays {};

INSTANTIATE_TEST_SUITE_P(BothVersions, JoinsInHindsight, testing::Values(kV0, kV1),
                         [](const auto &version) { return version.param == kV0 ? "v0" : "v1"; });

TEST_P(JoinsInHindsight, AJoinWhoseAnswerCameFirstIsResolvedByItsSyn)
{
    trace.see_handshake(flow, peers);
    const Packet syn = second.initiator().syn().with(join.syn());
    const auto answer = trace.see(second.acceptor().syn_ack().with(join.syn_ack()));
    EXPECT_TRUE(trace.tracker().registry()[answer->subflow].unresolved);
    trace.see(syn);
    EXPECT_FALSE(trace.tracker().registry()[answer->subflow].unresolved);
}

// The join was in use before the connection began, so it belongs to another one.
TEST_P(JoinsInHindsight, AJoinFromBeforeTheConnectionIsNotMerged)
{
    const auto of_join = trace.see_join(second, join);
    const Packet syn = flow.initiator().syn().with(peers.syn());
    trace.see(syn);
    trace.see(second.initiator().data(100).with(dss_map(1, 1, 100)));
    trace.see(second.acceptor().ack().with(dss_ack(101)));
    trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(flow.initiator().ack().with(peers.ack()));
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.connection_of(of_join), 0U);
}

// Two connections with the same keys.
TEST_P(JoinsInHindsight, AJoinIsNotOfAConnectionThatWasFastclosed)
{
    TcpFlow newer{at("10.0.0.1", 4444), at("10.0.0.2", 80)};
    trace.see_handshake(flow, peers);
    trace.see_handshake(newer, peers);
    trace.see(newer.initiator().ack().with(mp_fastclose(peers.server)));
    EXPECT_EQ(trace.connection_of(trace.see_join(second, join)), 0U);
}

TEST_P(JoinsInHindsight, AJoinWithSeveralCandidatesIsResolvedByItsAnswerOrByUse)
{
    TcpFlow newer{at("10.0.0.1", 4444), at("10.0.0.2", 80)};
    trace.see_handshake(flow, peers);
    trace.see_handshake(newer, peers);
    const auto id = trace.see(second.initiator().syn().with(join.syn()))->subflow;
    EXPECT_TRUE(trace.tracker().registry()[id].unresolved);
    trace.see(second.acceptor().syn_ack().with(join.syn_ack()));
    EXPECT_FALSE(trace.tracker().registry()[id].unresolved);

    TcpFlow third{at("10.0.9.1", 4002), at("10.0.0.2", 80)};
    const auto other_id = trace.see(third.initiator().syn().with(join.syn()))->subflow;
    EXPECT_TRUE(trace.tracker().registry()[other_id].unresolved);
    third.acceptor().syn_ack(); // not captured
    trace.see(third.initiator().ack().with(join.ack()));
    EXPECT_FALSE(trace.tracker().registry()[other_id].unresolved);
}

// Server keys with the same token, found by exhaustive search. The HMAC moves the
// join, and the join then stays there.
TEST_P(JoinsInHindsight, AJoinThatItsAnswerMovedIsResolved)
{
    const bool v0 = GetParam() == kV0;
    const Peers older{GetParam(), Key{0xabc}, Key{v0 ? 0xee60U : 0xc66fU}};
    const Peers newer{GetParam(), Key{0xdef}, Key{v0 ? 0x140e5U : 0xe658U}};
    ASSERT_EQ(older.token(Role::Server), newer.token(Role::Server));
    TcpFlow flow_of_newer{at("10.0.0.1", 4444), at("10.0.0.2", 80)};
    trace.see_handshake(flow, older);
    trace.see_handshake(flow_of_newer, newer);
    const Join of_older{older};
    const auto id = trace.see(second.initiator().syn().with(of_older.syn()))->subflow;
    EXPECT_TRUE(trace.tracker().registry()[id].unresolved);
    trace.see(second.acceptor().syn_ack().with(of_older.syn_ack()));
    EXPECT_EQ(trace.tracker().registry().index_of(trace.tracker().registry().connection_of(id)),
              0U);
    EXPECT_FALSE(trace.tracker().registry()[id].unresolved);
}

} // namespace
} // namespace mptcp::test
