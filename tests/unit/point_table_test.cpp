// SPDX-License-Identifier: GPL-2.0-or-later
#include "points/point_table.h"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace mptcp {
namespace {

constexpr std::uint64_t kHost = 0x020000000101;
constexpr std::uint64_t kRouter = 0x0200000001fe;
constexpr std::uint64_t kServer = 0x020000000201;

Marks on_interface(std::uint32_t interface, std::uint64_t low = 0, std::uint64_t high = 0,
                   std::uint8_t ttl = 64)
{
    Marks marks;
    marks.interface = interface;
    marks.link_low = low;
    marks.link_high = high;
    marks.ttl = ttl;
    return marks;
}

class PointTables : public testing::Test {
protected:
    std::uint32_t add(const Marks &marks)
    {
        return table.add(marks, marks.interface == 0 ? "" : "if" + std::to_string(marks.interface));
    }

    PointTable table;
};

TEST_F(PointTables, FindsMarks)
{
    EXPECT_FALSE(table.find(on_interface(1)));
    const std::uint32_t first = add(on_interface(1));
    const std::uint32_t second = add(on_interface(2));
    EXPECT_EQ(table.find(on_interface(1)), first);
    EXPECT_EQ(table.find(on_interface(2)), second);
}

TEST_F(PointTables, NumbersPointsByTheirFirstPackets)
{
    const std::uint32_t first = add(on_interface(1));
    const std::uint32_t second = add(on_interface(2));
    table.note(second);
    EXPECT_EQ(table.point_of(second), 0U);
    EXPECT_FALSE(table.point_of(first)); // has no packet of MPTCP
    table.note(first);
    EXPECT_EQ(table.point_of(first), 1U);
    EXPECT_EQ(table.size(), 2U);
    EXPECT_EQ(table.name(0), "if2");
}

TEST_F(PointTables, SeveralInterfacesAreThoseOfTheFile)
{
    Marks outgoing = on_interface(1, kHost);
    outgoing.direction = CaptureDirection::Outgoing;
    add(on_interface(1));
    add(outgoing);
    EXPECT_FALSE(table.several_interfaces());
    add(on_interface(2));
    EXPECT_TRUE(table.several_interfaces());
}

TEST_F(PointTables, LinkLayerAddressesDoNotMakeAPoint)
{
    const std::uint32_t first = add(on_interface(1, kHost, kRouter));
    const std::uint32_t second = add(on_interface(1, kRouter, kServer, 63));
    table.note(first);
    table.note(second);
    EXPECT_EQ(table.point_of(first), table.point_of(second));
    EXPECT_EQ(table.size(), 1U);
}

TEST_F(PointTables, ACopySeparatesByLinkLayerAddresses)
{
    const std::uint32_t first = add(on_interface(1, kHost, kRouter, 64));
    const std::uint32_t back = add(on_interface(1, kHost, kRouter, 60));
    const std::uint32_t second = add(on_interface(1, kRouter, kServer, 63));
    for (const std::uint32_t marks : {first, back, second})
        table.note(marks);
    table.separate(first, second);
    EXPECT_EQ(table.point_of(first), 0U);
    EXPECT_EQ(table.point_of(back), 0U);
    EXPECT_EQ(table.point_of(second), 1U);
    EXPECT_EQ(table.name(0), "if1, via 02:00:00:00:01:01 - 02:00:00:00:01:fe");
    EXPECT_EQ(table.name(1), "if1, via 02:00:00:00:01:fe - 02:00:00:00:02:01");
    table.separate(second, first); // again, from the other direction
    EXPECT_EQ(table.size(), 2U);
}

TEST_F(PointTables, ACopySeparatesByTtlWhereNothingElseDiffers)
{
    const std::uint32_t first = add(on_interface(0));
    const std::uint32_t second = add(on_interface(0, 0, 0, 63));
    table.note(first);
    EXPECT_EQ(table.name(0), "the capture interface");
    table.separate(first, second);
    EXPECT_EQ(table.point_of(first), 0U);
    EXPECT_EQ(table.point_of(second), 1U);
    EXPECT_EQ(table.name(0), "TTL 64");
    EXPECT_EQ(table.name(1), "TTL 63");
}

TEST_F(PointTables, InterfacesAreSeparatedAnyway)
{
    const std::uint32_t first = add(on_interface(1, kHost, kRouter));
    const std::uint32_t other = add(on_interface(1, kHost, kServer));
    const std::uint32_t second = add(on_interface(2, kRouter, kServer));
    for (const std::uint32_t marks : {first, other, second})
        table.note(marks);
    table.separate(first, second);
    EXPECT_EQ(table.point_of(first), table.point_of(other));
    EXPECT_EQ(table.size(), 2U);
}

TEST_F(PointTables, IsBounded)
{
    for (std::uint32_t i = 0; i < PointTable::kMostMarks; ++i)
        add(on_interface(1 + i % 2, kHost, kServer + i));
    EXPECT_EQ(table.find(on_interface(1, kHost, 1)), 0U);
    EXPECT_EQ(table.find(on_interface(2, kHost, 1)), 1U);
    EXPECT_EQ(table.find(on_interface(3)), 0U);
    table.separate(0, 2);
    EXPECT_EQ(table.size(), 2U);
}

TEST_F(PointTables, UnknownMarksHaveNoPoint)
{
    table.note(7);
    table.separate(7, 8);
    EXPECT_FALSE(table.point_of(7));
    EXPECT_EQ(table.size(), 0U);
}

} // namespace
} // namespace mptcp
