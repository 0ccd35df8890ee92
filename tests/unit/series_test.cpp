// SPDX-License-Identifier: GPL-2.0-or-later
//
// The series of a connection: segments and their places, DATA_ACKs and windows, bins, round-trip
// times, what is in flight, and paths.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "counted.h"
#include "noted_trace.h"
#include "series/goodput.h"
#include "series/in_flight.h"
#include "series/paths.h"
#include "series/round_trips.h"
#include "series/sequence.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A point as tests compare it: frame, place or bytes, bytes, kind.
struct Listed {
    std::uint32_t frame = 0;
    std::optional<std::int64_t> place;
    std::uint64_t bytes = 0;
    std::string kind;

    friend bool operator==(const Listed &, const Listed &) = default;
};

void PrintTo(const Listed &point, std::ostream *out) // NOLINT(readability-identifier-naming)
{
    *out << "{" << point.frame << ", "
         << (point.place ? std::to_string(*point.place) : std::string{"none"}) << ", "
         << point.bytes << ", " << point.kind << "}";
}

class SeriesTrace : public NotedTrace {
protected:
    std::vector<Listed> sequence(Role sender = Role::Client) const
    {
        std::vector<Listed> points;
        for (const SequencePoint &point : make_sequence(drawn(), sender).points)
            if (point.kind != SequenceKind::Window)
                points.push_back(
                    {point.frame, point.place, point.bytes, std::string{name(point.kind)}});
        return points;
    }
    // The points of one kind: their frames and bytes.
    std::vector<std::pair<std::uint32_t, std::uint64_t>> in_flight(InFlightKind kind) const
    {
        std::vector<std::pair<std::uint32_t, std::uint64_t>> points;
        for (const InFlightPoint &point : make_in_flight(drawn(), Role::Client))
            if (point.kind == kind)
                points.emplace_back(point.frame, point.bytes);
        return points;
    }
    std::vector<PathSpan> paths(PathKind kind) const
    {
        std::vector<PathSpan> spans;
        for (const PathSpan &span : make_paths(DrawnViews{drawn()}, std::nullopt, kSecond))
            if (span.kind == kind)
                spans.push_back(span);
        return spans;
    }
};

TEST_F(SeriesTrace, HaveThePlacesOfSegmentsAndDataAcks)
{
    open();
    see(data(initial, 0, 100));  // 4
    see(data(initial, 100, 50)); // 5
    see(ack(initial, 150));      // 6
    EXPECT_THAT(sequence(), ElementsAre(Listed{4, 0, 100, "unique"}, Listed{5, 100, 50, "unique"},
                                        Listed{6, 150, 0, "data_ack"}));
    EXPECT_EQ(make_sequence(drawn(), Role::Client).zero, SequenceZero::FirstByte);
    EXPECT_THAT(sequence(Role::Server), IsEmpty());
}

TEST_F(SeriesTrace, TellReinjectedFromRetransmitted)
{
    open_both();
    const Packet first = data(initial, 0, 100);
    see(first);                // 8
    see(first);                // 9
    see(data(second, 0, 100)); // 10
    EXPECT_THAT(sequence(),
                ElementsAre(Listed{8, 0, 100, "unique"}, Listed{9, 0, 100, "retransmitted"},
                            Listed{10, 0, 100, "reinjected"}));
}

TEST_F(SeriesTrace, HaveAPointForEachKindOfAPacket)
{
    open_both();
    see(data(initial, 0, 100)); // 8
    see(data(second, 60, 100)); // 9: the first 40 bytes again
    EXPECT_THAT(sequence(),
                ElementsAre(Listed{8, 0, 100, "unique"}, Listed{9, 60, 40, "reinjected"},
                            Listed{9, 100, 60, "unique"}));
}

TEST_F(SeriesTrace, HaveNoPlaceForDataWithoutAMapping)
{
    open_both();
    see(data(initial, 0, 100));
    see(bare(second, 30)); // 9
    EXPECT_EQ(sequence().back(), (Listed{9, std::nullopt, 30, "unmapped"}));
}

TEST_F(SeriesTrace, CountFromTheFirstCapturedByteWithoutTheIdsn)
{
    see(data(initial, 5'000, 100));
    see(data(initial, 5'100, 100));
    const Sequence known = make_sequence(drawn(), trace.sender_of({SubflowId{0}, Side::A}));
    EXPECT_EQ(known.zero, SequenceZero::FirstCaptured);
    ASSERT_EQ(known.points.size(), 2U);
    EXPECT_EQ(*known.points[1].place - *known.points[0].place, 100);
}

TEST_F(SeriesTrace, HaveTheRightEdgeOfTheWindow)
{
    open();
    see(data(initial, 0, 100));
    see(ack(initial, 100).with_window(500)); // 5
    const Sequence sequence = make_sequence(drawn(), Role::Client);
    ASSERT_EQ(sequence.points.back().kind, SequenceKind::Window);
    EXPECT_EQ(sequence.points.back().place, 600);
    EXPECT_EQ(sequence.points.back().bytes, 0U);
}

TEST_F(SeriesTrace, MarkTheDataFinsAtTheEndOfTheData)
{
    open_both();
    see(data(initial, 0, 100)); // 8
    see(fin(initial));          // 9
    see(fin(second));           // 10: sent again
    const Sequence sequence = make_sequence(drawn(), Role::Client);
    ASSERT_EQ(sequence.data_fins.size(), 2U);
    EXPECT_EQ(sequence.data_fins[0].place, 100);
    EXPECT_EQ(sequence.data_fins[1].frame, 10U);
    EXPECT_EQ(sequence.data_fins[1].subflow, 1U);
    EXPECT_EQ(sequence.points.size(), 1U);
    EXPECT_EQ(visible_points(sequence).count({SequenceKind::DataFin, 1}), 1U);
}

TEST(JoinedSegments, AreThoseOfAColumnThatTouch)
{
    const Columns columns{0, 99, 10};
    const auto segment = [](Time time, std::int64_t place) {
        SequencePoint point;
        point.time = time;
        point.place = place;
        point.bytes = 10;
        return point;
    };
    const auto joined = join_segments({segment(0, 0), segment(5, 10), segment(9, 22), // a row apart
                                       segment(10, 32),                               // a column on
                                       segment(11, 100), segment(12, 90)},            // far; back
                                      columns, 2);
    std::vector<std::pair<std::int64_t, std::uint64_t>> lines;
    for (const SequencePoint &point : joined)
        lines.emplace_back(*point.place, point.bytes);
    EXPECT_THAT(lines, ElementsAre(std::pair{0, 32U}, std::pair{32, 10U}, std::pair{90, 20U}));
}

TEST_F(SeriesTrace, DoNotBelieveAnImpossibleDataAck)
{
    open();
    see(data(initial, 0, 100));
    see(ack(initial, std::uint64_t{1} << 40)); // 5
    see(ack(initial, 100));                    // 6
    EXPECT_EQ(sequence().back(), (Listed{6, 100, 0, "data_ack"}));
    EXPECT_EQ(sequence().size(), 2U);
}

TEST_F(SeriesTrace, ExtendShortDataAcksFarBeyond32Bits)
{
    open();
    std::uint64_t place = 0;
    constexpr std::uint64_t kStep = 1'000'000'000;
    for (int i = 0; i < 9; ++i, place += kStep)
        see(data(initial, place, 100));
    see(initial.acceptor().ack().with(
        dss_ack(static_cast<std::uint32_t>(dsn(8 * kStep + 100).value))));
    EXPECT_EQ(sequence().back().place, static_cast<std::int64_t>(8 * kStep + 100));
}

TEST_F(SeriesTrace, CountOnlyWhatAFilterCounts)
{
    open();
    see(data(initial, 0, 100));  // 4
    see(ack(initial, 100));      // 5
    see(data(initial, 100, 50)); // 6
    const Summary some = counted({6});
    const DrawnConnection part = drawn(some);
    const Sequence sequence = make_sequence(part, Role::Client);
    ASSERT_EQ(sequence.points.size(), 1U);
    EXPECT_EQ(sequence.points[0].frame, 6U);
    EXPECT_EQ(sequence.points[0].time, 5 * kMillisecond); // since the first packet, counted or not
    for (const InFlightPoint &point : make_in_flight(part, Role::Client))
        EXPECT_EQ(point.bytes, 50U); // knows the DATA_ACK that is not counted
}

TEST_F(SeriesTrace, HaveWhatIsInFlight)
{
    open_both();
    see(data(initial, 0, 100)); // 8
    see(data(second, 100, 50)); // 9
    see(ack(initial, 100));     // 10
    see(ack(second, 150));      // 11
    EXPECT_THAT(in_flight(InFlightKind::DataLevel),
                ElementsAre(std::pair{8U, 100U}, std::pair{9U, 150U}, std::pair{10U, 50U},
                            std::pair{11U, 0U}));
    EXPECT_THAT(in_flight(InFlightKind::Subflow),
                ElementsAre(std::pair{8U, 100U}, std::pair{9U, 50U}, std::pair{10U, 0U},
                            std::pair{11U, 0U}));
}

TEST_F(SeriesTrace, HaveLatenciesAndTheHandshake)
{
    open();
    see(data(initial, 0, 100)); // 4
    see(ack(initial, 100));     // 5
    std::vector<std::string> kinds;
    for (const RoundTrip &sample : make_round_trips(drawn(), Role::Client))
        kinds.push_back(std::to_string(sample.frame) + " " + std::string{name(sample.kind)} + " " +
                        std::to_string(sample.duration / kMillisecond));
    EXPECT_THAT(kinds, ElementsAre("1 handshake 2", "4 tcp 1", "4 data_ack 1"));
}

TEST_F(SeriesTrace, HaveBytesInBins)
{
    open_both();
    see(data(initial, 0, 100)); // 8, after 7 ms
    see(data(second, 0, 100));  // 9: reinjected
    see(data(initial, 100, 10));
    const Goodput goodput =
        make_goodput(make_sequence(drawn(), Role::Client), drawn().duration(), 4 * kMillisecond);
    ASSERT_EQ(goodput.subflows.size(), 2U);
    const SubflowBins &first = goodput.subflows[0];
    ASSERT_EQ(first.bins.size(), 3U);
    EXPECT_EQ(first.bins[0].bytes, 0U);
    EXPECT_EQ(first.bins[1].unique, 100U);
    EXPECT_EQ(first.bins[2].unique, 10U);
    EXPECT_EQ(goodput.subflows[1].bins[2].bytes, 100U);
    EXPECT_EQ(goodput.subflows[1].bins[2].unique, 0U);
}

TEST_F(SeriesTrace, HaveLanesAndEvents)
{
    open_both();
    see(data(initial, 0, 100));
    const auto lanes = paths(PathKind::Subflow);
    ASSERT_EQ(lanes.size(), 2U);
    EXPECT_EQ(lanes[0].begin, 0);
    EXPECT_EQ(lanes[1].begin, 3 * kMillisecond);
    EXPECT_EQ(lanes[1].end, 7 * kMillisecond); // it is open until the last packet
    EXPECT_EQ(lanes[1].words, "join, open");
    EXPECT_EQ(paths(PathKind::ClientData).at(0).bytes, 100U);
    EXPECT_THAT(paths(PathKind::ServerData), IsEmpty());
    EXPECT_EQ(paths(PathKind::Event).at(0).words.substr(0, 10), "MP_CAPABLE");
}

TEST_F(SeriesTrace, HaveTheTimeInWhichASubflowIsABackup)
{
    open_both();
    see(second.initiator().ack().with(mp_prio(true)));  // 8
    see(second.initiator().ack().with(mp_prio(true)));  // 9
    see(second.initiator().ack().with(mp_prio(false))); // 10
    see(second.initiator().ack().with(mp_prio(true)));  // 11
    see(data(initial, 0, 100));                         // 12
    const auto backups = paths(PathKind::Backup);
    ASSERT_EQ(backups.size(), 2U);
    EXPECT_EQ(backups[0].begin, 7 * kMillisecond);
    EXPECT_EQ(backups[0].end, 9 * kMillisecond);
    EXPECT_EQ(backups[1].end, 11 * kMillisecond);
    EXPECT_EQ(backups[0].words, "asked for by the client");
}

TEST_F(SeriesTrace, HaveHeadOfLineBlocking)
{
    open_both();
    see(data(initial, 100, 50)); // 8
    see(data(second, 0, 100));   // 9
    const auto blocked = paths(PathKind::Blocked);
    ASSERT_EQ(blocked.size(), 1U);
    EXPECT_EQ(blocked[0].end - blocked[0].begin, kMillisecond);
    EXPECT_EQ(blocked[0].subflow, 1U);
    EXPECT_EQ(blocked[0].bytes, 50U);
}

TEST_F(SeriesTrace, AreOfTheConnectionWithMostData)
{
    open();
    see(data(initial, 0, 100));
    TcpFlow other{at("10.0.7.1", 4000), at("10.0.7.2", 80)};
    const Peers others{kV0, Key{1}, Key{2}};
    see(other.initiator().syn().with(others.syn()));
    see(other.acceptor().syn_ack().with(others.syn_ack()));
    see(other.initiator().ack().with(others.ack()));
    see(other.acceptor().data(300));
    const Tracker &tracker = trace.tracker();
    EXPECT_EQ(choose_connection(tracker, summary, std::nullopt), &connection(1));
    EXPECT_EQ(choose_connection(tracker, summary, 0), &connection(0));
    EXPECT_EQ(choose_connection(tracker, summary, 2), nullptr);
    EXPECT_EQ(main_sender(tracker.registry(), summary, connection(0)), Role::Client);
    EXPECT_EQ(main_sender(tracker.registry(), summary, connection(1)), Role::Server);
}

TEST(SegmentsNoted, AreThoseOfTheConnection)
{
    Trace trace;
    TcpFlow flows[] = {{at("10.0.0.1", 4000), at("10.0.0.2", 80)},
                       {at("10.0.7.1", 4000), at("10.0.7.2", 80)}};
    SegmentNotes notes{1};
    std::uint64_t key = 1;
    for (TcpFlow &flow : flows) {
        const Packet syn = flow.initiator().syn().with(Peers{kV0, Key{key++}, Key{key++}}.syn());
        const auto observation = trace.see(syn);
        notes.add(trace.tracker(), syn.as_segment(), *observation, false);
    }
    const Registry &registry = trace.tracker().registry();
    EXPECT_THAT(notes.of(registry, trace.connection(0)), IsEmpty());
    EXPECT_EQ(notes.of(registry, trace.connection(1)).size(), 1U);
}

TEST(WidthsOfBins, AreStepsOfOneTwoAndFive)
{
    EXPECT_EQ(usual_width(0), 1'000);
    EXPECT_EQ(usual_width(kSecond), 10 * kMillisecond);
    EXPECT_EQ(usual_width(2 * kSecond), 20 * kMillisecond);
    EXPECT_EQ(usual_width(6 * kSecond), 50 * kMillisecond);
    EXPECT_EQ(usual_width(13 * kSecond), 200 * kMillisecond);
    for (Time duration = 1'000'000; duration < 1'000 * kSecond; duration = duration * 17 / 10) {
        const auto bins = static_cast<std::uint64_t>(duration / usual_width(duration) + 1);
        EXPECT_GE(bins, kUsualBins / 2);
        EXPECT_LE(bins, kUsualBins * 5 / 4);
    }
}

TEST(WidthsOfBins, AreLimited)
{
    EXPECT_EQ(width_of_bins(kSecond, 2, 7 * kMillisecond), 7 * kMillisecond);
    EXPECT_EQ(width_of_bins(kSecond, 2, std::nullopt), usual_width(kSecond));
    const auto bins = [](std::size_t subflows) {
        return static_cast<std::uint64_t>(3'600 * kSecond /
                                          width_of_bins(3'600 * kSecond, subflows, 1'000));
    };
    EXPECT_LE(bins(1), kMostBins);
    EXPECT_LE(10 * bins(10), kMostBins);
    EXPECT_LE(bins(1'000'000), kUsualBins);
    EXPECT_GT(usual_width(kLatestTime), 0);
}

} // namespace
} // namespace mptcp::test
