// SPDX-License-Identifier: GPL-2.0-or-later
//
// Out-of-order data and head-of-line blocking, the latency of DATA_ACKs, TCP
// round-trip times, bytes in flight, windows, and gaps in the captured data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data_trace.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum EventType;

constexpr Micros kOneFrame = kMillisecond / 1000; // from one frame to the next

class Order : public DataTrace {};

TEST_F(Order, DataAfterAGapIsOutOfOrder)
{
    open_both();
    const auto in_order = see(data(initial, 0, 100));
    const auto overtakes = see(data(initial, 200, 100));
    const auto late = see(data(second, 100, 100));
    const auto next = see(data(second, 300, 100));
    EXPECT_FALSE(packet(in_order).out_of_order);
    EXPECT_TRUE(packet(overtakes).out_of_order);
    EXPECT_FALSE(packet(late).out_of_order);
    EXPECT_FALSE(packet(next).out_of_order);
}

TEST_F(Order, IsThatOfTheDataAndNotOfASubflow)
{
    open_both();
    see(data(second, 0, 100));
    bare(second, 100); // lost
    const auto frame = see(data(second, 100, 100));
    EXPECT_FALSE(packet(frame).out_of_order); // the subflow has a gap, but the data is in order
}

TEST_F(Order, ReportsHeadOfLineBlockingTime)
{
    open_both();
    see(data(initial, 0, 100));
    see(data(initial, 200, 100));
    see(data(initial, 300, 50));
    trace.wait(40 * kMillisecond);
    const auto fills = see(data(second, 100, 100));
    EXPECT_EQ(extras(fills).blocked_bytes, 150U);
    EXPECT_EQ(extras(fills).blocked_time, 42 * kMillisecond);
    EXPECT_EQ(extras(see(data(second, 350, 10))).blocked_bytes, 0U);
}

TEST_F(Order, HeadOfLineBlockingCoversEachHole)
{
    open_both();
    see(data(initial, 100, 100));
    see(data(initial, 300, 100));
    const auto first = see(data(second, 0, 100));
    const auto next = see(data(second, 200, 100));
    EXPECT_EQ(extras(first).blocked_bytes, 100U);
    EXPECT_EQ(extras(first).blocked_time, 2 * kMillisecond);
    EXPECT_EQ(extras(next).blocked_bytes, 100U);
    EXPECT_EQ(extras(next).blocked_time, kMillisecond);
}

TEST_F(Order, BlockingTimeIsZeroWhereTimeGoesBackwards)
{
    open_both();
    see(data(initial, 100, 100));
    trace.wait(-20 * kMillisecond);
    const auto fills = see(data(second, 0, 100));
    EXPECT_EQ(extras(fills).blocked_bytes, 100U);
    EXPECT_EQ(extras(fills).blocked_time, 0);
}

// DATA_ACKs

class DataAcks : public DataTrace {};

TEST_F(DataAcks, GiveTheLatencyOfWhatTheyCover)
{
    open_both();
    const auto first = see(data(initial, 0, 100));
    const auto next = see(data(second, 100, 100));
    EXPECT_FALSE(packet(first).acknowledged);
    see(ack(second, 100)); // on any subflow
    EXPECT_TRUE(packet(first).acknowledged);
    EXPECT_EQ(packet(first).latency, 2 * kOneFrame);
    EXPECT_FALSE(packet(next).acknowledged);
    see(ack(initial, 200));
    EXPECT_EQ(packet(first).latency, 2 * kOneFrame); // the first DATA_ACK counts
    EXPECT_EQ(packet(next).latency, 2 * kOneFrame);
}

TEST_F(DataAcks, NeedAllOfThePacket)
{
    open();
    const auto frame = see(data(initial, 0, 100));
    see(ack(initial, 99));
    EXPECT_FALSE(packet(frame).acknowledged);
    see(ack(initial, 100));
    EXPECT_EQ(packet(frame).latency, 2 * kOneFrame);
}

TEST_F(DataAcks, MayHaveFourBytes)
{
    open();
    const auto frame = see(data(initial, 0, 100));
    const auto low = static_cast<std::uint32_t>(dsn(100).value);
    see(initial.acceptor().ack().with(dss_ack(low)));
    EXPECT_TRUE(packet(frame).acknowledged);
}

TEST_F(DataAcks, MayComeWithData)
{
    open();
    const auto frame = see(data(initial, 0, 100));
    const WireDataSeq acked{dsn(100).value, true};
    const DssMapping down{{peers.first_data(Role::Server).value, true}, 1, 70, {}};
    see(initial.acceptor().data(70).with(dss({.data_ack = acked, .mapping = down})));
    EXPECT_EQ(packet(frame).latency, kOneFrame);
}

TEST_F(DataAcks, OfTheOtherDirectionAreTheOtherStreams)
{
    open();
    const auto frame = see(data(initial, 0, 100));
    see(initial.initiator().ack().with(dss_ack(dsn(100)))); // the sender's own
    EXPECT_FALSE(packet(frame).acknowledged);
}

TEST_F(DataAcks, AreOfNoTimeWhereItGoesBackwards)
{
    open();
    const auto frame = see(data(initial, 0, 100));
    trace.wait(-20 * kMillisecond);
    see(ack(initial, 100));
    EXPECT_TRUE(packet(frame).acknowledged);
    EXPECT_EQ(packet(frame).latency, 0U);
}

TEST_F(DataAcks, MayTakeMinutes)
{
    open();
    const auto frame = see(data(initial, 0, 100));
    trace.wait(30 * 60 * 1000 * kMillisecond);
    see(ack(initial, 100));
    EXPECT_EQ(packet(frame).latency, 30 * 60 * 1'000'000U + kOneFrame);
}

// Latencies are stored as 32 bits of microseconds, so the maximum is 71 minutes.
TEST_F(DataAcks, MayTakeHours)
{
    open();
    constexpr Time kMinute = 60 * 1000 * kMillisecond;
    std::uint64_t sent = 0;
    for (const int minutes : {36, 71, 72, 143, 60 * 24 * 400}) {
        const auto frame = see(data(initial, sent, 100));
        sent += 100;
        trace.wait(minutes * kMinute);
        see(ack(initial, sent));
        const auto exact = static_cast<std::uint64_t>(minutes) * 60'000'000 + kOneFrame;
        EXPECT_EQ(packet(frame).latency, std::min<std::uint64_t>(exact, kNoMicros - 1));
    }
}

TEST_F(DataAcks, OfWhatWasReinjectedAreOfTheFirstCopy)
{
    open_both();
    const auto first = see(data(initial, 0, 100));
    const auto copy = see(data(second, 0, 100));
    see(ack(second, 100));
    EXPECT_EQ(packet(first).latency, 2 * kOneFrame);
    EXPECT_FALSE(packet(copy).acknowledged);
}

TEST_F(DataAcks, OfDataThatWasNotCapturedAreReported)
{
    open();
    see(data(initial, 0, 100));
    const auto frame = see(ack(initial, 250));
    EXPECT_THAT(trace.detected(3), ElementsAre(by_server(frame, DataUnseen)));
    EXPECT_EQ(std::get<ByteCount>(trace.last(DataUnseen).detail).count, 150U);
    see(ack(initial, 250));
    EXPECT_THAT(trace.detected(frame), IsEmpty());
    EXPECT_EQ(stream().gaps().acknowledged, 150U);
}

// Frames of several interfaces may be out of order.
TEST_F(DataAcks, BeforeTheirDataAreNoGapOnceItIsCaptured)
{
    open();
    see(data(initial, 0, 100));
    const Packet late = data(initial, 100, 100);
    const auto frame = see(ack(initial, 200));
    EXPECT_THAT(trace.detected(4), ElementsAre(by_server(frame, DataUnseen)));
    see(late);
    EXPECT_TRUE(trace.last(DataUnseen).withdrawn);
    EXPECT_FALSE(packet(trace.frames()).out_of_order);
}

// Each path carries every other segment, and one of the paths was captured.
TEST_F(DataAcks, OfDataOnAnotherPathAreOneGap)
{
    open();
    for (std::uint64_t begin = 0; begin < 2000; begin += 200) {
        const auto frame = see(data(initial, begin, 100));
        see(ack(initial, begin + 200));
        EXPECT_FALSE(packet(frame).out_of_order);
    }
    EXPECT_THAT(trace.detected(3), ElementsAre(by_server(5, DataUnseen)));
    EXPECT_EQ(std::get<ByteCount>(trace.last(DataUnseen).detail).count, 1000U);
}

// Often only one direction is captured.
TEST_F(DataAcks, OfAStreamWithoutAnyDataAreNotReported)
{
    open();
    see(ack(initial, 250));
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

TEST_F(DataAcks, BeforeAnyKeyOrDataTellThePosition)
{
    second.initiator().syn(); // not captured
    see(second.acceptor().ack().with(dss_ack(dsn(7))));
    const DataStream *acknowledged = level().stream(ConnectionId{0}, Role::Client);
    ASSERT_NE(acknowledged, nullptr);
    EXPECT_EQ(acknowledged->dsn_of(acknowledged->expected()), DataSeq{dsn(7)});
    EXPECT_FALSE(acknowledged->has_data());
    EXPECT_EQ(level().stream(ConnectionId{0}, Role::Server), nullptr);
}

// In flight

TEST_F(DataAcks, GiveTheBytesInFlight)
{
    open_both();
    const auto first = see(data(initial, 0, 100));
    const auto next = see(data(second, 100, 100));
    see(ack(initial, 100));
    const auto last = see(data(initial, 200, 50));
    const auto copy = see(data(second, 100, 100));
    EXPECT_TRUE(packet(first).in_flight_known);
    EXPECT_EQ(packet(first).in_flight, 100U);
    EXPECT_EQ(packet(next).in_flight, 200U);
    EXPECT_EQ(packet(last).in_flight, 150U);
    EXPECT_EQ(packet(copy).in_flight, 150U);
    EXPECT_EQ(stream().most_in_flight(), 200U);
}

TEST_F(DataAcks, GiveNoBytesInFlightBeforeTheFirst)
{
    second.initiator().syn(); // the handshake was not captured
    second.acceptor().syn_ack();
    second.initiator().ack();
    const auto before = see(data(second, 0, 100));
    EXPECT_FALSE(packet(before).in_flight_known);
    see(ack(second, 50));
    const auto behind = see(data(second, 100, 100));
    EXPECT_TRUE(packet(behind).in_flight_known);
    EXPECT_EQ(packet(behind).in_flight, 150U);
}

// TCP round-trip times

class TcpRoundTrips : public DataTrace {
protected:
    std::uint32_t ack_all(TcpFlow &flow) { return see(flow.acceptor().ack()); }
};

TEST_F(TcpRoundTrips, AreFromDataToItsAck)
{
    open();
    const auto frame = see(data(initial, 0, 100));
    trace.wait(30 * kMillisecond);
    ack_all(initial);
    EXPECT_EQ(packet(frame).round_trip, 31 * kOneFrame);
    trace.wait(30 * kMillisecond);
    ack_all(initial);
    EXPECT_EQ(packet(frame).round_trip, 31 * kOneFrame);
}

TEST_F(TcpRoundTrips, AreOfTheNewestThatIsAcknowledged)
{
    open();
    const auto first = see(data(initial, 0, 100));
    const auto next = see(data(initial, 100, 100));
    ack_all(initial);
    EXPECT_EQ(packet(first).round_trip, kNoMicros);
    EXPECT_EQ(packet(next).round_trip, kOneFrame);
}

TEST_F(TcpRoundTrips, AreOfEachSubflow)
{
    open_both();
    const auto first = see(data(initial, 0, 100));
    const auto other = see(data(second, 100, 100));
    ack_all(second);
    ack_all(initial);
    EXPECT_EQ(packet(first).round_trip, 3 * kOneFrame);
    EXPECT_EQ(packet(other).round_trip, kOneFrame);
}

// Karn's algorithm: RFC 6298 3.
TEST_F(TcpRoundTrips, AreNotOfWhatWasSentTwice)
{
    open();
    const Packet sent = data(initial, 0, 100);
    const auto first = see(sent);
    const auto again = see(sent);
    ack_all(initial);
    EXPECT_EQ(packet(first).round_trip, kNoMicros);
    EXPECT_EQ(packet(again).round_trip, kNoMicros);
    const auto next = see(data(initial, 100, 100));
    ack_all(initial);
    EXPECT_EQ(packet(next).round_trip, kOneFrame);
}

TEST_F(TcpRoundTrips, HoldWhereSequenceNumbersWrap)
{
    initial = TcpFlow{at("10.0.0.1", 4000), at("10.0.0.2", 80), TcpSeq{UINT32_MAX - 100}};
    open();
    const auto across = see(data(initial, 0, 100));
    ack_all(initial);
    const auto behind = see(data(initial, 100, 100));
    ack_all(initial);
    EXPECT_EQ(packet(across).round_trip, kOneFrame);
    EXPECT_EQ(packet(behind).round_trip, kOneFrame);
}

TEST_F(TcpRoundTrips, AreOfNoTimeWhereItGoesBackwards)
{
    open();
    const auto frame = see(data(initial, 0, 100));
    trace.wait(-20 * kMillisecond);
    ack_all(initial);
    EXPECT_EQ(packet(frame).round_trip, 0U);
}

// Windows: RFC 8684 3.3.5, RFC 7323 2.2

class Windows : public DataTrace {
protected:
    // The handshake, with these window scale options in the SYNs.
    void open_with(std::string_view client, std::string_view server)
    {
        trace.see(initial.initiator().syn().with(from_hex(client)).with(peers.syn()));
        trace.see(initial.acceptor().syn_ack().with(from_hex(server)).with(peers.syn_ack()));
        trace.see(initial.initiator().ack().with(peers.ack()));
    }
    void grant(std::uint16_t window) { see(ack(initial, 0).with_window(window)); }
};

TEST_F(Windows, AreScaledByTheirSender)
{
    open_with("03 03 02", "03 03 07");
    grant(500);
    ASSERT_TRUE(stream().window());
    EXPECT_EQ(stream().window()->last, 500U << 7);
}

TEST_F(Windows, AreNotScaledUnlessBothSynsSaySo)
{
    open_with("", "03 03 07");
    grant(500);
    EXPECT_EQ(stream().window()->last, 500U);
}

TEST_F(Windows, AreNotKnownWithoutTheSyns)
{
    second.initiator().syn(); // not captured
    see(data(second, 0, 100));
    see(ack(second, 100).with_window(500));
    EXPECT_FALSE(stream().window());
}

TEST_F(Windows, AreThoseThatComeWithADataAck)
{
    open_with("03 03 00", "03 03 00");
    see(data(initial, 0, 100));
    see(initial.acceptor().ack().with_window(9));
    EXPECT_FALSE(stream().window());
    grant(500);
    grant(0);
    grant(700);
    EXPECT_EQ(stream().window()->last, 700U);
    EXPECT_EQ(stream().window()->least, 0U);
    EXPECT_EQ(stream().window()->most, 700U);
    EXPECT_EQ(stream().window()->zeros, 1U);
}

// Gaps

class Gaps : public DataTrace {};

TEST_F(Gaps, AreWhatWasNotCaptured)
{
    open_both();
    see(data(initial, 0, 100));
    see(data(initial, 200, 100));
    see(data(second, 350, 50));
    see(ack(initial, 220));
    EXPECT_EQ(stream().gaps().count, 2U);
    EXPECT_EQ(stream().gaps().bytes, 150U);
    EXPECT_EQ(stream().gaps().acknowledged, 100U);
    see(data(second, 100, 100));
    EXPECT_EQ(stream().gaps().count, 1U);
    EXPECT_EQ(stream().gaps().acknowledged, 0U);
}

TEST_F(Gaps, OfALongTransferInOrderAreNone)
{
    open_both();
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        see(data(i % 3 == 0 ? second : initial, i * 1000, 1000));
        if (i % 2 == 1)
            see(ack(initial, (i + 1) * 1000));
    }
    EXPECT_EQ(stream().gaps().count, 0U);
    EXPECT_EQ(stream().in_flight(), 0U);
    EXPECT_EQ(stream().most_in_flight(), 2000U);
    EXPECT_EQ(level().packets().size(), 20'000U);
    // No packet has DataExtras.
    for (std::size_t i = 0; i < level().packets().size(); ++i)
        ASSERT_EQ(level().packets()[i].extras, 0U);
}

} // namespace
} // namespace mptcp::test
