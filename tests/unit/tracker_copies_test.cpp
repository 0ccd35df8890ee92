// SPDX-License-Identifier: GPL-2.0-or-later
//
// Copies: packets that were recorded again at another point. They are attributed, and change
// nothing. Duplicates and retransmissions are packets of their own. Behind NAT, a subflow has
// several 4-tuples.
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "copies.h"
#include "segments.h"

namespace mptcp::test {
namespace {

constexpr std::uint32_t kInside = 0; // marks of three points
constexpr std::uint32_t kOutside = 1;
constexpr std::uint32_t kFar = 2;

Packet with_id(std::uint16_t ip_id, Packet packet)
{
    packet.segment.ip_id = ip_id;
    return packet;
}

// As NAT forwards a packet of `from`, or one to it.
Packet translated(Packet packet, const Endpoint &from, const Endpoint &to)
{
    for (Endpoint *end : {&packet.segment.source, &packet.segment.destination})
        if (*end == from)
            *end = to;
    return packet;
}

class Copies : public testing::Test {
protected:
    // Returns the frame of the original, 0 for a packet of its own, or nothing for plain TCP.
    std::optional<std::uint32_t> see(std::uint32_t marks, const Packet &packet)
    {
        const auto attribution = trace.see(recorded_at(marks, packet));
        return attribution ? std::optional{attribution->copy_of} : std::nullopt;
    }

    Packet next_data(std::uint16_t ip_id)
    {
        return with_id(ip_id, flow.initiator().data(100).with(dss_ack(1)));
    }

    Peers peers;
    Endpoint client = at("10.0.0.1", 4000);
    Endpoint server = at("10.0.0.2", 80);
    TcpFlow flow{client, server, {0x12345678}, {0x9abcdef0}};
    Trace trace;

    // The handshake, frames 1 to 3.
    std::vector<Packet> handshake{with_id(1, flow.initiator().syn().with(peers.syn())),
                                  with_id(2, flow.acceptor().syn_ack().with(peers.syn_ack())),
                                  with_id(3, flow.initiator().ack().with(peers.ack()))};
    void see_handshake(std::uint32_t marks)
    {
        for (const Packet &packet : handshake)
            ASSERT_EQ(see(marks, packet), 0U);
    }
};

TEST_F(Copies, AtASecondPoint)
{
    see_handshake(kInside);
    EXPECT_EQ(see(kOutside, handshake[0]), 1U);
    EXPECT_EQ(see(kOutside, handshake[1]), 2U);
    EXPECT_EQ(see(kOutside, handshake[2]), 3U);
    EXPECT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.detected(3), std::vector<DetectedEvent>{});
}

TEST_F(Copies, AtAThirdPoint)
{
    see_handshake(kInside);
    EXPECT_EQ(see(kOutside, handshake[0]), 1U);
    EXPECT_EQ(see(kFar, handshake[0]), 1U);
    EXPECT_EQ(see(kFar, handshake[2]), 3U);
    EXPECT_EQ(see(kOutside, handshake[2]), 3U);
}

TEST_F(Copies, HaveTheSenderOfTheOriginal)
{
    see_handshake(kInside);
    const auto original = trace.see(recorded_at(kInside, next_data(4)));
    ASSERT_TRUE(original);
    const auto copy = trace.see(recorded_at(kOutside, handshake[1]));
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy->subflow, original->subflow);
    EXPECT_NE(copy->sender, original->sender);
}

TEST_F(Copies, NothingIsACopyAtTheSamePoint)
{
    see_handshake(kInside);
    const Packet data = next_data(4);
    EXPECT_EQ(see(kInside, data), 0U);
    EXPECT_EQ(see(kInside, data), 0U); // the network's duplicate
    EXPECT_FALSE(trace.tracker().copies().has_index());
}

TEST_F(Copies, OfADuplicate)
{
    see_handshake(kInside);
    const Packet data = next_data(4);
    EXPECT_EQ(see(kInside, data), 0U);  // frame 4
    EXPECT_EQ(see(kInside, data), 0U);  // frame 5
    EXPECT_EQ(see(kOutside, data), 4U); // both were seen at both points
    EXPECT_EQ(see(kOutside, data), 5U);
    EXPECT_EQ(see(kOutside, data), 0U); // duplicated between the points
}

TEST_F(Copies, OfADuplicateMadeBetweenThePoints)
{
    see_handshake(kInside);
    const Packet data = next_data(4);
    EXPECT_EQ(see(kInside, data), 0U);
    EXPECT_EQ(see(kOutside, data), 4U);
    EXPECT_EQ(see(kOutside, data), 0U); // frame 6
    EXPECT_EQ(see(kFar, data), 4U);
    EXPECT_EQ(see(kFar, data), 6U);
}

TEST_F(Copies, ARetransmissionIsAPacketOfItsOwn)
{
    see_handshake(kInside);
    const Packet data = next_data(4);
    EXPECT_EQ(see(kInside, data), 0U);
    EXPECT_EQ(see(kOutside, data), 4U);
    EXPECT_EQ(see(kInside, with_id(5, data)), 0U); // frame 6
    EXPECT_EQ(see(kOutside, with_id(5, data)), 6U);
}

TEST_F(Copies, ARetransmissionWithoutAnIpIdIsToldByTheCount)
{
    see_handshake(kInside);
    const Packet data = next_data(0);
    EXPECT_EQ(see(kInside, data), 0U); // frame 4
    EXPECT_EQ(see(kOutside, data), 4U);
    EXPECT_EQ(see(kInside, data), 0U); // frame 6
    EXPECT_EQ(see(kOutside, data), 6U);
}

TEST_F(Copies, ARetransmissionThatTheFirstPointAloneRecorded)
{
    see_handshake(kInside);
    const Packet data = next_data(4);
    EXPECT_EQ(see(kInside, data), 0U);             // lost on the way
    EXPECT_EQ(see(kInside, with_id(5, data)), 0U); // frame 5
    EXPECT_EQ(see(kOutside, with_id(5, data)), 5U);
}

TEST_F(Copies, TimestampsTellRetransmissionsApart)
{
    see_handshake(kInside);
    const auto stamped = [&](std::uint8_t value) {
        return next_data(0).with({8, 10, 0, 0, 0, value, 0, 0, 0, 1});
    };
    const Packet data = stamped(1);
    Packet again = stamped(2).with_seq(data.segment.seq);
    EXPECT_EQ(see(kInside, data), 0U);
    EXPECT_EQ(see(kOutside, again), 0U);
    EXPECT_EQ(see(kOutside, data), 4U);
}

TEST_F(Copies, WithoutTheOptionsThatWereRemoved)
{
    see_handshake(kInside);
    Packet stripped = handshake[0];
    stripped.options.clear();
    EXPECT_EQ(see(kOutside, stripped), 1U);
    EXPECT_TRUE(trace.connection(0).capable.has(CapableIn::Syn));
}

TEST_F(Copies, ASecondFileBehindTheFirst)
{
    see_handshake(kInside);
    std::vector<Packet> sent = handshake;
    for (std::uint16_t ip_id = 4; ip_id < 1000; ++ip_id) {
        sent.push_back(next_data(ip_id));
        ASSERT_EQ(see(kInside, sent.back()), 0U);
    }
    std::uint32_t frame = 0;
    for (const Packet &packet : sent)
        ASSERT_EQ(see(kOutside, packet), ++frame);
}

TEST_F(Copies, OfASubflowWhoseFourTupleIsInUseAgain)
{
    see_handshake(kInside);
    trace.see_close(flow); // frames 4 to 6
    TcpFlow again{client, server, {1}, {2}};
    const Packet syn = again.initiator().syn().with(peers.syn());
    EXPECT_EQ(see(kInside, syn), 0U); // frame 7
    EXPECT_EQ(see(kOutside, handshake[0]), 1U);
    EXPECT_EQ(see(kOutside, handshake[1]), 2U);
    EXPECT_EQ(see(kOutside, syn), 7U);
    EXPECT_EQ(trace.connections(), 2U);
}

TEST_F(Copies, AreForgottenAfterManyPackets)
{
    constexpr std::size_t kMost = 64;
    Registry registry;
    PointTable points;
    CopyFinder finder{registry, points, kMost};
    Packet packet = recorded_at(kInside, handshake[0]);
    const SubflowId subflow =
        registry.add_subflow(registry.add_connection(1), packet.segment, SubflowKind::Initial);
    const Attribution sender{subflow, Side::A};
    const auto segment = [&](std::uint32_t marks, std::uint32_t number) {
        Packet numbered = recorded_at(marks, handshake[0]).with_seq({number});
        numbered.segment.frame = number;
        return numbered.segment;
    };
    for (std::uint32_t number = 1; number <= 1000; ++number) {
        ASSERT_FALSE(finder.find(segment(kInside, number), sender));
        finder.add(segment(kInside, number), sender);
    }
    EXPECT_TRUE(finder.find(segment(kOutside, 1000), sender));
    EXPECT_TRUE(finder.find(segment(kOutside, 1000 - kMost / 2 + 1), sender));
    EXPECT_FALSE(finder.find(segment(kOutside, 1000 - kMost), sender));
    // The same with an index.
    ASSERT_TRUE(finder.has_index());
    for (std::uint32_t number = 2001; number <= 3000; ++number)
        finder.add(segment(kInside, number), sender);
    EXPECT_TRUE(finder.find(segment(kOutside, 3000 - kMost / 2 + 1), sender));
    EXPECT_FALSE(finder.find(segment(kOutside, 3000 - kMost), sender));
}

// NAT

class Nat : public Copies {
protected:
    Endpoint translated_client = at("192.0.2.1", 61000);
    Packet outside(const Packet &packet) const
    {
        return translated(packet, client, translated_client);
    }
};

TEST_F(Nat, OfTheClient)
{
    EXPECT_EQ(see(kInside, handshake[0]), 0U);
    EXPECT_EQ(see(kOutside, outside(handshake[0])), 1U);
    EXPECT_EQ(see(kOutside, outside(handshake[1])), 0U); // frame 3: first seen outside
    EXPECT_EQ(see(kInside, handshake[1]), 3U);
    EXPECT_EQ(see(kInside, handshake[2]), 0U); // frame 5
    EXPECT_EQ(see(kOutside, outside(handshake[2])), 5U);
    ASSERT_EQ(trace.connections(), 1U);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
    EXPECT_EQ(trace.connection(0).subflows.size(), 1U);

    const SubflowId subflow = trace.connection(0).subflows.front();
    const auto others = trace.tracker().copies().other_addresses(subflow);
    ASSERT_EQ(others.size(), 1U);
    EXPECT_EQ(others.front().marks, kOutside);
    EXPECT_EQ(others.front().ends[Side::A], translated_client);
    EXPECT_EQ(others.front().ends[Side::B], server);
}

TEST_F(Nat, FirstRecordedOutside)
{
    EXPECT_EQ(see(kOutside, outside(handshake[0])), 0U);
    EXPECT_EQ(see(kInside, handshake[0]), 1U);
    EXPECT_EQ(see(kOutside, outside(handshake[1])), 0U); // frame 3
    EXPECT_EQ(see(kInside, handshake[1]), 3U);
    const auto ack = trace.see(recorded_at(kInside, handshake[2])); // lost outside
    ASSERT_TRUE(ack);
    EXPECT_EQ(trace.sender_of(*ack), Role::Client);
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_F(Nat, OfTheServer)
{
    const Endpoint public_server = at("192.0.2.2", 8080);
    const auto before = [&](const Packet &packet) {
        return translated(packet, server, public_server);
    };
    EXPECT_EQ(see(kInside, before(handshake[0])), 0U);
    EXPECT_EQ(see(kOutside, handshake[0]), 1U);
    const auto syn_ack = trace.see(recorded_at(kOutside, handshake[1]));
    ASSERT_TRUE(syn_ack);
    EXPECT_EQ(trace.sender_of(*syn_ack), Role::Server);
    EXPECT_EQ(see(kInside, before(handshake[1])), 3U);
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_F(Nat, BegunBeforeTheCapture)
{
    const Packet data = next_data(4);
    EXPECT_EQ(see(kInside, data), 0U);
    EXPECT_EQ(see(kOutside, outside(data)), 1U);
    const auto answer =
        trace.see(recorded_at(kOutside, outside(flow.acceptor().ack().with(dss_ack(1)))));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->sender, Side::B);
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_F(Nat, OfAJoin)
{
    see_handshake(kInside);
    const Join join{peers};
    TcpFlow second{at("10.0.1.1", 4001), server, {7}, {8}};
    const Packet syn = with_id(9, second.initiator().syn().with(join.syn()));
    EXPECT_EQ(see(kInside, syn), 0U); // frame 4
    EXPECT_EQ(see(kOutside, translated(syn, at("10.0.1.1", 4001), translated_client)), 4U);
    EXPECT_EQ(trace.connection(0).subflows.size(), 2U);
}

TEST_F(Nat, AnotherNonceIsAnotherSubflow)
{
    see_handshake(kInside);
    Join join{peers};
    TcpFlow second{at("10.0.1.1", 4001), server, {7}, {8}};
    TcpFlow third{at("10.0.1.2", 4001), server, {7}, {8}};
    EXPECT_EQ(see(kInside, with_id(9, second.initiator().syn().with(join.syn()))), 0U);
    join.initiator_nonce = {0x33333333};
    EXPECT_EQ(see(kOutside, with_id(9, third.initiator().syn().with(join.syn()))), 0U);
    EXPECT_EQ(trace.connection(0).subflows.size(), 3U);
}

// An ISN alone may be equal by chance.
TEST_F(Nat, NeedsATimestampOrAnIpId)
{
    EXPECT_EQ(see(kInside, with_id(0, handshake[0])), 0U);
    EXPECT_EQ(see(kOutside, outside(with_id(0, handshake[0]))), 0U);
    EXPECT_EQ(trace.connections(), 2U);
}

TEST_F(Nat, OfAFourTupleThatIsInUseAgain)
{
    see_handshake(kInside);
    for (const Packet &packet : handshake)
        EXPECT_NE(see(kOutside, outside(packet)), 0U);
    trace.see_close(flow);
    TcpFlow again{client, server, {1}, {2}};
    const Packet syn = with_id(77, again.initiator().syn().with(peers.syn()));
    EXPECT_EQ(see(kInside, syn), 0U); // frame 10
    EXPECT_EQ(see(kOutside, outside(syn)), 10U);
    const auto syn_ack =
        trace.see(recorded_at(kOutside, outside(again.acceptor().syn_ack().with(peers.syn_ack()))));
    ASSERT_TRUE(syn_ack);
    EXPECT_EQ(trace.connection_of(*syn_ack), 1U);
    EXPECT_EQ(trace.connections(), 2U);
}

// The state of a trace does not depend on copies, at any distance.
TEST(CopiesAtAnyDistance, ChangeNothing)
{
    std::mt19937 random{4711};
    for (int round = 0; round < 50; ++round) {
        Peers peers;
        const auto isn = [&] { return TcpSeq{static_cast<std::uint32_t>(random())}; };
        TcpFlow flow{at("10.0.0.1", 4000), at("10.0.0.2", 80), isn(), isn()};
        std::vector<Packet> sent{flow.initiator().syn().with(peers.syn()),
                                 flow.acceptor().syn_ack().with(peers.syn_ack()),
                                 flow.initiator().ack().with(peers.ack())};
        for (std::uint32_t i = 0; i < 100; ++i) {
            auto sender = random() % 2 == 0 ? flow.initiator() : flow.acceptor();
            sent.push_back(with_id(static_cast<std::uint16_t>(random() % 3),
                                   sender.data(random() % 2 == 0 ? 0 : 100).with(dss_ack(1))));
            if (random() % 8 == 0)
                sent.push_back(sent[random() % sent.size()]); // sent again
        }
        Trace once, twice;
        std::vector<Packet> inside, outside;
        for (const Packet &packet : sent) {
            inside.push_back(recorded_at(kInside, packet));
            outside.push_back(recorded_at(kOutside, packet));
        }
        std::vector<Side> senders;
        for (const Packet &packet : inside)
            senders.push_back(once.see(packet).value().sender);
        std::vector<Side> found;
        for (const Observation &observation :
             see_with_copies(twice, inside, outside, random, static_cast<unsigned>(round + 2)))
            found.push_back(observation.sender);
        EXPECT_EQ(found, senders);
        expect_same_state(once, twice);
    }
}

} // namespace
} // namespace mptcp::test
