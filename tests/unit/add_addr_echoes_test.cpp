// SPDX-License-Identifier: GPL-2.0-or-later
//
// Matching of ADD_ADDR echoes to announcements (RFC 8684 3.4.1).
#include "events/add_addr_echoes.h"

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

class Echoes : public testing::Test {
protected:
    static AddAddrEchoes::HostAddress address(std::uint8_t id = 2, const char *address = "10.0.2.2")
    {
        return {ConnectionId{0}, Role::Server, id, at(address, 0).address};
    }

    AddAddrEchoes announcements;
};

TEST_F(Echoes, AreNotThereAtFirst)
{
    EXPECT_EQ(announcements.echo_to(address(), 10), std::nullopt);
    EXPECT_EQ(announcements.announcement_of(address(), 10), std::nullopt);
    announcements.announce(address(), 4);
    EXPECT_EQ(announcements.echo_to(address(), 4), std::nullopt);
}

TEST_F(Echoes, LeadToTheFirstOfRepeatedAddAddrEchoes)
{
    announcements.announce(address(), 4);
    announcements.announce(address(), 5);
    announcements.echo(address(), 6);
    EXPECT_EQ(announcements.echo_to(address(), 4), 6U);
    EXPECT_EQ(announcements.echo_to(address(), 5), 6U);
    EXPECT_EQ(announcements.announcement_of(address(), 6), 4U);
}

TEST_F(Echoes, ThatAreRepeatedLeadToTheSame)
{
    announcements.announce(address(), 4);
    announcements.echo(address(), 6);
    announcements.echo(address(), 7);
    EXPECT_EQ(announcements.echo_to(address(), 4), 6U);
    EXPECT_EQ(announcements.announcement_of(address(), 7), 4U);
}

TEST_F(Echoes, OfAReannouncedAddressAreSeparate)
{
    announcements.announce(address(), 4);
    announcements.echo(address(), 6);
    announcements.announce(address(), 32);
    EXPECT_EQ(announcements.echo_to(address(), 32), std::nullopt);
    announcements.echo(address(), 33);
    EXPECT_EQ(announcements.echo_to(address(), 4), 6U);
    EXPECT_EQ(announcements.echo_to(address(), 32), 33U);
    EXPECT_EQ(announcements.announcement_of(address(), 33), 32U);
}

TEST_F(Echoes, WhoseAnnouncementWasNotCapturedLeadNowhere)
{
    announcements.echo(address(), 6);
    EXPECT_EQ(announcements.announcement_of(address(), 6), std::nullopt);
    announcements.announce(address(), 7);
    EXPECT_EQ(announcements.announcement_of(address(), 6), std::nullopt);
    EXPECT_EQ(announcements.echo_to(address(), 7), std::nullopt);
}

TEST_F(Echoes, AreOfOneAddressOneIdOneHostAndOneConnection)
{
    announcements.announce(address(), 4);
    auto other_host = address();
    other_host.host = Role::Client;
    auto other_connection = address();
    other_connection.connection = ConnectionId{1};
    for (const auto &elsewhere : {address(3), address(2, "10.0.2.3"), address(2, "2001:db8::2"),
                                  other_host, other_connection})
        announcements.echo(elsewhere, 6);
    EXPECT_EQ(announcements.echo_to(address(), 4), std::nullopt);
}

} // namespace
} // namespace mptcp::test
