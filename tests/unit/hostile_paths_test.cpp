// SPDX-License-Identifier: GPL-2.0-or-later
//
// A connection with extremely many addresses or subflows.
#include <cstdint>

#include <gtest/gtest.h>

#include "analysis/address_table.h"
#include "analysis/report.h"
#include "analysis/timeline.h"
#include "counted.h"
#include "floods.h"

namespace mptcp::test {
namespace {

// ADD_ADDR (RFC 8684 3.4.1)

class AddressFloods : public testing::Test {
protected:
    static constexpr std::uint32_t kAddresses = kMillion / 10;

    AddressFloods() { trace.see_handshake(initial, peers); }

    // The i-th address that the server announces; IDs have 8 bits.
    AddAddr announced(std::uint32_t i) const
    {
        AddAddr option;
        option.address_id = static_cast<std::uint8_t>(i);
        option.address = host(i).address;
        option.hmac =
            crypto.address_hmac(peers.server, peers.client, option.address_id, option.address, 0)
                ->rightmost;
        return option;
    }
    static AddAddr echo_of(AddAddr option)
    {
        option.echo = true;
        option.hmac.reset();
        return option;
    }
    void by_server(const Bytes &option) { trace.see(initial.acceptor().ack().with(option)); }
    void by_client(const Bytes &option) { trace.see(initial.initiator().ack().with(option)); }

    AddressTable server_table() const
    {
        return make_address_tables(trace.tracker()).at(0)[Role::Server];
    }

    Crypto crypto;
    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Trace trace;
};

TEST_F(AddressFloods, OfManyAddressesHaveARowForEach)
{
    const Growth growth = grow(kAddresses, [&](std::uint32_t i) {
        by_server(add_addr(announced(i)));
        by_client(add_addr(echo_of(announced(i))));
    });
    constexpr double kMost = 400; // bytes for an announcement and its echo
    expect_constant(growth, kMost);
    const AddressTable table = server_table();
    ASSERT_EQ(table.size(), 1 + kAddresses);
    for (std::uint32_t i = 0; i < kAddresses; ++i) {
        const AddressEntry &row = table[1 + i];
        ASSERT_EQ(row.id, static_cast<std::uint8_t>(i));
        ASSERT_EQ(row.address, host(i).address);
        ASSERT_EQ(row.announced, 4 + 2 * i);
        ASSERT_EQ(row.echoed, 5 + 2 * i);
    }
    const Event last = trace.last(EventType::AddAddr);
    EXPECT_EQ(trace.tracker().events().echo_in(trace.tracker().registry(), last), trace.frames());
    const Timeline timeline = make_timeline(trace.tracker(), all_counted(trace));
    std::uint64_t good = 0;
    for (const TimelineEntry &entry : timeline)
        good += entry.event.type == EventType::AddAddr && entry.verdict == Verdict::Good ? 1 : 0;
    EXPECT_EQ(good, kAddresses);
}

// Repeated announcements without removal: one row, and the echo of each is found.
TEST_F(AddressFloods, OfOneAddressHaveOneRow)
{
    const AddAddr option = announced(7);
    const Growth growth = grow(kAddresses, [&](std::uint32_t) {
        by_server(add_addr(option));
        by_client(add_addr(echo_of(option)));
    });
    constexpr double kMost = 265;
    expect_constant(growth, kMost);
    EXPECT_EQ(server_table().size(), 2U);
    for (const Event &event : trace.tracker().events().all())
        if (event.type == EventType::AddAddr) {
            ASSERT_EQ(trace.tracker().events().echo_in(trace.tracker().registry(), event),
                      event.frame + 1);
        }
}

// RFC 8684 3.4.2: after each removal, a new announcement gets its own row.
TEST_F(AddressFloods, OfAnAddressThatComesAndGoesHaveARowForEachTime)
{
    const AddAddr option = announced(7);
    for (std::uint32_t i = 0; i < kAddresses; ++i) {
        by_server(add_addr(option));
        by_server(remove_addr({option.address_id}));
    }
    const AddressTable table = server_table();
    ASSERT_EQ(table.size(), 1 + kAddresses);
    for (std::uint32_t i = 0; i < kAddresses; ++i)
        ASSERT_EQ(table[1 + i].removed, 5 + 2 * i);
}

// Subflows

class SubflowFloods : public testing::Test {
protected:
    static constexpr std::uint32_t kSubflows = 10'000;
    static constexpr std::uint16_t kLength = 1000;

    // Each subflow carries a new segment, then twice the segment of the previous
    // subflow.
    void see_data(TcpFlow &flow, std::uint64_t own, std::uint64_t other)
    {
        const auto data = [&](std::uint64_t segment) {
            const Bytes map =
                dss_map(first + segment * kLength, flow.initiator().relative(), kLength);
            return flow.initiator().data(kLength).with(map);
        };
        trace.see(data(own));
        const Packet again = data(other);
        trace.see(again);
        trace.see(again);
    }

    Peers peers;
    DataSeq first = peers.first_data(Role::Client);
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Trace trace;
};

TEST_F(SubflowFloods, OfOneConnectionAreReportedOneByOne)
{
    trace.see_handshake(initial, peers);
    see_data(initial, 0, 0);
    const Growth growth = grow(kSubflows, [&](std::uint32_t i) {
        TcpFlow flow{host(i), at("10.0.0.2", 80)};
        trace.see_join(flow, Join{peers});
        see_data(flow, i + 1, i);
    });
    constexpr double kMost = 2600; // bytes for a subflow, its 7 packets and their events
    expect_constant(growth, kMost);

    Summary summary;
    for (std::uint32_t i = 0; i <= kSubflows; ++i)
        for (std::uint32_t packet = 0; packet < 3; ++packet)
            summary.add(Attribution{SubflowId{i}, Side::A}, kLength, trace.frames() - packet, 0);
    for (std::uint32_t frame = 1; frame <= trace.frames(); ++frame)
        summary.add(Attribution{SubflowId{0}, Side::B}, 0, frame, 0);
    const Report report = make_report(trace.tracker(), summary, {});
    ASSERT_EQ(report.connections.size(), 1U);
    const ConnectionRow &row = report.connections[0];
    ASSERT_EQ(row.subflows.size(), kSubflows + 1);
    const std::uint64_t all = std::uint64_t{kSubflows + 1} * kLength;
    EXPECT_EQ(row.data[Role::Client].unique, all);
    EXPECT_EQ(row.data[Role::Client].reinjected, all);
    EXPECT_EQ(row.data[Role::Client].retransmitted, all);
    EXPECT_EQ(row.data[Role::Client].reinjected_same_subflow, kLength);
    for (std::uint32_t i = 1; i <= kSubflows; ++i) {
        const SubflowRow &subflow = row.subflows[i];
        ASSERT_EQ(subflow.index, i);
        ASSERT_EQ(subflow.subflow->hmacs.ack_verdict, Verdict::Good);
        ASSERT_EQ(subflow.data[Role::Client].unique, kLength);
        ASSERT_EQ(subflow.data[Role::Client].reinjected, kLength);
        ASSERT_EQ(subflow.data[Role::Client].retransmitted, kLength);
    }
    EXPECT_EQ(trace.connection(0).open_subflows, kSubflows + 1);
}

// A DATA_ACK covers the data of all subflows; then each subflow ends.
TEST_F(SubflowFloods, EndOneByOne)
{
    trace.see_handshake(initial, peers);
    std::vector<TcpFlow> flows;
    for (std::uint32_t i = 0; i < kSubflows; ++i) {
        flows.emplace_back(host(i), at("10.0.0.2", 80));
        trace.see_join(flows.back(), Join{peers});
        see_data(flows.back(), i, i);
    }
    trace.see(initial.acceptor().ack().with(dss_ack(first + std::uint64_t{kSubflows} * kLength)));
    const auto &packets = trace.tracker().data().packets();
    ASSERT_EQ(packets.size(), 3 * kSubflows);
    for (std::size_t i = 0; i < packets.size(); i += 3)
        ASSERT_TRUE(packets[i].acknowledged);
    for (TcpFlow &flow : flows) {
        EXPECT_EQ(trace.state(0), ConnectionState::Open);
        trace.see(flow.initiator().rst());
    }
    EXPECT_EQ(trace.connection(0).open_subflows, 1U);
    trace.see(initial.acceptor().rst());
    EXPECT_EQ(trace.state(0), ConnectionState::Reset);
}

} // namespace
} // namespace mptcp::test
