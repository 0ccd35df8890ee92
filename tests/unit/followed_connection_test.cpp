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

using Needed = FollowedConnection::Needed;
using Seen = FollowedConnection::Seen;

class Following : public DataTransfer {
protected:
    explicit Following(Needed needed = Needed::AtTheEnd) : connection(needed) {}

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

    void end()
    {
        for (TcpFlow *flow : {&initial, &second}) {
            see(flow->initiator().fin());
            see(flow->acceptor().fin());
        }
    }

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

TEST_F(Following, TakesTheSubflowsOneAfterTheOther)
{
    send(initial, 0, "one ");
    send(initial, 8, "three");
    acknowledge(13);
    trace.wait(10 * kSecond);
    end();
    EXPECT_EQ(text, "one ");
    send(second, 4, "two ");
    EXPECT_EQ(text, "one two three");
    EXPECT_EQ(again(), text);
}

class FollowingSoon : public Following {
protected:
    FollowingSoon() : Following(Needed::Soon) {}
};

TEST_F(FollowingSoon, GivesUpAHoleThatIsAcknowledgedAfterASecond)
{
    send(initial, 0, "one ");
    send(initial, 8, "three");
    acknowledge(13);
    trace.wait(kSecond);
    acknowledge(13);
    EXPECT_EQ(text, "one ????three");
    EXPECT_EQ(again(), text);
}

TEST_F(FollowingSoon, GivesUpAHoleWhenTheConnectionIsOver)
{
    send(initial, 0, "one ");
    send(initial, 8, "three");
    acknowledge(13);
    end();
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

// The first packet recorded is one of data. Its ports say that its sender is the server.
class FollowingWrongGuess : public DataTransfer {
protected:
    void SetUp() override
    {
        initial = TcpFlow{at("10.0.0.1", 80), at("10.0.0.2", 4000)};
        initial.initiator().syn();
        initial.acceptor().syn_ack();
    }
    void apply(const Packet &packet, const Observation &observation) override
    {
        connection.apply(trace.tracker(), packet.as_segment(), observation, Seen::UpToThisPacket,
                         [&](Role sender, const DataPart &part) {
                             senders.push_back(sender);
                             text.append(part.bytes.begin(), part.bytes.end());
                         });
    }

    FollowedConnection connection;
    std::vector<Role> senders;
    std::string text;
};

TEST_F(FollowingWrongGuess, KeepsTheRolesOfTheFirstPacket)
{
    const Packet ack = initial.initiator().ack().with(peers.ack()); // recorded late
    send(initial, 0, "one ");
    const auto next = connection.next(Role::Server);
    ASSERT_TRUE(next);
    see(ack);
    send(initial, 4, "two");
    EXPECT_TRUE(trace.connection(0).roles_swapped);
    EXPECT_EQ(connection.at_first(Role::Client), Role::Server);
    EXPECT_EQ(text, "one two");
    EXPECT_THAT(senders, testing::Each(Role::Server));
    EXPECT_EQ(connection.next(Role::Server), *next + 3);
    EXPECT_FALSE(connection.ended(trace.tracker(), Role::Server));
    see(initial.initiator().ack().with(
        dss_fin(static_cast<std::uint32_t>(peers.first_data(Role::Client).value + 7))));
    EXPECT_TRUE(connection.ended(trace.tracker(), Role::Server));
    EXPECT_FALSE(connection.ended(trace.tracker(), Role::Client));
}

} // namespace
} // namespace mptcp::test
