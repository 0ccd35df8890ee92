// SPDX-License-Identifier: GPL-2.0-or-later
//
// What each packet delivers to the application, and that it is known when the packet is dissected
// again.
#include "streams/deliveries.h"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data_transfer.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Delivering : public DataTransfer {
protected:
    void apply(const Packet &packet, const Observation &observation) override
    {
        const Segment segment = packet.as_segment();
        taken = deliveries.apply(trace.tracker(), segment, 0, observation);
        EXPECT_EQ(deliveries.took(segment.frame, 0), taken);
        payloads[segment.frame] = {segment.payload_bytes.begin(), segment.payload_bytes.end()};
    }

    // "." for the end.
    std::string words_of(const Delivery &delivery)
    {
        if (delivery.ends)
            return ".";
        const DeliveredRun *run = deliveries.run_of(delivery);
        if (run == nullptr)
            return payloads[delivery.frame].substr(delivery.place, delivery.length);
        const std::string hole = run->missing == 0 ? "" : "<" + std::to_string(run->missing) + ">";
        return hole + std::string{run->bytes.begin(), run->bytes.end()};
    }
    // All that a frame delivers.
    std::string delivered(std::uint32_t frame)
    {
        std::string words;
        for (const Delivery &delivery : all(frame))
            words += words_of(delivery);
        return words;
    }
    std::string delivered() { return delivered(trace.frames()); }
    std::vector<Delivery> all(std::uint32_t frame) const
    {
        std::vector<Delivery> found;
        for (auto [index, end] = deliveries.find(frame, 0); index != end; ++index)
            found.push_back(deliveries[index]);
        return found;
    }
    std::vector<Delivery> all() const { return all(trace.frames()); }
    Delivery last() const { return all().back(); }
    std::vector<std::uint32_t> sources()
    {
        std::vector<std::uint32_t> frames;
        for (const DeliveredPart &part : deliveries.run_of(last())->parts)
            frames.push_back(part.frame);
        return frames;
    }
    std::uint32_t dsn(std::uint32_t place) const
    {
        return static_cast<std::uint32_t>(peers.first_data(Role::Client).value) + place;
    }

    Deliveries deliveries;
    std::map<std::uint32_t, std::string> payloads; // by frame
    bool taken = false;
};

TEST_F(Delivering, DataInOrderIsDeliveredByItsPacket)
{
    send(initial, 0, "one ");
    EXPECT_EQ(delivered(), "one ");
    EXPECT_EQ(last().seq, 1U);
    EXPECT_EQ(last().sender, Role::Client);
    EXPECT_EQ(deliveries.run_of(last()), nullptr); // it is not kept
    send(second, 4, "two");
    EXPECT_EQ(delivered(), "two");
    EXPECT_EQ(last().seq, 5U);
    EXPECT_TRUE(taken);
}

TEST_F(Delivering, EarlyDataIsDeliveredByThePacketThatFillsTheHole)
{
    send(initial, 0, "one ");
    send(second, 8, "three");
    const std::uint32_t early = trace.frames();
    EXPECT_TRUE(taken);
    EXPECT_EQ(delivered(), "");
    EXPECT_EQ(deliveries.delivered_in(early), std::nullopt);
    send(initial, 4, "two ");
    EXPECT_EQ(delivered(), "two three");
    EXPECT_EQ(last().length, 9U);
    EXPECT_EQ(deliveries.delivered_in(early), trace.frames());
    EXPECT_THAT(sources(), ElementsAre(trace.frames(), early));
}

TEST_F(Delivering, DataIsDeliveredOnce)
{
    send(initial, 0, "one ");
    send(second, 0, "one ");
    EXPECT_EQ(delivered(), "");
    EXPECT_TRUE(taken);
}

TEST_F(Delivering, OnlyTheNewPartOfAnOverlapIsDelivered)
{
    send(initial, 0, "one ");
    send(second, 2, "e two");
    EXPECT_EQ(delivered(), "two");
    EXPECT_EQ(last().place, 2U);
}

TEST_F(Delivering, DataThatIsLeftToTcpIsNotTaken)
{
    const ConnectionId id = trace.tracker().registry()[SubflowId{0}].connection;
    send(initial, 0, "one ");
    send(second, 8, "three");
    EXPECT_FALSE(deliveries.leave_to_tcp(id)) << "the data behind the hole would be lost";
    EXPECT_FALSE(deliveries.is_left_to_tcp(id));
    send(initial, 4, "two ");
    EXPECT_TRUE(deliveries.leave_to_tcp(id));
    EXPECT_TRUE(deliveries.is_left_to_tcp(id));
    EXPECT_EQ(delivered(), "two three") << "what was delivered is";
    send(second, 13, " four");
    EXPECT_FALSE(taken);
    EXPECT_EQ(delivered(), "");
}

// As TCP dissects data after a lost segment: packet by packet.
TEST_F(Delivering, DataBehindAHoleIsDeliveredInRuns)
{
    send(initial, 0, "one ");
    send(initial, 8, "three ");
    send(initial, 14, "four ");
    send(initial, 23, "six");
    acknowledge(26);
    trace.wait(kSecond);
    acknowledge(26);
    EXPECT_EQ(delivered(), "<4>three four <4>six");
    EXPECT_EQ(all().size(), 3U);
    EXPECT_EQ(last().seq, 24U);
    EXPECT_EQ(last().length, 3U);
}

TEST_F(Delivering, AHoleThatIsAcknowledgedIsGivenUpSoon)
{
    send(initial, 0, "one ");
    send(initial, 8, "three");
    acknowledge(13);
    trace.wait(kSecond / 50);
    acknowledge(13);
    EXPECT_EQ(delivered(), "<4>three");
}

// The packets of several interfaces may not be in order of time.
TEST_F(Delivering, WithSeveralInterfacesAHoleIsGivenUpLater)
{
    trace.points().add(Marks{.interface = 1}, "first");
    trace.points().add(Marks{.interface = 2}, "second");
    send(initial, 0, "one ");
    send(initial, 8, "three");
    acknowledge(13);
    trace.wait(kSecond / 50);
    acknowledge(13);
    EXPECT_EQ(delivered(), "");
    send(second, 4, "two ");
    EXPECT_EQ(delivered(), "two three");
}

TEST_F(Delivering, APacketDeliversAFewRuns)
{
    send(initial, 0, "0");
    for (std::uint32_t place = 2; place < 28; place += 2)
        send(initial, place, "x");
    trace.wait(kSecond);
    acknowledge(28);
    EXPECT_EQ(all().size(), Deliveries::kMostRuns);
    acknowledge(28);
    EXPECT_EQ(all().size(), 5U);
    acknowledge(28);
    EXPECT_EQ(delivered(), "");
}

TEST_F(Delivering, TheEndIsDeliveredAfterAllData)
{
    send(initial, 4, "two");
    see(second.initiator().ack().with(dss_fin(dsn(7))));
    EXPECT_EQ(delivered(), "");
    send(initial, 0, "one ");
    EXPECT_EQ(delivered(), "one two.");
}

TEST_F(Delivering, TheEndMayHaveAPacketOfItsOwn)
{
    send(initial, 0, "one");
    see(second.initiator().ack().with(dss_fin(dsn(3))));
    EXPECT_EQ(delivered(), ".");
    EXPECT_EQ(last().seq, 4U);
}

TEST_F(Delivering, ManyBytesAreDeliveredInRuns)
{
    constexpr std::uint32_t kLength = 32'768;
    constexpr std::uint32_t kParts = 40;
    const std::string words(kLength, 'x');
    for (std::uint32_t part = 1; part < kParts; ++part)
        send(second, part * kLength, words);
    send(initial, 0, words);
    const auto runs = all();
    EXPECT_EQ(runs.size(), 3U);
    EXPECT_EQ(runs[0].length, Deliveries::kMostAtOnce);
    EXPECT_EQ(runs[1].seq, 1 + Deliveries::kMostAtOnce);
    EXPECT_EQ(last().seq + last().length, 1 + kParts * kLength);
}

TEST_F(Delivering, DataThatTheSnapshotLengthCutEndsARun)
{
    send(second, 8, "three");
    Packet cut = unmapped(second, "four").with(mapping(13, "four"));
    cut.data.resize(2);
    see(cut);
    send(second, 17, "five");
    send(initial, 0, "one two ");
    EXPECT_EQ(delivered(), "one two threefofive");
    EXPECT_EQ(last().seq, 18U);
}

// TCP dissects it.
TEST_F(Delivering, DataBeforeTheFirstMappingIsNotTaken)
{
    see(unmapped(initial, "one "));
    EXPECT_FALSE(taken);
}

TEST_F(Delivering, PacketsWithoutPayloadAreNotTaken)
{
    send(initial, 0, "one ");
    acknowledge(4);
    EXPECT_FALSE(taken);
    EXPECT_EQ(delivered(), "");
}

// RFC 8684 3.7: there is one subflow, which TCP dissects.
class DeliveringAfterFallback : public Delivering {
protected:
    void SetUp() override
    {
        see(initial.initiator().syn().with(peers.syn()));
        see(initial.acceptor().syn_ack());
    }
};

TEST_F(DeliveringAfterFallback, NothingIsTaken)
{
    see(unmapped(initial, "one "));
    EXPECT_FALSE(taken);
    EXPECT_EQ(delivered(), "");
}

} // namespace
} // namespace mptcp::test
