// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fallback to plain TCP (RFC 8684 3.7, RFC 6824 3.6): each way to detect it, and
// segments that look like a fallback but are none.
#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

// Initial sequence numbers with and without a wrap during the test.
class Fallbacks : public testing::TestWithParam<TcpSeq> {
protected:
    void syn() { trace.see(initial.initiator().syn().with(peers.syn())); }
    void syn_ack() { trace.see(initial.acceptor().syn_ack().with(peers.syn_ack())); }
    void handshake() { trace.see_handshake(initial, peers); }
    // The handshake, and 100 mapped bytes from the initiator.
    void handshake_and_data()
    {
        handshake();
        trace.see(initial.initiator().data(100).with(dss_map(1000, 1, 100)));
        trace.see(initial.acceptor().ack().with(dss_ack(1100)));
    }

    std::optional<FallbackReason> reason() const
    {
        const auto &fallback = trace.connection(0).fallback;
        return fallback ? std::optional{fallback->reason} : std::nullopt;
    }
    std::uint32_t frame() const { return trace.connection(0).fallback.value().frame; }

    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80), GetParam(), GetParam()};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
};

constexpr std::nullopt_t kNone = std::nullopt;

TEST_P(Fallbacks, TheSynIsRepeatedWithoutMpCapable)
{
    syn();
    trace.see(initial.initiator().syn());
    EXPECT_EQ(reason(), kNone); // not yet
    trace.see(initial.acceptor().syn_ack());
    EXPECT_EQ(reason(), FallbackReason::SynRepeatedWithoutMpCapable);
    EXPECT_EQ(frame(), 3U);
}

TEST_P(Fallbacks, ARepeatedSynWithoutMpCapableIsNoFallbackIfTheFirstIsAnswered)
{
    syn();
    trace.see(initial.initiator().syn());
    syn_ack();
    EXPECT_EQ(reason(), kNone);
}

TEST_P(Fallbacks, TheSynAckHasNoMpCapable)
{
    syn();
    trace.see(initial.acceptor().syn_ack());
    EXPECT_EQ(reason(), FallbackReason::SynAckWithoutMpCapable);
    EXPECT_EQ(frame(), 2U);
}

TEST_P(Fallbacks, ASecondSynAckWithoutMpCapableIsNoFallback)
{
    syn();
    syn_ack();
    trace.see(initial.acceptor().syn_ack());
    EXPECT_EQ(reason(), kNone);
}

TEST_P(Fallbacks, TheThirdAckHasNoOption)
{
    syn();
    syn_ack();
    trace.see(initial.initiator().ack());
    EXPECT_EQ(reason(), FallbackReason::ThirdAckWithoutMpCapable);
    EXPECT_EQ(frame(), 3U);
    trace.see(initial.initiator().data(100));
    EXPECT_EQ(frame(), 3U);
}

// RFC 8684 3.1: MP_CAPABLE is repeated on the first data. What both hosts do then decides.
TEST_P(Fallbacks, AreRevokedIfBothHostsGoOnWithMptcp)
{
    syn();
    syn_ack();
    trace.see(initial.initiator().ack());
    trace.see(
        initial.initiator().data(100).with(mp_capable_with_data(peers.client, peers.server, 100)));
    EXPECT_EQ(reason(), FallbackReason::ThirdAckWithoutMpCapable);
    trace.see(initial.acceptor().ack().with(dss_ack(1100)));
    EXPECT_EQ(reason(), kNone);
    EXPECT_NE(trace.state(0), ConnectionState::Fallback);
    const auto told = [](const Event &event) {
        return event.type == EventType::Fallback && !event.withdrawn;
    };
    EXPECT_TRUE(std::ranges::none_of(trace.tracker().events().all(), told));
}

TEST_P(Fallbacks, TheFirstDataOfTheClientHasNoOption)
{
    handshake();
    trace.see(initial.initiator().data(100));
    EXPECT_EQ(reason(), FallbackReason::FirstDataWithoutOption);
    EXPECT_EQ(frame(), 4U);
}

TEST_P(Fallbacks, TheFirstDataOfTheServerHasNoOption)
{
    handshake_and_data(); // the client's first data has a mapping
    trace.see(initial.acceptor().data(100));
    EXPECT_EQ(reason(), FallbackReason::FirstDataWithoutOption);
    EXPECT_EQ(frame(), 6U);
}

TEST_P(Fallbacks, TheFirstDataOfAJoinWithoutAnOptionIsNoFallback)
{
    handshake();
    trace.see_join(second, Join{peers});
    second.initiator().ack();
    trace.see(second.initiator().data(100));
    EXPECT_EQ(reason(), kNone);
}

// If the capture lacks the segment with the mapping, the following data has no option.
TEST_P(Fallbacks, DataBehindALostMappingIsNoFallback)
{
    handshake();
    initial.initiator().data(100).with(dss_map(1000, 1, 200)); // not captured
    trace.see(initial.initiator().data(100));
    trace.see(initial.acceptor().ack().with(dss_ack(1200)));
    EXPECT_EQ(reason(), kNone);
}

TEST_P(Fallbacks, DataWithoutOptionsIsAcknowledgedWithoutThem)
{
    handshake_and_data();
    trace.see(initial.initiator().data(100));
    EXPECT_EQ(reason(), kNone); // the mapping may follow
    trace.see(initial.acceptor().ack());
    EXPECT_EQ(reason(), FallbackReason::OptionsVanished);
    EXPECT_EQ(frame(), 7U);
}

TEST_P(Fallbacks, DataOfTheServerIsAcknowledgedWithoutOptions)
{
    handshake();
    trace.see(initial.acceptor().data(100).with(dss_map(1000, 1, 100)));
    trace.see(initial.acceptor().data(100));
    trace.see(initial.initiator().ack());
    EXPECT_EQ(reason(), FallbackReason::OptionsVanished);
}

TEST_P(Fallbacks, DataWithoutOptionsIsNoFallbackUntilAllOfItIsAcknowledged)
{
    handshake_and_data();
    const Packet early = initial.acceptor().ack(); // acknowledges the mapped data
    trace.see(initial.initiator().data(100));
    trace.see(early);
    trace.see(early);
    EXPECT_EQ(reason(), kNone);
}

TEST_P(Fallbacks, DataWithoutOptionsIsNoFallbackIfADataAckAnswersIt)
{
    handshake_and_data();
    trace.see(initial.initiator().data(100)); // its mapping was not captured
    trace.see(initial.acceptor().ack().with(dss_ack(1200)));
    EXPECT_EQ(reason(), kNone);
}

TEST_P(Fallbacks, DataWithoutOptionsIsNoFallbackIfAMappingFollowsBehindIt)
{
    handshake_and_data();
    trace.see(initial.initiator().data(100));
    trace.see(initial.initiator().data(100).with(dss_map(1200, 201, 100)));
    trace.see(initial.acceptor().ack());
    EXPECT_EQ(reason(), kNone);
}

// RFC 8684 3.3.1: a mapping may cover several segments.
TEST_P(Fallbacks, TheRestOfAMappingIsNoFallback)
{
    handshake();
    trace.see(initial.initiator().data(100).with(dss_map(1000, 1, 300)));
    trace.see(initial.initiator().data(100));
    trace.see(initial.initiator().data(100));
    trace.see(initial.acceptor().ack());
    EXPECT_EQ(reason(), kNone);
    trace.see(initial.initiator().data(100)); // this segment is after the mapping
    trace.see(initial.acceptor().ack());
    EXPECT_EQ(reason(), FallbackReason::OptionsVanished);
}

// RFC 8684 3.1: MP_CAPABLE with data is also a mapping of its data-level length.
TEST_P(Fallbacks, TheRestOfTheFirstDataIsNoFallback)
{
    handshake();
    trace.see(
        initial.initiator().data(100).with(mp_capable_with_data(peers.client, peers.server, 200)));
    trace.see(initial.initiator().data(100));
    trace.see(initial.acceptor().ack());
    EXPECT_EQ(reason(), kNone);
}

TEST_P(Fallbacks, ARetransmissionWithoutOptionsIsNoFallback)
{
    handshake();
    const Packet data = initial.initiator().data(100);
    trace.see(data.with(dss_map(1000, 1, 100)));
    trace.see(data); // retransmits the first data, which is mapped
    trace.see(initial.acceptor().ack());
    EXPECT_EQ(reason(), kNone);
}

TEST_P(Fallbacks, PureAcksWithoutOptionsAreNoFallback)
{
    handshake_and_data();
    trace.see(initial.acceptor().ack());
    trace.see(initial.initiator().ack());
    EXPECT_EQ(reason(), kNone);
}

// RFC 9293 3.8.4: a keepalive has one garbage byte, or none, before the next sequence number.
TEST_P(Fallbacks, KeepalivesAreNoFallback)
{
    handshake();
    const Packet at_once = initial.initiator().ack();
    trace.see(at_once.with_seq({at_once.segment.seq.value - 1}));
    trace.see(initial.initiator().data(100).with(dss_map(1000, 1, 100)));
    const Packet later = initial.initiator().ack();
    for (const std::uint32_t payload : {0U, 1U}) {
        Packet keepalive = later.with_seq({later.segment.seq.value - 1});
        keepalive.segment.payload = payload;
        trace.see(keepalive);
        trace.see(initial.acceptor().ack());
    }
    EXPECT_EQ(reason(), kNone);
}

// RFC 8684 3.7: if there are several subflows, one without options is reset.
TEST_P(Fallbacks, DataWithoutOptionsIsNoFallbackWhileSeveralSubflowsAreOpen)
{
    handshake_and_data();
    trace.see_join(second, Join{peers});
    trace.see(initial.initiator().data(100));
    trace.see(initial.acceptor().ack());
    EXPECT_EQ(reason(), kNone);
    trace.see(second.initiator().rst());
    trace.see(initial.acceptor().ack());
    EXPECT_EQ(reason(), FallbackReason::OptionsVanished);
}

TEST_P(Fallbacks, OptionsThatTheSnaplenCutAreNoFallback)
{
    handshake();
    trace.see(initial.initiator().data(100).with(dss_map(1000, 1, 100)).cut_to(4));
    trace.see(initial.initiator().data(100).with(dss_map(1100, 101, 100)));
    trace.see(initial.initiator().data(100).with(dss_map(1200, 201, 100)).cut_to(4));
    trace.see(initial.acceptor().ack());
    EXPECT_EQ(reason(), kNone);
    trace.see(initial.acceptor().data(100).with(dss_map(1, 1, 100)));
    trace.see(initial.acceptor().data(100));
    trace.see(initial.initiator().ack().with(dss_ack(201)).cut_to(4));
    EXPECT_EQ(reason(), kNone);
}

TEST_P(Fallbacks, AnInfiniteMapping)
{
    handshake_and_data();
    trace.see(initial.initiator().data(100).with(dss_map(1100, 101, 0)));
    EXPECT_EQ(reason(), FallbackReason::InfiniteMapping);
    EXPECT_EQ(frame(), 6U);
}

TEST_P(Fallbacks, AnInfiniteMappingInAnswerToMpFail)
{
    handshake_and_data();
    trace.see(initial.acceptor().ack().with(mp_fail(DataSeq{1000})));
    EXPECT_EQ(reason(), kNone);
    trace.see(initial.initiator().data(100).with(dss_map(1100, 101, 0)));
    EXPECT_EQ(reason(), FallbackReason::InfiniteMappingAfterMpFail);
}

TEST_P(Fallbacks, AnInfiniteMappingBehindAnMpFailOfItsOwn)
{
    handshake_and_data();
    trace.see(initial.initiator().ack().with(mp_fail(DataSeq{1000})));
    trace.see(initial.initiator().data(100).with(dss_map(1100, 101, 0)));
    EXPECT_EQ(reason(), FallbackReason::InfiniteMapping);
}

TEST_P(Fallbacks, TheFirstReasonIsKept)
{
    syn();
    trace.see(initial.acceptor().syn_ack());
    trace.see(initial.initiator().ack());
    trace.see(initial.initiator().data(100));
    trace.see(initial.acceptor().data(100).with(dss_map(1, 1, 0)));
    EXPECT_EQ(reason(), FallbackReason::SynAckWithoutMpCapable);
    EXPECT_EQ(frame(), 2U);
}

INSTANTIATE_TEST_SUITE_P(SequenceNumbers, Fallbacks,
                         testing::Values(TcpSeq{1000}, TcpSeq{0xffffff80}, TcpSeq{0xffffffff}));

TEST(FallbacksOfPartialConnections, DataWithoutOptionsBehindAMapping)
{
    TcpFlow flow{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Trace trace;
    trace.see(flow.initiator().data(100).with(dss_map(1000, 1, 100)));
    trace.see(flow.initiator().data(100));
    EXPECT_FALSE(trace.connection(0).fallback);
    trace.see(flow.acceptor().ack());
    EXPECT_EQ(trace.connection(0).fallback.value().reason, FallbackReason::OptionsVanished);
}

} // namespace
} // namespace mptcp::test
