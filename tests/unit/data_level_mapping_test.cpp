// SPDX-License-Identifier: GPL-2.0-or-later
//
// Mappings from subflow sequence numbers to DSNs (RFC 8684 3.3.1), before, with
// and after their data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data_trace.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum EventType;

class Mappings : public DataTrace {};

TEST_F(Mappings, PlaceTheirPacket)
{
    open();
    const auto first = see(data(initial, 0, 100));
    const auto next = see(data(initial, 100, 50));
    EXPECT_EQ(first_dsn(first), dsn(0));
    EXPECT_EQ(first_dsn(next), dsn(100));
    EXPECT_EQ(kinds(first), unique(100));
    EXPECT_EQ(kinds(next), unique(50));
    EXPECT_EQ(packet(next).payload, 50U);
}

TEST_F(Mappings, AreFoundByFrameAndSubflow)
{
    open();
    const auto with = see(data(initial, 0, 100));
    const auto without = see(initial.initiator().ack());
    const SubflowId subflow = packet(with).subflow;
    EXPECT_EQ(level().find(with, subflow), &packet(with));
    EXPECT_EQ(level().find(with, SubflowId{7}), nullptr);
    EXPECT_EQ(level().find(without, subflow), nullptr);
    EXPECT_EQ(level().find(99, subflow), nullptr);
}

TEST_F(Mappings, OfEitherSideAreOfItsOwnStream)
{
    open();
    const DataSeq down = peers.first_data(Role::Server);
    const auto up = see(data(initial, 0, 100));
    const auto answer = see(initial.acceptor().data(70).with(dss_map(down, 1, 70)));
    EXPECT_EQ(first_dsn(up), dsn(0));
    EXPECT_EQ(first_dsn(answer), down);
    EXPECT_EQ(kinds(answer), unique(70));
}

TEST_F(Mappings, OfASubflowThatTheServerInitiatesAreInTheSameStreams)
{
    join.initiator = Role::Server;
    TcpFlow back{at("10.0.0.2", 7000), at("10.0.9.1", 4001)};
    open();
    trace.see_join(back, join);
    see(data(initial, 0, 100));
    const auto again = see(back.acceptor().data(100).with(dss_map(dsn(0), 1, 100)));
    EXPECT_EQ(kinds(again), reinjected(100));
}

TEST_F(Mappings, MayHaveFourBytes)
{
    open();
    const auto low = static_cast<std::uint32_t>(dsn(0).value);
    const auto frame = see(initial.initiator().data(100).with(dss_map(low, 1, 100)));
    EXPECT_EQ(first_dsn(frame), dsn(0));
    EXPECT_EQ(first_dsn(see(data(initial, 100, 10))), dsn(100));
}

TEST_F(Mappings, MayCoverSeveralSegments)
{
    open();
    const Bytes all = mapping(initial, 0, 300);
    const auto first = see(bare(initial, 100).with(all));
    const auto next = see(bare(initial, 100));
    const auto last = see(bare(initial, 100).with(all)); // some stacks repeat the mapping
    EXPECT_EQ(first_dsn(first), dsn(0));
    EXPECT_EQ(first_dsn(next), dsn(100));
    EXPECT_EQ(first_dsn(last), dsn(200));
    EXPECT_EQ(kinds(next), unique(100));
    EXPECT_EQ(kinds(see(bare(initial, 10))), unmapped(10));
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

TEST_F(Mappings, MayCoverAPartOfASegment)
{
    open();
    const auto frame = see(data_under(initial, 0, 60, 100));
    EXPECT_EQ(first_dsn(frame), dsn(0));
    EXPECT_EQ(kinds(frame), (Kinds{60, 0, 0, 40}));
}

TEST_F(Mappings, OfOneSegmentMayBeTwo)
{
    open_both();
    const auto frame =
        see(bare(initial, 100).with(mapping_at(1, 500, 40)).with(mapping_at(41, 100, 60)));
    EXPECT_EQ(first_dsn(frame), dsn(500));
    EXPECT_EQ(kinds(frame), unique(100));
    EXPECT_EQ(kinds(see(data(second, 100, 60))), reinjected(60));
}

TEST_F(Mappings, MayComeOneAfterTheOtherForOneSegment)
{
    open();
    const auto frame = see(bare(initial, 100).with(mapping_at(1, 0, 30)));
    EXPECT_EQ(kinds(frame), (Kinds{30, 0, 0, 70}));
    see(initial.initiator().ack().with(mapping_at(31, 30, 20)));
    EXPECT_EQ(kinds(frame), (Kinds{50, 0, 0, 50}));
    see(initial.initiator().ack().with(mapping_at(51, 50, 50)));
    EXPECT_EQ(kinds(frame), unique(100));
    EXPECT_EQ(first_dsn(frame), dsn(0));
}

TEST_F(Mappings, MayComeBeforeTheirData)
{
    open();
    see(initial.initiator().ack().with(mapping(initial, 0, 100)));
    const auto frame = see(bare(initial, 100));
    EXPECT_EQ(first_dsn(frame), dsn(0));
    EXPECT_EQ(kinds(frame), unique(100));
}

TEST_F(Mappings, MayComeBehindTheirData)
{
    open_both();
    const Bytes map = mapping(second, 0, 100);
    const auto frame = see(bare(second, 100));
    EXPECT_EQ(kinds(frame), unmapped(100));
    EXPECT_FALSE(packet(frame).mapped);
    see(second.initiator().ack().with(map));
    EXPECT_EQ(kinds(frame), unique(100));
    EXPECT_EQ(first_dsn(frame), dsn(0));
}

TEST_F(Mappings, MayComeWithTheRetransmission)
{
    open_both();
    const Bytes map = mapping(second, 0, 100);
    const Packet sent = bare(second, 100);
    const auto first = see(sent);
    const auto again = see(sent);
    EXPECT_EQ(kinds(again), unmapped(100));
    const auto mapped = see(sent.with(map));
    EXPECT_EQ(kinds(first), unique(100));
    EXPECT_EQ(kinds(again), retransmitted(100));
    EXPECT_EQ(kinds(mapped), retransmitted(100));
    EXPECT_EQ(first_dsn(again), dsn(0));
}

// If a packet begins before the mapping, its first byte has no DSN.
TEST_F(Mappings, OfTheEndOfAPacketDoNotPlaceItsBeginning)
{
    open_both();
    const auto frame = see(bare(second, 100).with(mapping_at(61, 60, 40)));
    EXPECT_EQ(kinds(frame), (Kinds{40, 0, 0, 60}));
    EXPECT_EQ(first_dsn(frame), std::nullopt);
    see(second.initiator().ack().with(mapping_at(1, 0, 60)));
    EXPECT_EQ(kinds(frame), unique(100));
    EXPECT_EQ(first_dsn(frame), dsn(0));
}

// RFC 8684 3.1: MP_CAPABLE with the first data is also its mapping.
TEST_F(Mappings, OfTheFirstDataMayBeMpCapable)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    const auto capable = mp_capable_with_data(peers.client, peers.server, 250);
    const auto first = see(bare(initial, 150).with(capable));
    const auto rest = see(bare(initial, 100));
    EXPECT_EQ(first_dsn(first), dsn(0));
    EXPECT_EQ(first_dsn(rest), dsn(150));
    EXPECT_EQ(kinds(rest), unique(100));
    EXPECT_EQ(kinds(see(data(initial, 250, 10))), unique(10));
}

// The SYN occupies a sequence number; its data starts at the next one.
TEST_F(Mappings, MayBeOfDataInTheSyn)
{
    Packet syn = initial.initiator().syn().with(peers.syn());
    syn.segment.payload = 80;
    const auto frame = see(syn);
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(initial.initiator().ack().with(peers.ack()).with_seq({1081}));
    EXPECT_EQ(kinds(frame), unmapped(80));
    see(initial.initiator().ack().with_seq({1081}).with(mapping_at(1, 0, 80)));
    EXPECT_EQ(kinds(frame), unique(80));
    EXPECT_EQ(first_dsn(frame), dsn(0));
}

// RFC 8684 3.7: an infinite mapping covers all following data.
TEST_F(Mappings, MayBeInfinite)
{
    open();
    see(data(initial, 0, 100));
    const auto infinite = see(bare(initial, 50).with(mapping_at(101, 100, 0)));
    const Packet later = bare(initial, 1000);
    const auto last = see(later);
    EXPECT_EQ(first_dsn(infinite), dsn(100));
    EXPECT_EQ(kinds(infinite), unique(50));
    EXPECT_EQ(first_dsn(last), dsn(150));
    EXPECT_EQ(kinds(last), unique(1000));
    EXPECT_EQ(kinds(see(later)), retransmitted(1000));
    EXPECT_EQ(trace.state(0), ConnectionState::Fallback);
}

// RFC 8684 3.7: a fallback implies an infinite mapping.
TEST_F(Mappings, AreImpliedByAFallback)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack()); // refused: falls back to plain TCP
    trace.see(initial.initiator().ack());
    const Packet sent = bare(initial, 100);
    EXPECT_EQ(kinds(see(sent)), unique(100));
    EXPECT_EQ(kinds(see(sent)), retransmitted(100));
    EXPECT_EQ(kinds(see(bare(initial, 50))), unique(50));
}

// RFC 9293 3.5.3: an RST may carry explanatory text.
TEST_F(Mappings, AreNotOfWhatAnRstCarries)
{
    open();
    see(initial.initiator().ack().with(mapping(initial, 0, 100)));
    Packet rst = initial.initiator().rst();
    rst.segment.payload = 20;
    EXPECT_EQ(kinds(see(rst)), unmapped(20));
}

// RFC 8684 3.3.3: the length of a mapping includes the DATA_FIN, which is not a byte of payload.
TEST_F(Mappings, WithADataFinAreAByteShorter)
{
    open();
    const auto low = static_cast<std::uint32_t>(dsn(0).value);
    const auto frame = see(bare(initial, 100).with(dss_map_and_fin(low, 1, 101)));
    EXPECT_EQ(kinds(frame), unique(100));
    const auto beyond = see(bare(initial, 1)); // the next byte is not mapped
    EXPECT_EQ(kinds(beyond), unmapped(1));
    see(ack(initial, 101));
    EXPECT_EQ(stream().gaps().count, 0U);
    EXPECT_EQ(stream().in_flight(), 0U);
}

TEST_F(Mappings, OfADataFinAloneMapNothing)
{
    open();
    see(data(initial, 0, 100));
    const auto low = static_cast<std::uint32_t>(dsn(100).value);
    see(initial.initiator().ack().with(dss_fin(low)));
    see(ack(initial, 101));
    EXPECT_EQ(stream().gaps().count, 0U);
    EXPECT_THAT(trace.detected(3), ElementsAre(by_client(5, DataFin), by_server(6, DataFinAcked)));
}

// The DATA_FIN is sent on another subflow, which has its own data.
TEST_F(Mappings, OfADataFinAloneLeaveThePayloadAlone)
{
    open_both();
    const auto low = static_cast<std::uint32_t>(dsn(100).value);
    const Bytes map = mapping(second, 0, 100);
    see(second.initiator().ack().with(map));
    EXPECT_EQ(kinds(see(bare(second, 100).with(dss_fin(low)))), unique(100));
}

// The first mapping of a byte counts.
TEST_F(Mappings, ThatContradictAnEarlierOneAreReported)
{
    open();
    see(data(initial, 0, 100));
    const auto sent = see(data(initial, 100, 100));
    const auto frame = see(initial.initiator().ack().with(mapping_at(101, 700, 100)));
    EXPECT_THAT(trace.detected(3), ElementsAre(by_client(frame, MappingMismatch)));
    EXPECT_EQ(first_dsn(sent), dsn(100));
    EXPECT_EQ(kinds(sent), unique(100));
}

TEST_F(Mappings, ThatContradictInPartCountForTheRest)
{
    open();
    see(data(initial, 0, 100));
    see(initial.initiator().ack().with(mapping_at(51, 700, 100)));
    const auto rest = see(bare(initial, 50));
    EXPECT_EQ(first_dsn(rest), dsn(750));
    EXPECT_EQ(kinds(rest), unique(50));
}

TEST_F(Mappings, ThatAgreeAreNotReported)
{
    open();
    const Packet sent = data(initial, 0, 100);
    see(sent);
    see(sent);
    see(initial.initiator().ack().with(mapping_at(31, 30, 200)));
    see(initial.initiator().ack().with(mapping_at(31, 30, 20)));
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

// Sequence numbers that wrap

TEST_F(Mappings, HoldWhereTheSubflowsSequenceNumbersWrap)
{
    initial = TcpFlow{at("10.0.0.1", 4000), at("10.0.0.2", 80), TcpSeq{UINT32_MAX - 150}};
    open();
    const auto before = see(data(initial, 0, 100));
    const Packet across = data(initial, 100, 100);
    const auto wraps = see(across);
    const auto behind = see(data(initial, 200, 100));
    EXPECT_EQ(first_dsn(before), dsn(0));
    EXPECT_EQ(first_dsn(wraps), dsn(100));
    EXPECT_EQ(first_dsn(behind), dsn(200));
    EXPECT_EQ(kinds(behind), unique(100));
    EXPECT_EQ(kinds(see(across)), retransmitted(100));
}

// RFC 8684 3.3.1: relative subflow sequence numbers have 32 bits, too.
TEST_F(Mappings, HoldBeyondFourGigabytesOfASubflow)
{
    constexpr std::uint32_t kStep = std::uint32_t{1} << 30;
    initial = TcpFlow{at("10.0.0.1", 4000), at("10.0.0.2", 80), TcpSeq{UINT32_MAX - 150}};
    open();
    see(data(initial, 0, 10));
    std::uint64_t sent = 10;
    for (int i = 0; i < 13; ++i) {
        const Packet packet = data(initial, sent, 1000);
        const auto frame = see(packet);
        ASSERT_EQ(first_dsn(frame), dsn(sent));
        ASSERT_EQ(kinds(frame), unique(1000));
        ASSERT_EQ(kinds(see(packet)), retransmitted(1000));
        bare(initial, kStep - 1000); // not captured
        sent += kStep;
    }
    EXPECT_EQ(stream().gaps().count, 12U);
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

// RFC 8684 3.3.1: the relative sequence number is 1 for the first byte and again 4 GB later.
TEST_F(Mappings, BeyondFourGigabytesAreNotTakenForTheFirst)
{
    open();
    constexpr std::uint32_t kStep = std::uint32_t{1} << 30;
    for (std::uint64_t i = 0; i < 5; ++i) {
        see(data(initial, i * kStep, 1000));
        bare(initial, kStep - 1000);
    }
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

// A key whose IDSN is 0xe3282cc1ffffef05, found by trying keys in Python:
// hashlib.sha256(key).digest()[24:].
TEST_F(Mappings, HoldWhereTheLowerHalfOfTheDsnWraps)
{
    peers.client = Key{0x846d0};
    ASSERT_EQ(dsn(0).value, 0xe3282cc1ffffef06);
    open();
    for (std::uint64_t begin = 0; begin < 10'000; begin += 1000) {
        const auto low = static_cast<std::uint32_t>(dsn(begin).value);
        const bool whole = begin % 3000 == 0;
        const Bytes map = whole ? mapping(initial, begin, 1000)
                                : dss_map(low, initial.initiator().relative(), 1000);
        const auto frame = see(bare(initial, 1000).with(map));
        ASSERT_EQ(first_dsn(frame), dsn(begin));
        const auto acked = static_cast<std::uint32_t>(dsn(begin + 1000).value);
        see(whole ? initial.acceptor().ack().with(dss_ack(acked)) : ack(initial, begin + 1000));
        ASSERT_TRUE(packet(frame).acknowledged);
    }
    EXPECT_EQ(stream().gaps().count, 0U);
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

} // namespace
} // namespace mptcp::test
