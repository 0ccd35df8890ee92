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
    EXPECT_THAT(text(Code::Works),
                HasSubstr("For 75.0% of the time with data in flight, several subflows had some; "
                          "new data changed to another subflow 1 time."));
    use_.in_flight_on_several = 0;
    EXPECT_THAT(text(Code::Works), HasSubstr("At no time did several subflows have data in flight; "
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
    EXPECT_THAT(text(Code::Works),
                HasSubstr("While several subflows had data in flight, DATA_ACKs covered 6.400 "
                          "Mbit/s, and while subflow 1 (10.0.9.1 to 10.0.0.2) alone had, 4.000 "
                          "Mbit/s."));
}

TEST_F(PathUseDiagnosed, SeveralPathsSlowerThanOne)
{
    compare(1'000'000, 700'000);
    EXPECT_THAT(codes(), ElementsAre("chat works", "note slower_than_one_path"));
    EXPECT_THAT(text(Code::SlowerThanOnePath),
                HasSubstr("Several paths were slower than one: of the data of the server, while "
                          "several subflows had data in flight, DATA_ACKs covered 2.800 Mbit/s, "
                          "and while subflow 1 (10.0.9.1 to 10.0.0.2) alone had, 4.000 Mbit/s."));
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
    EXPECT_EQ(handover.text,
              "The server handed over data of subflow 1 (10.0.9.1 to 10.0.0.2): 100 bytes that it "
              "had in flight were reinjected on subflow 0 (10.0.0.1 to 10.0.0.2), first in frame "
              "56, 300.0 ms after its last progress (frame 50). A DATA_ACK covered them 400.0 ms "
              "after it (frame 57).");
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
    EXPECT_THAT(handover.text, HasSubstr("3 times. The longest time: 200 bytes"));
    EXPECT_THAT(handover.text, HasSubstr("No DATA_ACK in the capture covers all of them."));
    EXPECT_EQ(handover.frames, (std::vector<std::uint32_t>{58, 59}));
}

} // namespace
} // namespace mptcp::test
