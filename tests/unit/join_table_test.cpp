// SPDX-License-Identifier: GPL-2.0-or-later
//
// The join table: connections by token, and partial connections of joins with an
// unknown token. tracker_joins_test.cpp tests how the tracker uses it.
#include "connections/join_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Token kToken{0x7ce00c4f};
constexpr Token kOtherToken{0x7ce00c50};

Segment syn(const char *from, const char *to)
{
    Segment segment;
    segment.source = at(from, 4000);
    segment.destination = at(to, 80);
    return segment;
}

TEST(JoinTable, HasNoTokensAtFirst)
{
    JoinTable table;
    EXPECT_THAT(table.owners(kToken), IsEmpty());
    EXPECT_THAT(table.partials(kToken), IsEmpty());
    EXPECT_EQ(table.partial(kToken, syn("10.0.0.1", "10.0.0.2")), std::nullopt);
}

TEST(JoinTable, DistinguishesTokens)
{
    JoinTable table;
    table.add_owner(kToken, {ConnectionId{1}, Role::Server});
    table.add_owner(kOtherToken, {ConnectionId{1}, Role::Client});
    EXPECT_THAT(table.owners(kToken), ElementsAre(JoinTable::Owner{ConnectionId{1}, Role::Server}));
    EXPECT_THAT(table.owners(kOtherToken),
                ElementsAre(JoinTable::Owner{ConnectionId{1}, Role::Client}));
}

TEST(JoinTable, GivesTheNewestOwnerFirst)
{
    JoinTable table;
    table.add_owner(kToken, {ConnectionId{3}, Role::Server});
    table.add_owner(kToken, {ConnectionId{1}, Role::Client});
    EXPECT_THAT(table.owners(kToken), ElementsAre(JoinTable::Owner{ConnectionId{1}, Role::Client},
                                                  JoinTable::Owner{ConnectionId{3}, Role::Server}));
}

TEST(JoinTable, ChecksOnlyTheNewestFew)
{
    JoinTable table;
    for (std::uint32_t i = 0; i < 1000; ++i)
        table.add_owner(kToken, {ConnectionId{i}, Role::Server});
    const auto owners = table.owners(kToken);
    ASSERT_EQ(owners.size(), JoinTable::kMostLookedAt);
    EXPECT_EQ(owners.front().connection, ConnectionId{999});
    EXPECT_EQ(owners.back().connection, ConnectionId{992});
}

TEST(JoinTable, TheSameTokenAtTheSameAddressIsOnePartialConnection)
{
    JoinTable table;
    table.add_partial(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{5});
    EXPECT_EQ(table.partial(kToken, syn("10.0.0.1", "10.0.0.2")), ConnectionId{5});
    // From another address of the client, or to another address of the server.
    EXPECT_EQ(table.partial(kToken, syn("10.0.9.1", "10.0.0.2")), ConnectionId{5});
    EXPECT_EQ(table.partial(kToken, syn("10.0.0.1", "10.0.9.2")), ConnectionId{5});
}

TEST(JoinTable, TheSameTokenBetweenOtherHostsIsNot)
{
    JoinTable table;
    table.add_partial(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{5});
    EXPECT_EQ(table.partial(kToken, syn("10.0.0.3", "10.0.0.4")), std::nullopt);
    // The initiator of a join does not own the token.
    EXPECT_EQ(table.partial(kToken, syn("10.0.0.2", "10.0.0.1")), std::nullopt);
    EXPECT_EQ(table.partial(kOtherToken, syn("10.0.0.1", "10.0.0.2")), std::nullopt);
}

TEST(JoinTable, ThatAddressMayBeLearntFromAnyJoin)
{
    JoinTable table;
    table.add_partial(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{5});
    table.add_partial(kToken, syn("10.0.9.1", "10.0.0.2"), ConnectionId{5});
    EXPECT_EQ(table.partial(kToken, syn("10.0.9.1", "10.0.9.2")), ConnectionId{5});
}

TEST(JoinTable, ListsEachPartialConnectionOnceNewestFirst)
{
    JoinTable table;
    table.add_partial(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{5});
    table.add_partial(kToken, syn("10.0.0.3", "10.0.0.4"), ConnectionId{6});
    table.set_partial_at(kToken, syn("10.0.9.1", "10.0.0.2"), ConnectionId{5});
    EXPECT_THAT(table.partials(kToken), ElementsAre(ConnectionId{6}, ConnectionId{5}));
    EXPECT_THAT(table.partials(kOtherToken), IsEmpty());
    EXPECT_EQ(table.partial(kToken, syn("10.0.9.1", "10.0.9.9")), ConnectionId{5});
}

// Their joins may alternate. The table grows with connections, not with SYNs.
TEST(JoinTable, PartialConnectionsThatTakeTurnsAreListedOnce)
{
    JoinTable table;
    for (std::uint32_t i = 0; i < 3; ++i)
        table.add_partial(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{i});
    for (std::uint32_t i = 0; i < 300; ++i)
        table.set_partial_at(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{i % 3});
    EXPECT_THAT(table.partials(kToken),
                ElementsAre(ConnectionId{2}, ConnectionId{1}, ConnectionId{0}));
}

TEST(JoinTable, IPv6TargetsDifferInAnyOfTheirBytes)
{
    JoinTable table;
    table.add_partial(kToken, syn("fd00::1", "fd00::2"), ConnectionId{5});
    EXPECT_EQ(table.partial(kToken, syn("fd00::9", "fd00::2")), ConnectionId{5});
    EXPECT_EQ(table.partial(kToken, syn("fd00::9", "fd00::3")), std::nullopt);
    EXPECT_EQ(table.partial(kToken, syn("fd00::9", "fd00:0:0:1::2")), std::nullopt);
}

TEST(JoinTable, IPv4DiffersFromIPv6WithTheSameBytes)
{
    JoinTable table;
    table.add_partial(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{5});
    EXPECT_EQ(table.partial(kToken, syn("a00:1::", "a00:2::")), std::nullopt);
}

// The target of a join is stronger evidence than its initiator.
TEST(JoinTable, TheTargetCountsBeforeTheInitiator)
{
    JoinTable table;
    table.add_partial(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{5});
    table.add_partial(kToken, syn("10.0.0.3", "10.0.0.4"), ConnectionId{6});
    EXPECT_EQ(table.partial(kToken, syn("10.0.0.1", "10.0.0.4")), ConnectionId{6});
    EXPECT_EQ(table.partial(kToken, syn("10.0.0.3", "10.0.0.2")), ConnectionId{5});
}

TEST(JoinTable, TheNewestConnectionTakesThePlaceOver)
{
    JoinTable table;
    table.add_partial(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{5});
    table.add_partial(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{6});
    EXPECT_EQ(table.partial(kToken, syn("10.0.0.9", "10.0.0.2")), ConnectionId{6}); // by target
    EXPECT_EQ(table.partial(kToken, syn("10.0.0.1", "10.0.0.9")), ConnectionId{6}); // by initiator
}

TEST(JoinTable, ListsTheNewestFewPartialConnectionsAlone)
{
    JoinTable table;
    for (std::uint32_t i = 0; i < 1000; ++i)
        table.add_partial(kToken, syn("10.0.0.1", "10.0.0.2"), ConnectionId{i});
    const auto partials = table.partials(kToken);
    ASSERT_EQ(partials.size(), JoinTable::kMostLookedAt);
    EXPECT_EQ(partials.front(), ConnectionId{999});
    EXPECT_EQ(partials.back(), ConnectionId{992});
}

} // namespace
} // namespace mptcp::test
