// SPDX-License-Identifier: GPL-2.0-or-later
//
// Events of MP_CAPABLE handshakes (RFC 8684 3.1, RFC 6824 3.1), and of first
// data sequence numbers that do not follow from the keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using enum EventType;

constexpr std::uint8_t kExtensibility = 0x40; // B

class HandshakeEvents : public testing::TestWithParam<Version> {
protected:
    void syn() { trace.see(initial.initiator().syn().with(peers.syn())); }
    void syn_ack() { trace.see(initial.acceptor().syn_ack().with(peers.syn_ack())); }
    void ack() { trace.see(initial.initiator().ack().with(peers.ack())); }

    Peers peers{GetParam()};
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Trace trace;
};

TEST_P(HandshakeEvents, StepByStep)
{
    trace.see_handshake(initial, peers);
    EXPECT_THAT(trace.detected(), ElementsAre(by_client(1, CapableSyn), by_server(2, CapableSynAck),
                                              by_client(3, CapableAck), by_client(3, Established)));
    EXPECT_EQ(std::get<MpCapable>(trace.last(CapableSynAck).detail).sender_key, peers.server);
}

TEST_P(HandshakeEvents, WithRepetitions)
{
    const Packet first = initial.initiator().syn().with(peers.syn());
    const Packet second = initial.acceptor().syn_ack().with(peers.syn_ack());
    const Packet third = initial.initiator().ack().with(peers.ack());
    for (const Packet &packet : {first, first, second, second, third, third})
        trace.see(packet);
    EXPECT_THAT(trace.detected(),
                ElementsAre(by_client(1, CapableSyn), by_client(2, CapableSyn).again(),
                            by_server(3, CapableSynAck), by_server(4, CapableSynAck).again(),
                            by_client(5, CapableAck), by_client(5, Established),
                            by_client(6, CapableAck).again()));
}

TEST_P(HandshakeEvents, InAnyOrder)
{
    initial.initiator().syn();
    syn_ack();
    ack();
    trace.see(initial.initiator().syn().with(peers.syn()));
    EXPECT_THAT(trace.detected(), ElementsAre(by_server(1, CapableSynAck), by_client(2, CapableAck),
                                              by_client(3, CapableSyn), by_client(3, Established)));
}

TEST_P(HandshakeEvents, RefusedByTheServer)
{
    syn();
    trace.see(initial.acceptor().rst());
    trace.see(initial.acceptor().rst()); // a repetition is not an event
    EXPECT_THAT(trace.detected(1), ElementsAre(by_server(2, Refused)));
}

TEST_P(HandshakeEvents, BrokenOffByTheClient)
{
    syn();
    syn_ack();
    trace.see(initial.initiator().rst());
    ack(); // reordered: too late to establish the connection
    EXPECT_THAT(trace.detected(2),
                ElementsAre(by_client(3, SubflowReset), by_client(4, CapableAck)));
}

TEST_P(HandshakeEvents, ThatFallBack)
{
    syn();
    trace.see(initial.acceptor().syn_ack());
    trace.see(initial.initiator().ack());
    EXPECT_THAT(trace.detected(1), ElementsAre(by_server(2, Fallback)));
    EXPECT_EQ(std::get<FallbackReason>(trace.last(Fallback).detail),
              FallbackReason::SynAckWithoutMpCapable);
}

// RFC 8684 3.1: B must be 0; without H, no crypto algorithm is selected.
TEST_P(HandshakeEvents, WithOddFlags)
{
    const auto keys = GetParam() == kV0 ? std::vector{peers.client} : std::vector<Key>{};
    trace.see(initial.initiator().syn().with(
        mp_capable(GetParam(), keys, kCapableHmac | kExtensibility)));
    trace.see(initial.acceptor().syn_ack().with(mp_capable(GetParam(), {peers.server}, 0)));
    EXPECT_THAT(trace.detected(), ElementsAre(by_client(1, CapableSyn), by_client(1, OddFlags),
                                              by_server(2, CapableSynAck), by_server(2, OddFlags),
                                              by_server(2, EventType::Fallback)));
}

TEST_P(HandshakeEvents, WithFlagsThatAreNotOdd)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack().with(
        mp_capable(GetParam(), {peers.server}, kCapableChecksum)));
    EXPECT_THAT(trace.detected(),
                ElementsAre(by_client(1, CapableSyn), by_server(2, CapableSynAck)));
}

// RFC 8684 3.1, RFC 6824 3.1: the SYN has a key in version 0 but not in version 1.
TEST_P(HandshakeEvents, WithASynOfAnOddForm)
{
    const auto keys =
        GetParam() == kV0 ? std::vector{peers.client, peers.server} : std::vector{peers.client};
    trace.see(initial.initiator().syn().with(mp_capable(GetParam(), keys)));
    EXPECT_THAT(trace.detected(), ElementsAre(by_client(1, CapableSyn), by_client(1, OddForm)));
}

TEST_P(HandshakeEvents, WithASynAckOfAnOddForm)
{
    syn();
    trace.see(
        initial.acceptor().syn_ack().with(mp_capable(GetParam(), {peers.server, peers.client})));
    EXPECT_THAT(trace.detected(1), ElementsAre(by_server(2, CapableSynAck), by_server(2, OddForm)));
}

TEST_P(HandshakeEvents, WithAnAckOfAnOddForm)
{
    syn();
    syn_ack();
    trace.see(initial.initiator().ack().with(mp_capable(GetParam(), {peers.client})));
    EXPECT_THAT(trace.detected(2), ElementsAre(by_client(3, CapableAck), by_client(3, OddForm)));
}

TEST_P(HandshakeEvents, WithAnotherKeyOfTheServer)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.acceptor().syn_ack().with(mp_capable(GetParam(), {Key{77}})));
    EXPECT_THAT(trace.detected(3), Contains(by_server(4, KeyMismatch)));
}

// RFC 4987 3.6: with SYN cookies, a repeated SYN/ACK has another key. The third ACK tells which.
TEST_P(HandshakeEvents, WithAKeyForEachSynAck)
{
    for (const bool second : {false, true}) {
        Trace cookies;
        TcpFlow flow{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
        cookies.see(flow.initiator().syn().with(peers.syn()));
        cookies.see(
            flow.acceptor().syn_ack().with(mp_capable(GetParam(), {Key{second ? 77U : 78U}})));
        cookies.see(
            flow.acceptor().syn_ack().with(mp_capable(GetParam(), {Key{second ? 78U : 77U}})));
        cookies.see(flow.initiator().ack().with(mp_capable(GetParam(), {peers.client, Key{78}})));
        EXPECT_EQ(cookies.connection(0).hosts[Role::Server].key, Key{78});
        EXPECT_EQ(cookies.connection(0).handshake(), Handshake::Complete);
        EXPECT_THAT(cookies.detected(), Not(Contains(by_server(3, KeyMismatch))));
        EXPECT_THAT(cookies.detected(), Contains(by_client(4, Established)));
    }
}

TEST_P(HandshakeEvents, WithAnAckThatHasAnotherKeyOfTheServer)
{
    syn();
    syn_ack();
    trace.see(initial.initiator().ack().with(mp_capable(GetParam(), {peers.client, Key{77}})));
    EXPECT_THAT(trace.detected(2),
                ElementsAre(by_client(3, CapableAck), by_client(3, KeyMismatch)));
    ack(); // the ACK before was not accepted
    EXPECT_THAT(trace.detected(3),
                ElementsAre(by_client(4, CapableAck), by_client(4, Established)));
}

TEST_P(HandshakeEvents, WithAnotherKeyOfTheClient)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.initiator().ack().with(mp_capable(GetParam(), {Key{77}, peers.server})));
    EXPECT_THAT(trace.detected(3),
                ElementsAre(by_client(4, CapableAck).again(), by_client(4, KeyMismatch)));
}

TEST_P(HandshakeEvents, WithAnAckInAnotherVersion)
{
    syn();
    syn_ack();
    const Version another = GetParam() == kV0 ? kV1 : kV0;
    trace.see(initial.initiator().ack().with(mp_capable(another, {peers.client, peers.server})));
    EXPECT_THAT(trace.detected(2),
                ElementsAre(by_client(3, CapableAck), by_client(3, VersionMismatch),
                            by_client(3, EventType::Fallback)));
}

// RFC 8684 3.1: a host's first data has the DSN IDSN + 1. 3.3.1: a DSN of 4 bytes
// is its lower half.
TEST_P(HandshakeEvents, WithTheFirstDataOfBothHosts)
{
    trace.see_handshake(initial, peers);
    const DataSeq of_client = peers.first_data(Role::Client);
    const auto of_server = static_cast<std::uint32_t>(peers.first_data(Role::Server).value);
    trace.see(initial.initiator().data(100).with(dss_map(of_client, 1, 100)));
    trace.see(initial.acceptor().data(100).with(dss_map(of_server, 1, 100)));
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Versions, HandshakeEvents, testing::Values(kV0, kV1));

class MoreHandshakeEvents : public testing::Test {
protected:
    // A mapping by this host, on the first segment after its SYN.
    void map(Role role, const Bytes &mapping)
    {
        auto sender = role == Role::Client ? initial.initiator() : initial.acceptor();
        trace.see(sender.data(100).with(mapping));
    }

    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Trace trace;
};

// RFC 6824 3.1: in v0 the SYN has the client's key.
TEST_F(MoreHandshakeEvents, AnotherKeyInARepeatedSyn)
{
    const Packet syn = initial.initiator().syn();
    trace.see(syn.with(mp_capable(kV0, {Key{1}})));
    trace.see(syn.with(mp_capable(kV0, {Key{2}})));
    EXPECT_THAT(trace.detected(1),
                ElementsAre(by_client(2, CapableSyn).again(), by_client(2, KeyMismatch)));
}

// RFC 8684 3.1: in v1 the first data repeats the keys.
TEST_F(MoreHandshakeEvents, TheKeysOfTheFirstData)
{
    trace.see_handshake(initial, peers);
    trace.see(
        initial.initiator().data(100).with(mp_capable_with_data(peers.client, peers.server, 100)));
    EXPECT_THAT(trace.detected(3), ElementsAre(by_client(4, CapableAck).again()));
    EXPECT_EQ(std::get<MpCapable>(trace.last(CapableAck).detail).data_length, 100U);
}

TEST_F(MoreHandshakeEvents, ADowngrade)
{
    const Peers old{kV0, peers.client, peers.server};
    trace.see(initial.initiator().syn().with(peers.syn()));
    const Packet syn_ack = initial.acceptor().syn_ack().with(old.syn_ack());
    trace.see(syn_ack);
    trace.see(syn_ack); // the version is already lower
    trace.see(initial.initiator().ack().with(old.ack()));
    EXPECT_THAT(trace.detected(1),
                ElementsAre(by_server(2, CapableSynAck), by_server(2, VersionDowngrade),
                            by_server(3, CapableSynAck).again(), by_client(4, CapableAck),
                            by_client(4, Established)));
}

TEST_F(MoreHandshakeEvents, AnAnswerAboveTheOffer)
{
    trace.see(initial.initiator().syn().with(mp_capable(kV0, {peers.client})));
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    EXPECT_THAT(trace.detected(1),
                ElementsAre(by_server(2, CapableSynAck), by_server(2, VersionMismatch)));
}

TEST_F(MoreHandshakeEvents, AFirstDsnOf4BytesThatDoesNotFollow)
{
    trace.see_handshake(initial, peers);
    const auto low = static_cast<std::uint32_t>(peers.first_data(Role::Client).value);
    map(Role::Client, dss_map(low - 1, 1, 100)); // the IDSN itself
    map(Role::Server, dss_map(low, 1, 100));     // the other host's
    EXPECT_THAT(trace.detected(3),
                ElementsAre(by_client(4, IdsnMismatch), by_server(5, IdsnMismatch)));
    const auto seq = std::get<WireDataSeq>(trace.last(IdsnMismatch).detail);
    EXPECT_EQ(seq.value, low);
    EXPECT_FALSE(seq.is_64_bit);
}

TEST_F(MoreHandshakeEvents, AFirstDsnOf8BytesThatDoesNotFollow)
{
    trace.see_handshake(initial, peers);
    const DataSeq first = peers.first_data(Role::Client);
    const DataSeq upper_half_off{first.value ^ std::uint64_t{1} << 32};
    map(Role::Client, dss_map(upper_half_off, 1, 100));
    EXPECT_THAT(trace.detected(3), ElementsAre(by_client(4, IdsnMismatch)));
    EXPECT_TRUE(std::get<WireDataSeq>(trace.last(IdsnMismatch).detail).is_64_bit);
}

TEST_F(MoreHandshakeEvents, NothingOfDsnsThatNoIdsnIsKnownFor)
{
    trace.see_handshake(initial, peers);
    map(Role::Client, dss_map(7, 101, 100)); // not the first data
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    trace.see_join(second, Join{peers}); // frames 5 to 8
    trace.see(second.initiator().data(100).with(dss_map(7, 1, 100)));
    EXPECT_THAT(trace.detected(8), IsEmpty());
    Trace partial;
    partial.see(initial.initiator().data(100).with(dss_map(7, 1, 100)));
    EXPECT_THAT(partial.detected(), IsEmpty());
}

// RFC 8684 3.7: a mapping of length 0 means a fallback.
TEST_F(MoreHandshakeEvents, AnInfiniteMappingIsNoFirstData)
{
    trace.see_handshake(initial, peers);
    map(Role::Client, dss_map(7, 1, 0));
    EXPECT_THAT(trace.detected(3), ElementsAre(by_client(4, Fallback)));
}

// RFC 8684 3.3: the first data may use any subflow. The first mapping on the
// initial subflow then has another DSN than IDSN + 1, which is not an error.
TEST_F(MoreHandshakeEvents, NothingOfDataThatCameBehindAnotherSubflows)
{
    trace.see_handshake(initial, peers);
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    trace.see_join(second, Join{peers}); // frames 4 to 7
    const DataSeq first = peers.first_data(Role::Server);
    trace.see(second.acceptor().data(100).with(dss_map(first, 1, 100)));
    map(Role::Server, dss_map(DataSeq{first.value + 100}, 1, 100));
    EXPECT_THAT(trace.detected(7), IsEmpty());
}

} // namespace
} // namespace mptcp::test
