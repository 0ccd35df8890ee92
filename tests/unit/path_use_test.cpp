// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a sender uses its paths. The capture is at the client's end, and the round-trip time is
// 20 ms, unless a test says otherwise.
#include "path_use/path_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limits_trace.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PathUsed : public LimitsTrace {
protected:
    PathUse use(Role sender = Role::Client) const
    {
        const Moments moments = make_moments(drawn(), sender);
        return make_path_use(moments, make_limits(moments));
    }
    // "50-71: 2"; "?" if it is not known
    std::vector<std::string> concurrency(Role sender = Role::Client) const
    {
        std::vector<std::string> all;
        for (const Concurrency &each : make_concurrency(make_moments(drawn(), sender)))
            all.push_back(std::to_string(each.begin / kMillisecond) + "-" +
                          std::to_string(each.end / kMillisecond) + ": " +
                          (each.subflows ? std::to_string(*each.subflows) : "?"));
        return all;
    }
    // One kilobyte each at 50 and 51 ms. Nothing answers the first one; the other is acknowledged
    // at 71 ms.
    void lose_the_initial_path()
    {
        open_both();
        lost_ = see_at(50, data(initial, 0, 1000));
        see_at(51, data(second, 1000, 1000));
        see_at(71, ack(second, 0));
    }
    std::uint32_t see_at(Time milliseconds, const Packet &packet)
    {
        LimitsTrace::see_at(milliseconds, packet);
        return trace.frames();
    }

    std::uint32_t lost_ = 0; // the frame
};

TEST_F(PathUsed, CountsTheSubflowsWithDataInFlight)
{
    open_both();
    see_at(50, data(initial, 0, 1000));
    see_at(60, data(second, 1000, 1000));
    see_at(70, ack(initial, 1000));
    see_at(80, ack(second, 2000));
    see_at(100, data(second, 2000, 1000));
    see_at(120, ack(second, 3000));
    EXPECT_THAT(concurrency(), ElementsAre("0-50: 0", "50-60: 1", "60-70: 2", "70-80: 1",
                                           "80-100: 0", "100-120: 1"));
    const PathUse used = use();
    EXPECT_EQ(used.in_flight, 50 * kMillisecond);
    EXPECT_EQ(used.in_flight_on_several, 10 * kMillisecond);
    EXPECT_EQ(used.switches, 1U);
    EXPECT_THAT(used.handovers, IsEmpty());
}

TEST_F(PathUsed, CountsNoDataThatADataAckOfAnotherSubflowCovers)
{
    lose_the_initial_path();
    see_at(400, data(second, 0, 1000)); // reinjected
    see_at(420, ack(second, 2000));
    see_at(500, data(second, 2000, 1000)); // while TCP still waits on the other subflow
    see_at(520, ack(second, 3000));
    EXPECT_THAT(concurrency(), ElementsAre("0-50: 0", "50-51: 1", "51-71: 2", "71-400: 1",
                                           "400-420: 2", "420-500: 0", "500-520: 1"));
}

TEST_F(PathUsed, TellsAHandover)
{
    lose_the_initial_path();
    const std::uint32_t again = see_at(400, data(second, 0, 1000));
    const std::uint32_t acked = see_at(420, ack(second, 2000));
    const auto handovers = use().handovers;
    ASSERT_EQ(handovers.size(), 1U);
    const Handover &only = handovers.front();
    EXPECT_EQ(only.from, 0U);
    EXPECT_EQ(only.to, 1U);
    EXPECT_EQ(only.lost, 50 * kMillisecond);
    EXPECT_EQ(only.reinjected, 400 * kMillisecond);
    EXPECT_EQ(only.recovered, 420 * kMillisecond);
    EXPECT_EQ(only.lost_frame, lost_);
    EXPECT_EQ(only.reinjected_frame, again);
    EXPECT_EQ(only.recovered_frame, acked);
    EXPECT_EQ(only.bytes, 1000U);
}

TEST_F(PathUsed, TellsOneHandoverOfWhatIsSentInPieces)
{
    open_both();
    see_at(50, data(initial, 0, 1000));
    see_at(51, data(initial, 1000, 1000));
    see_at(400, data(second, 0, 1000));
    see_at(420, ack(second, 1000));
    see_at(421, data(second, 1000, 1000));
    see_at(441, ack(second, 2000));
    const auto handovers = use().handovers;
    ASSERT_EQ(handovers.size(), 1U);
    EXPECT_EQ(handovers[0].bytes, 2000U);
    EXPECT_EQ(handovers[0].recovered, 441 * kMillisecond);
}

TEST_F(PathUsed, TellsAHandoverThatDoesNotEnd)
{
    lose_the_initial_path();
    see_at(400, data(second, 0, 1000));
    ASSERT_EQ(use().handovers.size(), 1U);
    EXPECT_EQ(use().handovers[0].recovered, std::nullopt);
}

TEST_F(PathUsed, TellsNoHandoverWhileThePathMakesProgress)
{
    open_both();
    see_at(50, data(initial, 0, 1000));
    see_at(51, data(second, 0, 1000)); // by a scheduler that sends all twice
    see_at(70, ack(initial, 1000));
    EXPECT_THAT(use().handovers, IsEmpty());
}

TEST_F(PathUsed, TellsAHandoverOfASubflowThatEnded)
{
    open_both();
    see_at(50, data(initial, 0, 1000));
    see_at(60, initial.acceptor().rst());
    see_at(61, data(second, 0, 1000));
    see_at(81, ack(second, 1000));
    ASSERT_EQ(use().handovers.size(), 1U);
    EXPECT_EQ(use().handovers[0].reinjected, 61 * kMillisecond);
}

TEST_F(PathUsed, ComparesOnePathWithSeveral)
{
    open_both();
    Time now = 50;
    std::uint32_t place = 0;
    for (int round = 0; round < 5; ++round, now += 20, place += 1000) { // alone
        see_at(now, data(initial, place, 1000));
        see_at(now + 20, ack(initial, place + 1000));
    }
    for (int round = 0; round < 5; ++round, now += 20, place += 2000) { // together
        see_at(now, data(initial, place, 1000));
        see_at(now, data(second, place + 1000, 1000));
        see_at(now + 20, ack(initial, place + 1000));
        see_at(now + 20, ack(second, place + 2000));
    }
    const PathUse used = use();
    EXPECT_EQ(used.alone[0].bytes_per_second(), 50'000U);
    EXPECT_EQ(used.together.bytes_per_second(), 100'000U);
    EXPECT_EQ(used.alone[1].time, 0);
}

TEST_F(PathUsed, IsNotComparedWhileTheApplicationIsSlow)
{
    open_both();
    for (unsigned round = 0; round < 5; ++round) {
        see_at(50 + 100 * round, data(initial, 1000 * round, 1000));
        see_at(70 + 100 * round, ack(initial, 1000 * round + 1000));
    }
    EXPECT_EQ(use().alone[0].time, 0);
}

TEST_F(PathUsed, IsNotKnownElsewhereThanAtTheSender)
{
    open(1, 20); // at the server's end
    see_at(50, data(initial, 0, 1000));
    see_at(51, ack(initial, 1000));
    EXPECT_FALSE(use().is_known);
    EXPECT_THAT(concurrency(), ElementsAre("0-51: ?"));
    EXPECT_TRUE(use(Role::Server).is_known);
}

TEST_F(PathUsed, IsEmptyWithoutPackets)
{
    open();
    const DrawnConnection nothing{trace.tracker(), summary, connection(), {}};
    const Moments moments = make_moments(nothing, Role::Client);
    EXPECT_THAT(make_concurrency(moments), IsEmpty());
    EXPECT_FALSE(make_path_use(moments, make_limits(moments)).is_known);
}

} // namespace
} // namespace mptcp::test
