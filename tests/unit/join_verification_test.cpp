// SPDX-License-Identifier: GPL-2.0-or-later
//
// Verification of the HMACs of joins (RFC 8684 3.2). The joins are from real
// kernels, in both versions and with either host as the initiator. Tests change a
// field or omit captured packets.
#include "connections/verification.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string_view>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

// A join from a capture.
struct SeenJoin {
    std::string_view capture;
    Key client;
    Key server;
    Nonce initiator_nonce;
    Nonce acceptor_nonce;
    std::string_view syn_ack_hmac;
    std::string_view ack_hmac;
    Version version;
    Role initiator;
};

void PrintTo(const SeenJoin &join, std::ostream *out) // NOLINT(readability-identifier-naming)
{
    *out << join.capture;
}

constexpr SeenJoin kSeenJoins[] = {
    // Linux 6.18, frames 62, 186 and 187
    {"s02_two_down.pcap", Key{0x21d98ac85e6ac392}, Key{0x2b55ad2762930571}, Nonce{0xdb28b7ed},
     Nonce{0xb2325e73}, "906f3f7a8a6d1f4a", "3521befbbcff15532d40e8114ae3d6926a67902a", kV1,
     Role::Client},
    // Linux 6.18, frames 93, 94 and 95
    {"s15c_server_opens_subflow.pcap", Key{0xbba75f73c3bbf7c7}, Key{0x66b987363f4b228e},
     Nonce{0x7e27db61}, Nonce{0x0d9d8015}, "09c017150bf5be0c",
     "31c52bd898a2ecbe4343d7971a0fc23d3e72af46", kV1, Role::Server},
    // from the generator, frames 14, 15 and 16
    {"s30_v0_generated.pcap", Key{0x90bfa5e2ba612a29}, Key{0x16cc617494357e4b}, Nonce{0x9e62629c},
     Nonce{0xb7b24f45}, "9377684191133670", "293ff730d5f2662b6ce0eb1d813bcb57bbd5f5ad", kV0,
     Role::Client},
    // of DPI-MPTCP, the kernel of multipath-tcp.org, frames 16, 22 and 23
    {"dpi_mp_capable.pcapng", Key{0x63e5b1000a37a318}, Key{0x6b1f0c5ff961a3a6}, Nonce{0xe8312f0b},
     Nonce{0x471e7b95}, "889f88a15cbb3c41", "e2503523b79f4c0ee342b93c61b29904c426337a", kV0,
     Role::Client},
    // of pymptcpanalyzer, the kernel of multipath-tcp.org, frames 18, 24 and 26
    {"teto_client_2.pcap", Key{0xca2f07947b1bfd2b}, Key{0xa78213619e4beafc}, Nonce{0x96a3c294},
     Nonce{0x0f0cc049}, "84037deda67a454c", "66e36626703eacb8f72ec5be13f8c4ef4f6d4dd8", kV0,
     Role::Client},
};

Connection connection_of(const SeenJoin &join)
{
    Connection connection;
    connection.version = join.version;
    connection.hosts[Role::Client].key = join.client;
    connection.hosts[Role::Server].key = join.server;
    return connection;
}

template <std::size_t N> std::array<std::uint8_t, N> array_of(std::string_view hex)
{
    std::array<std::uint8_t, N> result{};
    std::ranges::copy(from_hex(hex), result.begin());
    return result;
}

// `initiator` is the side that sent the SYN. It is B if the first captured packet
// of the subflow is the acceptor's.
Subflow subflow_of(const SeenJoin &join, Side initiator = Side::A)
{
    Subflow subflow;
    subflow.kind = SubflowKind::Join;
    subflow.initiator = initiator;
    subflow.role_of_a = initiator == Side::A ? join.initiator : other(join.initiator);
    subflow.ends[initiator].nonce = join.initiator_nonce;
    subflow.ends[other(initiator)].nonce = join.acceptor_nonce;
    subflow.hmacs.syn_ack = array_of<8>(join.syn_ack_hmac);
    subflow.hmacs.ack = array_of<20>(join.ack_hmac);
    return subflow;
}

MpJoinSynAck syn_ack_of(const Subflow &subflow)
{
    MpJoinSynAck option;
    option.sender_hmac = subflow.hmacs.syn_ack;
    return option;
}

MpJoinAck ack_of(const Subflow &subflow) { return {subflow.hmacs.ack}; }

struct Verdicts {
    Verdict syn_ack;
    Verdict ack;

    friend bool operator==(const Verdicts &, const Verdicts &) = default;
};

void PrintTo(const Verdicts &verdicts, std::ostream *out) // NOLINT(readability-identifier-naming)
{
    *out << "SYN/ACK " << name(verdicts.syn_ack) << ", ACK " << name(verdicts.ack);
}

constexpr Verdicts kBothGood{Verdict::Good, Verdict::Good};
constexpr Verdicts kBothBad{Verdict::Bad, Verdict::Bad};
constexpr Verdicts kBothUnverified{Verdict::Unverified, Verdict::Unverified};

class JoinVerdicts : public testing::TestWithParam<SeenJoin> {
protected:
    Verdicts verdicts() const
    {
        return {verify(crypto, connection, subflow, syn_ack_of(subflow)),
                verify(crypto, connection, subflow, ack_of(subflow))};
    }

    Crypto crypto;
    Connection connection = connection_of(GetParam());
    Subflow subflow = subflow_of(GetParam());
};

TEST_P(JoinVerdicts, AreGoodAsSeen) { EXPECT_EQ(verdicts(), kBothGood); }

TEST_P(JoinVerdicts, AreGoodIfTheAcceptorWasSeenFirst)
{
    subflow = subflow_of(GetParam(), Side::B);
    EXPECT_EQ(verdicts(), kBothGood);
}

TEST_P(JoinVerdicts, AreBadIfAnyByteDiffers)
{
    for (std::uint8_t &byte : subflow.hmacs.syn_ack) {
        byte ^= 0x01;
        EXPECT_EQ(verdicts(), (Verdicts{Verdict::Bad, Verdict::Good}));
        byte ^= 0x01;
    }
    for (std::uint8_t &byte : subflow.hmacs.ack) {
        byte ^= 0x80;
        EXPECT_EQ(verdicts(), (Verdicts{Verdict::Good, Verdict::Bad}));
        byte ^= 0x80;
    }
    EXPECT_EQ(verdicts(), kBothGood);
}

TEST_P(JoinVerdicts, AreBadUnderAnotherKey)
{
    for (const Role role : {Role::Client, Role::Server}) {
        connection = connection_of(GetParam());
        connection.hosts[role].key->value ^= 1;
        EXPECT_EQ(verdicts(), kBothBad) << name(role);
    }
}

TEST_P(JoinVerdicts, AreBadUnderAnotherNonce)
{
    for (const Side side : {Side::A, Side::B}) {
        subflow = subflow_of(GetParam());
        subflow.ends[side].nonce->value ^= 1;
        EXPECT_EQ(verdicts(), kBothBad);
    }
}

TEST_P(JoinVerdicts, AreBadUnderTheOtherVersion)
{
    connection.version = GetParam().version == kV0 ? kV1 : kV0;
    EXPECT_EQ(verdicts(), kBothBad);
}

TEST_P(JoinVerdicts, AreBadIfTheOtherHostWereTheInitiator)
{
    subflow.role_of_a = other(subflow.role_of_a);
    EXPECT_EQ(verdicts(), kBothBad);
}

TEST_P(JoinVerdicts, AreUnverifiedWithoutAKey)
{
    for (const Role role : {Role::Client, Role::Server}) {
        connection = connection_of(GetParam());
        connection.hosts[role].key = std::nullopt;
        EXPECT_EQ(verdicts(), kBothUnverified) << name(role);
    }
}

TEST_P(JoinVerdicts, AreUnverifiedWithoutANonce)
{
    for (const Side side : {Side::A, Side::B}) {
        subflow = subflow_of(GetParam());
        subflow.ends[side].nonce = std::nullopt;
        EXPECT_EQ(verdicts(), kBothUnverified);
    }
}

TEST_P(JoinVerdicts, AreUnverifiedWithoutAVersionThatIsKnown)
{
    connection.version = std::nullopt;
    EXPECT_EQ(verdicts(), kBothUnverified);
    connection.version = 2;
    EXPECT_EQ(verdicts(), kBothUnverified);
}

TEST_P(JoinVerdicts, OfASynAckDependOnTheGivenRoleOfTheInitiator)
{
    // The connection of a subflow, and so the role of its initiator, may be
    // unresolved. Only the given role counts.
    const Role initiator = GetParam().initiator;
    for (const Role role_of_a : {Role::Client, Role::Server}) {
        subflow.role_of_a = role_of_a;
        EXPECT_EQ(verify_syn_ack(crypto, connection, subflow, initiator), Verdict::Good);
        EXPECT_EQ(verify_syn_ack(crypto, connection, subflow, other(initiator)), Verdict::Bad);
    }
    connection.hosts[initiator].key = std::nullopt;
    EXPECT_EQ(verify_syn_ack(crypto, connection, subflow, initiator), Verdict::Unverified);
}

TEST_P(JoinVerdicts, UpdatedStayAbsentWithoutAnHmac)
{
    update_verdicts(crypto, connection, subflow);
    EXPECT_EQ(subflow.hmacs.syn_ack_verdict, Verdict::Absent);
    EXPECT_EQ(subflow.hmacs.ack_verdict, Verdict::Absent);
}

TEST_P(JoinVerdicts, UpdatedAreTheOnesThatAreKnownNow)
{
    // Only the ACK was captured, before the keys.
    subflow.hmacs.ack_verdict = Verdict::Unverified;
    update_verdicts(crypto, connection, subflow);
    EXPECT_EQ(subflow.hmacs.syn_ack_verdict, Verdict::Absent);
    EXPECT_EQ(subflow.hmacs.ack_verdict, Verdict::Good);

    // Then the reordered SYN/ACK.
    subflow.hmacs.syn_ack_verdict = Verdict::Unverified;
    update_verdicts(crypto, connection, subflow);
    EXPECT_EQ(subflow.hmacs.syn_ack_verdict, Verdict::Good);
    EXPECT_EQ(subflow.hmacs.ack_verdict, Verdict::Good);

    // The subflow moves to another connection.
    connection.hosts[Role::Server].key->value ^= 1;
    update_verdicts(crypto, connection, subflow);
    EXPECT_EQ(subflow.hmacs.syn_ack_verdict, Verdict::Bad);
    EXPECT_EQ(subflow.hmacs.ack_verdict, Verdict::Bad);
}

INSTANTIATE_TEST_SUITE_P(Captures, JoinVerdicts, testing::ValuesIn(kSeenJoins));

// If the SYN was not captured, the sender of the first packet counts as the initiator.
TEST(JoinVerdictsWithoutSyn, TakeTheFirstSenderAsInitiator)
{
    const Crypto crypto;
    const SeenJoin &join = kSeenJoins[0];
    const Connection connection = connection_of(join);
    Subflow subflow = subflow_of(join);
    subflow.initiator = std::nullopt;
    EXPECT_EQ(verify(crypto, connection, subflow, syn_ack_of(subflow)), Verdict::Good);
    EXPECT_EQ(verify(crypto, connection, subflow, ack_of(subflow)), Verdict::Good);
    EXPECT_EQ(verify_syn_ack(crypto, connection, subflow, join.initiator), Verdict::Good);
}

} // namespace
} // namespace mptcp::test
