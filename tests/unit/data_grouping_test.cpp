// SPDX-License-Identifier: GPL-2.0-or-later
//
// Subflows whose handshakes were not captured, grouped by their data (RFC 8684 3.3), and the roles
// that are guessed for them.
#include "data/data_grouping.h"

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

constexpr std::uint64_t kUp = 0x7777'0000'1000'0000, kDown = 0x2222'0000'2000'0000;

class Grouping : public testing::Test {
protected:
    static TcpFlow flow(const char *client, std::uint16_t port, const char *server = "10.0.0.2")
    {
        TcpFlow midway{at(client, port), at(server, 443)};
        midway.initiator().syn(); // not captured
        midway.acceptor().syn_ack();
        midway.initiator().ack();
        return midway;
    }
    void send(TcpFlow::Sender sender, DataSeq dsn)
    {
        const std::uint32_t offset = sender.relative();
        trace.see(sender.data(100).with(dss_map(dsn, offset, 100)));
    }
    void send(TcpFlow::Sender sender, std::uint32_t dsn)
    {
        const std::uint32_t offset = sender.relative();
        trace.see(sender.data(100).with(dss_map(dsn, offset, 100)));
    }

    Trace trace;
};

TEST_F(Grouping, JoinsSubflowsWhose64BitNumbersContinueEachOther)
{
    TcpFlow first = flow("10.0.0.1", 40000), second = flow("10.0.9.1", 40001);
    send(first.initiator(), DataSeq{kUp});
    send(second.initiator(), DataSeq{kUp + 100});
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_TRUE(trace.connection(0).grouped_by_data);
    EXPECT_TRUE(trace.connection(0).partial());
    const DataStream *up =
        trace.tracker().data().stream(trace.subflow(0, 0).connection, Role::Client);
    ASSERT_NE(up, nullptr);
    EXPECT_EQ(up->gaps().bytes, 0U); // the two segments are adjacent
}

// The data of the packet that shows it was added to the stream that becomes part of another one.
TEST_F(Grouping, KeepsTheNumberOfThePacketThatShowsIt)
{
    TcpFlow first = flow("10.0.0.1", 40000), second = flow("10.0.9.1", 40001);
    send(first.initiator(), DataSeq{kUp});
    send(second.initiator(), DataSeq{kUp + 100});
    send(second.initiator(), DataSeq{kUp + 200});
    const DataLevel &level = trace.tracker().data();
    for (std::uint64_t number = 0; number < 3; ++number) {
        const DataPacket &packet = level.packets()[number];
        EXPECT_EQ(level.data_seq(packet, trace.tracker().registry()[packet.subflow]),
                  DataSeq{kUp + 100 * number});
    }
}

TEST_F(Grouping, TakesTheDataAcksOfTheOtherDirection)
{
    TcpFlow first = flow("10.0.0.1", 40000), second = flow("10.0.9.1", 40001);
    send(first.initiator(), DataSeq{kUp});
    trace.see(second.acceptor().ack().with(dss_ack(DataSeq{kUp + 100})));
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.subflow(0, 1).role_of_a, Role::Server); // the acceptor sent its first packet
}

TEST_F(Grouping, KeepsConnectionsApartWhoseNumbersAreFarApart)
{
    TcpFlow first = flow("10.0.0.1", 40000), second = flow("10.0.0.1", 40001);
    send(first.initiator(), DataSeq{kUp});
    send(second.initiator(), DataSeq{kUp + (std::uint64_t{1} << 40)});
    EXPECT_EQ(trace.connections(), 2U);
}

TEST_F(Grouping, LooksAgainOnceThePositionOfTheOtherDirectionIsKnown)
{
    TcpFlow first = flow("10.0.0.1", 40000), second = flow("10.0.9.1", 40001, "10.0.9.2");
    send(first.acceptor(), DataSeq{kDown});
    for (std::uint64_t dsn = 0; dsn < 100'000; dsn += 100)
        send(second.initiator(), DataSeq{kUp + dsn});
    EXPECT_EQ(trace.connections(), 2U);
    send(second.acceptor(), DataSeq{kDown + 100});
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_F(Grouping, NeedsBothDirectionsAndACommonAddressFor32Bits)
{
    const auto up = static_cast<std::uint32_t>(kUp), down = static_cast<std::uint32_t>(kDown);
    TcpFlow first = flow("10.0.0.1", 40000), second = flow("10.0.9.1", 40001);
    TcpFlow elsewhere = flow("192.0.2.1", 40002, "192.0.2.2");
    send(first.initiator(), up);
    send(second.initiator(), up + 100);
    send(elsewhere.initiator(), up + 200);
    EXPECT_EQ(trace.connections(), 3U); // one direction proves nothing
    send(first.acceptor(), down);
    send(second.acceptor(), down + 100);
    send(elsewhere.acceptor(), down + 200);
    EXPECT_EQ(trace.connections(), 2U); // the third flow has no common address
}

TEST_F(Grouping, GuessesThatTheEndOfSeveralSubflowsIsTheServer)
{
    // The server has the higher port.
    TcpFlow first{at("10.0.0.1", 1100), at("10.0.0.2", 5001)};
    TcpFlow second{at("10.0.9.1", 1200), at("10.0.0.2", 5001)};
    for (TcpFlow *each : {&first, &second}) {
        each->initiator().syn();
        each->acceptor().syn_ack();
    }
    send(first.acceptor(), DataSeq{kDown});
    EXPECT_EQ(trace.subflow(0, 0).end(Role::Server).endpoint.port, 1100); // one subflow: the port
    send(second.acceptor(), DataSeq{kDown + 100});
    ASSERT_EQ(trace.connections(), 1U);
    for (const std::uint32_t index : {0U, 1U})
        EXPECT_EQ(trace.subflow(0, index).end(Role::Server).endpoint.port, 5001);
    EXPECT_FALSE(trace.connection(0).roles_seen);
}

} // namespace
} // namespace mptcp::test
