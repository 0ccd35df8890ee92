// SPDX-License-Identifier: GPL-2.0-or-later
//
// One direction of a subflow: offsets of wrapping sequence numbers, mappings,
// inference of an ISN that was not captured, and payload that waits for a mapping.
#include "data/subflow_data.h"

#include <map>
#include <random>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// GoogleTest also has a class Mapping.

constexpr std::uint64_t k32 = std::uint64_t{1} << 32;

// Bytes are given by their offset from the ISN.
class SubflowDataTest : public testing::Test {
protected:
    explicit SubflowDataTest(TcpSeq isn = {1000}) : data(isn, isn), zero(data.offset_of(isn)) {}

    Range at(std::uint64_t begin, std::uint64_t end) const { return {zero + begin, zero + end}; }
    // Adds a mapping. Returns its new parts; `contradicts` is the result of map().
    std::vector<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>>
    map(std::uint64_t begin, std::uint64_t end, std::uint64_t dsn)
    {
        std::vector<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>> fresh;
        contradicts = data.map({zero + begin, zero + end, {dsn}}, [&](const Mapping &part) {
            fresh.emplace_back(part.begin - zero, part.end - zero, part.dsn.value);
        });
        return fresh;
    }
    std::optional<std::uint64_t> dsn_at(std::uint64_t offset) const
    {
        const Mapping *found = data.find(zero + offset);
        return found != nullptr ? std::optional{found->relative_dsn(zero + offset).value}
                                : std::nullopt;
    }
    void pass(std::uint64_t begin, std::uint64_t end)
    {
        data.pass(at(begin, end), [](const Range &) {});
    }

    SubflowData data;
    std::uint64_t zero;
    bool contradicts = false;
};

// Offsets

TEST_F(SubflowDataTest, CountsOffsetsFromTheIsn)
{
    EXPECT_TRUE(data.isn_known());
    EXPECT_EQ(data.offset_of({1001}), zero + 1);
    EXPECT_EQ(data.offset_of({999}), zero - 1);
    EXPECT_EQ(data.offset_of_relative(1, zero), zero + 1);
}

TEST(SubflowOffsets, GrowWhereSequenceNumbersWrap)
{
    const TcpSeq isn{UINT32_MAX - 10};
    SubflowData data{isn, isn};
    const std::uint64_t zero = data.offset_of(isn);
    EXPECT_EQ(data.offset_of({5}), zero + 16);
    EXPECT_EQ(data.offset_of(isn + 0x7000'0000), zero + 0x7000'0000);
}

TEST(SubflowOffsets, GrowBeyondFourGigabytes)
{
    const TcpSeq isn{UINT32_MAX - 10};
    SubflowData data{isn, isn};
    const std::uint64_t zero = data.offset_of(isn);
    constexpr std::uint64_t kStep = k32 / 8;
    for (std::uint64_t begin = 1; begin < 3 * k32; begin += kStep) {
        const TcpSeq seq = isn + static_cast<std::uint32_t>(begin);
        const std::uint64_t offset = data.offset_of(seq);
        ASSERT_EQ(offset, zero + begin);
        // RFC 8684 3.3.1: the 32-bit relative sequence number of a mapping.
        ASSERT_EQ(data.offset_of_relative(static_cast<std::uint32_t>(begin), offset), offset);
        ASSERT_EQ(data.offset_of(seq - 1000), offset - 1000); // a retransmission
        data.pass({offset, offset + kStep}, [](const Range &) {});
    }
}

TEST(SubflowOffsets, OfASegmentFarBehindTheIsnAreNearIt)
{
    SubflowData data{{5000}, TcpSeq{1000}};
    const std::uint64_t offset = data.offset_of({5000});
    EXPECT_EQ(data.offset_of({1000}), offset - 4000);
    EXPECT_EQ(data.offset_of_relative(4000, offset), offset);
}

// Captures that begin after the SYN

class LateSubflowData : public testing::Test {
protected:
    std::uint64_t offset(std::uint32_t seq) const { return data.offset_of({seq}); }
    bool infer(std::uint32_t relative, std::uint64_t length, std::uint32_t begin, std::uint32_t end)
    {
        return data.infer_isn(relative, length, {offset(begin), offset(end)});
    }

    SubflowData data{{70'000}, std::nullopt};
};

TEST_F(LateSubflowData, HasNoIsn)
{
    EXPECT_FALSE(data.isn_known());
    EXPECT_FALSE(data.offset_of_relative(1, offset(70'000)));
    EXPECT_EQ(offset(70'010), offset(70'000) + 10);
}

TEST_F(LateSubflowData, LearnsTheIsnFromAMappingOfJustThePayload)
{
    EXPECT_TRUE(infer(501, 100, 70'000, 70'100)); // the ISN is 69499
    EXPECT_TRUE(data.isn_known());
    EXPECT_EQ(data.offset_of_relative(501, offset(70'000)), offset(70'000));
    EXPECT_EQ(data.offset_of_relative(601, offset(70'000)), offset(70'100));
}

TEST_F(LateSubflowData, LearnsTheIsnFromSeveralMappingsOfMore)
{
    EXPECT_FALSE(infer(501, 300, 70'000, 70'100)); // the first third of the mapping
    EXPECT_FALSE(infer(501, 300, 70'100, 70'200)); // the second
    EXPECT_TRUE(infer(501, 300, 70'200, 70'300));
    EXPECT_EQ(data.offset_of_relative(501, offset(70'000)), offset(70'000));
}

TEST_F(LateSubflowData, LearnsTheIsnFromMappingsOfLess)
{
    // Two mappings of a segment of 100: of the first 30, and of the last 70.
    EXPECT_FALSE(infer(501, 30, 70'000, 70'100));
    EXPECT_TRUE(infer(531, 70, 70'000, 70'100));
    EXPECT_EQ(data.offset_of_relative(501, offset(70'000)), offset(70'000));
}

TEST_F(LateSubflowData, StartsOverIfMappingsAreInconsistent)
{
    EXPECT_FALSE(infer(501, 300, 70'000, 70'100));
    EXPECT_FALSE(infer(1501, 300, 70'000, 70'100)); // an inconsistent mapping
    EXPECT_TRUE(infer(1501, 300, 70'200, 70'300));
    EXPECT_EQ(data.offset_of_relative(1501, offset(70'000)), offset(70'000));
}

TEST_F(LateSubflowData, LearnsTheIsnWhereSequenceNumbersWrap)
{
    SubflowData wraps{{20}, std::nullopt};
    const std::uint64_t begin = wraps.offset_of({20});
    EXPECT_TRUE(wraps.infer_isn(UINT32_MAX - 9, 100, {begin, begin + 100})); // the ISN is 30
    EXPECT_EQ(wraps.offset_of_relative(UINT32_MAX - 9, begin), begin);
    EXPECT_EQ(wraps.offset_of_relative(0, begin), begin + 10);
}

TEST_F(LateSubflowData, TakesTheGivenIsn)
{
    data.learn_isn({69'499});
    EXPECT_TRUE(data.isn_known());
    EXPECT_EQ(data.offset_of_relative(501, offset(70'000)), offset(70'000));
}

// Mappings

TEST_F(SubflowDataTest, KnowsTheDataOfEachByteThatIsMapped)
{
    EXPECT_THAT(map(10, 20, 500), ElementsAre(std::tuple(10, 20, 500)));
    EXPECT_FALSE(contradicts);
    EXPECT_FALSE(dsn_at(9));
    EXPECT_EQ(dsn_at(10), 500U);
    EXPECT_EQ(dsn_at(19), 509U);
    EXPECT_FALSE(dsn_at(20));
    EXPECT_EQ(data.count_mapped(at(0, 100)), 10U);
    EXPECT_EQ(data.count_mapped(at(15, 17)), 2U);
}

TEST_F(SubflowDataTest, TakesAMappingTwiceOnce)
{
    map(10, 20, 500);
    EXPECT_THAT(map(10, 20, 500), IsEmpty());
    EXPECT_FALSE(contradicts);
    EXPECT_THAT(map(12, 15, 502), IsEmpty());
    EXPECT_FALSE(contradicts);
}

TEST_F(SubflowDataTest, TakesOfAMappingWhatIsNew)
{
    map(10, 20, 500);
    map(30, 40, 520);
    EXPECT_THAT(map(5, 45, 495), ElementsAre(std::tuple(5, 10, 495), std::tuple(20, 30, 510),
                                             std::tuple(40, 45, 530)));
    EXPECT_FALSE(contradicts);
    for (std::uint64_t offset = 5; offset < 45; ++offset)
        EXPECT_EQ(dsn_at(offset), 490 + offset);
}

TEST_F(SubflowDataTest, KeepsTheFirstMappingOfAByte)
{
    map(10, 20, 500);
    map(10, 25, 900);
    EXPECT_TRUE(contradicts);
    EXPECT_EQ(dsn_at(10), 500U);
    EXPECT_EQ(dsn_at(19), 509U);
    EXPECT_EQ(dsn_at(20), 910U);
}

TEST_F(SubflowDataTest, ReportsAContradictionInTheMiddle)
{
    map(10, 20, 500);
    map(15, 18, 700);
    EXPECT_TRUE(contradicts);
}

// A mapping contradicts if any of its bytes was mapped to other data before.
TEST_F(SubflowDataTest, ReportsAContradictionBehindTheBeginning)
{
    map(10, 20, 500);
    map(5, 15, 900);
    EXPECT_TRUE(contradicts);
    map(20, 30, 800);
    map(10, 30, 500); // consistent only for the first ten bytes
    EXPECT_TRUE(contradicts);
}

TEST_F(SubflowDataTest, SeesNoContradictionInMappingsSideBySide)
{
    map(10, 20, 500);
    map(20, 30, 900);
    EXPECT_FALSE(contradicts);
    map(0, 10, 300);
    EXPECT_FALSE(contradicts);
}

TEST_F(SubflowDataTest, VisitsWhatIsMappedAndWhatIsNot)
{
    map(10, 20, 500);
    map(30, 40, 900);
    std::vector<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>> parts; // 0: not mapped
    data.visit(at(5, 35), [&](const Range &part, const Mapping *of) {
        parts.emplace_back(part.begin - zero, part.end - zero,
                           of ? of->relative_dsn(part.begin).value : 0);
    });
    EXPECT_THAT(parts, ElementsAre(std::tuple(5, 10, 0), std::tuple(10, 20, 500),
                                   std::tuple(20, 30, 0), std::tuple(30, 35, 900)));
    std::vector<Range> unmapped;
    data.visit_unmapped(at(15, 50), [&](const Range &part) { unmapped.push_back(part); });
    EXPECT_THAT(unmapped, ElementsAre(at(20, 30), at(40, 50)));
}

// Mappings may split waiting payload into pieces.
TEST_F(SubflowDataTest, KeepsOnlyTheLastFewPiecesWaiting)
{
    for (std::uint32_t i = 0; i < 128; ++i)
        data.add_unmapped({at(10 * i, 10 * i + 10), i});
    data.take_unmapped(at(14, 16)); // [10, 14) and [16, 20) keep waiting
    for (std::uint32_t i = 128; i < 1000; ++i)
        data.add_unmapped({at(10 * i, 10 * i + 10), i});
    EXPECT_EQ(data.take_unmapped(at(0, 10'000)).size(), 128U);
}

TEST_F(SubflowDataTest, ForgetsItsMappings)
{
    map(10, 20, 500);
    pass(10, 20);
    data.add_unmapped({at(30, 40)});
    data.open_checksums().push_back({DssChecksum{at(10, 20), {}}});
    data.discard_mappings(77);
    EXPECT_FALSE(dsn_at(10));
    EXPECT_EQ(data.count_mapped(at(0, 100)), 0U);
    EXPECT_THAT(data.take_unmapped(at(0, 100)), IsEmpty());
    EXPECT_THAT(data.checksums(), IsEmpty());
    EXPECT_THAT(map(10, 20, 700), ElementsAre(std::tuple(10, 20, 700)));
    EXPECT_FALSE(contradicts);
    EXPECT_FALSE(data.in_order(at(15, 20))); // this data has already passed
}

TEST_F(SubflowDataTest, KnowsBehindWhichFrameItsMappingsHold)
{
    EXPECT_FALSE(data.moved_after(1));
    data.discard_mappings(77);
    EXPECT_TRUE(data.moved_after(76));
    EXPECT_FALSE(data.moved_after(77));
}

TEST_F(SubflowDataTest, AgreesWithATableOfBytesAfterAnyMappings)
{
    std::mt19937 random{20250107}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    for (int trial = 0; trial < 30; ++trial) {
        data.discard_mappings(0);
        std::map<std::uint64_t, std::uint64_t> keys;
        for (int step = 0; step < 400; ++step) {
            const std::uint64_t begin = random() % 3000;
            const std::uint64_t end = begin + 1 + random() % 8;
            const std::uint64_t key = random() % 3 == 0 ? 100'000 + random() % 100 : 5000 + begin;
            std::uint64_t fresh = 0;
            for (const auto &[from, to, first] : map(begin, end, key)) {
                ASSERT_EQ(first, key + (from - begin));
                fresh += to - from;
            }
            std::uint64_t expected = 0;
            for (std::uint64_t offset = begin; offset < end; ++offset)
                expected += keys.emplace(offset, key + (offset - begin)).second ? 1 : 0;
            ASSERT_EQ(fresh, expected);
        }
        std::uint64_t visited = 0;
        data.visit(at(0, 3100), [&](const Range &part, const Mapping *of) {
            ASSERT_EQ(part.begin, zero + visited);
            visited = part.end - zero;
            for (std::uint64_t offset = part.begin; offset < part.end; ++offset)
                ASSERT_EQ(of != nullptr, keys.contains(offset - zero));
        });
        ASSERT_EQ(visited, 3100U);
        for (std::uint64_t offset = 0; offset < 3100; ++offset) {
            const auto it = keys.find(offset);
            ASSERT_EQ(dsn_at(offset), it == keys.end() ? std::nullopt : std::optional{it->second})
                << offset;
        }
    }
}

// Mappings are dropped once TCP has acknowledged their bytes; other mappings are
// kept. The mapped ranges remain known.
TEST_F(SubflowDataTest, KeepsTheMappingsThatAreNotAcknowledged)
{
    constexpr std::uint64_t kMappings = 2000;
    const auto key = [](std::uint64_t i) { return 1'000'000 - 100 * i; }; // no two are contiguous
    for (std::uint64_t i = 0; i < kMappings; ++i) {
        map(10 * i, 10 * i + 10, key(i));
        if (i == 1500)
            data.acknowledge(zero + 10 * 1000);
    }
    for (std::uint64_t i = 1000; i < kMappings; ++i)
        ASSERT_EQ(dsn_at(10 * i + 5), key(i) + 5);
    EXPECT_FALSE(dsn_at(5));
    EXPECT_EQ(data.count_mapped(at(0, 20'000)), 20'000U);
}

TEST_F(SubflowDataTest, OfMappingsInOrderKeepsOne)
{
    for (std::uint64_t begin = 0; begin < 100'000; begin += 10)
        map(begin, begin + 10, 7000 + begin);
    const Mapping *all = data.find(zero + 50'000);
    ASSERT_NE(all, nullptr);
    EXPECT_EQ(all->offsets(), at(0, 100'000));
}

// New and repeated payload

TEST_F(SubflowDataTest, ReportsWhatHasNotPassedBefore)
{
    std::vector<Range> fresh;
    const auto keep = [&](const Range &part) { fresh.push_back(part); };
    EXPECT_TRUE(data.in_order(at(1, 11)));
    data.pass(at(1, 11), keep);
    EXPECT_FALSE(data.in_order(at(1, 11)));
    EXPECT_FALSE(data.in_order(at(10, 20)));
    EXPECT_TRUE(data.in_order(at(11, 20)));
    EXPECT_TRUE(data.in_order(at(15, 20)));
    data.pass(at(15, 20), keep);
    data.pass(at(5, 25), keep);
    EXPECT_THAT(fresh, ElementsAre(at(1, 11), at(15, 20), at(11, 15), at(20, 25)));
    std::vector<Range> passed;
    data.visit_passed(at(0, 10), [&](const Range &part) { passed.push_back(part); });
    EXPECT_THAT(passed, ElementsAre(at(1, 10)));
}

TEST_F(SubflowDataTest, ReportsItsFirstDataFinOnce)
{
    EXPECT_TRUE(data.first_fin());
    EXPECT_FALSE(data.first_fin());
}

// Payload that waits for its mapping

// Begin, end, packet.
std::vector<std::tuple<std::uint64_t, std::uint64_t, std::uint32_t>>
listed(const std::vector<UnmappedPayload> &waiting, std::uint64_t zero)
{
    std::vector<std::tuple<std::uint64_t, std::uint64_t, std::uint32_t>> list;
    for (const UnmappedPayload &each : waiting)
        list.emplace_back(each.offsets.begin - zero, each.offsets.end - zero, each.packet);
    return list;
}

TEST_F(SubflowDataTest, ReturnsWhatWaitedForAMapping)
{
    data.add_unmapped({at(10, 20), 1, false, 0});
    data.add_unmapped({at(20, 30), 2, true, 10});
    data.add_unmapped({at(40, 50), 3});
    const std::vector<UnmappedPayload> taken = data.take_unmapped(at(10, 30));
    EXPECT_THAT(listed(taken, zero), ElementsAre(std::tuple(10, 20, 1), std::tuple(20, 30, 2)));
    EXPECT_TRUE(taken[0].first());
    EXPECT_FALSE(taken[0].repeated);
    EXPECT_TRUE(taken[1].repeated);
    EXPECT_THAT(data.take_unmapped(at(10, 30)), IsEmpty());
    EXPECT_THAT(listed(data.take_unmapped(at(0, 99)), zero), ElementsAre(std::tuple(40, 50, 3)));
}

TEST_F(SubflowDataTest, KeepsTheRestWaiting)
{
    data.add_unmapped({at(10, 40), 1, false, 0});
    const std::vector<UnmappedPayload> middle = data.take_unmapped(at(20, 30));
    EXPECT_THAT(listed(middle, zero), ElementsAre(std::tuple(20, 30, 1)));
    EXPECT_FALSE(middle[0].first());
    const std::vector<UnmappedPayload> rest = data.take_unmapped(at(0, 99));
    EXPECT_THAT(listed(rest, zero), ElementsAre(std::tuple(10, 20, 1), std::tuple(30, 40, 1)));
    EXPECT_TRUE(rest[0].first());
    EXPECT_FALSE(rest[1].first());
}

TEST_F(SubflowDataTest, KeepsOnlyTheLastFewWaiting)
{
    for (std::uint32_t i = 0; i < 10'000; ++i)
        data.add_unmapped({at(10 * i, 10 * i + 10), i});
    const std::vector<UnmappedPayload> waiting = data.take_unmapped(at(0, 1'000'000));
    EXPECT_EQ(waiting.size(), 128U);
    EXPECT_EQ(waiting.back().packet, 9999U);
}

// Round trips

class RoundTrips : public SubflowDataTest {
protected:
    void send(std::uint64_t end, Time sent) { data.sent({zero + end, sent, packet++}); }
    // The packet whose round-trip time the ACK measures.
    std::optional<std::uint32_t> acknowledged(std::uint64_t end)
    {
        const auto newest = data.acknowledge(zero + end).newest;
        return newest ? std::optional{newest->packet} : std::nullopt;
    }

    std::uint32_t packet = 0;
};

TEST_F(RoundTrips, AreThoseOfTheNewestThatIsAcknowledged)
{
    send(10, 100);
    send(20, 200);
    send(30, 300);
    const auto newest = data.acknowledge(zero + 20).newest;
    ASSERT_TRUE(newest);
    EXPECT_EQ(newest->sent, 200);
    EXPECT_EQ(newest->packet, 1U);
    EXPECT_EQ(acknowledged(30), 2U);
}

TEST_F(RoundTrips, AreMeasuredOnce)
{
    send(10, 100);
    EXPECT_EQ(acknowledged(10), 0U);
    EXPECT_FALSE(acknowledged(10));
    EXPECT_FALSE(acknowledged(5));
}

TEST_F(RoundTrips, NeedAllOfTheSegment)
{
    send(10, 100);
    EXPECT_FALSE(acknowledged(9));
    EXPECT_EQ(acknowledged(10), 0U);
}

// RFC 6298 3: an ACK of retransmitted data gives no sample.
TEST_F(RoundTrips, AreNotOfWhatWasSentTwice)
{
    send(10, 100);
    send(20, 200);
    data.discard_unacknowledged();
    EXPECT_FALSE(acknowledged(20));
}

TEST_F(RoundTrips, GoOnBehindARetransmission)
{
    send(10, 100);
    data.discard_unacknowledged();
    send(20, 300);
    EXPECT_EQ(acknowledged(20), 1U);
}

// The number of earlier acknowledgements does not matter.
TEST_F(RoundTrips, GoOnBehindARetransmissionInTheMiddle)
{
    for (std::uint64_t end = 10; end <= 50; end += 10)
        send(end, 100);
    EXPECT_EQ(acknowledged(30), 2U);
    data.discard_unacknowledged();
    send(60, 300);
    EXPECT_EQ(acknowledged(60), 5U);
    send(70, 400);
    EXPECT_EQ(acknowledged(70), 6U);
}

TEST_F(RoundTrips, GoOnWhereNothingIsAcknowledgedForLong)
{
    for (std::uint64_t end = 1; end <= 100'000; ++end)
        send(end, 0);
    EXPECT_TRUE(acknowledged(100'000));
    send(100'001, 0);
    EXPECT_EQ(acknowledged(100'001), 100'000U);
}

TEST_F(RoundTrips, GoOnForLong)
{
    for (std::uint64_t end = 1; end <= 100'000; ++end) {
        send(end, 0);
        if (end > 10) {
            ASSERT_EQ(acknowledged(end - 10), end - 11);
        }
    }
}

} // namespace
} // namespace mptcp::test
