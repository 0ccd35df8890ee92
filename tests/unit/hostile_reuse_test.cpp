// SPDX-License-Identifier: GPL-2.0-or-later
//
// A 4-tuple that is reused every few packets, for a million packets. Each use is a
// separate subflow or plain TCP connection.
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "analysis/report.h"
#include "analysis/summary.h"
#include "floods.h"

namespace mptcp::test {
namespace {

// How one use of the 4-tuple ends before the next one begins.
enum class End { Rst, Fin, None };
std::string name(End end) { return end == End::Rst ? "Rst" : end == End::Fin ? "Fin" : "None"; }

class HostileReuse : public testing::TestWithParam<End> {
protected:
    static constexpr std::uint32_t kPayload = 100;

    void see(const Packet &packet)
    {
        const auto attribution = trace.see(packet);
        summary.add(attribution, packet.segment.payload, trace.frames(), 0);
    }
    void end(TcpFlow &flow)
    {
        if (GetParam() == End::Rst)
            see(flow.initiator().rst());
        if (GetParam() == End::Fin) {
            see(flow.initiator().fin());
            see(flow.acceptor().fin());
        }
    }
    // ISNs repeat after a while, but consecutive ones differ.
    static TcpFlow use(std::uint32_t i)
    {
        return {at("10.0.0.1", 4000), at("10.0.0.2", 443), TcpSeq{scattered32(i)},
                TcpSeq{scattered32(~i)}};
    }
    void see_mptcp(TcpFlow &flow, const Peers &peers)
    {
        see(flow.initiator().syn().with(peers.syn()));
        see(flow.acceptor().syn_ack().with(peers.syn_ack()));
        see(flow.initiator().ack().with(peers.ack()));
        see(flow.initiator().data(kPayload).with(
            dss_map(peers.first_data(Role::Client), 1, kPayload)));
    }
    void see_plain(TcpFlow &flow)
    {
        see(flow.initiator().syn());
        see(flow.acceptor().syn_ack());
        see(flow.initiator().ack());
        see(flow.initiator().data(kPayload));
    }

    Trace trace;
    Summary summary;
};
INSTANTIATE_TEST_SUITE_P(AfterEach, HostileReuse, testing::Values(End::Rst, End::Fin, End::None),
                         [](const auto &each) { return name(each.param); });

TEST_P(HostileReuse, EveryFewPacketsIsAConnectionOfItsOwn)
{
    constexpr std::uint32_t kUses = kMillion / 8; // of 4 to 6 packets, by MPTCP and by plain TCP
    const Peers peers{kV1, Key{1}, Key{2}};
    const Growth growth = grow(kUses, [&](std::uint32_t i) {
        TcpFlow mptcp = use(2 * i);
        see_mptcp(mptcp, peers);
        end(mptcp);
        TcpFlow plain = use(2 * i + 1);
        see_plain(plain);
        end(plain);
    });
    constexpr double kMost = 2190; // bytes for a connection, its data and its events
    expect_constant(growth, kMost);

    const Report report = make_report(trace.tracker(), summary, {});
    EXPECT_EQ(report.packets, trace.frames());
    EXPECT_EQ(report.totals.connections, kUses);
    EXPECT_EQ(report.totals.established, kUses);
    EXPECT_EQ(report.totals.subflows, kUses);
    EXPECT_EQ(report.totals.payload, kUses * std::uint64_t{kPayload});
    const std::uint32_t packets = trace.frames() / kUses;
    for (const ConnectionRow &row : report.connections) {
        ASSERT_EQ(row.subflows.size(), 1U);
        ASSERT_EQ(row.span.first_frame, 1 + row.index * packets);
        ASSERT_EQ(row.data[Role::Client].unique, kPayload);
        ASSERT_EQ(row.connection->fallback.has_value(), false);
    }
}

// SYNs of plain TCP on the 4-tuple of an open subflow have no effect on it.
TEST(HostilePendingReuses, OfAnOpenSubflowCostNothing)
{
    const Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 443)};
    Trace trace;
    trace.see_handshake(initial, peers);
    Packet syn = TcpFlow{initial}.initiator().syn();
    const Growth growth = grow(kMillion, [&](std::uint32_t i) {
        syn.segment.seq = TcpSeq{2000 + i};
        trace.see(syn);
    });
    EXPECT_LE(growth.whole.held, 256U); // the last one
    EXPECT_LE(growth.whole.times, 4U);
    const auto data = trace.see(initial.initiator().data(10).with(dss_map(1, 1, 10)));
    EXPECT_EQ(trace.connection_of(data.value()), 0U);
    EXPECT_EQ(trace.connections(), 1U);
}

} // namespace
} // namespace mptcp::test
