// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data that the applications exchanged, while packets arrive and after all of them were seen.
#include "streams/followed_connection.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data_transfer.h"

namespace mptcp::test {
namespace {

using Seen = FollowedConnection::Seen;

class Following : public DataTransfer {
protected:
    void apply(const Packet &packet, const Observation &observation) override
    {
        packets.emplace_back(packet, observation);
        connection.apply(trace.tracker(), packet.as_segment(), observation, Seen::UpToThisPacket,
                         to(text));
    }
    // What follows from all packets, after they were seen.
    std::string again()
    {
        FollowedConnection later;
        std::string all;
        for (const auto &[packet, observation] : packets)
            later.apply(trace.tracker(), packet.as_segment(), observation, Seen::Everything,
                        to(all));
        later.finish(trace.tracker(), to(all));
        return all;
    }
    void finish() { connection.finish(trace.tracker(), to(text)); }

    static FollowedConnection::Deliver to(std::string &text)
    {
        return [&text](Role sender, const DataPart &part) {
            EXPECT_EQ(sender, Role::Client);
            text.append(part.bytes.begin(), part.bytes.end());
            text.append(part.dsns.size() - part.bytes.size(), '?');
        };
    }

    std::vector<std::pair<Packet, Observation>> packets;
    FollowedConnection connection;
    std::string text;
};

TEST_F(Following, PutsSubflowsInOrder)
{
    send(initial, 0, "one ");
    send(second, 8, "three");
    EXPECT_EQ(text, "one ");
    send(initial, 4, "two ");
    EXPECT_EQ(text, "one two three");
    EXPECT_EQ(again(), text);
}

TEST_F(Following, DropsReinjectionsAndRetransmissions)
{
    send(initial, 0, "one ");
    send(second, 0, "one ");
    const Packet two = unmapped(initial, "two").with(mapping(4, "two"));
    see(two);
    see(two);
    EXPECT_EQ(text, "one two");
    EXPECT_EQ(again(), text);
}

TEST_F(Following, WaitsForAMapping)
{
    see(unmapped(initial, "one "));
    const Bytes late = mapping(0, "one ");
    send(second, 4, "two");
    EXPECT_EQ(text, "");
    see(initial.initiator().ack().with(late));
    EXPECT_EQ(text, "one two");
    EXPECT_EQ(again(), text);
}

TEST_F(Following, FindsTheMappingsOfOnePacket)
{
    const Packet both = unmapped(initial, "two one ");
    const std::uint64_t first = peers.first_data(Role::Client).value;
    see(both.with(dss_map(DataSeq{first + 4}, relative, 4)));
    see(initial.initiator().ack().with(dss_map(DataSeq{first}, relative + 4, 4)));
    EXPECT_EQ(text, "one two ");
    EXPECT_EQ(again(), text);
}

TEST_F(Following, GivesUpAHoleAtTheEnd)
{
    send(initial, 0, "one ");
    send(initial, 8, "three");
    acknowledge(13);
    EXPECT_EQ(text, "one "); // frames may be out of order of time
    finish();
    EXPECT_EQ(text, "one ????three");
    EXPECT_EQ(again(), text);
}

TEST_F(Following, GivesUpAHoleThatIsAcknowledgedAfterAWhile)
{
    send(initial, 0, "a");
    acknowledge(2'000);
    for (std::uint32_t place = 2; place < 2'000; ++place)
        send(initial, place, "x");
    EXPECT_EQ(text, "a?" + std::string(1'998, 'x'));
    EXPECT_EQ(again(), text);
}

TEST_F(Following, GivesUpAHoleThatIsAcknowledgedAfterASecond)
{
    send(initial, 0, "one ");
    send(initial, 8, "three");
    acknowledge(13);
    trace.wait(kSecond);
    acknowledge(13);
    EXPECT_EQ(text, "one ????three");
    EXPECT_EQ(again(), text);
}

TEST_F(Following, GivesUpAHoleWhenTheConnectionIsOver)
{
    send(initial, 0, "one ");
    send(initial, 8, "three");
    acknowledge(13);
    for (TcpFlow *flow : {&initial, &second}) {
        see(flow->initiator().fin());
        see(flow->acceptor().fin());
    }
    EXPECT_EQ(text, "one ????three");
    EXPECT_EQ(again(), text);
}

// RFC 7413: a SYN with data.
class FollowingFastOpen : public Following {
protected:
    void SetUp() override {}
    void open(std::uint32_t accepted)
    {
        Packet syn = initial.initiator().syn().with(peers.syn()).holding({'S', 'Y', 'N'});
        syn.segment.payload = 3;
        see(syn);
        EXPECT_EQ(text, "");
        const Packet answer = initial.acceptor().syn_ack().with(peers.syn_ack());
        see(answer.with_ack(answer.segment.ack + accepted));
    }
};

TEST_F(FollowingFastOpen, TakesWhatTheSynAckAccepts)
{
    open(3);
    EXPECT_EQ(text, "SYN");
    EXPECT_EQ(again(), text);
}

TEST_F(FollowingFastOpen, DropsWhatTheSynAckRefuses)
{
    open(0);
    EXPECT_EQ(text, "");
    EXPECT_EQ(again(), text);
}

} // namespace
} // namespace mptcp::test
