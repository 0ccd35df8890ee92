// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the options 30 of one segment say together.
#include "wire/segment_options.h"

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

Signals signals_of(const Packet &packet) { return read_signals(packet.as_segment()); }
Signals signals_of(std::string_view options) { return signals_of(Packet{{}, octets(options)}); }

TEST(Signals, PlainTcpSaysNothing)
{
    // mss 1460, sackOK
    const Signals signals = signals_of("020405b4 0402");
    EXPECT_FALSE(signals.any());
    EXPECT_TRUE(signals.none());
}

TEST(Signals, OfEachSubtypeTheFirstCounts)
{
    // mp_capable with one key, and another with another key
    const Signals capable =
        signals_of(Packet{}.with(mp_capable(kV0, {Key{1}})).with(mp_capable(kV0, {Key{2}})));
    EXPECT_EQ(capable.capable().value().sender_key, Key{1});
    const Signals join = signals_of(
        Packet{}.with(mp_join_syn(Token{1}, Nonce{2})).with(mp_join_syn(Token{3}, Nonce{4})));
    EXPECT_EQ(join.join_syn().value().receiver_token, Token{1});
    const Signals fastclose =
        signals_of(Packet{}.with(mp_fastclose(Key{1})).with(mp_fastclose(Key{2})));
    EXPECT_EQ(fastclose.fastclose().value().receiver_key, Key{1});
}

TEST(Signals, SeveralOptionsAddUp)
{
    const Signals signals = signals_of(Packet{}.with(mp_fastclose(Key{1})).with(dss_fin(7)));
    EXPECT_TRUE(signals.any());
    EXPECT_EQ(signals.fastclose().value().receiver_key, Key{1});
    EXPECT_TRUE(signals.data_fin());
    EXPECT_TRUE(signals.mapping);
}

TEST(Signals, TheFormsOfMpJoinAreToldApart)
{
    const Signals syn = signals_of(Packet{}.with(mp_join_syn(Token{1}, Nonce{2})));
    EXPECT_TRUE(syn.join_syn() && !syn.join_syn_ack() && !syn.join_ack());
    const Signals syn_ack = signals_of(Packet{}.with(mp_join_syn_ack({}, Nonce{2})));
    EXPECT_TRUE(!syn_ack.join_syn() && syn_ack.join_syn_ack() && !syn_ack.join_ack());
    const Signals ack = signals_of(Packet{}.with(mp_join_ack({})));
    EXPECT_TRUE(!ack.join_syn() && !ack.join_syn_ack() && ack.join_ack());
}

TEST(Signals, WhatMapsData)
{
    EXPECT_TRUE(signals_of(Packet{}.with(dss_map(1, 1, 100))).maps_data());
    EXPECT_FALSE(signals_of(Packet{}.with(dss_ack(1))).maps_data());
    // RFC 8684 3.1: MP_CAPABLE with the first data is its mapping.
    EXPECT_TRUE(signals_of(Packet{}.with(mp_capable_with_data(Key{1}, Key{2}, 100))).maps_data());
    EXPECT_FALSE(signals_of(Packet{}.with(mp_capable(kV1, {Key{1}, Key{2}}))).maps_data());
}

TEST(Signals, TheMappingAndTheDataAckOfADss)
{
    const Signals signals = signals_of(Packet{}.with(dss_map(7, 1, 100)).with(dss_ack(9)));
    ASSERT_TRUE(signals.mapping);
    EXPECT_EQ(signals.mapping->data_seq.value, 7U);
    EXPECT_EQ(signals.mapping->length, 100U);
    ASSERT_TRUE(signals.data_ack);
    EXPECT_EQ(signals.data_ack->value, 9U);
}

TEST(Signals, AllButDssIsSignalling)
{
    EXPECT_FALSE(signals_of(Packet{}.with(dss_map(7, 1, 100))).signalling());
    EXPECT_TRUE(signals_of("1e0351").signalling());              // mp_prio
    EXPECT_TRUE(signals_of("1e0c6000 0000000000000001").fail()); // mp_fail
    EXPECT_FALSE(signals_of("1e0351").fail());
}

TEST(Signals, DataLevelIsAnyDss)
{
    EXPECT_TRUE(signals_of(Packet{}.with(dss_ack(1))).data_level());
    EXPECT_TRUE(signals_of(Packet{}.with(dss_map(1, 1, 100))).data_level());
    EXPECT_FALSE(signals_of(Packet{}.with(mp_capable(kV1, {}))).data_level());
}

TEST(Signals, ADataFinNeedsAMapping)
{
    EXPECT_TRUE(signals_of(Packet{}.with(dss_fin(7))).data_fin());
    // dss FIN dack4=1, without a mapping: RFC 8684 3.3.3
    EXPECT_FALSE(signals_of("1e082011 00000001").data_fin());
}

TEST(Signals, OfSeveralDssTheDataFinsMappingIsItsOwn)
{
    const Signals signals = signals_of(
        Packet{}.with(dss_map(7, 1, 100)).with(dss_fin(107)).with(dss_ack(9)).with(dss_ack(10)));
    EXPECT_EQ(signals.mapping.value().data_seq.value, 7U);
    EXPECT_EQ(signals.data_fin().value().data_seq.value, 107U);
    EXPECT_EQ(signals.data_fin()->length, 1U);
    EXPECT_EQ(signals.data_ack.value().value, 9U); // the first one
}

TEST(Signals, ADataFinMayGoWithData)
{
    const Signals signals = signals_of(Packet{}.with(dss_map_and_fin(7, 1, 101)));
    EXPECT_EQ(signals.data_fin().value().data_seq.value, 7U);
    EXPECT_EQ(signals.data_fin()->length, 101U);
    EXPECT_EQ(signals.mapping.value().length, 101U);
}

TEST(Signals, AnInfiniteMappingHasLengthZero)
{
    EXPECT_TRUE(signals_of(Packet{}.with(dss_map(1, 1, 0))).infinite_mapping());
    EXPECT_FALSE(signals_of(Packet{}.with(dss_map(1, 1, 1))).infinite_mapping());
    EXPECT_FALSE(signals_of(Packet{}.with(dss_ack(0))).infinite_mapping());
}

TEST(Signals, WhatIsMalformedOrUnknownSaysNothing)
{
    EXPECT_FALSE(signals_of("1e05200000").any());
    EXPECT_FALSE(signals_of("1e03f0").any());
    EXPECT_TRUE(signals_of("1e05200000 1e0351").any());
}

TEST(Signals, AfterACutNobodyKnowsThatThereIsNone)
{
    const Signals cut = signals_of(Packet{{}, octets("020405b4")}.cut_to(4));
    EXPECT_FALSE(cut.any());
    EXPECT_TRUE(cut.truncated());
    EXPECT_FALSE(cut.none());
}

TEST(Signals, OfTheLaterFormsOfMpJoinTheFirstCountsToo)
{
    const Signals syn_ack = signals_of(
        Packet{}.with(mp_join_syn_ack({}, Nonce{1})).with(mp_join_syn_ack({}, Nonce{2})));
    EXPECT_EQ(syn_ack.join_syn_ack().value().sender_nonce, Nonce{1});
    const Signals ack = signals_of(Packet{}.with(mp_join_ack(Hmac{1})).with(mp_join_ack(Hmac{2})));
    EXPECT_EQ(ack.join_ack().value().sender_hmac, Hmac{1});
}

TEST(Signals, AMalformedOneDoesNotTakeTheFirstPlace)
{
    // mp_capable of 5 octets, then mp_capable v1 flags[H] with key 2
    const Signals signals = signals_of("1e05010100 1e0c0101 0000000000000002");
    EXPECT_EQ(signals.capable().value().sender_key, Key{2});
}

TEST(Signals, WhatOneOptionSaysNoLaterOneTakesBack)
{
    // dss FIN with its mapping; dss infinite; dss dack4; dss of 5 octets
    const Signals signals = signals_of(Packet{{}, octets("1e0e2014 00000010 00000000 0001")}
                                           .with(dss_map(1, 1, 0))
                                           .with(dss_ack(1))
                                           .with(octets("1e05200000")));
    EXPECT_TRUE(signals.any());
    EXPECT_TRUE(signals.data_level());
    EXPECT_TRUE(signals.mapping);
    EXPECT_TRUE(signals.data_fin());
    EXPECT_TRUE(signals.infinite_mapping());
}

// Those that the tracker does not act on: they are MPTCP all the same.
TEST(Signals, EveryKnownSubtypeIsSeen)
{
    for (const char *option : {
             "1e083107 0a000202",         // add_addr[echo] address_id=7 addr=10.0.2.2
             "1e044009",                  // remove_address address_id=9
             "1e0351",                    // mp_prio[B]
             "1e0c6000 d822b3b1614801d1", // mp_fail
             "1e048000",                  // mp_tcprst
         }) {
        const Signals signals = signals_of(option);
        EXPECT_TRUE(signals.any()) << option;
        EXPECT_FALSE(signals.capable() || signals.join_syn() || signals.join_syn_ack() ||
                     signals.join_ack() || signals.fastclose())
            << option;
        EXPECT_FALSE(signals.mapping || signals.data_level()) << option;
    }
}

} // namespace
} // namespace mptcp::test
