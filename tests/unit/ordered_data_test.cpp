// SPDX-License-Identifier: GPL-2.0-or-later
//
// Data in order, whatever the order of its parts (RFC 8684 3.3.1).
#include "streams/ordered_data.h"

#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

constexpr std::uint64_t kStart = 1000;

// A stream of bytes, of which each one tells its place.
class OrderedParts : public testing::Test {
protected:
    OrderedParts()
    {
        for (std::size_t place = 0; place < stream.size(); ++place)
            stream[place] = static_cast<std::uint8_t>(place * 31 + place / 256);
    }

    // Adds the bytes from `begin` up to `end`, of which `captured` were captured.
    void add(std::uint64_t begin, std::uint64_t end, std::size_t captured = SIZE_MAX)
    {
        const ByteView bytes = ByteView{stream}.subspan(begin, end - begin);
        data.add({{kStart + begin, kStart + end},
                  ++frames,
                  0,
                  bytes.first(std::min(captured, bytes.size()))},
                 [this](const DataPart &part) { take(part); });
    }
    void skip()
    {
        data.skip_hole([this](const DataPart &part) { take(part); });
    }
    void take(const DataPart &part)
    {
        ASSERT_EQ(part.dsns.begin, kStart + delivered); // in order, and nothing twice
        ASSERT_LE(part.bytes.size(), part.dsns.size());
        const ByteView expected = ByteView{stream}.subspan(delivered, part.bytes.size());
        EXPECT_TRUE(std::ranges::equal(part.bytes, expected)) << delivered;
        delivered += part.dsns.size();
        missing += part.dsns.size() - part.bytes.size();
        from.push_back(part.frame);
    }

    std::vector<std::uint8_t> stream = std::vector<std::uint8_t>(4096);
    OrderedData data{kStart};
    std::uint32_t frames = 0;
    std::uint64_t delivered = 0; // bytes
    std::uint64_t missing = 0;   // of them
    std::vector<std::uint32_t> from;
};

using testing::ElementsAre;

TEST_F(OrderedParts, PassAtOnceIfInOrder)
{
    add(0, 100);
    add(100, 250);
    EXPECT_EQ(delivered, 250U);
    EXPECT_EQ(data.memory(), 0U);
    EXPECT_THAT(from, ElementsAre(1, 2));
}

TEST_F(OrderedParts, WaitForTheHole)
{
    add(0, 100);
    add(200, 300);
    EXPECT_EQ(delivered, 100U);
    EXPECT_EQ(data.hole(), (Range{kStart + 100, kStart + 200}));
    EXPECT_EQ(data.waited(), 1U);
    add(100, 200);
    EXPECT_EQ(delivered, 300U);
    EXPECT_TRUE(data.hole().empty());
    EXPECT_EQ(data.memory(), 0U);
    EXPECT_EQ(data.waited(), 0U);
    EXPECT_THAT(from, ElementsAre(1, 3, 2));
}

TEST_F(OrderedParts, AreThoseOfTheFirstPacket)
{
    add(0, 100);
    add(50, 100); // all of it was passed on
    add(300, 400);
    add(250, 450); // before and behind the part that is kept
    add(50, 250);  // overlaps the end of what was passed on
    EXPECT_EQ(delivered, 450U);
    EXPECT_THAT(from, ElementsAre(1, 5, 4, 3, 4));
}

TEST_F(OrderedParts, BeforeTheStartAreDropped)
{
    data = OrderedData{kStart + 50};
    delivered = 50;
    add(0, 50);
    add(0, 100);
    EXPECT_EQ(delivered, 100U);
    EXPECT_THAT(from, ElementsAre(2));
}

TEST_F(OrderedParts, StartTheStreamIfItsStartIsUnknown)
{
    data = OrderedData{};
    delivered = 500;
    add(500, 600);
    EXPECT_EQ(delivered, 600U);
}

TEST_F(OrderedParts, FollowAHoleThatIsGivenUp)
{
    add(0, 100);
    add(200, 300);
    add(400, 500);
    skip();
    EXPECT_EQ(delivered, 300U);
    EXPECT_EQ(missing, 100U);
    skip();
    skip(); // there is no other hole
    EXPECT_EQ(delivered, 500U);
    EXPECT_EQ(missing, 200U);
    EXPECT_THAT(from, ElementsAre(1, 0, 2, 0, 3));
}

TEST_F(OrderedParts, MayHaveFewerBytesCaptured)
{
    add(100, 200, 40);
    add(150, 300, 60); // the bytes from 200 on, of which 10 were captured
    add(0, 100, 0);
    EXPECT_EQ(delivered, 300U);
    EXPECT_EQ(missing, 100U + 60 + 90);
}

TEST_F(OrderedParts, KeepBoundedMemory)
{
    const std::vector<std::uint8_t> bytes(std::size_t{1} << 20);
    std::uint64_t holes = 0;
    for (std::uint64_t megabyte = 1; megabyte <= 100; ++megabyte) {
        const std::uint64_t begin = kStart + (megabyte << 21);
        data.add({{begin, begin + bytes.size()}, 1, 0, bytes},
                 [&](const DataPart &part) { holes += part.frame == 0; });
        EXPECT_LE(data.memory(), OrderedData::kMostKept);
    }
    EXPECT_GT(holes, 30U);
}

// Parts without bytes take memory, too.
TEST_F(OrderedParts, KeepBoundedMemoryWithoutBytes)
{
    for (std::uint64_t part = 1; part <= 2'000'000; ++part)
        data.add({{kStart + 2 * part, kStart + 2 * part + 1}, 1, 0, {}}, [](const DataPart &) {});
    EXPECT_LE(data.memory(), OrderedData::kMostKept);
}

TEST_F(OrderedParts, AreCompleteInAnyOrder)
{
    std::mt19937 random{8684}; // NOLINT: the same in each run
    for (int round = 0; round < 200; ++round) {
        data = OrderedData{kStart};
        delivered = missing = 0;
        std::vector<Range> parts;
        for (std::uint64_t begin = 0; begin < stream.size();) {
            const std::uint64_t end =
                std::min<std::uint64_t>(begin + 1 + random() % 200, stream.size());
            // Some overlap the ones before and behind them.
            parts.push_back({begin - std::min<std::uint64_t>(begin, random() % 50),
                             std::min<std::uint64_t>(end + random() % 50, stream.size())});
            begin = end;
        }
        std::ranges::shuffle(parts, random);
        for (const Range &part : parts)
            add(part.begin, part.end);
        EXPECT_EQ(delivered, stream.size());
        EXPECT_EQ(missing, 0U);
        EXPECT_EQ(data.memory(), 0U);
    }
}

} // namespace
} // namespace mptcp::test
