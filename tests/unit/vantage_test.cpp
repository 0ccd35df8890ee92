// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data level as it was seen near each host.
#include "between/vantage.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "two_points.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

// What the vantages of a capture tell of its only connection.
struct SeenNear {
    std::vector<std::uint32_t> points;
    std::size_t data_packets = 0;
    std::vector<std::uint32_t> frames; // of these packets
    std::vector<std::uint32_t> originals;

    friend bool operator==(const SeenNear &, const SeenNear &) = default;
};

class VantagesOfTwoPoints : public TwoPoints {
protected:
    PerRole<SeenNear> look(const VantageChoice &choice = {})
    {
        return see([&](const Trace &trace, const Sightings &sightings) {
            const PointsReport report =
                make_points_report(trace.tracker(), sightings, [](std::uint32_t) { return true; });
            const Vantages vantages{trace.tracker(), sightings, report, choice};
            PerRole<SeenNear> seen;
            for (const Role host : {Role::Client, Role::Server})
                seen[host] = seen_in(vantages.view(0, host));
            return seen;
        });
    }

private:
    static SeenNear seen_in(const Vantages::View &view)
    {
        SeenNear seen{view.points, 0, {}, {}};
        if (view.vantage == nullptr)
            return seen;
        for (const DataPacket &packet : view.vantage->data().packets()) {
            seen.originals.push_back(view.vantage->original(seen.data_packets++));
            seen.frames.push_back(packet.frame);
        }
        return seen;
    }
};

TEST_F(VantagesOfTwoPoints, HaveThePacketsOfTheirPoints)
{
    for (const Time offset : kOffsets) {
        begin(offset);
        open();
        transfer(3);
        lose(true, flow_.initiator().data(100).with(dss_ack(1)));
        const auto seen = look();
        EXPECT_EQ(seen[Role::Client].data_packets, 7U);
        EXPECT_EQ(seen[Role::Server].data_packets, 6U);
        EXPECT_NE(seen[Role::Client].points, seen[Role::Server].points);
        EXPECT_NE(seen[Role::Client].frames, seen[Role::Server].frames);
    }
}

TEST_F(VantagesOfTwoPoints, CountAPacketByItsFirstRecording)
{
    begin(3600 * kSecond);
    open();
    transfer(3);
    const auto seen = look();
    EXPECT_EQ(seen[Role::Client].frames, seen[Role::Client].originals);
    EXPECT_THAT(seen[Role::Server].originals,
                UnorderedElementsAreArray(seen[Role::Client].originals));
    EXPECT_NE(seen[Role::Server].frames, seen[Role::Server].originals);
}

TEST_F(VantagesOfTwoPoints, AreOfOneHostIfThatIsChosen)
{
    begin(0);
    open();
    transfer(3);
    const auto both = look();
    const auto near_server = look(Role::Server);
    EXPECT_EQ(near_server[Role::Client], both[Role::Server]);
    EXPECT_EQ(near_server[Role::Server], both[Role::Server]);
}

TEST_F(VantagesOfTwoPoints, HaveEachPacketOnceAtSeveralPoints)
{
    begin(0);
    open();
    transfer(3);
    lose(true, flow_.initiator().data(100).with(dss_ack(1)));
    const auto seen = look(std::vector<std::uint32_t>{1, 0});
    EXPECT_THAT(seen[Role::Client].points, ElementsAre(0, 1));
    EXPECT_EQ(seen[Role::Client].data_packets, 7U);
    EXPECT_EQ(seen[Role::Client].frames, seen[Role::Client].originals);
}

TEST_F(VantagesOfTwoPoints, AreUnknownIfTheOrderOfThePointsIs)
{
    begin(3600 * kSecond);
    for (int number = 0; number < 5; ++number) // of one direction
        send(true, flow_.initiator().data(100).with(dss_ack(1)));
    const auto seen = look();
    EXPECT_THAT(seen[Role::Client].points, IsEmpty());
    EXPECT_THAT(seen[Role::Server].points, IsEmpty());
}

TEST_F(VantagesOfTwoPoints, AreUnknownIfNotAllPacketsWereNoted)
{
    begin(3600 * kSecond);
    open();
    transfer(2100); // the second point shows behind them
    EXPECT_THAT(look()[Role::Client].points, IsEmpty());
    passes_ = 2;
    EXPECT_EQ(look()[Role::Client].data_packets, 4200U);
}

TEST_F(VantagesOfTwoPoints, AreThatOfTheOtherHostIfOnlyThatSawAllSubflows)
{
    begin(0);
    open();
    transfer(3);
    TcpFlow second{at("10.0.1.1", 4001), at("10.0.0.2", 80)};
    const Join join{peers_};
    send(true, second.initiator().syn().with(join.syn()), true, false);
    send(false, second.acceptor().syn_ack().with(join.syn_ack()), true, false);
    send(true, second.initiator().ack().with(join.ack()), true, false);
    send(false, second.acceptor().data(100).with(dss_ack(1)), true, false);
    const auto seen = look();
    EXPECT_THAT(seen[Role::Client].points, ElementsAre(0));
    EXPECT_EQ(seen[Role::Server], seen[Role::Client]);
    EXPECT_EQ(seen[Role::Client].data_packets, 7U);
}

TEST(VantageChoice, IsAHostOrPoints)
{
    EXPECT_EQ(parse_vantage_choice(""), VantageChoice{});
    EXPECT_EQ(parse_vantage_choice("client"), VantageChoice{Role::Client});
    EXPECT_EQ(parse_vantage_choice("server"), VantageChoice{Role::Server});
    EXPECT_EQ(parse_vantage_choice("3"), VantageChoice{std::vector<std::uint32_t>{3}});
    EXPECT_EQ(parse_vantage_choice("0+12"), (VantageChoice{std::vector<std::uint32_t>{0, 12}}));
    for (const char *text : {"Client", "-1", "+", "0+", "+1", "0,1", "4294967296", "0 + 1"})
        EXPECT_EQ(parse_vantage_choice(text), std::nullopt) << text;
}

} // namespace
} // namespace mptcp::test
