// SPDX-License-Identifier: GPL-2.0-or-later
//
// Statistics of the data level for the counted packets: sums by subflow and
// direction, rates.
#include "analysis/data_report.h"

#include <limits>

#include <gtest/gtest.h>

#include "counted.h"
#include "data_trace.h"

namespace mptcp::test {
namespace {

// One direction of a connection whose data took this time.
DataCount active_for(Time duration, std::uint64_t packets = kLeastPacketsOfRate)
{
    DataCount active;
    active.packets = packets;
    active.span.include(1, 0);
    active.span.include(2, duration);
    return active;
}

TEST(Rates, AreByTheSecond)
{
    EXPECT_EQ(rate(1000, active_for(1'000'000'000)), 1000U);
    EXPECT_EQ(rate(1000, active_for(500'000'000)), 2000U);
    EXPECT_EQ(rate(1, active_for(3'000'000'000)), 0U);
    EXPECT_EQ(rate(2, active_for(3'000'000'000)), 1U); // rounded
    EXPECT_EQ(rate(0, active_for(1)), 0U);
    EXPECT_EQ(rate(std::uint64_t{1} << 40, active_for(1'000'000'000)), std::uint64_t{1} << 40);
}

TEST(Rates, OfWhatTookNoTimeAreNone) { EXPECT_FALSE(rate(1000, active_for(0))); }

// 14,240 bytes in 98 microseconds are a burst, not 1162 Mbit/s.
TEST(Rates, OfAHandfulOfPacketsAreNone)
{
    EXPECT_FALSE(rate(14'240, active_for(98'000, kLeastPacketsOfRate - 1)));
    EXPECT_TRUE(rate(14'240, active_for(98'000, kLeastPacketsOfRate)));
}

TEST(ByteKindsOfAPacket, AreUniqueUnlessThePacketHasExtras)
{
    DataPacket packet;
    packet.payload = 100;
    EXPECT_EQ(kinds_of(packet, nullptr).unique, 100U);
    DataExtras extras;
    extras.reinjected = 10;
    extras.retransmitted = 20;
    extras.unmapped = 30;
    const ByteKinds kinds = kinds_of(packet, &extras);
    EXPECT_EQ(kinds.unique, 40U);
    EXPECT_EQ(kinds.reinjected, 10U);
    EXPECT_EQ(kinds.retransmitted, 20U);
    EXPECT_EQ(kinds.unmapped, 30U);
    EXPECT_EQ(kinds.payload(), 100U);
}

TEST(DataCounts, AddUp)
{
    DataCount one;
    one.unique = 1;
    one.reinjected = 2;
    one.retransmitted = 3;
    one.unmapped = 4;
    one.reinjected_same_subflow = 5;
    one.retransmissions = 6;
    one.out_of_order.packets = 7;
    one.out_of_order.bytes = 8;
    one.head_of_line_blocked = {9, 10, 11, 12};
    one.checksums = {13, 14, 15};
    one.latencies = {16};
    one.round_trips = {17, 18};
    DataCount sum = one;
    one.head_of_line_blocked.longest = 5;
    sum += one;
    EXPECT_EQ(sum.payload(), 20U);
    EXPECT_EQ(sum.unique, 2U);
    EXPECT_EQ(sum.reinjected, 4U);
    EXPECT_EQ(sum.retransmitted, 6U);
    EXPECT_EQ(sum.unmapped, 8U);
    EXPECT_EQ(sum.reinjected_same_subflow, 10U);
    EXPECT_EQ(sum.retransmissions, 12U);
    EXPECT_EQ(sum.out_of_order.packets, 14U);
    EXPECT_EQ(sum.out_of_order.bytes, 16U);
    EXPECT_EQ(sum.head_of_line_blocked.times, 18U);
    EXPECT_EQ(sum.head_of_line_blocked.total, 20);
    EXPECT_EQ(sum.head_of_line_blocked.longest, 11); // the maximum
    EXPECT_EQ(sum.head_of_line_blocked.bytes, 24U);
    EXPECT_EQ(sum.checksums.good, 26U);
    EXPECT_EQ(sum.checksums.bad, 28U);
    EXPECT_EQ(sum.checksums.unverified, 30U);
    EXPECT_EQ(sum.latencies.size(), 2U);
    EXPECT_EQ(sum.round_trips.size(), 4U);
}

TEST(DataCounts, HoldTheSumOfAbsurdTimes)
{
    DataCount one;
    one.head_of_line_blocked.total = std::numeric_limits<Time>::max() - 1;
    DataCount sum = one;
    sum += one;
    EXPECT_EQ(sum.head_of_line_blocked.total, std::numeric_limits<Time>::max());
}

// Reports of a trace

class DataReports : public DataTrace {
protected:
    // The statistics of the client's data.
    DataCount of_subflow(std::uint32_t id) { return of_subflow(id, all_counted(trace)); }
    DataCount of_subflow(std::uint32_t id, const Summary &summary)
    {
        return DataCounts{trace.tracker(), summary}.of(SubflowId{id}, Samples::With)[Side::A];
    }
    void open_with_checksums()
    {
        trace.see(initial.initiator().syn().with(mp_capable(kV1, {}, kCapableChecksum)));
        trace.see(
            initial.acceptor().syn_ack().with(mp_capable(kV1, {peers.server}, kCapableChecksum)));
        trace.see(initial.initiator().ack().with(
            mp_capable(kV1, {peers.client, peers.server}, kCapableChecksum)));
    }
    Bytes checked(std::uint64_t begin, std::uint32_t relative, std::uint16_t length,
                  std::uint16_t checksum, bool fin = false) const
    {
        const WireDataSeq seq{dsn(begin).value, true};
        return dss({fin, std::nullopt, DssMapping{seq, relative, length, checksum}});
    }
};

TEST_F(DataReports, CountEachSubflow)
{
    open_both();
    const Packet sent = data(initial, 0, 100);
    see(sent);
    see(sent);
    see(data(second, 0, 100));
    see(data(second, 0, 50));
    see(data(second, 100, 30));
    see(bare(second, 7));
    const DataCount first = of_subflow(0);
    EXPECT_EQ(first.unique, 100U);
    EXPECT_EQ(first.retransmitted, 100U);
    EXPECT_EQ(first.retransmissions, 1U);
    EXPECT_EQ(first.payload(), 200U);
    const DataCount other = of_subflow(1);
    EXPECT_EQ(other.unique, 30U);
    EXPECT_EQ(other.reinjected, 150U);
    EXPECT_EQ(other.reinjected_same_subflow, 0U);
    EXPECT_EQ(other.unmapped, 7U);
    EXPECT_EQ(other.payload(), 187U);
}

TEST_F(DataReports, CountEachDirection)
{
    open();
    see(data(initial, 0, 100));
    see(initial.acceptor().data(70).with(dss_map(peers.first_data(Role::Server), 1, 70)));
    const Summary summary = all_counted(trace);
    const auto counts = DataCounts{trace.tracker(), summary}.of(SubflowId{0}, Samples::With);
    EXPECT_EQ(counts[Side::A].unique, 100U);
    EXPECT_EQ(counts[Side::B].unique, 70U);
}

TEST_F(DataReports, CountWhatPassesTheFilter)
{
    open();
    const auto frame = see(data(initial, 0, 100));
    see(data(initial, 100, 50));
    EXPECT_EQ(of_subflow(0, counted({frame})).unique, 100U);
    EXPECT_EQ(of_subflow(0, Summary{}).payload(), 0U);
}

TEST_F(DataReports, CountOutOfOrderAndBlockedData)
{
    open_both();
    see(data(initial, 100, 50)); // out of order
    see(data(initial, 300, 25)); // out of order
    see(data(second, 0, 100));   // releases 50, after 2 ms
    see(data(second, 150, 150)); // releases 25, after 1 ms more
    EXPECT_EQ(of_subflow(0).out_of_order.packets, 2U);
    EXPECT_EQ(of_subflow(0).out_of_order.bytes, 75U);
    EXPECT_EQ(of_subflow(0).head_of_line_blocked.times, 0U);
    const DataCount fills = of_subflow(1);
    EXPECT_EQ(fills.out_of_order.packets, 0U);
    EXPECT_EQ(fills.head_of_line_blocked.times, 2U);
    EXPECT_EQ(fills.head_of_line_blocked.total, 3 * kMillisecond);
    EXPECT_EQ(fills.head_of_line_blocked.longest, 2 * kMillisecond);
    EXPECT_EQ(fills.head_of_line_blocked.bytes, 75U);
}

TEST_F(DataReports, ListLatenciesAndRoundTrips)
{
    open();
    see(data(initial, 0, 100));
    see(data(initial, 100, 100));
    see(ack(initial, 200));
    see(data(initial, 200, 100)); // not acknowledged
    DataCount count = of_subflow(0);
    EXPECT_EQ(count.latencies, (std::vector<Micros>{2000, 1000}));
    EXPECT_EQ(count.round_trips, (std::vector<Micros>{1000}));
}

TEST_F(DataReports, CountChecksums)
{
    open_with_checksums();
    const Bytes hello = from_hex("68656c6c6f");
    // 0x675d, 0xab2f: see data_level_checksum_test.cpp.
    see(bare(initial, 5).holding(hello).with(checked(0, 1, 5, 0x675d)));
    see(initial.initiator().ack().with(checked(5, 0, 1, 0xab2f, true)));
    EXPECT_EQ(of_subflow(0).checksums.good, 2U);
    see(bare(initial, 5).holding(hello).with(checked(5, 6, 5, 0x1111)));
    see(bare(initial, 10)
            .holding(from_hex("68656c6c6f 68656c6c6f"))
            .with(checked(10, 11, 5, 0x2222))
            .with(checked(15, 16, 5, 0x2222)));
    see(bare(initial, 5).with(checked(20, 21, 5, 0x1111))); // not captured
    const DataCount count = of_subflow(0);
    EXPECT_EQ(count.checksums.good, 2U);
    EXPECT_EQ(count.checksums.bad, 3U);
    EXPECT_EQ(count.checksums.unverified, 1U);
}

TEST_F(DataReports, CountMappingsThatNeverWereCompleteAsUnverified)
{
    open_with_checksums();
    see(bare(initial, 5).holding(from_hex("68656c6c6f")).with(checked(0, 1, 50, 0x1111)));
    EXPECT_EQ(of_subflow(0).checksums.unverified, 1U);
    EXPECT_EQ(of_subflow(0, counted({1})).checksums.unverified, 0U);
}

TEST_F(DataReports, TakeTheSpanFromTheSummary)
{
    open();
    Summary summary;
    for (unsigned i = 0; i < 3; ++i) {
        const auto attribution = trace.see(data(initial, 100 * i, 100));
        summary.add(attribution, 100, trace.frames(), trace.frames() * kMillisecond);
    }
    const DataCount count = of_subflow(0, summary);
    EXPECT_EQ(count.span.first_frame, 4U);
    EXPECT_EQ(count.span.last_frame, 6U);
    EXPECT_EQ(count.span.duration(), 2 * kMillisecond);
}

} // namespace
} // namespace mptcp::test
