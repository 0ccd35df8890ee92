// SPDX-License-Identifier: GPL-2.0-or-later
//
// Floods of SYNs with MP_CAPABLE or MP_JOIN. Each SYN creates a connection or a
// subflow at constant cost. Tests that do not count allocations rely on their
// size: they would take hours if the cost grew with the number of earlier SYNs.
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "floods.h"

namespace mptcp::test {
namespace {

constexpr std::uint32_t kQuarter = kMillion / 4;

const Endpoint kServer = at("10.0.0.2", 443);

bool all_are(const Trace &trace, EventType type)
{
    for (const Event &event : trace.tracker().events().all())
        if (event.type != type)
            return false;
    return true;
}

// Expects that each connection has one subflow, whose SYN is unanswered.
void expect_refused(const Trace &trace, std::size_t connections)
{
    std::uint32_t index = 0;
    for (const Connection *connection : trace.tracker().registry().connections()) {
        ASSERT_EQ(trace.tracker().registry().index_of(*connection), index++);
        ASSERT_EQ(connection->handshake(), Handshake::SynOnly);
        ASSERT_EQ(connection->subflows.size(), 1U);
        ASSERT_EQ(state_of(trace.tracker().registry(), *connection), ConnectionState::Refused);
    }
    EXPECT_EQ(index, connections);
    EXPECT_EQ(trace.tracker().registry().subflow_count(), connections);
    EXPECT_EQ(trace.tracker().events().all().size(), connections);
    EXPECT_TRUE(all_are(trace, EventType::CapableSyn));
}

// MP_CAPABLE

class CapableFloods : public testing::TestWithParam<Version> {
protected:
    static constexpr double kMost = 960; // bytes per SYN

    CapableFloods() : syn(TcpFlow{host(0), kServer}.initiator().syn().with(peers.syn())) {}

    Peers peers{GetParam()};
    Packet syn;
    Trace trace;
};
INSTANTIATE_TEST_SUITE_P(BothVersions, CapableFloods, testing::Values(kV0, kV1),
                         [](const auto &version) { return "v" + std::to_string(version.param); });

TEST_P(CapableFloods, FromManyHostsAreAConnectionEach)
{
    const Growth growth = grow(kMillion, [&](std::uint32_t i) {
        syn.segment.source = host(i);
        if (GetParam() == kV0)
            put(syn, kKeyPlace, Key{i});
        trace.see(syn);
    });
    expect_constant(growth, kMost);
    expect_refused(trace, kMillion);
}

// No SYN is answered and no connection ends, so each SYN is a pending reuse of the 4-tuple.
TEST_P(CapableFloods, OnOne4TupleAreAConnectionEach)
{
    const Growth growth = grow(kQuarter, [&](std::uint32_t i) {
        syn.segment.seq = TcpSeq{i};
        trace.see(syn);
    });
    expect_constant(growth, kMost);
    expect_refused(trace, kQuarter);
    // The answer to the last SYN determines the owner of the 4-tuple.
    TcpFlow last{host(0), kServer, TcpSeq{kQuarter - 1}};
    last.initiator().syn();
    const auto answer = trace.see(last.acceptor().syn_ack().with(peers.syn_ack()));
    EXPECT_EQ(trace.connection_of(answer.value()), kQuarter - 1);
    EXPECT_EQ(trace.connection(kQuarter - 1).handshake(), Handshake::Half);
}

// In version 0 the SYN contains the key, so all connections have the same token.
TEST(CapableFlood, WithOneKeyLeavesTheTokenQuickToLookUp)
{
    const Peers peers{kV0};
    Trace trace;
    Packet syn = TcpFlow{host(0), kServer}.initiator().syn().with(peers.syn());
    constexpr double kMost = 905;
    const Growth growth = grow(kQuarter, [&](std::uint32_t i) {
        syn.segment.source = host(i);
        trace.see(syn);
    });
    expect_constant(growth, kMost);
    expect_refused(trace, kQuarter);

    // A join to the client selects a connection at its address.
    const Join join{peers, Role::Server};
    for (std::uint32_t i = 0; i < kQuarter; ++i) {
        TcpFlow flow{at("10.0.9.9", static_cast<std::uint16_t>(i)), host(kQuarter - 1 - i % 3)};
        const auto found = trace.see(flow.initiator().syn().with_seq(TcpSeq{i}).with(join.syn()));
        ASSERT_EQ(trace.connection_of(found.value()), kQuarter - 1 - i % 3);
    }
    EXPECT_EQ(trace.connections(), kQuarter);
}

// MP_JOIN

class JoinFloods : public testing::Test {
protected:
    Peers peers;
    Join join{peers};
    Packet syn = TcpFlow{host(0), kServer}.initiator().syn().with(join.syn());
    Trace trace;

    // The i-th join; each comes from another host.
    void see_join_from_host(std::uint32_t i)
    {
        syn.segment.source = host(i);
        put(syn, kNoncePlace, i, 4);
        trace.see(syn);
    }
};

TEST_F(JoinFloods, WithOneUnknownTokenAreOneConnection)
{
    const Growth growth = grow(kMillion, [&](std::uint32_t i) { see_join_from_host(i); });
    constexpr double kMost = 680;
    expect_constant(growth, kMost);
    ASSERT_EQ(trace.connections(), 1U);
    const Connection &partial = trace.connection(0);
    EXPECT_TRUE(partial.partial());
    EXPECT_EQ(partial.hosts[Role::Server].token, peers.token(Role::Server));
    ASSERT_EQ(partial.subflows.size(), kMillion);
    for (std::uint32_t i = 0; i < kMillion; ++i)
        ASSERT_EQ(trace.tracker().registry().index_of(partial.subflows[i]), i);
    EXPECT_EQ(trace.state(0), ConnectionState::Refused);
    EXPECT_TRUE(all_are(trace, EventType::JoinSyn));
}

TEST_F(JoinFloods, WithManyUnknownTokensAreAConnectionEach)
{
    const Growth growth = grow(kMillion, [&](std::uint32_t i) {
        put(syn, kTokenPlace, Token{scattered32(i)});
        see_join_from_host(i);
    });
    constexpr double kMost = 1080;
    expect_constant(growth, kMost);
    std::uint32_t index = 0;
    for (const Connection *partial : trace.tracker().registry().connections()) {
        ASSERT_EQ(partial->hosts[Role::Server].token, Token{scattered32(index)});
        ASSERT_EQ(trace.tracker().registry().index_of(*partial), index++);
    }
    EXPECT_EQ(index, kMillion);
}

TEST_F(JoinFloods, WithAKnownTokenAreSubflowsOfItsConnection)
{
    TcpFlow initial{at("10.0.0.1", 4000), kServer};
    trace.see_handshake(initial, peers);
    const Growth growth = grow(kMillion, [&](std::uint32_t i) { see_join_from_host(i); });
    constexpr double kMost = 620;
    expect_constant(growth, kMost);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).subflows.size(), kMillion + 1);
    EXPECT_EQ(trace.connection(0).open_subflows, 1U); // the joins are not answered
    EXPECT_EQ(trace.state(0), ConnectionState::Open);
}

TEST_F(JoinFloods, BeforeTheKeyAreMergedAtOnce)
{
    for (std::uint32_t i = 0; i < kQuarter; ++i)
        see_join_from_host(i);
    TcpFlow initial{at("10.0.0.1", 4000), kServer};
    trace.see_handshake(initial, peers);
    ASSERT_EQ(trace.connections(), 1U);
    const Connection &connection = trace.connection(0);
    ASSERT_EQ(connection.subflows.size(), kQuarter + 1);
    EXPECT_EQ(trace.subflow(0, 0).kind, SubflowKind::Initial);
    EXPECT_EQ(trace.subflow(0, 1).first_frame, 1U);
    EXPECT_EQ(trace.subflow(0, kQuarter).first_frame, kQuarter);
}

// The joins alternate between the server, whose token is known, and the client,
// whose key is in the third ACK. After the third ACK, half of the joins are merged
// between the others.
TEST_F(JoinFloods, OfBothHostsAreMergedWhereTheyBelong)
{
    TcpFlow initial{at("10.0.0.1", 4000), kServer};
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    Packet back = TcpFlow{kServer, host(0)}.initiator().syn().with(Join{peers, Role::Server}.syn());
    constexpr std::uint32_t kEach = kMillion / 2;
    for (std::uint32_t i = 0; i < kEach; ++i) {
        see_join_from_host(i);
        back.segment.source.port = static_cast<std::uint16_t>(i);
        back.segment.destination.port = static_cast<std::uint16_t>(i >> 16);
        trace.see(back);
    }
    ASSERT_EQ(trace.connections(), 2U);
    trace.see(initial.initiator().ack().with(peers.ack()));
    ASSERT_EQ(trace.connections(), 1U);
    const Connection &connection = trace.connection(0);
    ASSERT_EQ(connection.subflows.size(), 2 * kEach + 1);
    for (std::uint32_t i = 0; i < connection.subflows.size(); ++i) {
        const Subflow &subflow = trace.tracker().registry()[connection.subflows[i]];
        ASSERT_EQ(trace.tracker().registry().index_of(connection.subflows[i]), i);
        ASSERT_EQ(subflow.first_frame, i == 0 ? 1 : i + 2);
        ASSERT_EQ(subflow.initiator, Side::A);
        ASSERT_EQ(subflow.role_of_a, i % 2 == 1 || i == 0 ? Role::Client : Role::Server);
    }
}

// The last of many joins has an HMAC with other keys, so no connection with the
// token takes the joins. Each connection must find this out without a visit to
// all joins.
class ForeignJoins : public JoinFloods {
protected:
    ForeignJoins()
    {
        peers.version = kV0;
        Peers others = peers;
        others.client = Key{0x5ca1ab1e};
        join = Join{others};
        syn = TcpFlow{host(0), kServer}.initiator().syn().with(join.syn());
        for (std::uint32_t i = 1; i < kQuarter; ++i)
            see_join_from_host(i);
    }
    // SYNs with the key that matches the token of the joins.
    void ask()
    {
        Packet capable =
            TcpFlow{kServer, host(0)}.initiator().syn().with(mp_capable(kV0, {peers.server}));
        for (std::uint32_t i = 0; i < kQuarter; ++i) {
            capable.segment.destination = host(i);
            trace.see(capable);
        }
        EXPECT_EQ(trace.connections(), 1 + kQuarter);
        EXPECT_EQ(trace.connection(0).subflows.size(), kQuarter);
    }

    TcpFlow last{host(0), kServer};
};

TEST_F(ForeignJoins, CostAKnownTokenNothing)
{
    trace.see(last.initiator().syn().with(join.syn()));
    trace.see(last.acceptor().syn_ack().with(join.syn_ack()));
    ask();
}

TEST_F(ForeignJoins, CostAKnownTokenNothingWhereTimeGoesBackwards)
{
    trace.see_join(last, join);
    trace.wait(-Time{3} * kQuarter * kMillisecond);
    ask();
}

} // namespace
} // namespace mptcp::test
