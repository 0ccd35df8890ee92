// SPDX-License-Identifier: GPL-2.0-or-later
//
// Statements on what several paths were good for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnosed.h"

namespace mptcp::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class PathUseDiagnosed : public DiagnosedTwoPaths {
protected:
    void SetUp() override
    {
        DiagnosedTwoPaths::SetUp();
        use_.is_known = true;
        use_.in_flight = 4 * kSecond;
        use_.in_flight_on_several = 3 * kSecond;
        use_.switches = 1;
        use_.alone.resize(2);
        times = [this](const Connection &) {
            PerRole<SenderTimes> both;
            both[Role::Server].use = use_;
            return both;
        };
    }
    void compare(std::uint64_t alone, std::uint64_t together, Time time = 2 * kSecond)
    {
        use_.alone[1] = {time, alone};
        use_.together = {time, together};
    }
    // Data of the second subflow was sent again on the first one.
    void reinject() { send_at(initial, Role::Server, 1200); }

    PathUse use_;
};

TEST_F(PathUseDiagnosed, TheConcurrentUse)
{
    EXPECT_THAT(
        text(Code::Works),
        HasSubstr(
            "Seen at the server: for 75.0% of the time with data in flight, more than one "
            "subflow had data in flight; new data moved from one subflow to another 1 time."));
    use_.in_flight_on_several = 0;
    EXPECT_THAT(text(Code::Works), HasSubstr("several subflows never had data in flight at once; "
                                             "new data"));
}

TEST_F(PathUseDiagnosed, NothingIfItIsNotKnown)
{
    use_ = {};
    EXPECT_THAT(text(Code::Works), Not(HasSubstr("data in flight")));
}

TEST_F(PathUseDiagnosed, SeveralPathsFasterThanOne)
{
    compare(1'000'000, 1'600'000);
    EXPECT_THAT(codes(), ElementsAre("chat works"));
    EXPECT_THAT(
        text(Code::Works),
        HasSubstr("DATA_ACKs covered 6.400 Mbit/s with data in flight on several subflows, and "
                  "4.000 Mbit/s with data in flight on subflow 1 (10.0.9.1 to 10.0.0.2) alone."));
}

TEST_F(PathUseDiagnosed, SeveralPathsSlowerThanOne)
{
    compare(1'000'000, 700'000);
    EXPECT_THAT(codes(), ElementsAre("chat works", "note slower_than_one_path"));
    EXPECT_THAT(
        text(Code::SlowerThanOnePath),
        HasSubstr("Seen at the server: to use several paths at once was slower than to use one. "
                  "DATA_ACKs covered 2.800 Mbit/s with data"));
    EXPECT_EQ(statement(Code::SlowerThanOnePath).subflow, 1U);
}

TEST_F(PathUseDiagnosed, SeveralPathsAboutAsFastAsOne)
{
    compare(1'000'000, 850'000);
    EXPECT_THAT(codes(), ElementsAre("chat works"));
}

TEST_F(PathUseDiagnosed, NoComparisonOfShortTimes)
{
    compare(1'000'000, 100'000, kSecond / 2);
    EXPECT_THAT(codes(), ElementsAre("chat works"));
    EXPECT_THAT(text(Code::Works), Not(HasSubstr("DATA_ACKs")));
}

TEST_F(PathUseDiagnosed, AHandover)
{
    reinject();
    use_.handovers = {{1, 0, kSecond, kSecond + 300 * kMillisecond, kSecond + 400 * kMillisecond,
                       50, 56, 57, 100}};
    EXPECT_THAT(codes(), Contains("chat handover"));
    const Statement handover = statement(Code::Handover);
    EXPECT_EQ(
        handover.text,
        "Seen at the server: data moved from subflow 1 (10.0.9.1 to 10.0.0.2) to another subflow. "
        "It made its last progress in frame 50. 100 bytes in flight there were reinjected on "
        "subflow 0 (10.0.0.1 to 10.0.0.2), first in frame 56 (300.0 ms later), and covered by the "
        "DATA_ACK in frame 57 (400.0 ms after the last progress).");
    EXPECT_EQ(handover.frames, (std::vector<std::uint32_t>{50, 56, 57}));
    EXPECT_EQ(handover.subflow, 1U);
}

TEST_F(PathUseDiagnosed, TheLongestOfSeveralHandovers)
{
    reinject();
    use_.handovers = {{1, 0, 0, kSecond, 2 * kSecond, 50, 56, 57, 100},
                      {1, 0, 3 * kSecond, 4 * kSecond, std::nullopt, 58, 59, 0, 200},
                      {1, 0, 5 * kSecond, 6 * kSecond, 9 * kSecond, 60, 61, 62, 300}};
    EXPECT_THAT(codes(), Contains("note handover"));
    const Statement handover = statement(Code::Handover);
    EXPECT_THAT(handover.text, HasSubstr("3 times. Before the longest of these, it made its last "
                                         "progress in frame 58. 200 bytes"));
    EXPECT_THAT(handover.text, HasSubstr("and no DATA_ACK in the capture covers all of them."));
    EXPECT_EQ(handover.frames, (std::vector<std::uint32_t>{58, 59}));
}

} // namespace
} // namespace mptcp::test
