// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table of 4-tuples. tracker_reuse_test.cpp tests the reuse of 4-tuples.
#include "connections/flow_table.h"

#include <cstdint>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

Segment between(const Endpoint &source, const Endpoint &destination)
{
    Segment segment;
    segment.source = source;
    segment.destination = destination;
    return segment;
}

// A table with subflows.
class FlowTables : public testing::Test {
protected:
    // Adds a new subflow with this 4-tuple.
    SubflowId put(const Segment &segment)
    {
        const SubflowId id = registry.add_subflow(connection, segment, SubflowKind::Unknown);
        table.put(segment, {id, Side::A});
        return id;
    }

    std::optional<SubflowId> find(const Segment &segment)
    {
        const auto found = table.find(segment);
        return found ? std::optional{found->subflow} : std::nullopt;
    }

    Registry registry;
    ConnectionId connection = registry.add_connection(1);
    FlowTable table;
};

TEST_F(FlowTables, FindsNothingAtFirst)
{
    EXPECT_EQ(find(between(at("10.0.0.1", 4000), at("10.0.0.2", 80))), std::nullopt);
}

TEST_F(FlowTables, FindsBothDirections)
{
    const Endpoint host = at("10.0.0.1", 4000);
    const Endpoint peer = at("10.0.0.2", 80);
    const SubflowId subflow = put(between(host, peer));
    EXPECT_EQ(table.find(between(host, peer)), (Attribution{subflow, Side::A}));
    EXPECT_EQ(table.find(between(peer, host)), (Attribution{subflow, Side::B}));
}

TEST_F(FlowTables, DistinguishesEveryPartOfTheTuple)
{
    put(between(at("10.0.0.1", 4000), at("10.0.0.2", 80)));
    EXPECT_EQ(find(between(at("10.0.0.3", 4000), at("10.0.0.2", 80))), std::nullopt);
    EXPECT_EQ(find(between(at("10.0.0.1", 4001), at("10.0.0.2", 80))), std::nullopt);
    EXPECT_EQ(find(between(at("10.0.0.1", 4000), at("10.0.0.3", 80))), std::nullopt);
    EXPECT_EQ(find(between(at("10.0.0.1", 4000), at("10.0.0.2", 81))), std::nullopt);
    // Each port belongs to its address.
    EXPECT_EQ(find(between(at("10.0.0.1", 80), at("10.0.0.2", 4000))), std::nullopt);
}

TEST_F(FlowTables, DistinguishesIPv6)
{
    const Endpoint server = at("fd00::2", 80);
    const SubflowId one = put(between(at("fd00::1", 4000), server));
    const SubflowId two = put(between(at("fd00:0:0:1::1", 4000), server)); // the upper half
    EXPECT_EQ(find(between(server, at("fd00::1", 4000))), one);
    EXPECT_EQ(find(between(server, at("fd00:0:0:1::1", 4000))), two);
    EXPECT_EQ(find(between(at("fd00::3", 4000), server)), std::nullopt);
}

TEST_F(FlowTables, DistinguishesIPv4FromIPv6WithTheSameBytes)
{
    put(between(at("10.0.0.1", 4000), at("10.0.0.2", 80)));
    // 0a00:0001:: has the bytes of 10.0.0.1, followed by zeros
    EXPECT_EQ(find(between(at("a00:1::", 4000), at("a00:2::", 80))), std::nullopt);
}

TEST_F(FlowTables, AHostMayTalkToItself)
{
    const Endpoint one = at("127.0.0.1", 4000);
    const Endpoint two = at("127.0.0.1", 80);
    const SubflowId subflow = put(between(one, two));
    EXPECT_EQ(find(between(two, one)), subflow);
    EXPECT_EQ(find(between(one, one)), std::nullopt);
}

TEST_F(FlowTables, PutTakesTheTupleOverAndDropsThePendingReuse)
{
    const Segment segment = between(at("10.0.0.1", 4000), at("10.0.0.2", 80));
    const SubflowId before = put(segment);
    EXPECT_EQ(table.pending_reuse(before), nullptr);
    table.set_pending_reuse(before, PendingReuse{TcpSeq{9}, segment.source, std::nullopt});
    ASSERT_NE(table.pending_reuse(before), nullptr);
    EXPECT_EQ(table.pending_reuse(before)->isn, TcpSeq{9});
    const SubflowId after = put(segment);
    EXPECT_EQ(find(segment), after);
    EXPECT_EQ(table.pending_reuse(before), nullptr);
    EXPECT_EQ(table.pending_reuse(after), nullptr);
}

TEST_F(FlowTables, EraseForgetsOneTuple)
{
    const Segment one = between(at("10.0.0.1", 4000), at("10.0.0.2", 80));
    const Segment two = between(at("10.0.0.1", 4001), at("10.0.0.2", 80));
    put(one);
    const SubflowId other = put(two);
    table.erase(between(one.destination, one.source));
    EXPECT_EQ(find(one), std::nullopt);
    EXPECT_EQ(find(two), other);
    table.erase(one); // again: no effect
}

TEST_F(FlowTables, KeepsManyApart)
{
    constexpr std::uint32_t kFlows = 20000;
    const auto flow = [](std::uint32_t i) {
        return between(at("10.0.0.1", static_cast<std::uint16_t>(1024 + i)), at("10.0.0.2", 80));
    };
    for (std::uint32_t i = 0; i < kFlows; ++i)
        ASSERT_EQ(put(flow(i)), SubflowId{i});
    for (std::uint32_t i = 0; i < kFlows; ++i)
        ASSERT_EQ(find(flow(i)), SubflowId{i});
}

TEST_F(FlowTables, BothEndsMayHaveTheSamePort)
{
    const Endpoint low = at("10.0.0.1", 5000);
    const Endpoint high = at("10.0.0.2", 5000);
    const SubflowId subflow = put(between(low, high));
    EXPECT_EQ(find(between(high, low)), subflow);
    // RFC 9293 3.5: both ends may even have the same address.
    const SubflowId itself = put(between(low, low));
    EXPECT_EQ(find(between(low, low)), itself);
    EXPECT_EQ(find(between(low, high)), subflow);
}

// Few addresses and ports, so that flows often repeat in both directions.
TEST_F(FlowTables, AgreesWithAMapOfSets)
{
    std::mt19937 random{8684}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    const auto endpoint = [&random] {
        constexpr const char *kAddresses[] = {"10.0.0.1", "10.0.0.2", "fd00::1", "fd00::2"};
        return at(kAddresses[random() % 4], static_cast<std::uint16_t>(random() % 4));
    };
    std::map<std::set<Endpoint>, SubflowId> plain;
    for (std::uint32_t step = 0; step < 20000; ++step) {
        const Segment segment = between(endpoint(), endpoint());
        const std::set<Endpoint> ends{segment.source, segment.destination};
        const auto known = plain.find(ends);
        const auto found = known == plain.end() ? std::nullopt : std::optional{known->second};
        ASSERT_EQ(find(segment), found) << "step " << step;
        if (random() % 3 == 0) {
            table.erase(segment);
            plain.erase(ends);
        } else {
            plain[ends] = put(segment);
        }
    }
}

} // namespace
} // namespace mptcp::test
