// SPDX-License-Identifier: GPL-2.0-or-later
//
// The records of connections and subflows and their order when records are
// created, moved and merged. The tests of the tracker cover the reasons.
#include "connections/registry.h"

#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Records : public testing::Test {
protected:
    SubflowId add_subflow(ConnectionId connection, std::uint32_t frame)
    {
        Segment first;
        first.frame = frame;
        first.source = at("10.0.0.1", 4000);
        first.destination = at("10.0.0.2", 80);
        return registry.add_subflow(connection, first, SubflowKind::Join);
    }
    std::vector<std::uint32_t> first_frames() const
    {
        std::vector<std::uint32_t> frames;
        for (const Connection *connection : registry.connections())
            frames.push_back(connection->first_frame);
        return frames;
    }

    Registry registry;
};

TEST_F(Records, AreEmptyAtFirst)
{
    EXPECT_EQ(registry.connection_records(), 0U);
    EXPECT_EQ(registry.subflow_count(), 0U);
    EXPECT_THAT(registry.connections(), IsEmpty());
}

TEST_F(Records, OfANewSubflowAreFromItsFirstSegment)
{
    const ConnectionId connection = registry.add_connection(7);
    const Subflow &subflow = registry[add_subflow(connection, 7)];
    EXPECT_EQ(subflow.connection, connection);
    EXPECT_EQ(subflow.first_frame, 7U);
    EXPECT_EQ(subflow.ends[Side::A].endpoint, at("10.0.0.1", 4000)); // the sender
    EXPECT_EQ(subflow.ends[Side::B].endpoint, at("10.0.0.2", 80));
}

TEST_F(Records, NumberSubflowsWithinTheirConnection)
{
    const ConnectionId one = registry.add_connection(1);
    const ConnectionId two = registry.add_connection(2);
    const SubflowId a = add_subflow(one, 1);
    const SubflowId b = add_subflow(two, 2);
    const SubflowId c = add_subflow(one, 3);
    EXPECT_EQ(registry.index_of(a), 0U);
    EXPECT_EQ(registry.index_of(b), 0U);
    EXPECT_EQ(registry.index_of(c), 1U);
    EXPECT_EQ(registry.subflow_count(), 3U);
}

TEST_F(Records, PutTheInitialSubflowFirst)
{
    const ConnectionId connection = registry.add_connection(1);
    const SubflowId a = add_subflow(connection, 1);
    const SubflowId b = add_subflow(connection, 2);
    const SubflowId c = add_subflow(connection, 3);
    registry.make_initial(c, Side::A);
    EXPECT_THAT(registry[connection].subflows, ElementsAre(c, a, b));
    EXPECT_EQ(registry.index_of(c), 0U);
    EXPECT_EQ(registry.index_of(a), 1U);
    EXPECT_EQ(registry.index_of(b), 2U);
    EXPECT_EQ(registry[c].kind, SubflowKind::Initial);
}

TEST_F(Records, OfAMovedSubflowStandByItsFirstPacket)
{
    const ConnectionId one = registry.add_connection(1);
    const ConnectionId two = registry.add_connection(2);
    const SubflowId a = add_subflow(one, 1);
    const SubflowId b = add_subflow(two, 2);
    const SubflowId c = add_subflow(one, 3);
    const SubflowId d = add_subflow(two, 4);
    registry.move_subflow(c, two, Role::Server);
    EXPECT_THAT(registry[one].subflows, ElementsAre(a));
    EXPECT_THAT(registry[two].subflows, ElementsAre(b, c, d));
    EXPECT_EQ(registry.index_of(c), 1U);
    EXPECT_EQ(registry.index_of(d), 2U);
    EXPECT_EQ(registry[c].role_of_a, Role::Server); // A is the initiator
    EXPECT_THAT(first_frames(), ElementsAre(1, 2)); // both connections remain
}

TEST_F(Records, OfAMovedSubflowMoveItsCountIfItIsOpen)
{
    const ConnectionId one = registry.add_connection(1);
    const ConnectionId two = registry.add_connection(2);
    const SubflowId open = add_subflow(one, 1);
    const SubflowId unanswered = add_subflow(one, 2);
    add_subflow(one, 3);
    registry[open].counted_open = true;
    registry[one].open_subflows = 1;
    registry.move_subflow(unanswered, two, Role::Client);
    EXPECT_EQ(registry[one].open_subflows, 1U);
    EXPECT_EQ(registry[two].open_subflows, 0U);
    registry.move_subflow(open, two, Role::Client);
    EXPECT_EQ(registry[one].open_subflows, 0U);
    EXPECT_EQ(registry[two].open_subflows, 1U);
}

TEST_F(Records, LeadToTheConnectionThatRemainsAndToTheRoleThere)
{
    const ConnectionId one = registry.add_connection(1);
    const ConnectionId two = registry.add_connection(2);
    const ConnectionId three = registry.add_connection(3);
    for (const ConnectionId id : {one, two, three})
        add_subflow(id, 1);
    registry.merge(two, three, Role::Client); // the server of three is the client of two
    registry.swap_roles(two);
    registry.merge(one, two, Role::Server);
    for (const ConnectionId id : {three, three, two}) { // the first call shortens the path
        const auto [connection, role] = registry.current(id, Role::Server);
        EXPECT_EQ(connection, one);
        EXPECT_EQ(role, id == two ? Role::Client : Role::Server);
    }
    registry.swap_roles(one);
    EXPECT_EQ(registry.current(three, Role::Server).role, Role::Client);
    EXPECT_EQ(registry.current(one, Role::Server).role, Role::Client);
}

TEST_F(Records, OfAConnectionWithoutSubflowsAreRetired)
{
    const ConnectionId one = registry.add_connection(1);
    const ConnectionId two = registry.add_connection(2);
    const ConnectionId three = registry.add_connection(3);
    const SubflowId only = add_subflow(one, 1);
    add_subflow(two, 2);
    add_subflow(three, 3);
    registry.move_subflow(only, three, Role::Client);
    EXPECT_EQ(registry[one].merged_into, three);
    // Connection three now begins at frame 1, so it comes before two.
    EXPECT_THAT(first_frames(), ElementsAre(1, 2));
    EXPECT_EQ(registry.index_of(registry[three]), 0U);
    EXPECT_EQ(registry.index_of(registry[two]), 1U);
}

// The state of a connection is kept when its last subflow moves.
TEST_F(Records, OfAConnectionWithoutSubflowsPassOnWhatWasSeen)
{
    const ConnectionId from = registry.add_connection(1);
    const ConnectionId to = registry.add_connection(2);
    const SubflowId only = add_subflow(from, 1);
    add_subflow(to, 2);
    registry[from].hosts[Role::Client].data_fin = DataFin::Sent;
    registry[from].fastclosed = true;
    registry[from].fallback = Fallback{1, FallbackReason::InfiniteMapping};
    registry.move_subflow(only, to, Role::Server); // its initiator, the client of `from`
    EXPECT_EQ(registry[to].hosts[Role::Server].data_fin, DataFin::Sent);
    EXPECT_EQ(registry[to].hosts[Role::Client].data_fin, DataFin::NotSent);
    EXPECT_TRUE(registry[to].fastclosed);
    EXPECT_EQ(registry[to].fallback.value().frame, 1U);
}

// Connections are ordered by their first packets, even if those change.
TEST_F(Records, OfAnEarlierSubflowPutItsConnectionFirst)
{
    const ConnectionId one = registry.add_connection(1);
    const ConnectionId two = registry.add_connection(2);
    const SubflowId early = add_subflow(one, 1);
    add_subflow(two, 2);
    add_subflow(one, 3);
    registry.move_subflow(early, two, Role::Client);
    EXPECT_THAT(first_frames(), ElementsAre(1, 3));
    EXPECT_EQ(registry.index_of(registry[two]), 0U);
    EXPECT_EQ(registry.index_of(registry[one]), 1U);
    EXPECT_EQ(registry[two].first_frame, 1U);
    EXPECT_EQ(registry[one].first_frame, 3U);
}

TEST_F(Records, OfMergedConnectionsAreOne)
{
    const ConnectionId whole = registry.add_connection(1);
    const ConnectionId between = registry.add_connection(2);
    const ConnectionId part = registry.add_connection(3);
    const SubflowId a = add_subflow(whole, 1);
    const SubflowId b = add_subflow(between, 2);
    const SubflowId c = add_subflow(part, 3);
    const SubflowId d = add_subflow(whole, 4);
    registry[part].hosts[Role::Server].data_fin = DataFin::Sent;
    registry[part].fastclosed = true;
    registry[part].fallback = Fallback{3, FallbackReason::InfiniteMapping};
    registry.merge(whole, part, Role::Server);

    EXPECT_THAT(registry[whole].subflows, ElementsAre(a, c, d));
    EXPECT_EQ(registry[c].connection, whole);
    EXPECT_EQ(registry.index_of(c), 1U);
    EXPECT_EQ(registry[c].role_of_a, Role::Client); // unchanged: the roles agree
    EXPECT_EQ(registry[whole].hosts[Role::Server].data_fin, DataFin::Sent);
    EXPECT_EQ(registry[whole].hosts[Role::Client].data_fin, DataFin::NotSent);
    EXPECT_TRUE(registry[whole].fastclosed);
    EXPECT_EQ(registry[whole].fallback.value().frame, 3U);

    EXPECT_THAT(registry[part].subflows, IsEmpty());
    EXPECT_EQ(registry[part].merged_into, whole);
    EXPECT_EQ(registry[b].connection, between);
    EXPECT_THAT(first_frames(), ElementsAre(1, 2));
}

TEST_F(Records, OfAPartWhoseServerIsTheClientChangeRoles)
{
    const ConnectionId whole = registry.add_connection(1);
    const ConnectionId part = registry.add_connection(2);
    add_subflow(whole, 1);
    const SubflowId join = add_subflow(part, 2);
    registry[part].hosts[Role::Server].data_fin = DataFin::Sent;
    registry.merge(whole, part, Role::Client);
    EXPECT_EQ(registry[join].role_of_a, Role::Server);
    EXPECT_EQ(registry[whole].hosts[Role::Client].data_fin, DataFin::Sent);
    EXPECT_EQ(registry[whole].hosts[Role::Server].data_fin, DataFin::NotSent);
}

TEST_F(Records, OfAnEarlierFallbackAreKept)
{
    const ConnectionId whole = registry.add_connection(1);
    const ConnectionId part = registry.add_connection(2);
    add_subflow(whole, 1);
    add_subflow(part, 2);
    registry[whole].fallback = Fallback{5, FallbackReason::FirstDataWithoutOption};
    registry[part].fallback = Fallback{9, FallbackReason::InfiniteMapping};
    registry.merge(whole, part, Role::Server);
    EXPECT_EQ(registry[whole].fallback.value().frame, 5U);
}

} // namespace
} // namespace mptcp::test
