// SPDX-License-Identifier: GPL-2.0-or-later
//
// Paths that fall silent while the connection goes on.
#include "connections/silence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/timeline.h"
#include "counted.h"

namespace mptcp::test {
namespace {

constexpr Time kSecond = 1'000'000'000;

class Silences : public testing::Test {
protected:
    void SetUp() override
    {
        trace.see_handshake(initial, peers);
        trace.see_join(second, Join{peers});
    }
    // The client sends data on `flow`.
    void ask(TcpFlow &flow)
    {
        trace.see(flow.initiator().data(100));
        asked = trace.frames();
    }
    void answer(TcpFlow &flow) { trace.see(flow.acceptor().ack()); }
    std::vector<Event> told() const
    {
        std::vector<Event> events;
        for (const TimelineEntry &entry : make_timeline(trace.tracker(), all_counted(trace)))
            if (entry.event.type == EventType::PathSilent)
                events.push_back(entry.event);
        return events;
    }

    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
    std::uint32_t asked = 0;
};

TEST_F(Silences, AreToldWhenTheyEnd)
{
    ask(second);
    trace.wait(2 * kSecond);
    answer(initial);
    answer(second);
    const std::vector<Event> events = told();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].frame, trace.frames());
    EXPECT_EQ(events[0].sender, trace.subflow(0, 1).side(Role::Server));
    const auto &interval = std::get<Interval>(events[0].detail);
    EXPECT_EQ(interval.since_frame, asked);
    EXPECT_EQ(interval.duration, 2 * kSecond + 2'000'000); // a millisecond for each packet
}

TEST_F(Silences, AreToldAtTheDataWithoutAnswerIfTheyDoNotEnd)
{
    ask(second);
    const std::uint32_t frame = asked;
    trace.wait(kSecond);
    ask(second); // a retransmission, or more data
    answer(initial);
    const std::vector<Event> events = told();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].frame, frame);
    EXPECT_EQ(std::get<Interval>(events[0].detail).since_frame, frame);
}

TEST_F(Silences, AreToldWhenThePeerGivesUp)
{
    ask(second);
    trace.wait(3 * kSecond);
    answer(initial);
    trace.see(second.initiator().rst());
    const std::vector<Event> events = told();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].frame, trace.frames());
    EXPECT_EQ(events[0].sender, trace.subflow(0, 1).side(Role::Server));
}

TEST_F(Silences, OfTheWholeConnectionAreNotOfAPath)
{
    ask(second);
    trace.wait(5 * kSecond);
    answer(second);
    EXPECT_TRUE(told().empty());
}

TEST_F(Silences, OfLessThanASecondAreNone)
{
    ask(second);
    trace.wait(kSecond / 2);
    answer(initial);
    trace.wait(kSecond);
    answer(second);
    EXPECT_TRUE(told().empty());
}

// An idle path is not silent: nothing was to be answered.
TEST_F(Silences, WithoutDataAreNone)
{
    answer(second);
    for (int i = 0; i < 10; ++i) {
        trace.wait(kSecond);
        ask(initial);
        answer(initial);
    }
    answer(second);
    EXPECT_TRUE(told().empty());
}

// The answers are sent on a path that was not captured.
TEST_F(Silences, OfAnEndThatWasNeverCapturedAreNone)
{
    TcpFlow third{at("10.0.8.1", 4002), at("10.0.0.2", 80)};
    trace.see(third.initiator().syn().with(Join{peers}.syn()));
    ask(third);
    trace.wait(2 * kSecond);
    answer(initial);
    EXPECT_TRUE(told().empty());
}

} // namespace
} // namespace mptcp::test
