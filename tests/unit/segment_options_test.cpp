// SPDX-License-Identifier: GPL-2.0-or-later
//
// The combined information of all MPTCP options of a segment.
#include "wire/segment_options.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

SegmentOptions options_of(const Packet &packet) { return packet.as_segment().options; }
SegmentOptions options_of(std::string_view options)
{
    return options_of(Packet{{}, from_hex(options)});
}

bool only_dss(const SegmentOptions &options)
{
    return std::ranges::all_of(
        options.mptcp, [](const Option &option) { return std::holds_alternative<Dss>(option); });
}

TEST(SegmentOptions, PlainTcpSaysNothing)
{
    // mss 1460, sackOK
    const SegmentOptions options = options_of("020405b4 0402");
    EXPECT_FALSE(options.any());
    EXPECT_TRUE(options.none());
}

TEST(SegmentOptions, OfEachSubtypeTheFirstCounts)
{
    // two mp_capable with different keys
    const SegmentOptions capable =
        options_of(Packet{}.with(mp_capable(kV0, {Key{1}})).with(mp_capable(kV0, {Key{2}})));
    EXPECT_EQ(capable.find<MpCapable>()->sender_key, Key{1});
    const SegmentOptions join = options_of(
        Packet{}.with(mp_join_syn(Token{1}, Nonce{2})).with(mp_join_syn(Token{3}, Nonce{4})));
    EXPECT_EQ(join.find<MpJoinSyn>()->receiver_token, Token{1});
    const SegmentOptions fastclose =
        options_of(Packet{}.with(mp_fastclose(Key{1})).with(mp_fastclose(Key{2})));
    EXPECT_EQ(fastclose.find<MpFastclose>()->receiver_key, Key{1});
}

TEST(SegmentOptions, SeveralOptionsAddUp)
{
    const SegmentOptions options = options_of(Packet{}.with(mp_fastclose(Key{1})).with(dss_fin(7)));
    EXPECT_TRUE(options.any());
    EXPECT_EQ(options.find<MpFastclose>()->receiver_key, Key{1});
    EXPECT_TRUE(options.data_fin());
    EXPECT_TRUE(options.mapping());
}

TEST(SegmentOptions, TheFormsOfMpJoinAreDistinguished)
{
    const SegmentOptions syn = options_of(Packet{}.with(mp_join_syn(Token{1}, Nonce{2})));
    EXPECT_TRUE(syn.has<MpJoinSyn>() && !syn.has<MpJoinSynAck>() && !syn.has<MpJoinAck>());
    const SegmentOptions syn_ack = options_of(Packet{}.with(mp_join_syn_ack({}, Nonce{2})));
    EXPECT_TRUE(!syn_ack.has<MpJoinSyn>() && syn_ack.has<MpJoinSynAck>() &&
                !syn_ack.has<MpJoinAck>());
    const SegmentOptions ack = options_of(Packet{}.with(mp_join_ack({})));
    EXPECT_TRUE(!ack.has<MpJoinSyn>() && !ack.has<MpJoinSynAck>() && ack.has<MpJoinAck>());
}

TEST(SegmentOptions, WhatMapsData)
{
    EXPECT_TRUE(options_of(Packet{}.with(dss_map(1, 1, 100))).maps_data());
    EXPECT_FALSE(options_of(Packet{}.with(dss_ack(1))).maps_data());
    // RFC 8684 3.1: MP_CAPABLE with the first data is also its mapping.
    EXPECT_TRUE(options_of(Packet{}.with(mp_capable_with_data(Key{1}, Key{2}, 100))).maps_data());
    EXPECT_FALSE(options_of(Packet{}.with(mp_capable(kV1, {Key{1}, Key{2}}))).maps_data());
}

TEST(SegmentOptions, TheMappingAndTheDataAckOfADss)
{
    const SegmentOptions options = options_of(Packet{}.with(dss_map(7, 1, 100)).with(dss_ack(9)));
    ASSERT_TRUE(options.mapping());
    EXPECT_EQ(options.mapping()->data_seq.value, 7U);
    EXPECT_EQ(options.mapping()->length, 100U);
    ASSERT_TRUE(options.data_ack());
    EXPECT_EQ(options.data_ack()->value, 9U);
}

TEST(SegmentOptions, AllButDssIsSignalling)
{
    EXPECT_TRUE(only_dss(options_of(Packet{}.with(dss_map(7, 1, 100)))));
    EXPECT_FALSE(only_dss(options_of("1e0351")));                       // mp_prio
    EXPECT_TRUE(options_of("1e0c6000 0000000000000001").has<MpFail>()); // mp_fail
    EXPECT_FALSE(options_of("1e0351").has<MpFail>());
}

TEST(SegmentOptions, DataLevelIsAnyDss)
{
    EXPECT_TRUE(options_of(Packet{}.with(dss_ack(1))).has<Dss>());
    EXPECT_TRUE(options_of(Packet{}.with(dss_map(1, 1, 100))).has<Dss>());
    EXPECT_FALSE(options_of(Packet{}.with(mp_capable(kV1, {}))).has<Dss>());
}

TEST(SegmentOptions, ADataFinNeedsAMapping)
{
    EXPECT_TRUE(options_of(Packet{}.with(dss_fin(7))).data_fin());
    // dss FIN dack4=1, without a mapping: RFC 8684 3.3.3
    EXPECT_FALSE(options_of("1e082011 00000001").data_fin());
}

TEST(SegmentOptions, OfSeveralDssTheDataFinsMappingIsItsOwn)
{
    const SegmentOptions options = options_of(
        Packet{}.with(dss_map(7, 1, 100)).with(dss_fin(107)).with(dss_ack(9)).with(dss_ack(10)));
    EXPECT_EQ(options.mapping()->data_seq.value, 7U);
    EXPECT_EQ(options.data_fin()->data_seq.value, 107U);
    EXPECT_EQ(options.data_fin()->length, 1U);
    EXPECT_EQ(options.data_ack()->value, 9U); // the first one
}

TEST(SegmentOptions, ADataFinMayGoWithData)
{
    const SegmentOptions options = options_of(Packet{}.with(dss_map_and_fin(7, 1, 101)));
    EXPECT_EQ(options.data_fin()->data_seq.value, 7U);
    EXPECT_EQ(options.data_fin()->length, 101U);
    EXPECT_EQ(options.mapping()->length, 101U);
}

TEST(SegmentOptions, AnInfiniteMappingHasLengthZero)
{
    EXPECT_TRUE(options_of(Packet{}.with(dss_map(1, 1, 0))).infinite_mapping());
    EXPECT_FALSE(options_of(Packet{}.with(dss_map(1, 1, 1))).infinite_mapping());
    EXPECT_FALSE(options_of(Packet{}.with(dss_ack(0))).infinite_mapping());
}

TEST(SegmentOptions, WhatIsMalformedOrUnknownSaysNothing)
{
    EXPECT_FALSE(options_of("1e05200000").any());
    EXPECT_FALSE(options_of("1e03f0").any());
    EXPECT_TRUE(options_of("1e05200000 1e0351").any());
}

TEST(SegmentOptions, ATruncatedHeaderMayHaveMore)
{
    const SegmentOptions cut = options_of(Packet{{}, from_hex("020405b4")}.cut_to(4));
    EXPECT_FALSE(cut.any());
    EXPECT_TRUE(cut.truncated);
    EXPECT_FALSE(cut.none());
}

TEST(SegmentOptions, OfTheLaterFormsOfMpJoinTheFirstCountsToo)
{
    const SegmentOptions syn_ack = options_of(
        Packet{}.with(mp_join_syn_ack({}, Nonce{1})).with(mp_join_syn_ack({}, Nonce{2})));
    EXPECT_EQ(syn_ack.find<MpJoinSynAck>()->sender_nonce, Nonce{1});
    const SegmentOptions ack =
        options_of(Packet{}.with(mp_join_ack(Hmac{1})).with(mp_join_ack(Hmac{2})));
    EXPECT_EQ(ack.find<MpJoinAck>()->sender_hmac, Hmac{1});
}

TEST(SegmentOptions, AMalformedOptionIsNotTheFirstOne)
{
    // mp_capable of 5 bytes, then mp_capable v1 flags[H] with key 2
    const SegmentOptions options = options_of("1e05010100 1e0c0101 0000000000000002");
    EXPECT_EQ(options.find<MpCapable>()->sender_key, Key{2});
}

TEST(SegmentOptions, LaterOptionsDoNotOverrideEarlierOnes)
{
    // dss FIN with its mapping; dss infinite; dss dack4; dss of 5 bytes
    const SegmentOptions options =
        options_of(Packet{{}, from_hex("1e0e2014 00000010 00000000 0001")}
                       .with(dss_map(1, 1, 0))
                       .with(dss_ack(1))
                       .with(from_hex("1e05200000")));
    EXPECT_TRUE(options.any());
    EXPECT_TRUE(options.has<Dss>());
    EXPECT_TRUE(options.mapping());
    EXPECT_TRUE(options.data_fin());
    EXPECT_TRUE(options.infinite_mapping());
}

// Options that the tracker ignores still count as MPTCP.
TEST(SegmentOptions, EveryKnownSubtypeIsSeen)
{
    for (const char *option : {
             "1e083107 0a000202",         // add_addr[echo] address_id=7 addr=10.0.2.2
             "1e044009",                  // remove_address address_id=9
             "1e0351",                    // mp_prio[B]
             "1e0c6000 d822b3b1614801d1", // mp_fail
             "1e048000",                  // mp_tcprst
         }) {
        const SegmentOptions options = options_of(option);
        EXPECT_TRUE(options.any()) << option;
        EXPECT_FALSE(options.has<MpCapable>() || options.has<MpJoinSyn>() ||
                     options.has<MpJoinSynAck>() || options.has<MpJoinAck>() ||
                     options.has<MpFastclose>())
            << option;
        EXPECT_FALSE(options.mapping() || options.has<Dss>()) << option;
    }
}

} // namespace
} // namespace mptcp::test
