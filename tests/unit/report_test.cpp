// SPDX-License-Identifier: GPL-2.0-or-later
//
// The rows of all views: the tracker's connections with the counts of a summary,
// for all packets or for those that pass a filter.
#include "analysis/report.h"

#include <cstdint>
#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

constexpr std::uint32_t kMax32 = std::numeric_limits<std::uint32_t>::max();

// A capture with two taps: one counts all packets, the other those that pass a
// filter.
class Reports : public testing::Test {
protected:
    using Filter = std::function<bool(const Packet &)>;

    void see(const Packet &packet)
    {
        const auto attribution = trace.see(packet);
        const Time time = trace.frames() * kMillisecond;
        all.add(attribution, packet.segment.payload, trace.frames(), time);
        if (filter(packet))
            some.add(attribution, packet.segment.payload, trace.frames(), time);
    }
    void see_handshake(TcpFlow &flow, const Peers &hosts)
    {
        see(flow.initiator().syn().with(hosts.syn()));
        see(flow.acceptor().syn_ack().with(hosts.syn_ack()));
        see(flow.initiator().ack().with(hosts.ack()));
    }
    void see_join(TcpFlow &flow, const Join &join)
    {
        see(flow.initiator().syn().with(join.syn()));
        see(flow.acceptor().syn_ack().with(join.syn_ack()));
        see(flow.initiator().ack().with(join.ack()));
        see(flow.acceptor().ack().with(dss_ack(1)));
    }
    Report report(const Streams &streams = {}) const
    {
        return make_report(trace.tracker(), all, streams);
    }
    Report filtered() const { return make_report(trace.tracker(), some, {}); }

    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow by_client{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    TcpFlow by_server{at("10.0.9.2", 81), at("10.0.9.1", 4002)};
    Trace trace;
    Summary all;
    Summary some;
    Filter filter = [](const Packet &) { return true; };
};

TEST_F(Reports, OfNothingAreEmpty)
{
    const Report empty = report();
    EXPECT_EQ(empty.packets, 0U);
    EXPECT_TRUE(empty.connections.empty());
    EXPECT_EQ(empty.totals.connections, 0U);
    EXPECT_EQ(empty.totals.payload, 0U);
}

TEST_F(Reports, CountByTheRoleOfTheSender)
{
    see_handshake(initial, peers);                                   // 2 by client, 1 by server
    see_join(by_client, Join{peers});                                // 2 and 2
    see_join(by_server, Join{peers, Role::Server});                  // 2 and 2
    see(initial.initiator().data(100).with(dss_map(1, 1, 100)));     // by client
    see(by_client.acceptor().data(300).with(dss_map(1, 1, 300)));    // by server
    see(by_server.initiator().data(600).with(dss_map(301, 1, 600))); // by server, the initiator

    const Report all_of_it = report();
    ASSERT_EQ(all_of_it.connections.size(), 1U);
    const ConnectionRow &row = all_of_it.connections[0];
    EXPECT_EQ(row.index, 0U);
    EXPECT_EQ(row.state, ConnectionState::Open);
    EXPECT_EQ(row.endpoints[Role::Client], at("10.0.0.1", 4000));
    EXPECT_EQ(row.endpoints[Role::Server], at("10.0.0.2", 80));
    EXPECT_EQ(row.sent[Role::Client].packets, 7U);
    EXPECT_EQ(row.sent[Role::Client].payload, 100U);
    EXPECT_EQ(row.sent[Role::Server].packets, 7U);
    EXPECT_EQ(row.sent[Role::Server].payload, 900U);

    ASSERT_EQ(row.subflows.size(), 3U);
    EXPECT_EQ(row.subflows[0].sent[Role::Client].payload, 100U);
    EXPECT_EQ(row.subflows[0].sent[Role::Server].payload, 0U);
    EXPECT_EQ(row.subflows[1].sent[Role::Server].payload, 300U);
    EXPECT_EQ(row.subflows[2].sent[Role::Server].payload, 600U);
    EXPECT_EQ(row.subflows[2].sent[Role::Client].payload, 0U);
    EXPECT_EQ(share(row, row.subflows[0], Role::Client), 1.0);
    EXPECT_EQ(share(row, row.subflows[1], Role::Client), 0.0);
    EXPECT_EQ(share(row, row.subflows[0], Role::Server), 0.0);
    EXPECT_DOUBLE_EQ(share(row, row.subflows[1], Role::Server).value(), 1.0 / 3);
    EXPECT_DOUBLE_EQ(share(row, row.subflows[2], Role::Server).value(), 2.0 / 3);

    EXPECT_EQ(all_of_it.packets, 14U);
    EXPECT_EQ(all_of_it.totals.connections, 1U);
    EXPECT_EQ(all_of_it.totals.established, 1U);
    EXPECT_EQ(all_of_it.totals.subflows, 3U);
    EXPECT_EQ(all_of_it.totals.payload, 1000U);
}

TEST_F(Reports, SayFromWhenToWhen)
{
    see_handshake(initial, peers);    // frames 1 to 3
    see_join(by_client, Join{peers}); // frames 4 to 7
    see(initial.initiator().ack());   // frame 8
    const ConnectionRow row = report().connections.at(0);
    EXPECT_EQ(row.span.first_frame, 1U);
    EXPECT_EQ(row.span.last_frame, 8U);
    EXPECT_EQ(row.span.start, 1 * kMillisecond);
    EXPECT_EQ(row.span.duration(), 7 * kMillisecond);
    EXPECT_EQ(row.subflows[1].span.first_frame, 4U);
    EXPECT_EQ(row.subflows[1].span.last_frame, 7U);
    EXPECT_EQ(row.subflows[1].span.duration(), 3 * kMillisecond);
}

TEST_F(Reports, CountPlainTcpAmongThePackets)
{
    TcpFlow plain{at("10.0.7.1", 4000), at("10.0.7.2", 80)};
    see(plain.initiator().syn());
    see(plain.acceptor().syn_ack());
    see(plain.initiator().data(1000));
    see_handshake(initial, peers);
    EXPECT_EQ(report().packets, 6U);
    EXPECT_EQ(report().connections.size(), 1U);
    EXPECT_EQ(report().totals.payload, 0U);
}

TEST_F(Reports, CallCompleteHandshakesEstablished)
{
    const auto other = [](std::uint16_t port) {
        return TcpFlow{at("10.0.0.1", port), at("10.0.0.2", 80)};
    };
    const auto keys = [](std::uint64_t n) { return Peers{kV1, Key{n}, Key{n + 100}}; };
    see_handshake(initial, peers);
    TcpFlow syn_only = other(5001);
    see(syn_only.initiator().syn().with(keys(1).syn()));
    TcpFlow half = other(5002);
    see(half.initiator().syn().with(keys(2).syn()));
    see(half.acceptor().syn_ack().with(keys(2).syn_ack()));
    TcpFlow unseen = other(5003);
    see(unseen.initiator().data(10).with(dss_map(1, 1, 10)));

    const Totals totals = report().totals;
    EXPECT_EQ(totals.connections, 4U);
    EXPECT_EQ(totals.established, 1U);
    EXPECT_EQ(totals.subflows, 4U);
    EXPECT_EQ(totals.payload, 10U);
}

TEST_F(Reports, NameTheStreamsThatAreKnown)
{
    see_handshake(initial, peers);
    see_join(by_client, Join{peers});
    see_join(by_server, Join{peers, Role::Server});
    const ConnectionRow row = report(Streams{17, std::nullopt}).connections.at(0);
    EXPECT_EQ(row.subflows[0].stream, 17U);
    EXPECT_EQ(row.subflows[1].stream, std::nullopt);
    EXPECT_EQ(row.subflows[2].stream, std::nullopt); // not in the list
}

TEST_F(Reports, CountBeyond32Bits)
{
    see_handshake(initial, peers);
    for (std::uint32_t i = 0; i < 3; ++i) {
        see(initial.initiator().data(kMax32).with(dss_map(1, 1, 1)));
        see(initial.acceptor().data(kMax32).with(dss_map(1, 1, 1)));
    }
    const Report large = report();
    EXPECT_EQ(large.connections.at(0).sent[Role::Client].payload, 3 * std::uint64_t{kMax32});
    EXPECT_EQ(large.totals.payload, 6 * std::uint64_t{kMax32});
    EXPECT_EQ(payload_of(large.connections[0].sent), 6 * std::uint64_t{kMax32});
}

TEST_F(Reports, UnderAFilterCountWhatPassesIt)
{
    filter = [](const Packet &packet) { return packet.segment.payload > 0; };
    see_handshake(initial, peers);
    see_join(by_client, Join{peers});
    see(initial.initiator().data(100).with(dss_map(1, 1, 100)));
    see(initial.initiator().data(200).with(dss_map(101, 101, 200)));

    const Report some_of_it = filtered();
    EXPECT_EQ(some_of_it.packets, 2U);
    ASSERT_EQ(some_of_it.connections.size(), 1U);
    const ConnectionRow &row = some_of_it.connections[0];
    ASSERT_EQ(row.subflows.size(), 1U); // no packet of the join passed
    EXPECT_EQ(row.sent[Role::Client].packets, 2U);
    EXPECT_EQ(row.sent[Role::Client].payload, 300U);
    EXPECT_EQ(row.span.first_frame, 8U);
    EXPECT_EQ(some_of_it.totals.subflows, 1U);
    // The filter removed the handshake, but its state is known.
    EXPECT_EQ(some_of_it.totals.established, 1U);
    // The taps are independent.
    EXPECT_EQ(report().packets, 9U);
    EXPECT_EQ(report().connections.at(0).subflows.size(), 2U);
}

TEST_F(Reports, UnderAFilterKeepTheIndexesOfTheCapture)
{
    filter = [](const Packet &packet) { return packet.segment.payload == 77; };
    see_handshake(initial, peers);
    TcpFlow second{at("10.0.0.1", 5001), at("10.0.0.2", 443)};
    see_handshake(second, Peers{kV0, Key{1}, Key{2}});
    TcpFlow join{at("10.0.9.1", 5001), at("10.0.0.2", 443)};
    see_join(join, Join{Peers{kV0, Key{1}, Key{2}}});
    see(join.initiator().data(77).with(dss_map(1, 1, 77)));

    const Report some_of_it = filtered();
    ASSERT_EQ(some_of_it.connections.size(), 1U);
    const ConnectionRow &row = some_of_it.connections[0];
    EXPECT_EQ(row.index, 1U);
    EXPECT_EQ(row.subflows.at(0).index, 1U);
    EXPECT_EQ(share(row, row.subflows[0], Role::Client), 1.0);
    EXPECT_EQ(share(row, row.subflows[0], Role::Server), std::nullopt); // it sent nothing
    // Its endpoints are those of its first subflow, even if that is filtered out.
    EXPECT_EQ(row.endpoints[Role::Client], at("10.0.0.1", 5001));
    EXPECT_EQ(row.endpoints[Role::Server], at("10.0.0.2", 443));
}

TEST_F(Reports, UnderAFilterThatNothingPassesAreEmpty)
{
    filter = [](const Packet &) { return false; };
    see_handshake(initial, peers);
    EXPECT_EQ(filtered().packets, 0U);
    EXPECT_TRUE(filtered().connections.empty());
    EXPECT_EQ(filtered().totals.connections, 0U);
}

// Counts stay with the subflow when it moves to another connection.
TEST_F(Reports, CountJoinsWhereTheyTurnOutToBelong)
{
    see(by_client.initiator().syn().with(Join{peers}.syn())); // before the first SYN
    see(initial.initiator().syn().with(peers.syn()));
    EXPECT_EQ(report().connections.size(), 2U);
    see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    see(initial.initiator().ack().with(peers.ack()));
    see(by_client.initiator().data(50).with(dss_map(1, 1, 50)));
    const Report whole = report();
    ASSERT_EQ(whole.connections.size(), 1U);
    EXPECT_EQ(whole.connections[0].sent[Role::Client].packets, 4U);
    EXPECT_EQ(whole.connections[0].subflows.at(1).sent[Role::Client].payload, 50U);
    EXPECT_EQ(whole.connections[0].span.first_frame, 1U);
    EXPECT_EQ(whole.totals.subflows, 2U);
}

TEST(Share, IsOfTheUniqueBytesOfOneSender)
{
    ConnectionRow connection;
    SubflowRow subflow;
    connection.data[Role::Client].unique = std::uint64_t{1} << 63;
    subflow.data[Role::Client].unique = std::uint64_t{1} << 62;
    subflow.data[Role::Client].reinjected = 12345;
    EXPECT_EQ(share(connection, subflow, Role::Client), 0.5);
    EXPECT_EQ(share(connection, subflow, Role::Server), std::nullopt);
}

} // namespace
} // namespace mptcp::test
