// SPDX-License-Identifier: GPL-2.0-or-later
//
// Keys with colliding tokens (RFC 8684 3.2): of two connections of the same or of
// different versions, of both hosts of one connection, and of thousands of
// connections. The SYN of a join contains only the token. The join is unresolved
// until its HMACs identify the connection.
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "floods.h"

namespace mptcp::test {
namespace {

const Endpoint kServer = at("10.0.0.2", 443);

// Found by exhaustive search: the first keys whose SHA-1 (version 0) or SHA-256
// (version 1) has the same first 32 bits.
struct Twins {
    const char *name;
    Version one_version, two_version;
    Key one, two;
};
constexpr Twins kTwins[] = {{"BothV0", kV0, kV0, Key{0xee60}, Key{0x140e5}},
                            {"BothV1", kV1, kV1, Key{0xc66f}, Key{0xe658}},
                            {"V0AndV1", kV0, kV1, Key{0x125d5}, Key{0x11138}},
                            {"V1AndV0", kV1, kV0, Key{0x11138}, Key{0x125d5}}};

class MadeTokens : public testing::TestWithParam<Twins> {
protected:
    Peers one{GetParam().one_version, Key{0xabc}, GetParam().one};
    Peers two{GetParam().two_version, Key{0xdef}, GetParam().two};
    TcpFlow flow_one{at("10.0.1.1", 4000), kServer};
    TcpFlow flow_two{at("10.0.2.1", 4000), kServer};
    Trace trace;
};
INSTANTIATE_TEST_SUITE_P(Keys, MadeTokens, testing::ValuesIn(kTwins),
                         [](const auto &each) { return each.param.name; });

TEST_P(MadeTokens, AreUnresolvedUntilAnHmacIsSeen)
{
    ASSERT_EQ(one.token(Role::Server), two.token(Role::Server));
    trace.see_handshake(flow_one, one);
    trace.see_handshake(flow_two, two);
    for (const std::uint32_t owner : {0U, 1U, 1U, 0U}) {
        TcpFlow flow{host(trace.frames()), kServer};
        const Join join{owner == 0 ? one : two};
        const auto id = trace.see(flow.initiator().syn().with(join.syn()))->subflow;
        EXPECT_TRUE(trace.tracker().registry()[id].unresolved);
        const auto answer = trace.see(flow.acceptor().syn_ack().with(join.syn_ack()));
        EXPECT_FALSE(trace.tracker().registry()[id].unresolved);
        EXPECT_EQ(trace.connection_of(answer.value()), owner);
        trace.see(flow.initiator().ack().with(join.ack()));
        EXPECT_EQ(trace.tracker().registry()[id].hmacs.syn_ack_verdict, Verdict::Good);
        EXPECT_EQ(trace.tracker().registry()[id].hmacs.ack_verdict, Verdict::Good);
    }
    EXPECT_EQ(trace.connections(), 2U);
    EXPECT_EQ(trace.connection(0).subflows.size(), 3U);
    EXPECT_EQ(trace.connection(1).subflows.size(), 3U);
}

// The join matches neither connection. It stays in the first candidate, with a bad HMAC.
TEST_P(MadeTokens, OfAJoinToNeitherHaveABadHmac)
{
    trace.see_handshake(flow_one, one);
    trace.see_handshake(flow_two, two);
    Peers third = two;
    third.client = Key{0x123};
    TcpFlow flow{host(0), kServer};
    const auto join = trace.see_join(flow, Join{third});
    const Subflow &subflow = trace.tracker().registry()[join.subflow];
    EXPECT_EQ(subflow.hmacs.syn_ack_verdict, Verdict::Bad);
    EXPECT_EQ(subflow.hmacs.ack_verdict, Verdict::Bad);
    EXPECT_EQ(trace.connections(), 2U);
}

// Joins that came before both connections are merged into the right one.
TEST_P(MadeTokens, OfAJoinBeforeTheKeysAreResolvedByItsHmac)
{
    for (const Peers &meant : {one, two}) {
        Trace early;
        TcpFlow first = flow_one;
        TcpFlow second = flow_two;
        TcpFlow flow{host(7), kServer};
        const Join join{meant};
        early.see(first.initiator().syn().with(one.syn()));
        early.see(second.initiator().syn().with(two.syn()));
        early.see(flow.initiator().syn().with(join.syn()));
        const auto answer = early.see(flow.acceptor().syn_ack().with(join.syn_ack()));
        for (auto [of, peers] : {std::pair{&first, &one}, std::pair{&second, &two}}) {
            early.see(of->acceptor().syn_ack().with(peers->syn_ack()));
            early.see(of->initiator().ack().with(peers->ack()));
        }
        EXPECT_EQ(early.connections(), 2U);
        EXPECT_EQ(early.connection_of(answer.value()), meant.server == one.server ? 0U : 1U);
    }
}

// Both hosts of a connection have the same token. A join between unknown addresses
// may be to either host.
class TwinHosts : public testing::TestWithParam<Role> {
protected:
    Peers peers{kV1, kTwins[1].one, kTwins[1].two};
    TcpFlow initial{at("10.0.1.1", 4000), kServer};
    Trace trace;
};
INSTANTIATE_TEST_SUITE_P(ByEither, TwinHosts, testing::Values(Role::Client, Role::Server),
                         [](const auto &each) { return std::string{name(each.param)}; });

TEST_P(TwinHosts, WithOneTokenAreDistinguishedByTheHmac)
{
    ASSERT_EQ(peers.token(Role::Client), peers.token(Role::Server));
    trace.see_handshake(initial, peers);
    TcpFlow flow{at("10.0.3.1", 4000), at("10.0.4.1", 4000)};
    const Join join{peers, GetParam()};
    const auto syn = trace.see(flow.initiator().syn().with(join.syn()));
    EXPECT_TRUE(trace.tracker().registry()[syn->subflow].unresolved);
    const auto answer = trace.see(flow.acceptor().syn_ack().with(join.syn_ack()));
    trace.see(flow.initiator().ack().with(join.ack()));
    EXPECT_EQ(trace.sender_of(answer.value()), other(GetParam()));
    const Subflow &subflow = trace.subflow(0, 1);
    EXPECT_FALSE(subflow.unresolved);
    EXPECT_EQ(subflow.hmacs.syn_ack_verdict, Verdict::Good);
    EXPECT_EQ(subflow.hmacs.ack_verdict, Verdict::Good);
    EXPECT_EQ(trace.connection(0).subflows.size(), 2U);
    EXPECT_EQ(trace.connection(0).open_subflows, 2U);
}

// All joins are attributed to the newer connection until their SYN/ACKs arrive.
// Each then moves from one long list of subflows to another, ordered by SYN.
enum class Answers { FirstToLast, LastToFirst, Anyhow };
class JoinsThatMove : public testing::TestWithParam<Answers> {};
INSTANTIATE_TEST_SUITE_P(InAnyOrder, JoinsThatMove,
                         testing::Values(Answers::FirstToLast, Answers::LastToFirst,
                                         Answers::Anyhow));

TEST_P(JoinsThatMove, KeepTheirOrder)
{
    const Peers one{kV1, Key{0xabc}, kTwins[1].one};
    const Peers two{kV1, Key{0xdef}, kTwins[1].two};
    TcpFlow flow_one{at("10.0.1.1", 4000), kServer};
    TcpFlow flow_two{at("10.0.2.1", 4000), kServer};
    Trace trace;
    trace.see_handshake(flow_one, one);
    trace.see_handshake(flow_two, two);
    const Join join{one};
    Packet syn = TcpFlow{host(0), kServer}.initiator().syn().with(join.syn());
    for (std::uint32_t i = 0; i < kMillion; ++i) {
        syn.segment.source = host(i);
        trace.see(syn);
    }
    std::vector<std::uint32_t> order(kMillion);
    std::iota(order.begin(), order.end(), 0);
    std::mt19937 random{8684}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    if (GetParam() == Answers::LastToFirst)
        std::ranges::reverse(order);
    else if (GetParam() == Answers::Anyhow)
        std::ranges::shuffle(order, random);
    TcpFlow first{host(0), kServer};
    first.initiator().syn();
    Packet answer = first.acceptor().syn_ack().with(join.syn_ack());
    for (const std::uint32_t i : order) {
        answer.segment.destination = host(i);
        ASSERT_EQ(trace.connection_of(trace.see(answer).value()), 0U);
    }
    const Tracker &tracker = trace.tracker();
    ASSERT_EQ(trace.connection(0).subflows.size(), kMillion + 1);
    EXPECT_EQ(trace.connection(1).subflows.size(), 1U);
    std::uint32_t index = 0;
    for (const SubflowId id : trace.connection(0).subflows) {
        ASSERT_EQ(tracker.registry().index_of(id), index);
        if (index > 0) {
            ASSERT_EQ(tracker.registry()[id].ends[Side::A].endpoint, host(index - 1));
            ASSERT_EQ(tracker.registry()[id].hmacs.syn_ack_verdict, Verdict::Good);
        }
        ++index;
    }
}

// Many connections with the same keys, which no HMAC can distinguish. A join
// belongs to the newest open connection at this address.
TEST(SameKeys, OfThousandsOfConnectionsSelectTheNewestOpenOne)
{
    constexpr std::uint32_t kConnections = 20'000;
    const Peers peers{kV1, kTwins[1].one, kTwins[0].one};
    Trace trace;
    for (std::uint32_t i = 0; i < kConnections; ++i) {
        TcpFlow flow{host(i), kServer};
        ASSERT_EQ(trace.connection_of(trace.see_handshake(flow, peers)), i);
        TcpFlow second{host(kConnections + i), kServer};
        ASSERT_EQ(trace.connection_of(trace.see_join(second, Join{peers})), i);
        if (i % 2 == 1) { // it ends; the previous one stays open
            trace.see(flow.initiator().rst());
            trace.see(second.initiator().rst());
            TcpFlow third{host(2 * kConnections + i), kServer};
            ASSERT_EQ(trace.connection_of(trace.see_join(third, Join{peers})), i - 1);
        }
    }
}

} // namespace
} // namespace mptcp::test
