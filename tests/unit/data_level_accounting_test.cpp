// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kind of each byte of payload: unique, reinjected, retransmitted or
// unmapped; and the packet that sent it first.
#include <random>

#include <gtest/gtest.h>

#include "data_trace.h"
#include "reference_accounting.h"

namespace mptcp::test {
namespace {

class Accounting : public DataTrace {};

TEST_F(Accounting, OfDataOnSeveralSubflowsIsUniqueOnEach)
{
    open_both();
    EXPECT_EQ(kinds(see(data(initial, 0, 100))), unique(100));
    EXPECT_EQ(kinds(see(data(second, 100, 100))), unique(100));
    EXPECT_EQ(kinds(see(data(initial, 200, 100))), unique(100));
}

TEST_F(Accounting, KnowsRetransmissions)
{
    open();
    const Packet sent = data(initial, 0, 100);
    const auto first = see(sent);
    EXPECT_EQ(kinds(see(sent)), retransmitted(100));
    EXPECT_EQ(kinds(first), unique(100));
    EXPECT_EQ(extras(3 + 2).reinjection_of, 0U);
}

// The segment boundaries differ from the first transmission.
TEST_F(Accounting, KnowsRetransmissionsInPart)
{
    open();
    see(data(initial, 0, 100));
    const auto frame = see(bare(initial, 80).with_seq({1000 + 61}).with(mapping_at(61, 60, 80)));
    EXPECT_EQ(kinds(frame), (Kinds{40, 0, 40, 0}));
    EXPECT_EQ(first_dsn(frame), dsn(60));
}

TEST_F(Accounting, KnowsRetransmissionsAroundWhatIsNew)
{
    open();
    see(data(initial, 0, 100)); // 1 to 100
    bare(initial, 50);          // lost
    see(data(initial, 150, 100));
    const auto frame = see(bare(initial, 250).with_seq({1001}).with(mapping_at(1, 0, 250)));
    EXPECT_EQ(kinds(frame), (Kinds{50, 0, 200, 0}));
    EXPECT_EQ(stream().gaps().count, 0U);
}

TEST_F(Accounting, KnowsReinjectionsOnAnotherSubflow)
{
    open_both();
    const auto first = see(data(initial, 0, 100));
    const auto again = see(data(second, 0, 100));
    EXPECT_EQ(kinds(again), reinjected(100));
    EXPECT_EQ(extras(again).reinjected_same_subflow, 0U);
    EXPECT_EQ(extras(again).reinjection_of, first);
    EXPECT_EQ(extras(first).reinjected_in, again);
    EXPECT_EQ(kinds(first), unique(100));
}

// Linux also does this: it sends the same data with a new mapping.
TEST_F(Accounting, KnowsReinjectionsOnTheSameSubflow)
{
    open();
    const auto first = see(data(initial, 0, 100));
    const auto again = see(data(initial, 0, 100));
    EXPECT_EQ(kinds(again), reinjected(100));
    EXPECT_EQ(extras(again).reinjected_same_subflow, 100U);
    EXPECT_EQ(extras(again).reinjection_of, first);
    EXPECT_EQ(extras(first).reinjected_in, again);
}

TEST_F(Accounting, KnowsReinjectionsInPart)
{
    open_both();
    const auto first = see(data(initial, 0, 100));
    const auto next = see(data(initial, 100, 100));
    const auto frame = see(data(second, 50, 200));
    EXPECT_EQ(kinds(frame), (Kinds{50, 150, 0, 0}));
    EXPECT_EQ(extras(frame).reinjection_of, first);
    EXPECT_EQ(extras(first).reinjected_in, frame);
    EXPECT_EQ(extras(next).reinjected_in, frame);
}

TEST_F(Accounting, KnowsReinjectionsInTheMiddle)
{
    open_both();
    see(data(second, 40, 20));
    const auto frame = see(data(initial, 0, 100));
    EXPECT_EQ(kinds(frame), (Kinds{80, 20, 0, 0}));
}

TEST_F(Accounting, LinksTheFirstOfSeveralReinjections)
{
    open_both();
    const auto first = see(data(initial, 0, 100));
    const auto again = see(data(second, 0, 100));
    const auto third = see(data(second, 0, 100));
    EXPECT_EQ(extras(first).reinjected_in, again);
    EXPECT_EQ(extras(third).reinjection_of, first);
    EXPECT_EQ(kinds(third), reinjected(100));
    EXPECT_EQ(extras(third).reinjected_same_subflow,
              0U); // the first transmission used the other subflow
    EXPECT_EQ(extras(again).reinjected_in, 0U);
}

TEST_F(Accounting, LinksTheEarliestFrameOfAll)
{
    open_both();
    const auto later = see(data(initial, 100, 100));
    const auto last = see(data(initial, 0, 100));
    const auto frame = see(data(second, 0, 200));
    EXPECT_EQ(extras(frame).reinjection_of, later);
    EXPECT_EQ(extras(last).reinjected_in, frame);
}

// A TCP retransmission of a reinjection counts as a retransmission.
TEST_F(Accounting, OfARetransmittedReinjectionIsRetransmitted)
{
    open_both();
    see(data(initial, 0, 100));
    const Packet reinjection = data(second, 0, 100);
    see(reinjection);
    EXPECT_EQ(kinds(see(reinjection)), retransmitted(100));
}

TEST_F(Accounting, KnowsAllKindsInOneSegment)
{
    open_both();
    see(data(second, 120, 20));
    see(data(initial, 0, 100)); // 1 to 100
    const auto frame = see(bare(initial, 100).with_seq({1000 + 91}).with(mapping_at(91, 90, 60)));
    EXPECT_EQ(kinds(frame), (Kinds{30, 20, 10, 40}));
}

TEST_F(Accounting, TakesOverWhatComesToBeMappedLate)
{
    open_both();
    const Bytes map = mapping(second, 0, 100);
    const auto first = see(bare(second, 100));
    const auto copy = see(data(initial, 0, 100));
    EXPECT_EQ(kinds(copy), unique(100)); // its original is not mapped yet
    see(second.initiator().ack().with(map));
    EXPECT_EQ(kinds(first), unique(100));
    EXPECT_EQ(kinds(copy), reinjected(100));
    EXPECT_EQ(extras(copy).reinjection_of, first);
    EXPECT_EQ(extras(copy).reinjected_same_subflow, 0U);
    EXPECT_EQ(extras(first).reinjected_in, copy);
    const auto third = see(data(initial, 0, 100));
    EXPECT_EQ(extras(third).reinjection_of, first);
}

TEST_F(Accounting, TakesOverAPart)
{
    open_both();
    const Bytes map = mapping(second, 50, 100);
    const auto first = see(bare(second, 100));
    const auto copy = see(data(initial, 0, 100));
    see(second.initiator().ack().with(map));
    EXPECT_EQ(kinds(first), unique(100));
    EXPECT_EQ(kinds(copy), (Kinds{50, 50, 0, 0}));
}

TEST_F(Accounting, TakesOverFromLaterPacketsAlone)
{
    open_both();
    const auto early = see(data(initial, 0, 100));
    const Bytes map = mapping(second, 0, 200);
    const auto late = see(bare(second, 200));
    const auto copy = see(data(initial, 100, 100));
    see(second.initiator().ack().with(map));
    EXPECT_EQ(kinds(early), unique(100));
    EXPECT_EQ(kinds(late), (Kinds{100, 100, 0, 0}));
    EXPECT_EQ(kinds(copy), reinjected(100));
    EXPECT_EQ(extras(late).reinjection_of, early);
    EXPECT_EQ(extras(copy).reinjection_of, late);
}

TEST_F(Accounting, GoesByTheMappingsThatCountAtTheEnd)
{
    open_both();
    const Packet sent = bare(second, 100);
    const auto first = see(sent);
    const auto again = see(sent);
    see(data(initial, 0, 50));
    see(second.initiator().ack().with(mapping_at(1, 0, 100)));
    EXPECT_EQ(kinds(first), unique(100));
    EXPECT_EQ(kinds(again), retransmitted(100));
    EXPECT_EQ(kinds(again + 1), reinjected(50));
}

// The number of bytes that wait for a mapping is bounded.
TEST_F(Accounting, BoundsWhatWaitsForAMapping)
{
    open_both();
    const auto first = trace.frames() + 1;
    for (int i = 0; i < 1000; ++i)
        see(bare(second, 10));
    see(second.initiator().ack().with(mapping_at(1, 0, 10'000)));
    EXPECT_EQ(kinds(first), unmapped(10));
    EXPECT_EQ(kinds(first + 999), unique(10));
    std::uint64_t mapped = 0;
    for (std::uint32_t i = 0; i < 1000; ++i)
        mapped += kinds(first + i).unique;
    EXPECT_EQ(mapped, 1280U);
}

TEST_F(Accounting, KnowsReinjectionsAfterALongTransfer)
{
    open_both();
    constexpr std::uint64_t kSegments = 3000;
    const auto first = trace.frames() + 1;
    for (std::uint64_t i = 0; i < kSegments; ++i)
        see(data(initial, i * 1000, 1000));
    for (const std::uint64_t segment : {2999U, 0U, 255U, 256U, 1500U}) {
        const auto frame = see(data(second, segment * 1000, 1000));
        EXPECT_EQ(kinds(frame), reinjected(1000));
        EXPECT_EQ(extras(frame).reinjection_of, first + segment);
    }
}

// Test parameters: the seed, whether mappings may come after their data, and
// whether they may contradict each other.
struct Chances {
    unsigned seed;
    bool late;
    bool wild;
};

class RandomAccounting : public Accounting, public testing::WithParamInterface<Chances> {
protected:
    std::uint32_t any(std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); }

    // A mapping from `relative` on, of data that often has another mapping too.
    Bytes some_mapping(ReferenceAccounting::Flow subflow, std::uint32_t relative,
                       std::uint32_t length)
    {
        std::uint32_t data_begin = any(200);
        if (!GetParam().wild) // each byte of a subflow has only one DSN
            data_begin = relative - 1 + (subflow == 0 ? 0U : 60U);
        reference.map(subflow, relative, data_begin, length);
        const auto size = static_cast<std::uint16_t>(length);
        return any(2) == 0
                   ? mapping_at(relative, data_begin, size)
                   : dss_map(static_cast<std::uint32_t>(dsn(data_begin).value), relative, size);
    }
    void send_some(ReferenceAccounting::Flow subflow)
    {
        TcpFlow &flow = subflow == 0 ? initial : second;
        std::uint32_t relative = flow.initiator().relative();
        if (any(3) == 0 && relative > 1) // a retransmission, possibly with new data
            relative -= 1 + any(std::min(relative - 1, 40U));
        else if (any(8) == 0)
            relative += any(10); // the previous segment was lost
        const std::uint32_t length = 1 + any(20);
        Packet packet = bare(flow, 0).with_seq(TcpSeq{1000 + relative});
        if (relative + length > flow.initiator().relative())
            bare(flow, relative + length - flow.initiator().relative());
        packet.segment.payload = length;
        const std::uint32_t mapped = any(4) == 0 ? 1 + any(30) : length;
        if (!GetParam().late || any(2) == 0)
            packet = packet.with(some_mapping(subflow, relative, std::max(mapped, least(length))));
        reference.pass(see(packet), subflow, relative, length);
    }
    // If late mappings are not allowed, a packet carries the mapping of all its data.
    std::uint32_t least(std::uint32_t length) const { return GetParam().late ? 1 : length; }
    void map_some(ReferenceAccounting::Flow subflow)
    {
        TcpFlow &flow = subflow == 0 ? initial : second;
        const std::uint32_t relative = 1 + any(flow.initiator().relative());
        const Bytes map = some_mapping(subflow, relative, 1 + any(40));
        see(bare(flow, 0).with(map));
    }
    void compare()
    {
        for (const ReferenceAccounting::Packet &sent : reference.packets()) {
            ASSERT_EQ(kinds(sent.frame), sent.kinds) << "frame " << sent.frame;
            ASSERT_EQ(first_dsn(sent.frame),
                      sent.first_data ? std::optional{dsn(*sent.first_data)} : std::nullopt)
                << "frame " << sent.frame;
            if (!GetParam().late) {
                ASSERT_EQ(extras(sent.frame).reinjection_of, sent.reinjection_of)
                    << "frame " << sent.frame;
            }
        }
    }

    std::mt19937 random{GetParam().seed};
    ReferenceAccounting reference;
};

TEST_P(RandomAccounting, IsThatOfTheContract)
{
    open_both();
    // Without this mapping, the connection would fall back to plain TCP.
    reference.map(0, 1, 0, 1);
    reference.pass(see(data(initial, 0, 1)), 0, 1, 1);
    for (int step = 0; step < 60; ++step) {
        const ReferenceAccounting::Flow subflow = any(2) == 0 ? 0 : 1;
        if (GetParam().late && any(4) == 0)
            map_some(subflow);
        else
            send_some(subflow);
        ASSERT_NO_FATAL_FAILURE(compare()) << "step " << step;
    }
}

std::vector<Chances> some_chances()
{
    std::vector<Chances> all;
    for (unsigned seed = 1; seed <= 25; ++seed)
        for (const bool late : {false, true})
            for (const bool wild : {false, true})
                all.push_back({seed, late, wild});
    return all;
}
INSTANTIATE_TEST_SUITE_P(OfAnyTraffic, RandomAccounting, testing::ValuesIn(some_chances()));

} // namespace
} // namespace mptcp::test
