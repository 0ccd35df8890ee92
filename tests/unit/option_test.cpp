// SPDX-License-Identifier: GPL-2.0-or-later
//
// The parser of option 30: every form of every subtype, in both versions
// (RFC 8684 3, RFC 6824 3), and every invalid length. The comment above the bytes
// of a form has packetdrill's notation and the capture that they are from.
// s30_v0_generated is from the generator, the others are from the Linux kernel.
//
// option_walk_test.cpp tests the iteration over the options of a header.
#include "wire/option.h"

#include <algorithm>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guarded.h"
#include "segments.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;

constexpr std::size_t kLongest = 40; // RFC 9293 3.1: the maximum for all options of a header

// Parses the bytes; throws if the result has another form.
template <class Form> Form parsed(const Bytes &bytes)
{
    const Option option = parse_option(bytes);
    if (const auto *malformed = std::get_if<Malformed>(&option))
        ADD_FAILURE() << "malformed: " << malformed->reason;
    return std::get<Form>(option);
}

bool is_malformed(const Bytes &bytes)
{
    return std::holds_alternative<Malformed>(parse_option(bytes));
}

// An option 30 of this length with the given first bytes; the others are zero.
Bytes option_of(std::size_t length, unsigned subtype, unsigned low_nibble, unsigned flags = 0)
{
    Bytes bytes(length, 0);
    const unsigned start[] = {kMptcpOptionKind, static_cast<unsigned>(length),
                              subtype << 4 | low_nibble, flags};
    for (std::size_t i = 0; i < std::min(length, std::size(start)); ++i)
        bytes[i] = static_cast<std::uint8_t>(start[i]);
    return bytes;
}

// The lengths at which such an option is well formed.
std::set<std::size_t> legal_lengths(Subtype subtype, unsigned low_nibble, unsigned flags = 0)
{
    std::set<std::size_t> lengths;
    for (std::size_t length = 0; length <= kLongest; ++length)
        if (!is_malformed(option_of(length, static_cast<unsigned>(subtype), low_nibble, flags)))
            lengths.insert(length);
    return lengths;
}

// MP_CAPABLE: RFC 8684 3.1, RFC 6824 3.1

TEST(MpCapable, V1Syn)
{
    // mp_capable v1 flags[H]; from s01_single.pcap
    const auto option = parsed<MpCapable>(from_hex("1e 04 01 01"));
    EXPECT_EQ(option.version, kV1);
    EXPECT_TRUE(option.hmac);
    EXPECT_FALSE(option.checksum_required);
    EXPECT_FALSE(option.extensibility);
    EXPECT_FALSE(option.join_denied);
    EXPECT_EQ(option.sender_key, std::nullopt);
    EXPECT_EQ(option.receiver_key, std::nullopt);
    EXPECT_EQ(option.data_length, std::nullopt);
    EXPECT_EQ(option.checksum, std::nullopt);
}

TEST(MpCapable, V1SynAck)
{
    // mp_capable v1 flags[H] sender_hkey=0x8a4b48785f64460c; from s01_single.pcap
    const auto option = parsed<MpCapable>(from_hex("1e 0c 01 01 8a4b48785f64460c"));
    EXPECT_EQ(option.version, kV1);
    EXPECT_EQ(option.sender_key, Key{0x8a4b48785f64460c});
    EXPECT_EQ(option.receiver_key, std::nullopt);
    EXPECT_EQ(option.data_length, std::nullopt);
}

TEST(MpCapable, V1ThirdAck)
{
    // mp_capable v1 flags[H] sender_hkey, receiver_hkey; from s01_single.pcap
    const auto option =
        parsed<MpCapable>(from_hex("1e 14 01 01 953d42e5fb6f07ed 8a4b48785f64460c"));
    EXPECT_EQ(option.version, kV1);
    EXPECT_EQ(option.sender_key, Key{0x953d42e5fb6f07ed});
    EXPECT_EQ(option.receiver_key, Key{0x8a4b48785f64460c});
    EXPECT_EQ(option.data_length, std::nullopt);
}

TEST(MpCapable, V1FirstData)
{
    // mp_capable v1 flags[H] sender_hkey, receiver_hkey, mpcdatalen 192; from s01_single.pcap
    const auto option =
        parsed<MpCapable>(from_hex("1e 16 01 01 953d42e5fb6f07ed 8a4b48785f64460c 00c0"));
    EXPECT_EQ(option.sender_key, Key{0x953d42e5fb6f07ed});
    EXPECT_EQ(option.receiver_key, Key{0x8a4b48785f64460c});
    EXPECT_EQ(option.data_length, 192);
    EXPECT_EQ(option.checksum, std::nullopt);
}

TEST(MpCapable, V1FirstDataWithChecksum)
{
    // mp_capable v1 flags[A,H] keys, mpcdatalen 192, csum 0xdee6; from s11_checksum.pcap
    const auto option =
        parsed<MpCapable>(from_hex("1e 18 01 81 c1923c150f0953f8 d441d4c74d042440 00c0 dee6"));
    EXPECT_TRUE(option.checksum_required);
    EXPECT_EQ(option.data_length, 192);
    EXPECT_EQ(option.checksum, 0xdee6);
}

TEST(MpCapable, V0SynAndSynAck)
{
    // mp_capable v0 flags[A,H] sender_hkey=0x90bfa5e2ba612a29; from s30_v0_generated.pcap
    const auto option = parsed<MpCapable>(from_hex("1e 0c 00 81 90bfa5e2ba612a29"));
    EXPECT_EQ(option.version, kV0);
    EXPECT_TRUE(option.checksum_required);
    EXPECT_TRUE(option.hmac);
    EXPECT_EQ(option.sender_key, Key{0x90bfa5e2ba612a29});
    EXPECT_EQ(option.receiver_key, std::nullopt);
}

TEST(MpCapable, V0ThirdAck)
{
    // mp_capable v0 flags[A,H] sender_hkey, receiver_hkey; from s30_v0_generated.pcap
    const auto option =
        parsed<MpCapable>(from_hex("1e 14 00 81 90bfa5e2ba612a29 16cc617494357e4b"));
    EXPECT_EQ(option.version, kV0);
    EXPECT_EQ(option.sender_key, Key{0x90bfa5e2ba612a29});
    EXPECT_EQ(option.receiver_key, Key{0x16cc617494357e4b});
}

TEST(MpCapable, EachFlagHasItsBit)
{
    const auto with_flags = [](unsigned version, unsigned flags) {
        return parsed<MpCapable>(option_of(12, 0, version, flags));
    };
    for (const unsigned version : {0U, 1U}) {
        EXPECT_TRUE(with_flags(version, 0x80).checksum_required);
        EXPECT_FALSE(with_flags(version, 0x7f).checksum_required);
        EXPECT_TRUE(with_flags(version, 0x40).extensibility);
        EXPECT_FALSE(with_flags(version, 0xbf).extensibility);
        EXPECT_TRUE(with_flags(version, 0x01).hmac);
        EXPECT_FALSE(with_flags(version, 0xfe).hmac);
    }
    // RFC 8684 3.1: flag C. In RFC 6824 3.1 this bit is for crypto algorithms.
    EXPECT_TRUE(with_flags(1, 0x20).join_denied);
    EXPECT_FALSE(with_flags(1, 0xdf).join_denied);
    EXPECT_FALSE(with_flags(0, 0x20).join_denied);
}

TEST(MpCapable, HasTheseLengthsAndNoOthers)
{
    EXPECT_THAT(legal_lengths(Subtype::MpCapable, 0), ElementsAre(12, 20));
    EXPECT_THAT(legal_lengths(Subtype::MpCapable, 1), ElementsAre(4, 12, 20, 22, 24));
}

TEST(MpCapable, AnUnknownVersionIsParsedLikeTheNewestKnown)
{
    EXPECT_EQ(parsed<MpCapable>(from_hex("1e 04 02 01")).version, 2);
    EXPECT_EQ(parsed<MpCapable>(from_hex("1e 04 0f 01")).version, 15);
}

// MP_JOIN: RFC 8684 3.2

TEST(MpJoin, Syn)
{
    // mp_join_syn address_id=2 token=2095057999 sender_rand=3676878829; from s02_two_down.pcap
    const auto option = parsed<MpJoinSyn>(from_hex("1e 0c 10 02 7ce00c4f db28b7ed"));
    EXPECT_FALSE(option.backup);
    EXPECT_EQ(option.address_id, 2);
    EXPECT_EQ(option.receiver_token, Token{2095057999});
    EXPECT_EQ(option.sender_nonce, Nonce{3676878829});
}

TEST(MpJoin, SynOfABackup)
{
    // mp_join_syn_backup address_id=2 token=2382205827; from s07_backup_prio.pcap
    const auto option = parsed<MpJoinSyn>(from_hex("1e 0c 11 02 8dfd9383 d6910d6b"));
    EXPECT_TRUE(option.backup);
    EXPECT_EQ(option.receiver_token, Token{2382205827});
}

TEST(MpJoin, SynAck)
{
    // mp_join_syn_ack address_id=0 sender_hmac sender_rand=2989645427; from s02_two_down.pcap
    const auto option = parsed<MpJoinSynAck>(from_hex("1e 10 10 00 906f3f7a8a6d1f4a b2325e73"));
    EXPECT_FALSE(option.backup);
    EXPECT_EQ(option.address_id, 0);
    EXPECT_THAT(option.sender_hmac, ElementsAre(0x90, 0x6f, 0x3f, 0x7a, 0x8a, 0x6d, 0x1f, 0x4a));
    EXPECT_EQ(option.sender_nonce, Nonce{2989645427});
}

TEST(MpJoin, SynAckOfABackup)
{
    const auto option = parsed<MpJoinSynAck>(from_hex("1e 10 11 ff 906f3f7a8a6d1f4a b2325e73"));
    EXPECT_TRUE(option.backup);
    EXPECT_EQ(option.address_id, 255);
}

TEST(MpJoin, Ack)
{
    // mp_join_ack sender_hmac; from s02_two_down.pcap
    const auto option =
        parsed<MpJoinAck>(from_hex("1e 18 10 00 3521befbbcff1553 2d40e8114ae3d692 6a67902a"));
    EXPECT_THAT(option.sender_hmac,
                ElementsAre(0x35, 0x21, 0xbe, 0xfb, 0xbc, 0xff, 0x15, 0x53, 0x2d, 0x40, 0xe8, 0x11,
                            0x4a, 0xe3, 0xd6, 0x92, 0x6a, 0x67, 0x90, 0x2a));
}

TEST(MpJoin, HasTheseLengthsAndNoOthers)
{
    EXPECT_THAT(legal_lengths(Subtype::MpJoin, 0), ElementsAre(12, 16, 24));
    EXPECT_THAT(legal_lengths(Subtype::MpJoin, 1), ElementsAre(12, 16, 24));
}

// DSS: RFC 8684 3.3

TEST(DssOption, NothingButFlags)
{
    // dss without any field
    const auto option = parsed<Dss>(from_hex("1e 04 20 00"));
    EXPECT_FALSE(option.data_fin);
    EXPECT_FALSE(option.data_ack);
    EXPECT_FALSE(option.mapping);
}

TEST(DssOption, DataAckOf4Bytes)
{
    // dss dack4=0xe8f3d925; from s30_v0_generated.pcap
    const auto option = parsed<Dss>(from_hex("1e 08 20 01 e8f3d925"));
    ASSERT_TRUE(option.data_ack);
    EXPECT_EQ(option.data_ack->value, 0xe8f3d925U);
    EXPECT_FALSE(option.data_ack->is_64_bit);
    EXPECT_FALSE(option.mapping);
}

TEST(DssOption, DataAckOf8Bytes)
{
    // dss dack8=0xb57e9705ea5a7b75; from s01_single.pcap
    const auto option = parsed<Dss>(from_hex("1e 0c 20 03 b57e9705ea5a7b75"));
    ASSERT_TRUE(option.data_ack);
    EXPECT_EQ(option.data_ack->value, 0xb57e9705ea5a7b75U);
    EXPECT_TRUE(option.data_ack->is_64_bit);
}

TEST(DssOption, Dsn4AndDataAck4)
{
    // dss dack4 dsn4=0xffffa7a8 ssn=1341 dll=1340 nocs; from s30_v0_generated.pcap
    const auto option = parsed<Dss>(from_hex("1e 12 20 05 d5621705 ffffa7a8 0000053d 053c"));
    EXPECT_EQ(option.data_ack.value().value, 0xd5621705U);
    ASSERT_TRUE(option.mapping);
    EXPECT_EQ(option.mapping->data_seq.value, 0xffffa7a8U);
    EXPECT_FALSE(option.mapping->data_seq.is_64_bit);
    EXPECT_EQ(option.mapping->subflow_offset, 1341U);
    EXPECT_EQ(option.mapping->length, 1340);
    EXPECT_EQ(option.mapping->checksum, std::nullopt);
}

TEST(DssOption, Dsn4AndDataAck4WithChecksum)
{
    // dss dack4 dsn4 ssn=1381 dll=1380 csum=0x350c; from s30_v0_generated.pcap
    const auto option = parsed<Dss>(from_hex("1e 14 20 05 e8f3d925 18113b8a 00000565 0564 350c"));
    EXPECT_EQ(option.mapping.value().length, 1380);
    EXPECT_EQ(option.mapping->checksum, 0x350c);
}

TEST(DssOption, Dsn4AndDataAck8)
{
    // dss dack8 dsn4 ssn=1201 dll=700 nocs; from s30_v0_generated.pcap
    const auto option =
        parsed<Dss>(from_hex("1e 16 20 07 dc9d2fb7ffffecf4 d56219c6 000004b1 02bc"));
    EXPECT_EQ(option.data_ack.value().value, 0xdc9d2fb7ffffecf4U);
    EXPECT_TRUE(option.data_ack->is_64_bit);
    EXPECT_EQ(option.mapping.value().data_seq.value, 0xd56219c6U);
    EXPECT_FALSE(option.mapping->data_seq.is_64_bit);
    EXPECT_EQ(option.mapping->subflow_offset, 1201U);
    EXPECT_EQ(option.mapping->length, 700);
    EXPECT_EQ(option.mapping->checksum, std::nullopt);
}

// 24 bytes, like the previous form with a checksum. Only the flags distinguish
// them.
TEST(DssOption, Dsn8AndDataAck4WithChecksum)
{
    // dss dack4 dsn8 ssn=1 dll=1380 csum=0xb406; from s30_v0_generated.pcap
    const auto option =
        parsed<Dss>(from_hex("1e 18 20 0d e8f3d925 7d208e0c181130c2 00000001 0564 b406"));
    EXPECT_EQ(option.data_ack.value().value, 0xe8f3d925U);
    EXPECT_FALSE(option.data_ack->is_64_bit);
    ASSERT_TRUE(option.mapping);
    EXPECT_EQ(option.mapping->data_seq.value, 0x7d208e0c181130c2U);
    EXPECT_TRUE(option.mapping->data_seq.is_64_bit);
    EXPECT_EQ(option.mapping->subflow_offset, 1U);
    EXPECT_EQ(option.mapping->length, 1380);
    EXPECT_EQ(option.mapping->checksum, 0xb406);
}

TEST(DssOption, Dsn4AndDataAck8WithChecksum)
{
    // dss dack8 dsn4 ssn=1001 dll=700 csum=0xd54b; from s30_v0_generated.pcap
    const auto option =
        parsed<Dss>(from_hex("1e 18 20 07 7d208e0c1811819e e8f3dbe1 000003e9 02bc d54b"));
    EXPECT_EQ(option.data_ack.value().value, 0x7d208e0c1811819eU);
    EXPECT_EQ(option.mapping.value().data_seq.value, 0xe8f3dbe1U);
    EXPECT_EQ(option.mapping->checksum, 0xd54b);
}

TEST(DssOption, Dsn8AndDataAck4)
{
    // dss dack4 dsn8 ssn=193 dll=300 nocs; from s01_single.pcap
    const auto option =
        parsed<Dss>(from_hex("1e 16 20 0d 8175d607 b57e9705ea5a7b75 000000c1 012c"));
    EXPECT_EQ(option.data_ack.value().value, 0x8175d607U);
    EXPECT_EQ(option.mapping.value().data_seq.value, 0xb57e9705ea5a7b75U);
    EXPECT_EQ(option.mapping->subflow_offset, 193U);
    EXPECT_EQ(option.mapping->length, 300);
}

TEST(DssOption, Dsn8AndDataAck8)
{
    // dss dack8 dsn8 ssn=1 dll=1000 nocs; from s01_single.pcap
    const auto option =
        parsed<Dss>(from_hex("1e 1a 20 0f b57e9705ea5a7ca1 bb95be318175d607 00000001 03e8"));
    EXPECT_EQ(option.data_ack.value().value, 0xb57e9705ea5a7ca1U);
    EXPECT_EQ(option.mapping.value().data_seq.value, 0xbb95be318175d607U);
    EXPECT_EQ(option.mapping->length, 1000);
    EXPECT_FALSE(option.data_fin);
}

TEST(DssOption, Dsn8AndDataAck8WithChecksum)
{
    // dss dack8 dsn8 ssn=1 dll=31240 csum=0x7542; from s11_checksum.pcap
    const auto option =
        parsed<Dss>(from_hex("1e 1c 20 0f a325d8e2995bd8b8 d822b3b1614801d1 00000001 7a08 7542"));
    EXPECT_EQ(option.mapping.value().data_seq.value, 0xd822b3b1614801d1U);
    EXPECT_EQ(option.mapping->length, 0x7a08);
    EXPECT_EQ(option.mapping->checksum, 0x7542);
}

TEST(DssOption, MappingsWithoutDataAck)
{
    // dss dsn4=16 ssn=1 dll=1460 nocs
    const auto dsn4 = parsed<Dss>(from_hex("1e 0e 20 04 00000010 00000001 05b4"));
    EXPECT_FALSE(dsn4.data_ack);
    EXPECT_EQ(dsn4.mapping.value().data_seq.value, 16U);
    EXPECT_EQ(dsn4.mapping->length, 1460);
    // ... csum=0x1234
    EXPECT_EQ(parsed<Dss>(from_hex("1e 10 20 04 00000010 00000001 05b4 1234")).mapping->checksum,
              0x1234);
    // dss dsn8=16 ssn=1 dll=1460 nocs
    const auto dsn8 = parsed<Dss>(from_hex("1e 12 20 0c 0000000000000010 00000001 05b4"));
    EXPECT_FALSE(dsn8.data_ack);
    EXPECT_EQ(dsn8.mapping.value().data_seq.value, 16U);
    EXPECT_TRUE(dsn8.mapping->data_seq.is_64_bit);
    // ... csum=0x1234
    EXPECT_EQ(
        parsed<Dss>(from_hex("1e 14 20 0c 0000000000000010 00000001 05b4 1234")).mapping->checksum,
        0x1234);
}

TEST(DssOption, DataFin)
{
    // dss FIN dack4 dsn4 ssn=0 dll=1 nocs; from teto_client_2.pcap of pymptcpanalyzer
    const auto option = parsed<Dss>(from_hex("1e 12 20 15 4845e397 8e8b8202 00000000 0001"));
    EXPECT_TRUE(option.data_fin);
    EXPECT_EQ(option.mapping.value().subflow_offset, 0U);
    EXPECT_EQ(option.mapping->length, 1);
}

TEST(DssOption, InfiniteMapping)
{
    // dss dsn4=1 ssn=1 dll=0: RFC 8684 3.7
    const auto option = parsed<Dss>(from_hex("1e 0e 20 04 00000001 00000001 0000"));
    EXPECT_EQ(option.mapping.value().length, 0);
}

TEST(DssOption, TheLengthFollowsFromTheFlags)
{
    // A mapping may have two more bytes, the checksum.
    const struct {
        unsigned flags;
        std::set<std::size_t> lengths;
    } forms[] = {
        {0x00, {4}},                                          //
        {0x01, {8}},                                          // A
        {0x03, {12}},                                         // A a
        {0x04, {14, 16}}, {0x0c, {18, 20}}, {0x05, {18, 20}}, // A M
        {0x07, {22, 24}},                                     // A a M
        {0x0d, {22, 24}},                                     // A M m
        {0x0f, {26, 28}}, {0x02, {4}}, // RFC 8684 3.3: 'a' and 'm' need 'A' and 'M'
        {0x08, {4}},      {0x0a, {4}},      {0x09, {8}},      {0x06, {14, 16}},
    };
    for (const auto &form : forms)
        for (const unsigned others : {0x00U, 0x10U, 0xe0U, 0xf0U}) // DATA_FIN, reserved
            EXPECT_EQ(legal_lengths(Subtype::Dss, 0, form.flags | others), form.lengths)
                << "flags " << form.flags << " and " << others;
}

TEST(DssOption, ThreeBytesAreMalformed)
{
    // tcpdump_mptcp-dss-oobr.pcap of tcpdump's tests: its parser once read past the end.
    const auto option = parse_option(from_hex("1e 03 20"));
    EXPECT_EQ(std::get<Malformed>(option).subtype, 2);
}

// ADD_ADDR: RFC 8684 3.4.1, RFC 6824 3.4.1

TEST(AddAddrOption, V1)
{
    // add_addr address_id=7 addr=10.0.2.2 hmac; from s04_add_addr.pcap
    const auto option = parsed<AddAddr>(from_hex("1e 10 30 07 0a000202 60317b65b7e796e4"));
    EXPECT_FALSE(option.echo);
    EXPECT_EQ(option.address_id, 7);
    EXPECT_EQ(option.address, ip("10.0.2.2"));
    EXPECT_EQ(option.port, std::nullopt);
    EXPECT_THAT(option.hmac.value(), ElementsAre(0x60, 0x31, 0x7b, 0x65, 0xb7, 0xe7, 0x96, 0xe4));
}

TEST(AddAddrOption, V1WithPort)
{
    // add_addr address_id=7 addr=10.0.2.1 port=7007 hmac; from s15c_server_opens_subflow.pcap
    const auto option = parsed<AddAddr>(from_hex("1e 12 30 07 0a000201 1b5f 417d805a76458dc5"));
    EXPECT_EQ(option.address, ip("10.0.2.1"));
    EXPECT_EQ(option.port, 7007);
    EXPECT_THAT(option.hmac.value(), ElementsAre(0x41, 0x7d, 0x80, 0x5a, 0x76, 0x45, 0x8d, 0xc5));
}

TEST(AddAddrOption, V1Echo)
{
    // add_addr[echo] address_id=7 addr=10.0.2.2; from s04_add_addr.pcap
    const auto option = parsed<AddAddr>(from_hex("1e 08 31 07 0a000202"));
    EXPECT_TRUE(option.echo);
    EXPECT_EQ(option.address, ip("10.0.2.2"));
    EXPECT_FALSE(option.hmac);
}

TEST(AddAddrOption, V1EchoWithPort)
{
    // add_addr[echo] address_id=7 addr=10.0.2.1 port=7007; from s15c_server_opens_subflow.pcap
    const auto option = parsed<AddAddr>(from_hex("1e 0a 31 07 0a000201 1b5f"));
    EXPECT_TRUE(option.echo);
    EXPECT_EQ(option.port, 7007);
    EXPECT_FALSE(option.hmac);
}

TEST(AddAddrOption, V1OfIPv6)
{
    // add_addr address_id=4 addr=fd00:2::2 hmac; from s05_ipv6.pcap
    const auto option =
        parsed<AddAddr>(from_hex("1e 1c 30 04 fd000002000000000000000000000002 f9d69741b98d30bb"));
    EXPECT_EQ(option.address_id, 4);
    EXPECT_EQ(option.address, ip("fd00:2::2"));
    EXPECT_EQ(option.port, std::nullopt);
    EXPECT_THAT(option.hmac.value(), ElementsAre(0xf9, 0xd6, 0x97, 0x41, 0xb9, 0x8d, 0x30, 0xbb));
}

TEST(AddAddrOption, V1OfIPv6WithPort)
{
    // add_addr address_id=4 addr=fd00:2::2 port=443 hmac
    const auto option = parsed<AddAddr>(
        from_hex("1e 1e 30 04 fd000002000000000000000000000002 01bb f9d69741b98d30bb"));
    EXPECT_EQ(option.port, 443);
    EXPECT_THAT(option.hmac.value(), ElementsAre(0xf9, 0xd6, 0x97, 0x41, 0xb9, 0x8d, 0x30, 0xbb));
}

TEST(AddAddrOption, V1EchoOfIPv6)
{
    // add_addr[echo] address_id=4 addr=fd00:2::2; from s05_ipv6.pcap
    const auto bare = parsed<AddAddr>(from_hex("1e 14 31 04 fd000002000000000000000000000002"));
    EXPECT_TRUE(bare.echo);
    EXPECT_EQ(bare.address, ip("fd00:2::2"));
    // ... port=443
    const auto port =
        parsed<AddAddr>(from_hex("1e 16 31 04 fd000002000000000000000000000002 01bb"));
    EXPECT_TRUE(port.echo);
    EXPECT_EQ(port.port, 443);
}

TEST(AddAddrOption, V0)
{
    // add_address address_id=9 addr=203.0.113.9; from s30_v0_generated.pcap
    const auto option = parsed<AddAddr>(from_hex("1e 08 34 09 cb007109"));
    EXPECT_FALSE(option.echo);
    EXPECT_EQ(option.address_id, 9);
    EXPECT_EQ(option.address, ip("203.0.113.9"));
    EXPECT_EQ(option.port, std::nullopt);
    EXPECT_FALSE(option.hmac);
}

TEST(AddAddrOption, V0WithPort)
{
    // add_address address_id=5 addr=203.0.113.5 port=8443; from s30_v0_generated.pcap
    const auto option = parsed<AddAddr>(from_hex("1e 0a 34 05 cb007105 20fb"));
    EXPECT_EQ(option.address, ip("203.0.113.5"));
    EXPECT_EQ(option.port, 8443);
}

TEST(AddAddrOption, V0OfIPv6)
{
    // add_address address_id=6 addr=2001:db8:2::20; from s30_v0_generated.pcap
    const auto bare = parsed<AddAddr>(from_hex("1e 14 36 06 20010db8000200000000000000000020"));
    EXPECT_FALSE(bare.echo);
    EXPECT_EQ(bare.address, ip("2001:db8:2::20"));
    // ... port=8443
    const auto port =
        parsed<AddAddr>(from_hex("1e 16 36 06 20010db8000200000000000000000020 20fb"));
    EXPECT_EQ(port.port, 8443);
}

TEST(AddAddrOption, HasTheseLengthsAndNoOthers)
{
    EXPECT_THAT(legal_lengths(Subtype::AddAddr, 0), ElementsAre(16, 18, 28, 30)); // HMAC
    EXPECT_THAT(legal_lengths(Subtype::AddAddr, 1), ElementsAre(8, 10, 20, 22));  // echo
    // RFC 6824: the nibble is the IP version. With an HMAC, the option is v1.
    EXPECT_THAT(legal_lengths(Subtype::AddAddr, 4), ElementsAre(8, 10, 16, 18, 28, 30));
    EXPECT_THAT(legal_lengths(Subtype::AddAddr, 6), ElementsAre(16, 18, 20, 22, 28, 30));
}

// The other subtypes

TEST(RemoveAddrOption, OneAddressId)
{
    // remove_address address_id=9; from s30_v0_generated.pcap
    const Bytes bytes = from_hex("1e 04 40 09");
    EXPECT_THAT(parsed<RemoveAddr>(bytes).address_ids(), ElementsAre(9));
}

TEST(RemoveAddrOption, SeveralAddressIds)
{
    // remove_address address_id=[1,2,255]
    const Bytes bytes = from_hex("1e 06 40 01 02 ff");
    EXPECT_THAT(parsed<RemoveAddr>(bytes).address_ids(), ElementsAre(1, 2, 255));
}

TEST(RemoveAddrOption, HasAtLeastOneAddressId)
{
    const auto lengths = legal_lengths(Subtype::RemoveAddr, 0);
    EXPECT_EQ(*lengths.begin(), 4U);
    EXPECT_EQ(lengths.size(), kLongest - 3);
    const Bytes longest = option_of(kLongest, 4, 0, 1);
    EXPECT_EQ(parsed<RemoveAddr>(longest).address_ids().size(), 37U);
}

TEST(MpPrioOption, OfThisSubflow)
{
    // mp_prio, and with B; from s07_backup_prio.pcap
    EXPECT_FALSE(parsed<MpPrio>(from_hex("1e 03 50")).backup);
    EXPECT_TRUE(parsed<MpPrio>(from_hex("1e 03 51")).backup);
    EXPECT_EQ(parsed<MpPrio>(from_hex("1e 03 51")).address_id, std::nullopt);
}

TEST(MpPrioOption, V0OfAnotherAddress)
{
    // mp_prio[B] address_id=2; from s30_v0_generated.pcap
    const auto option = parsed<MpPrio>(from_hex("1e 04 51 02"));
    EXPECT_TRUE(option.backup);
    EXPECT_EQ(option.address_id, 2);
}

TEST(MpPrioOption, HasTheseLengthsAndNoOthers)
{
    EXPECT_THAT(legal_lengths(Subtype::MpPrio, 1), ElementsAre(3, 4));
}

TEST(MpFailOption, HasADataSequenceNumber)
{
    // mp_fail dsn8=0xd822b3b1614801d1
    EXPECT_EQ(parsed<MpFail>(from_hex("1e 0c 60 00 d822b3b1614801d1")).data_seq,
              DataSeq{0xd822b3b1614801d1});
    EXPECT_THAT(legal_lengths(Subtype::MpFail, 0), ElementsAre(12));
}

TEST(MpFastcloseOption, HasTheReceiversKey)
{
    // mp_fastclose receiver_key=0xa17eae551712d081; from s12_fastclose_linger.pcap
    EXPECT_EQ(parsed<MpFastclose>(from_hex("1e 0c 70 00 a17eae551712d081")).receiver_key,
              Key{0xa17eae551712d081});
    EXPECT_THAT(legal_lengths(Subtype::MpFastclose, 0), ElementsAre(12));
}

TEST(MpTcpRstOption, HasAReason)
{
    // mp_tcprst reason 0; from s10_loss_server.pcap
    const auto plain = parsed<MpTcpRst>(from_hex("1e 04 80 00"));
    EXPECT_FALSE(plain.transient);
    EXPECT_EQ(plain.reason, 0);
    // mp_tcprst[T] reason 5: RFC 8684 3.6, unacceptable performance
    const auto transient = parsed<MpTcpRst>(from_hex("1e 04 81 05"));
    EXPECT_TRUE(transient.transient);
    EXPECT_EQ(transient.reason, 5);
    EXPECT_THAT(legal_lengths(Subtype::MpTcpRst, 0), ElementsAre(4));
}

TEST(UnknownSubtypes, AreGivenByTheirNumber)
{
    for (unsigned subtype = 9; subtype <= 15; ++subtype)
        for (std::size_t length = 3; length <= kLongest; ++length)
            EXPECT_EQ(parsed<UnknownSubtype>(option_of(length, subtype, 0)).subtype, subtype);
}

// Malformed options

TEST(MalformedOption, SaysItsSubtypeAndAReason)
{
    for (unsigned subtype = 0; subtype <= 8; ++subtype) {
        const std::size_t length = subtype == 4 ? 3 : 5; // no form has this length
        const auto malformed = std::get<Malformed>(parse_option(option_of(length, subtype, 0)));
        EXPECT_EQ(malformed.subtype, subtype);
        EXPECT_FALSE(malformed.reason.empty()) << subtype;
    }
}

TEST(MalformedOption, WithoutASubtypeHasNone)
{
    for (const char *bytes : {"", "1e", "1e 02"}) {
        const auto malformed = std::get<Malformed>(parse_option(from_hex(bytes)));
        EXPECT_EQ(malformed.subtype, std::nullopt) << bytes;
        EXPECT_FALSE(malformed.reason.empty()) << bytes;
    }
}

// Every subtype with every flag nibble, many flags and every length. The option
// ends at a page without read access.
TEST(MalformedOption, NoBytePastTheEndIsRead)
{
    Guarded guarded;
    std::size_t well_formed = 0;
    std::size_t bytes_of_ids = 0;
    for (unsigned first = 0; first <= 0xff; ++first)
        for (const unsigned reserved : {0x00U, 0xe0U})
            for (unsigned flags = reserved; flags <= (reserved | 0x1f); ++flags)
                for (std::size_t length = 0; length <= kLongest; ++length) {
                    const ByteView bytes =
                        guarded.copy(option_of(length, first >> 4, first & 0xf, flags));
                    const Option option = parse_option(bytes);
                    well_formed += std::holds_alternative<Malformed>(option) ? 0 : 1;
                    if (const auto *removed = std::get_if<RemoveAddr>(&option)) {
                        // After kind, length and subtype.
                        ASSERT_TRUE(std::ranges::equal(removed->address_ids(), bytes.subspan(3)));
                        bytes_of_ids += removed->count;
                    }
                }
    // The number of valid options by the tables above: for each subtype, 16 nibbles
    // times its lengths, for 64 values of the next byte.
    constexpr std::size_t kNibbles = 16;
    constexpr std::size_t kCapable = 2 + (kNibbles - 1) * 5;       // v0, and the versions after it
    constexpr std::size_t kAddAddr = kNibbles * 4 + 2 + 2;         // 4 and 6 have two more
    constexpr std::size_t kFixed = kNibbles * (3 + 2 + 1 + 1 + 1); // JOIN PRIO FAIL FASTCLOSE RST
    constexpr std::size_t kRemoveAddr = kNibbles * 37;
    constexpr std::size_t kUnknown = 7 * kNibbles * 38;
    constexpr std::size_t kDss = kNibbles * 4 * 24; // 24 lengths over the 16 values of A a M m
    EXPECT_EQ(well_formed, 64 * (kCapable + kAddAddr + kFixed + kRemoveAddr + kUnknown) + kDss);
    EXPECT_EQ(bytes_of_ids, 64U * 16 * (37 * 38 / 2));
}

} // namespace
} // namespace mptcp::test
