// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table of 4-tuples alone; how a 4-tuple is used again is told by
// tracker_reuse_test.cpp.
#include "core/flow_table.h"

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

TEST(FlowTable, FindsNothingAtFirst)
{
    FlowTable table;
    EXPECT_EQ(table.find(between(at("10.0.0.1", 4000), at("10.0.0.2", 80))), nullptr);
}

TEST(FlowTable, FindsBothDirections)
{
    const Endpoint host = at("10.0.0.1", 4000);
    const Endpoint peer = at("10.0.0.2", 80);
    FlowTable table;
    table.put(between(host, peer), SubflowId{7});
    ASSERT_NE(table.find(between(host, peer)), nullptr);
    EXPECT_EQ(table.find(between(host, peer))->current, SubflowId{7});
    EXPECT_EQ(table.find(between(peer, host)), table.find(between(host, peer)));
}

TEST(FlowTable, TellsEveryPartOfTheTupleApart)
{
    FlowTable table;
    table.put(between(at("10.0.0.1", 4000), at("10.0.0.2", 80)), SubflowId{7});
    EXPECT_EQ(table.find(between(at("10.0.0.3", 4000), at("10.0.0.2", 80))), nullptr);
    EXPECT_EQ(table.find(between(at("10.0.0.1", 4001), at("10.0.0.2", 80))), nullptr);
    EXPECT_EQ(table.find(between(at("10.0.0.1", 4000), at("10.0.0.3", 80))), nullptr);
    EXPECT_EQ(table.find(between(at("10.0.0.1", 4000), at("10.0.0.2", 81))), nullptr);
    // The ports belong to their addresses.
    EXPECT_EQ(table.find(between(at("10.0.0.1", 80), at("10.0.0.2", 4000))), nullptr);
}

TEST(FlowTable, TellsIPv6Apart)
{
    FlowTable table;
    const Endpoint server = at("fd00::2", 80);
    table.put(between(at("fd00::1", 4000), server), SubflowId{1});
    table.put(between(at("fd00:0:0:1::1", 4000), server), SubflowId{2}); // the upper half
    EXPECT_EQ(table.find(between(server, at("fd00::1", 4000)))->current, SubflowId{1});
    EXPECT_EQ(table.find(between(server, at("fd00:0:0:1::1", 4000)))->current, SubflowId{2});
    EXPECT_EQ(table.find(between(at("fd00::3", 4000), server)), nullptr);
}

TEST(FlowTable, TellsIPv4FromTheIPv6OfTheSameOctets)
{
    FlowTable table;
    table.put(between(at("10.0.0.1", 4000), at("10.0.0.2", 80)), SubflowId{7});
    // 0a00:0001:: has the octets of 10.0.0.1, and zeros behind them
    EXPECT_EQ(table.find(between(at("a00:1::", 4000), at("a00:2::", 80))), nullptr);
}

TEST(FlowTable, AHostMayTalkToItself)
{
    FlowTable table;
    const Endpoint one = at("127.0.0.1", 4000);
    const Endpoint two = at("127.0.0.1", 80);
    table.put(between(one, two), SubflowId{7});
    EXPECT_EQ(table.find(between(two, one))->current, SubflowId{7});
    EXPECT_EQ(table.find(between(one, one)), nullptr);
}

TEST(FlowTable, PutTakesTheTupleOverAndForgetsTheChallenger)
{
    FlowTable table;
    const Segment segment = between(at("10.0.0.1", 4000), at("10.0.0.2", 80));
    table.put(segment, SubflowId{7});
    table.find(segment)->challenger = Claim{TcpSeq{9}, segment.source, SubflowId{8}};
    table.put(segment, SubflowId{8});
    EXPECT_EQ(table.find(segment)->current, SubflowId{8});
    EXPECT_FALSE(table.find(segment)->challenger);
}

TEST(FlowTable, EraseForgetsOneTuple)
{
    FlowTable table;
    const Segment one = between(at("10.0.0.1", 4000), at("10.0.0.2", 80));
    const Segment two = between(at("10.0.0.1", 4001), at("10.0.0.2", 80));
    table.put(one, SubflowId{1});
    table.put(two, SubflowId{2});
    table.erase(between(one.destination, one.source));
    EXPECT_EQ(table.find(one), nullptr);
    EXPECT_EQ(table.find(two)->current, SubflowId{2});
    table.erase(one); // once more: nothing happens
}

TEST(FlowTable, KeepsManyApart)
{
    FlowTable table;
    constexpr std::uint32_t kFlows = 20000;
    const auto flow = [](std::uint32_t i) {
        return between(at("10.0.0.1", static_cast<std::uint16_t>(1024 + i)), at("10.0.0.2", 80));
    };
    for (std::uint32_t i = 0; i < kFlows; ++i)
        table.put(flow(i), SubflowId{i});
    for (std::uint32_t i = 0; i < kFlows; ++i)
        ASSERT_EQ(table.find(flow(i))->current, SubflowId{i});
}

TEST(FlowTable, BothEndsMayHaveTheSamePort)
{
    FlowTable table;
    const Endpoint low = at("10.0.0.1", 5000);
    const Endpoint high = at("10.0.0.2", 5000);
    table.put(between(low, high), SubflowId{7});
    ASSERT_NE(table.find(between(high, low)), nullptr);
    EXPECT_EQ(table.find(between(high, low))->current, SubflowId{7});
    // RFC 9293 3.5: and even the same address.
    table.put(between(low, low), SubflowId{8});
    EXPECT_EQ(table.find(between(low, low))->current, SubflowId{8});
    EXPECT_EQ(table.find(between(low, high))->current, SubflowId{7});
}

// Few addresses and ports, so that flows come back often, from both ends.
TEST(FlowTable, AgreesWithAMapOfSets)
{
    std::mt19937 random{8684}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    const auto endpoint = [&random] {
        constexpr const char *kAddresses[] = {"10.0.0.1", "10.0.0.2", "fd00::1", "fd00::2"};
        return at(kAddresses[random() % 4], static_cast<std::uint16_t>(random() % 4));
    };
    FlowTable table;
    std::map<std::set<Endpoint>, SubflowId> plain;
    for (std::uint32_t step = 0; step < 20000; ++step) {
        const Segment segment = between(endpoint(), endpoint());
        const std::set<Endpoint> ends{segment.source, segment.destination};
        const auto known = plain.find(ends);
        const Flow *const flow = table.find(segment);
        ASSERT_EQ(flow != nullptr, known != plain.end()) << "step " << step;
        if (flow != nullptr) {
            ASSERT_EQ(flow->current, known->second) << "step " << step;
        }
        if (random() % 3 == 0) {
            table.erase(segment);
            plain.erase(ends);
        } else {
            table.put(segment, SubflowId{step});
            plain[ends] = SubflowId{step};
        }
    }
}

} // namespace
} // namespace mptcp::test
