// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happens to packets between two points, which may have clocks of their own.
#include "between/passages.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "between/packets_between.h"
#include "two_points.h"

namespace mptcp::test {
namespace {

using testing::IsEmpty;

TEST_F(TwoPoints, AreInOrderFromTheSender)
{
    for (const Time offset : kOffsets) {
        begin(offset);
        open();
        transfer(3);
        const PointsReport found = report();
        ASSERT_EQ(found.passages.size(), 2U);
        const bool client_is_first = offset >= 0; // in the file
        EXPECT_EQ(found.sides[client_is_first ? 0 : 1], Role::Client);
        EXPECT_EQ(found.sides[client_is_first ? 1 : 0], Role::Server);
        const std::uint32_t client = client_is_first ? 0 : 1;
        EXPECT_EQ(passage(found, Role::Client).from, client) << offset;
        EXPECT_EQ(passage(found, Role::Server).to, client) << offset;
        EXPECT_TRUE(passage(found, Role::Client).is_order_known);
    }
}

TEST_F(TwoPoints, HaveClocksWithinBounds)
{
    offset_ = 1234 * kMillisecond;
    open();
    transfer(3);
    const PointsReport found = report();
    ASSERT_FALSE(found.clocks.empty());
    const ClockDifference &clock = found.clocks.front().difference;
    EXPECT_EQ(clock.high, offset_ + kAway);
    EXPECT_EQ(clock.low, offset_ - kBack);
    EXPECT_EQ(clock.offset, offset_ - 5 * kMillisecond); // the middle
    EXPECT_EQ(passage(found, Role::Client).delay->least, 35 * kMillisecond);
    EXPECT_EQ(passage(found, Role::Server).delay->most, 35 * kMillisecond);
    EXPECT_EQ(passage(found, Role::Server).jitter, 0);
}

TEST_F(TwoPoints, HaveClocksThatDrift)
{
    offset_ = -20 * kMillisecond;
    drift_ = 100e-6;
    open();
    for (int part = 0; part < 60; ++part) {
        now_ += 60'000 * kMillisecond;
        transfer(2);
    }
    const PointsReport found = report();
    ASSERT_FALSE(found.clocks.empty());
    const ClockDifference &clock = found.clocks.front().difference;
    EXPECT_NEAR(clock.drift, drift_, 5e-6);
    ASSERT_TRUE(clock.offset);
    const Distribution delay = *passage(found, Role::Client).delay;
    EXPECT_GE(delay.least, 0);
    EXPECT_NEAR(static_cast<double>(delay.median), 35e6, 10e6);
}

TEST_F(TwoPoints, CannotCompareClocksByOneDirection)
{
    open();
    transfer(3);
    std::erase_if(recorded_, [this](const Recorded &each) {
        return each.packet.segment.source == at("10.0.0.2", 80);
    });
    const PointsReport found = report();
    const Passage client = passage(found, Role::Client);
    EXPECT_FALSE(client.is_order_known);
    EXPECT_FALSE(found.sides[0]);
    EXPECT_FALSE(client.delay);
    EXPECT_FALSE(found.clocks.front().difference.offset);
}

TEST_F(TwoPoints, LoseWhatIsAtTheFirstOneOnly)
{
    open();
    transfer(2);
    const Packet lost = flow_.initiator().data(100).with(dss_ack(1));
    lose(true, lost);
    transfer(2);
    send(true, lost); // sent again
    transfer(1);
    const Passage client = passage(report(), Role::Client);
    EXPECT_EQ(client.lost_frames.size(), 1U);
    EXPECT_EQ(client.lost_kinds.data, 1U);
    EXPECT_EQ(client.missed, 0U);
    EXPECT_EQ(client.unseen, 0U);
    EXPECT_EQ(client.both, 8U); // two of the handshake, five, and the retransmission
}

TEST_F(TwoPoints, MissWhatTheReceiverAcknowledges)
{
    open();
    transfer(2);
    lose(true, flow_.initiator().data(100).with(dss_ack(1)));
    transfer(2); // whose acknowledgments include it
    const Passage client = passage(report(), Role::Client);
    EXPECT_THAT(client.lost_frames, IsEmpty());
    EXPECT_EQ(client.missed, 1U);
}

// A network card that merges and splits segments.
TEST_F(TwoPoints, CompareTheBytesOfMergedSegments)
{
    open();
    const Packet first = flow_.initiator().data(100).with(dss_ack(1));
    const Packet second = flow_.initiator().data(100).with(dss_ack(1));
    Packet both = first;
    both.segment.payload = 200;
    now_ += 10 * kMillisecond;
    record(true, first, true, false);
    record(true, second, true, false);
    record(true, both, false, true);
    transfer(2);
    const Passage client = passage(report(), Role::Client);
    EXPECT_THAT(client.lost_frames, IsEmpty());
    EXPECT_EQ(client.missed + client.unseen, 0U);
    EXPECT_EQ(client.resegmented_from, 2U);
    EXPECT_EQ(client.resegmented_to, 1U);
}

// A third point between the network cards that split a segment and join it again.
TEST_F(TwoPoints, DoNotLoseWhatWasSplitAndJoinedAgain)
{
    records_between_ = true;
    open();
    transfer(2);
    const Packet first = flow_.initiator().data(100).with(dss_ack(1));
    const Packet second = flow_.initiator().data(100).with(dss_ack(1));
    Packet both = first;
    both.segment.payload = 200;
    records_between_ = false;
    record(true, both, true, true);
    record_between(true, first);
    record_between(true, second);
    std::uint64_t split = 0, joined = 0;
    for (const Passage &each : report().passages) {
        EXPECT_THAT(each.lost_frames, IsEmpty());
        EXPECT_EQ(each.missed + each.unseen, 0U);
        split += each.resegmented_from;
        joined += each.resegmented_to;
    }
    EXPECT_EQ(split, 3U); // one, and then two
    EXPECT_EQ(joined, 3U);
}

// The first one is lost, and the second one is split.
TEST_F(TwoPoints, LoseALargeSegmentThatIsSentAgain)
{
    open();
    transfer(2);
    const Packet first = flow_.initiator().data(100).with(dss_ack(1));
    const Packet second = flow_.initiator().data(100).with(dss_ack(1));
    Packet both = first;
    both.segment.payload = 200;
    record(true, both, true, false);
    const Time lost_at = now_;
    transfer(1);
    both.segment.ip_id = 9000;
    record(true, both, true, false);
    record(true, first, false, true);
    record(true, second, false, true);
    transfer(1);
    const Passage client = passage(report(), Role::Client);
    ASSERT_EQ(client.lost_frames.size(), 1U);
    EXPECT_EQ(recorded_[client.lost_frames.front() - 1].time, lost_at);
    EXPECT_EQ(client.resegmented_from, 1U);
    EXPECT_EQ(client.resegmented_to, 2U);
}

// Without IP IDs, only the options tell which one was lost.
TEST_F(TwoPoints, TellWhichOfTwoThatLookAlikeWasLost)
{
    for (const Time offset : kOffsets) {
        begin(offset);
        open();
        transfer(2);
        const Packet lost = flow_.initiator().ack().with(dss_ack(1));
        record(true, lost, true, false);
        now_ += kMillisecond;
        record(true, flow_.initiator().ack().with(dss_ack(2)), true, true);
        transfer(2);
        const Passage client = passage(report(), Role::Client);
        ASSERT_EQ(client.lost_frames.size(), 1U) << offset;
        EXPECT_EQ(recorded_[client.lost_frames.front() - 1].packet.options, lost.options) << offset;
        EXPECT_THAT(client.changes, IsEmpty()) << offset;
    }
}

TEST_F(TwoPoints, DoNotLoseWhatCameBeforeTheSecondRecordingBegan)
{
    open();
    transfer(3);
    const Time begin = now_;
    transfer(3);
    std::erase_if(recorded_, [&](const Recorded &each) {
        return each.marks == kAtServer && each.time < begin;
    });
    const Passage client = passage(report(), Role::Client);
    EXPECT_THAT(client.lost_frames, IsEmpty());
    EXPECT_GT(client.both, 0U);
}

TEST_F(TwoPoints, TellWhatAMiddleboxChanged)
{
    changed_ = [](const Packet &packet) {
        Packet changed = packet;
        if (packet.segment.any_syn())
            changed.options.clear();
        return changed;
    };
    open();
    const auto changes = changes_of_data();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].what, "option 30 removed");
    EXPECT_EQ(changes[0].packets, 1U);
}

TEST_F(TwoPoints, TellWhatAMiddleboxAltered)
{
    changed_ = [](const Packet &packet) {
        Packet changed = packet;
        if (packet.segment.payload > 0)
            changed.options = dss_ack(2);
        return changed;
    };
    open();
    const auto changes = changes_of_data();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].what, "option 30 altered");
}

// An event each, at the first packet; the others are listed.
TEST_F(TwoPoints, TellWhatAMiddleboxDidToMptcp)
{
    open();
    changed_ = [](const Packet &packet) {
        Packet changed = packet;
        changed.options.clear();
        return changed;
    };
    for (int packet = 0; packet < 3; ++packet)
        send(true, flow_.initiator().data(100).with(dss_ack(1)));
    const PointsReport found = report();
    const std::vector<Event> events = events_of(found);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].type, EventType::OptionRemoved);
    const auto &way = std::get<WayBetween>(events[0].detail);
    EXPECT_EQ(way.packets, 3U);
    EXPECT_EQ(recorded_[events[0].frame - 1].marks, kAtServer);
    EXPECT_EQ(recorded_[way.frame_before - 1].marks, kAtClient);
    EXPECT_EQ(recorded_[events[0].frame - 1].packet.segment.seq,
              recorded_[way.frame_before - 1].packet.segment.seq);
    const PacketsBetween packets{found};
    EXPECT_EQ(packets.events_of(events[0].frame).size(), 1U);
    EXPECT_THAT(packets.changes_of(events[0].frame), IsEmpty());
    std::size_t others = 0;
    for (std::uint32_t frame = 1; frame <= recorded_.size(); ++frame)
        others += packets.changes_of(frame).size();
    EXPECT_EQ(others, 2U);
}

TEST_F(TwoPoints, TellAlteredPayload)
{
    changed_ = [](const Packet &packet) {
        return packet.data.empty() ? packet : packet.holding({1, 2, 4});
    };
    open();
    send(true, flow_.initiator().data(3).with(dss_ack(1)).holding({1, 2, 3}));
    const Passage client = passage(report(), Role::Client);
    ASSERT_EQ(client.changes.size(), 1U);
    EXPECT_EQ(client.changes[0].what, "payload altered");
    EXPECT_EQ(client.changes[0].event->type, EventType::PayloadAltered);
}

// Snaplen: what was not captured is not compared.
TEST_F(TwoPoints, DoNotComparePartsOfPayload)
{
    changed_ = [](const Packet &packet) {
        return packet.data.empty() ? packet : packet.holding({1, 2});
    };
    open();
    send(true, flow_.initiator().data(3).with(dss_ack(1)).holding({1, 2, 3}));
    EXPECT_THAT(passage(report(), Role::Client).changes, IsEmpty());
}

TEST_F(TwoPoints, CountWhatWasDuplicated)
{
    open();
    const Packet twice = flow_.initiator().data(100).with(dss_ack(1));
    send(true, twice);
    recorded_.push_back(recorded_.back()); // at the server
    transfer(1);
    const Passage client = passage(report(), Role::Client);
    EXPECT_EQ(client.duplicated, 1U);
    EXPECT_EQ(client.unseen, 0U);
}

// Without an IP ID or a timestamp, it may be a retransmission that the first point missed.
TEST_F(TwoPoints, DoNotGuessThatItWasDuplicated)
{
    open();
    record(true, flow_.initiator().data(100).with(dss_ack(1)), true, true);
    recorded_.push_back(recorded_.back());
    transfer(1);
    const Passage client = passage(report(), Role::Client);
    EXPECT_EQ(client.duplicated, 0U);
    EXPECT_EQ(client.unseen, 1U);
}

TEST_F(TwoPoints, HaveClocksThatTheUserSets)
{
    offset_ = 1234 * kMillisecond;
    open();
    transfer(3);
    const PointsReport found = report({.clocks = {{1, offset_}}});
    const ClockDifference &clock = found.clocks.front().difference;
    EXPECT_TRUE(clock.is_set);
    EXPECT_TRUE(clock.agrees());
    EXPECT_EQ(passage(found, Role::Client).delay->median, kAway);
    EXPECT_EQ(passage(found, Role::Server).delay->median, kBack);
}

// No packet arrives before it is sent.
TEST_F(TwoPoints, HaveNoDelaysByImpossibleClocks)
{
    open();
    transfer(3);
    const PointsReport found = report({.clocks = {{1, kSecond}}});
    EXPECT_FALSE(found.clocks.front().difference.agrees());
    EXPECT_FALSE(passage(found, Role::Client).delay);
}

TEST(ClockSetting, IsPointsAndSeconds)
{
    EXPECT_EQ(parse_clock_settings(""), ClockSettings{});
    EXPECT_EQ(parse_clock_settings(" 1 = 3600,2=-0.0215 "),
              (ClockSettings{{1, 3600 * kSecond}, {2, -21'500'000}}));
    for (const char *text : {"1", "=", "1=", "=1", "1=x", "1=5s", "-1=5", "1=2=3", ",", "1=1,,2=2",
                             "1=1e300", "1=inf", "1=nan", "4294967296=1"})
        EXPECT_FALSE(parse_clock_settings(text)) << text;
}

// A firewall. The packets that only one point recorded are compared by their numbers, too.
TEST_F(TwoPoints, CompareNumbersThatWereShifted)
{
    constexpr std::uint32_t kByClient = 0xffffff00, kByServer = 0x70000000;
    changed_ = [](const Packet &packet) {
        Packet changed = packet;
        const bool from_client = packet.segment.source == at("10.0.0.1", 4000);
        changed.segment.seq = packet.segment.seq + (from_client ? kByClient : kByServer);
        if (packet.segment.has_ack())
            changed.segment.ack = packet.segment.ack + (from_client ? kByServer : kByClient);
        return changed;
    };
    const Bytes timestamp{8, 10, 0, 0, 0, 1, 0, 0, 0, 1};
    send(true, flow_.initiator().syn().with(peers_.syn()).with(timestamp));
    now_ += kAway; // each packet is an answer
    send(false, flow_.acceptor().syn_ack().with(peers_.syn_ack()));
    now_ += kAway + kBack;
    send(true, flow_.initiator().ack().with(peers_.ack()));
    const Packet first = flow_.initiator().data(100).with(dss_ack(1));
    Packet both = first;
    both.segment.payload = 200;
    now_ += 10 * kMillisecond;
    record(true, first, true, false);
    record(true, flow_.initiator().data(100).with(dss_ack(1)), true, false);
    record(true, both, false, true);
    transfer(2);
    lose(true, flow_.initiator().data(100).with(dss_ack(1)));
    transfer(1); // acknowledges it
    const Passage client = passage(report(), Role::Client);
    EXPECT_THAT(client.lost_frames, IsEmpty());
    EXPECT_EQ(client.unseen, 0U);
    EXPECT_EQ(client.missed, 1U);
    EXPECT_EQ(client.resegmented_from, 2U);
    EXPECT_EQ(client.resegmented_to, 1U);
    ASSERT_EQ(client.changes.size(), 1U);
    EXPECT_EQ(client.changes[0].what, "sequence numbers shifted");
    EXPECT_EQ(client.changes[0].packets, client.both);
}

// The first packets alone are noted while there is one point. Of the others, nothing is told.
TEST_F(TwoPoints, CompareTheFirstPacketsIfTheSecondPointComesLate)
{
    constexpr std::uint64_t kNoted = 4096;
    offset_ = 3600 * kSecond;
    open();
    transfer(2100);
    const PointsReport found = report();
    const Passage client = passage(found, Role::Client), server = passage(found, Role::Server);
    EXPECT_EQ(client.both + server.both, kNoted);
    for (const Passage &each : {client, server}) {
        EXPECT_THAT(each.lost_frames, IsEmpty());
        EXPECT_EQ(each.missed + each.unseen + each.duplicated, 0U);
    }
}

TEST_F(TwoPoints, CompareAllPacketsInALaterPass)
{
    offset_ = 3600 * kSecond;
    passes_ = 3;
    open();
    transfer(2100);
    lose(true, flow_.initiator().data(100).with(dss_ack(1)));
    send(true, flow_.initiator().ack());
    const PointsReport found = report();
    const Passage client = passage(found, Role::Client), server = passage(found, Role::Server);
    EXPECT_EQ(client.both + server.both, 2 * 2100 + 4U);
    EXPECT_EQ(client.lost_frames.size(), 1U);
    EXPECT_EQ(client.reordered, 0U);
}

// A connection of which no packet was noted at the first point until the second one was known.
TEST_F(TwoPoints, TellNothingOfWhatTheyDidNotNote)
{
    offset_ = 3600 * kSecond;
    open();
    transfer(2100);
    flow_ = TcpFlow{at("10.0.0.1", 4001), at("10.0.0.2", 80)};
    peers_.client.value += 1;
    open();
    transfer(2);
    now_ += 2 * offset_;
    lose(true, flow_.initiator().data(100).with(dss_ack(1)));
    for (const Passage &each : report().passages)
        EXPECT_EQ(each.connection, 0U);
}

TEST_F(TwoPoints, CountWhatWasOvertaken)
{
    open();
    const Packet first = flow_.initiator().data(100).with(dss_ack(1));
    send(true, first);
    send(true, flow_.initiator().data(100).with(dss_ack(1)));
    transfer(1);
    for (Recorded &each : recorded_)
        if (each.marks == kAtServer && each.packet.segment.seq == first.segment.seq)
            each.time += 15 * kMillisecond;
    const Passage client = passage(report(), Role::Client);
    EXPECT_EQ(client.reordered, 1U);
}

TEST(OnePoint, HasNoReport)
{
    const Trace trace;
    EXPECT_THAT(
        make_points_report(trace.tracker(), {}, [](std::uint32_t) { return true; }).passages,
        IsEmpty());
}

} // namespace
} // namespace mptcp::test
