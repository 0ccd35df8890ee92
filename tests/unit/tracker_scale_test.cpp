// SPDX-License-Identifier: GPL-2.0-or-later
//
// Thousands of concurrent connections. They are kept apart, and the work per
// segment does not grow with their number (a test that takes minutes has failed).
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

constexpr std::uint32_t kMany = 5000;

Peers peers(std::uint32_t i)
{
    return {i % 2 == 0 ? kV0 : kV1, Key{0x1000000ULL + i}, Key{0x2000000ULL + i}};
}

TcpFlow initial(std::uint32_t i)
{
    return {at("10.0.0.1", static_cast<std::uint16_t>(1024 + i)), at("10.0.0.2", 80)};
}

TcpFlow join_flow(std::uint32_t i)
{
    return {at("10.0.9.1", static_cast<std::uint16_t>(1024 + i)), at("10.0.0.2", 80)};
}

TEST(ManyConnections, AreKeptApart)
{
    Trace trace;
    std::vector<TcpFlow> flows;
    for (std::uint32_t i = 0; i < kMany; ++i) {
        flows.push_back(initial(i));
        trace.see(flows[i].initiator().syn().with(peers(i).syn()));
    }
    for (std::uint32_t i = 0; i < kMany; ++i)
        trace.see(flows[i].acceptor().syn_ack().with(peers(i).syn_ack()));
    for (std::uint32_t i = 0; i < kMany; ++i) {
        const auto ack = trace.see(flows[i].initiator().ack().with(peers(i).ack()));
        ASSERT_EQ(trace.connection_of(ack.value()), i);
    }
    // Joins, in reverse order of the connections.
    for (std::uint32_t i = kMany; i-- > 0;) {
        TcpFlow flow = join_flow(i);
        const Attribution join = trace.see_join(flow, Join{peers(i)});
        ASSERT_EQ(trace.connection_of(join), i);
        ASSERT_EQ(trace.subflow_of(join), 1U);
    }
    const auto connections = trace.tracker().registry().connections();
    ASSERT_EQ(connections.size(), kMany);
    for (std::uint32_t i = 0; i < kMany; ++i) {
        ASSERT_EQ(connections[i]->handshake(), Handshake::Complete);
        ASSERT_EQ(connections[i]->hosts[Role::Client].key, peers(i).client);
        ASSERT_EQ(connections[i]->first_frame, i + 1);
        ASSERT_EQ(connections[i]->subflows.size(), 2U);
        const Subflow &join = trace.tracker().registry()[connections[i]->subflows[1]];
        ASSERT_EQ(join.hmacs.ack_verdict, Verdict::Good);
    }
}

// Every second connection is later merged into the previous one.
TEST(ManyConnections, KeepTheirIndexesDenseWhileJoinsAreMerged)
{
    Trace trace;
    std::vector<TcpFlow> flows;
    for (std::uint32_t i = 0; i < kMany; ++i) {
        flows.push_back(initial(i));
        TcpFlow join = join_flow(i);
        trace.see(flows[i].initiator().syn().with(peers(i).syn()));
        trace.see(join.initiator().syn().with(Join{peers(i)}.syn()));
    }
    EXPECT_EQ(trace.connections(), 2 * kMany);
    for (std::uint32_t i = 0; i < kMany; ++i) {
        const auto answer = trace.see(flows[i].acceptor().syn_ack().with(peers(i).syn_ack()));
        ASSERT_EQ(trace.connection_of(answer.value()), i);
    }
    const auto connections = trace.tracker().registry().connections();
    ASSERT_EQ(connections.size(), kMany);
    for (std::uint32_t i = 0; i < kMany; ++i) {
        ASSERT_EQ(trace.tracker().registry().index_of(*connections[i]), i);
        ASSERT_EQ(connections[i]->subflows.size(), 2U);
    }
}

TEST(ManyConnections, WithTheVerySameKeysAreKeptApart)
{
    Trace trace;
    for (std::uint32_t i = 0; i < kMany; ++i) {
        TcpFlow flow = initial(i);
        ASSERT_EQ(trace.connection_of(trace.see_handshake(flow, peers(1))), i);
    }
    EXPECT_EQ(trace.connections(), kMany);
}

TEST(ManySubflows, OfOneConnectionAreNumberedInOrder)
{
    Trace trace;
    TcpFlow first{at("10.0.0.1", 1000), at("10.0.0.2", 80)};
    trace.see_handshake(first, peers(0));
    for (std::uint32_t i = 0; i < kMany; ++i) {
        TcpFlow flow = join_flow(i);
        ASSERT_EQ(trace.subflow_of(trace.see_join(flow, Join{peers(0)})), i + 1);
    }
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).subflows.size(), kMany + 1);
}

TEST(ManySubflows, OfAnUnknownConnectionAreMergedTogether)
{
    Trace trace;
    TcpFlow first{at("10.0.0.1", 1000), at("10.0.0.2", 80)};
    trace.see(first.initiator().syn().with(peers(0).syn()));
    for (std::uint32_t i = 0; i < kMany; ++i)
        trace.see(join_flow(i).initiator().syn().with(Join{peers(0)}.syn()));
    EXPECT_EQ(trace.connections(), 2U);
    trace.see(first.acceptor().syn_ack().with(peers(0).syn_ack()));
    ASSERT_EQ(trace.connections(), 1U);
    ASSERT_EQ(trace.connection(0).subflows.size(), kMany + 1);
    std::uint32_t index = 0;
    for (const SubflowId id : trace.connection(0).subflows)
        ASSERT_EQ(trace.tracker().registry().index_of(id), index++);
}

// Random segments: the indexes and counts of the tracker stay consistent.
TEST(AnySegments, KeepTheCountsConsistent)
{
    std::uint64_t state = 20240229;
    const auto random =
        [&state](std::uint32_t below) { // a linear congruential generator with a fixed seed
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            return static_cast<std::uint32_t>(state >> 33) % below;
        };
    const Peers few[] = {peers(0), peers(1), peers(0x5)};
    Trace trace;
    for (int i = 0; i < 60000; ++i) {
        Packet packet;
        packet.segment.source = at("10.0.0.1", static_cast<std::uint16_t>(random(6)));
        packet.segment.destination = at("10.0.0.2", static_cast<std::uint16_t>(random(2)));
        if (random(2) != 0)
            std::swap(packet.segment.source, packet.segment.destination);
        packet.segment.seq = TcpSeq{random(4)};
        packet.segment.ack = TcpSeq{random(4)};
        const std::uint8_t flags[] = {kSyn, kSyn | kAck, kAck, kAck, kAck | kFin, kRst | kAck};
        packet.segment.flags = flags[random(6)];
        packet.segment.payload = random(2) * 100;
        const Peers &who = few[random(3)];
        const Join join{who, random(2) != 0 ? Role::Client : Role::Server};
        const Bytes options[] = {who.syn(),  who.syn_ack(),    who.ack(),
                                 join.syn(), join.syn_ack(),   join.ack(),
                                 dss_fin(7), dss_map(1, 1, 0), mp_fastclose(who.client),
                                 {}};
        packet = packet.with(options[random(10)]).with(options[random(10)]);
        if (random(10) == 0)
            packet = packet.cut_to(random(20));
        const auto attribution = trace.see(packet);
        if (attribution) {
            const Subflow &subflow = trace.tracker().registry()[attribution->subflow];
            ASSERT_EQ(subflow.ends[attribution->sender].endpoint, packet.segment.source);
        }
    }

    std::size_t subflows = 0;
    std::uint32_t index = 0;
    for (const Connection *connection : trace.tracker().registry().connections()) {
        ASSERT_EQ(trace.tracker().registry().index_of(*connection), index++);
        ASSERT_FALSE(connection->subflows.empty());
        std::uint32_t place = 0;
        std::uint32_t open = 0;
        std::uint32_t first_frame = trace.frames();
        for (const SubflowId id : connection->subflows) {
            const Subflow &subflow = trace.tracker().registry()[id];
            ASSERT_EQ(&trace.tracker().registry().connection_of(id), connection);
            ASSERT_EQ(trace.tracker().registry().index_of(id), place++);
            open += subflow.is_open() ? 1 : 0;
            first_frame = std::min(first_frame, subflow.first_frame);
        }
        ASSERT_EQ(connection->open_subflows, open);
        ASSERT_EQ(connection->first_frame, first_frame);
        subflows += connection->subflows.size();
    }
    EXPECT_EQ(subflows, trace.tracker().registry().subflow_count());
    EXPECT_GT(index, 1000U); // the random segments created connections
}

} // namespace
} // namespace mptcp::test
