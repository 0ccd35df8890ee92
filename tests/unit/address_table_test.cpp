// SPDX-License-Identifier: GPL-2.0-or-later
//
// The address table: the addresses of both hosts by address ID (RFC 8684 3.4),
// and when each was announced, echoed, used and removed.
#include "analysis/address_table.h"

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

constexpr std::nullopt_t kNever = std::nullopt;

class AddressTables : public testing::Test {
protected:
    AddressTables() { trace.see_handshake(initial, peers); } // frames 1 to 3

    void announce(Role sender, std::uint8_t id, std::string_view address,
                  std::optional<std::uint16_t> port = {})
    {
        see(sender, add_addr(peers.announcement(sender, id, address, port)));
    }
    // Echoes an address of the other host.
    void echo(Role sender, std::uint8_t id, std::string_view address)
    {
        see(sender, add_addr(mptcp::AddAddr{true, id, ip(address), {}, {}}));
    }
    void remove(Role sender, const Bytes &ids) { see(sender, remove_addr(ids)); }
    void see(Role sender, const Bytes &option)
    {
        auto end = sender == Role::Client ? initial.initiator() : initial.acceptor();
        trace.see(end.ack().with(option));
    }

    AddressTable table(Role host) const { return make_address_tables(trace.tracker()).at(0)[host]; }

    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Trace trace;
};

TEST_F(AddressTables, BeginWithTheInitialSubflow)
{
    for (const Role host : {Role::Client, Role::Server}) {
        ASSERT_EQ(table(host).size(), 1U);
        const AddressEntry entry = table(host)[0];
        EXPECT_EQ(entry.id, 0U); // RFC 8684 3.2
        EXPECT_EQ(entry.address, ip(host == Role::Client ? "10.0.0.1" : "10.0.0.2"));
        EXPECT_EQ(entry.used, 1U);
        EXPECT_EQ(entry.announced, kNever);
        EXPECT_EQ(entry.echoed, kNever);
        EXPECT_EQ(entry.removed, kNever);
        EXPECT_EQ(entry.port, std::nullopt);
    }
}

// RFC 8684 3.4.1: the receiver ignores it.
TEST_F(AddressTables, HaveNothingThatWasAnnouncedWithAWrongHmac)
{
    auto announcement = peers.announcement(Role::Server, 3, "10.0.9.2");
    announcement.hmac->front() ^= 1;
    see(Role::Server, add_addr(announcement));
    EXPECT_EQ(table(Role::Server).size(), 1U);
}

TEST_F(AddressTables, HaveWhatWasAnnouncedEchoedUsedAndRemoved)
{
    announce(Role::Server, 3, "10.0.9.2", 81); // frame 4
    echo(Role::Client, 3, "10.0.9.2");         // frame 5
    TcpFlow join{at("10.0.0.1", 4001), at("10.0.9.2", 81)};
    trace.see_join(join, Join{peers}); // frames 6 to 9: the server's ID is 3
    remove(Role::Server, {3});         // frame 10
    ASSERT_EQ(table(Role::Server).size(), 2U);
    const AddressEntry entry = table(Role::Server)[1];
    EXPECT_EQ(entry.id, 3U);
    EXPECT_EQ(entry.address, ip("10.0.9.2"));
    EXPECT_EQ(entry.port, 81U);
    EXPECT_EQ(entry.announced, 4U);
    EXPECT_EQ(entry.echoed, 5U);
    EXPECT_EQ(entry.used, 6U);
    EXPECT_EQ(entry.removed, 10U);
    // The client joined from an address ID of its own.
    ASSERT_EQ(table(Role::Client).size(), 2U);
    EXPECT_EQ(table(Role::Client)[1].id, 2U);
    EXPECT_EQ(table(Role::Client)[1].used, 6U);
}

TEST_F(AddressTables, KeepTheFirstFrameOfEachKind)
{
    announce(Role::Client, 2, "10.0.9.1"); // frame 4
    announce(Role::Client, 2, "10.0.9.1");
    echo(Role::Server, 2, "10.0.9.1"); // frame 6
    echo(Role::Server, 2, "10.0.9.1");
    for (const std::uint16_t port : {std::uint16_t{4001}, std::uint16_t{4002}}) { // frames 8 to 15
        TcpFlow join{at("10.0.9.1", port), at("10.0.0.2", 80)};
        trace.see_join(join, Join{peers});
    }
    ASSERT_EQ(table(Role::Client).size(), 2U);
    EXPECT_EQ(table(Role::Client)[1].announced, 4U);
    EXPECT_EQ(table(Role::Client)[1].echoed, 6U);
    EXPECT_EQ(table(Role::Client)[1].used, 8U);
}

TEST_F(AddressTables, AreOfTheHostThatHasTheAddress)
{
    announce(Role::Client, 7, "10.0.2.1");
    announce(Role::Server, 7, "10.0.2.2");
    echo(Role::Client, 7, "10.0.2.2"); // frame 6
    remove(Role::Client, {7});         // frame 7
    EXPECT_EQ(table(Role::Client).at(1).address, ip("10.0.2.1"));
    EXPECT_EQ(table(Role::Client)[1].echoed, kNever);
    EXPECT_EQ(table(Role::Client)[1].removed, 7U);
    EXPECT_EQ(table(Role::Server).at(1).address, ip("10.0.2.2"));
    EXPECT_EQ(table(Role::Server)[1].echoed, 6U);
    EXPECT_EQ(table(Role::Server)[1].removed, kNever);
}

// RFC 8684 3.4.2: a removed ID can be used again.
TEST_F(AddressTables, DistinguishUsesOfAReusedId)
{
    announce(Role::Server, 7, "10.0.2.2"); // frame 4
    remove(Role::Server, {7});             // frame 5
    announce(Role::Server, 7, "10.0.2.2"); // frame 6, the same address
    remove(Role::Server, {7});             // frame 7
    announce(Role::Server, 7, "fd00::2");  // frame 8, another one
    const AddressTable entries = table(Role::Server);
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_EQ(entries[1].announced, 4U);
    EXPECT_EQ(entries[1].removed, 5U);
    EXPECT_EQ(entries[2].announced, 6U);
    EXPECT_EQ(entries[2].removed, 7U);
    EXPECT_EQ(entries[3].announced, 8U);
    EXPECT_EQ(entries[3].address, ip("fd00::2"));
    EXPECT_EQ(entries[3].removed, kNever);
}

TEST_F(AddressTables, AssignAUseToTheEntryOfItsTime)
{
    announce(Role::Server, 3, "10.0.9.2"); // frame 4
    remove(Role::Server, {3});             // frame 5
    TcpFlow join{at("10.0.0.1", 4001), at("10.0.9.2", 80)};
    trace.see_join(join, Join{peers}); // from frame 6 on
    ASSERT_EQ(table(Role::Server).size(), 3U);
    EXPECT_EQ(table(Role::Server)[1].used, kNever);
    EXPECT_EQ(table(Role::Server)[2].used, 6U);
    EXPECT_EQ(table(Role::Server)[2].removed, kNever);
}

TEST_F(AddressTables, RemoveEveryIdOfTheOption)
{
    announce(Role::Server, 6, "10.0.2.2");
    announce(Role::Server, 7, "10.0.3.2");
    announce(Role::Server, 8, "10.0.4.2");
    remove(Role::Server, {8, 6, 99}); // frame 7; 99 is unknown
    remove(Role::Server, {6});        // again: no effect
    const AddressTable entries = table(Role::Server);
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_EQ(entries[1].removed, 7U);
    EXPECT_EQ(entries[2].removed, kNever);
    EXPECT_EQ(entries[3].removed, 7U);
}

TEST_F(AddressTables, KeepTheSameAddressUnderTwoIdsApart)
{
    announce(Role::Server, 6, "10.0.2.2");
    announce(Role::Server, 7, "10.0.2.2");
    EXPECT_EQ(table(Role::Server).size(), 3U);
}

TEST_F(AddressTables, AreOfEachConnection)
{
    announce(Role::Server, 7, "10.0.2.2");
    TcpFlow other{at("10.0.7.1", 4000), at("10.0.7.2", 80)};
    trace.see_handshake(other, Peers{kV0, Key{1}, Key{2}});
    const auto tables = make_address_tables(trace.tracker());
    ASSERT_EQ(tables.size(), 2U);
    EXPECT_EQ(tables[0][Role::Server].size(), 2U);
    EXPECT_EQ(tables[1][Role::Server].size(), 1U);
    EXPECT_EQ(tables[1][Role::Server][0].address, ip("10.0.7.2"));
}

TEST_F(AddressTables, OfPartialConnectionsHaveWhatIsThere)
{
    Trace partial;
    partial.see(initial.initiator().data(100).with(dss_map(1, 1, 100)));
    partial.see(
        initial.acceptor().ack().with(add_addr(peers.announcement(Role::Server, 7, "10.0.2.2"))));
    const auto tables = make_address_tables(partial.tracker());
    EXPECT_TRUE(tables.at(0)[Role::Client].empty()); // the address ID of its end is unknown
    ASSERT_EQ(tables[0][Role::Server].size(), 1U);
    EXPECT_EQ(tables[0][Role::Server][0].announced, 2U);
}

} // namespace
} // namespace mptcp::test
