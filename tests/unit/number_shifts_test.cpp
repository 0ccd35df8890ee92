// SPDX-License-Identifier: GPL-2.0-or-later
//
// Copies behind a firewall that rewrites sequence numbers, and what is no evidence of one.
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "copies.h"
#include "segments.h"

namespace mptcp::test {
namespace {

constexpr std::uint32_t kNear = 0, kFar = 1, kThird = 2; // marks of three points

Packet stamped(std::uint32_t value, const Packet &packet)
{
    Bytes option{8, 10};
    for (const std::uint32_t number : {value, value + 1})
        for (unsigned shift = 32; shift > 0; shift -= 8)
            option.push_back(static_cast<std::uint8_t>(number >> (shift - 8)));
    return packet.with(option);
}

class ShiftedNumbers : public testing::Test {
protected:
    // Returns the frame of the original, 0 for a packet of its own, or nothing for plain TCP.
    std::optional<std::uint32_t> see(std::uint32_t marks, const Packet &packet)
    {
        last = trace.see(recorded_at(marks, packet));
        return last ? std::optional{last->copy_of} : std::nullopt;
    }
    // As the firewall forwards it.
    Packet shifted(const Packet &packet) const { return shifted_by(by_client, by_server, packet); }
    Packet shifted_by(std::uint32_t of_client, std::uint32_t of_server, Packet packet) const
    {
        const bool from_client = packet.segment.source == client;
        packet.segment.seq = packet.segment.seq + (from_client ? of_client : of_server);
        if (packet.segment.has_ack())
            packet.segment.ack = packet.segment.ack + (from_client ? of_server : of_client);
        return packet;
    }
    // Frames 1 to 3.
    void see_handshake(std::uint32_t marks)
    {
        for (const Packet &packet : handshake)
            ASSERT_EQ(see(marks, packet), 0U);
    }
    Packet next_data() { return stamped(++time, flow.initiator().data(100).with(dss_ack(1))); }
    Packet next_answer() { return stamped(++time, flow.acceptor().data(100).with(dss_ack(1))); }

    std::uint32_t by_client = 0xfffffe00, by_server = 0x40000000, time = 100;
    Peers peers;
    Endpoint client = at("10.0.0.1", 4000), server = at("10.0.0.2", 80);
    TcpFlow flow{client, server, {0x12345678}, {0x9abcdef0}};
    Trace trace;
    std::optional<Observation> last;
    std::vector<Packet> handshake{stamped(1, flow.initiator().syn().with(peers.syn())),
                                  stamped(2, flow.acceptor().syn_ack().with(peers.syn_ack())),
                                  stamped(3, flow.initiator().ack().with(peers.ack()))};
};

TEST_F(ShiftedNumbers, AtASecondPoint)
{
    see_handshake(kNear);
    EXPECT_EQ(see(kFar, shifted(handshake[0])), 1U);
    EXPECT_EQ(last->shift.seq, by_client);
    EXPECT_EQ(see(kFar, shifted(handshake[1])), 2U);
    EXPECT_EQ(last->shift, (NumberShift{by_server, by_client}));
    EXPECT_EQ(see(kFar, shifted(handshake[2])), 3U);
    EXPECT_EQ(last->shift, (NumberShift{by_client, by_server}));
    const Packet data = next_data();
    EXPECT_EQ(see(kNear, data), 0U); // frame 7
    EXPECT_EQ(see(kFar, shifted(data)), 7U);
    EXPECT_EQ(trace.connections(), 1U);
}

TEST_F(ShiftedNumbers, InTheOrderOfTheWay)
{
    EXPECT_EQ(see(kNear, handshake[0]), 0U);
    EXPECT_EQ(see(kFar, shifted(handshake[0])), 1U);
    EXPECT_EQ(see(kFar, shifted(handshake[1])), 0U); // frame 3: first seen there
    EXPECT_EQ(last->shift, (NumberShift{0, by_client}));
    EXPECT_EQ(see(kNear, handshake[1]), 3U);
    EXPECT_EQ(see(kNear, handshake[2]), 0U); // frame 5
    EXPECT_EQ(see(kFar, shifted(handshake[2])), 5U);
    EXPECT_EQ(trace.connection(0).handshake(), Handshake::Complete);
}

TEST_F(ShiftedNumbers, OfTheServerAlone)
{
    by_client = 0;
    for (const Packet &packet : handshake) {
        EXPECT_EQ(see(kNear, packet), 0U);
        EXPECT_TRUE(see(kFar, shifted(packet)).value_or(0) != 0);
    }
    EXPECT_EQ(last->shift, (NumberShift{0, by_server}));
}

TEST_F(ShiftedNumbers, OfTwoFirewallsInARow)
{
    for (const Packet &packet : handshake) {
        EXPECT_EQ(see(kNear, packet), 0U);
        const std::uint32_t frame = trace.frames();
        EXPECT_EQ(see(kFar, shifted(packet)), frame);
        EXPECT_EQ(see(kThird, shifted_by(7, 8, packet)), frame);
    }
}

TEST_F(ShiftedNumbers, AreThoseOfTheFirstPointInPacketsOfTheSecondAlone)
{
    see_handshake(kNear);
    for (const Packet &packet : handshake)
        EXPECT_NE(see(kFar, shifted(packet)), 0U);
    EXPECT_EQ(see(kFar, shifted(next_data())), 0U);
    EXPECT_EQ(last->shift, (NumberShift{by_client, by_server}));
    EXPECT_EQ(see(kNear, next_data()), 0U);
    EXPECT_FALSE(last->shift.any());
}

TEST_F(ShiftedNumbers, AreToldByThePacketWhereNoneWasRecognized)
{
    EXPECT_EQ(see(kNear, handshake[0]), 0U);
    EXPECT_EQ(see(kFar, shifted(handshake[0])), 1U);
    EXPECT_EQ(see(kNear, handshake[1]), 0U); // missed at the second point, as the third ACK
    EXPECT_EQ(see(kNear, handshake[2]), 0U);
    EXPECT_EQ(see(kFar, shifted(next_answer())), 0U);
    EXPECT_EQ(last->shift, (NumberShift{0, by_client})); // that of the server is not known
}

TEST_F(ShiftedNumbers, OfAReset)
{
    const Packet refusal = flow.acceptor().rst().with_ack(handshake[0].segment.seq + 1);
    EXPECT_EQ(see(kNear, handshake[0]), 0U);
    EXPECT_EQ(see(kFar, shifted(handshake[0])), 1U);
    EXPECT_EQ(see(kFar, shifted(refusal)), 0U); // frame 3
    EXPECT_EQ(see(kNear, refusal), 3U);
    EXPECT_EQ(trace.subflow(0, 0).state(), SubflowState::Refused);
}

TEST_F(ShiftedNumbers, OfAConnectionOnAFourTupleThatIsInUse)
{
    see_handshake(kNear);
    for (const Packet &packet : handshake)
        EXPECT_NE(see(kFar, shifted(packet)), 0U);
    Peers others;
    others.client = {1};
    others.server = {2};
    TcpFlow again{client, server, {1}, {2}};
    const Packet syn = stamped(77, again.initiator().syn().with(others.syn()));
    const Packet syn_ack = stamped(78, again.acceptor().syn_ack().with(others.syn_ack()));
    EXPECT_EQ(see(kNear, syn), 0U); // frame 7
    EXPECT_EQ(see(kFar, shifted_by(5000, 6000, syn)), 7U);
    EXPECT_EQ(see(kFar, shifted_by(5000, 6000, syn_ack)), 0U); // frame 9
    EXPECT_EQ(trace.connection_of(*last), 1U);
    EXPECT_EQ(see(kNear, syn_ack), 9U);
    EXPECT_EQ(trace.connections(), 2U);
}

TEST_F(ShiftedNumbers, WithoutTheOptionThatWasRemoved)
{
    const Packet stripped = flow.initiator().syn().with_seq(handshake[0].segment.seq);
    EXPECT_EQ(see(kNear, handshake[0]), 0U);
    EXPECT_EQ(see(kFar, shifted(stamped(1, stripped))), 1U);
}

// No evidence

TEST_F(ShiftedNumbers, NeedATimestampWhereTheSynHasNoKey)
{
    const Packet syn = flow.initiator().syn().with(peers.syn());
    EXPECT_EQ(see(kNear, syn), 0U);
    EXPECT_EQ(see(kFar, shifted(syn)), 0U);
    EXPECT_EQ(trace.connections(), 2U);
}

TEST_F(ShiftedNumbers, AreToldByTheKeyOfVersion0)
{
    peers.version = kV0;
    const Packet syn = flow.initiator().syn().with(peers.syn());
    EXPECT_EQ(see(kNear, syn), 0U);
    EXPECT_EQ(see(kFar, shifted(syn)), 1U);
    peers.client = {4711};
    const Packet other = flow.initiator().syn().with(peers.syn());
    EXPECT_EQ(see(kFar, shifted(other)), 0U);
}

TEST_F(ShiftedNumbers, AreToldByTheNonceOfAJoin)
{
    see_handshake(kNear);
    Join join{peers};
    client = at("10.0.1.1", 4001);
    TcpFlow second{client, server, {7}, {8}};
    const Packet syn = second.initiator().syn().with(join.syn());
    EXPECT_EQ(see(kNear, syn), 0U); // frame 4
    EXPECT_EQ(see(kFar, shifted(syn)), 4U);
    join.initiator_nonce = {0x33333333};
    EXPECT_EQ(see(kFar, second.initiator().syn().with(join.syn())), 0U);
}

TEST_F(ShiftedNumbers, AreNoneAtTheSamePoint)
{
    EXPECT_EQ(see(kNear, handshake[0]), 0U);
    EXPECT_EQ(see(kNear, shifted(handshake[0])), 0U);
    EXPECT_EQ(trace.connections(), 2U);
}

TEST_F(ShiftedNumbers, AreNoneWithAnotherTimestamp)
{
    EXPECT_EQ(see(kNear, handshake[0]), 0U);
    const Packet syn = shifted(flow.initiator().syn().with(peers.syn()));
    EXPECT_EQ(see(kFar, stamped(9, syn)), 0U);
    EXPECT_EQ(trace.connections(), 2U);
}

TEST_F(ShiftedNumbers, BehindNatNeedAnIpId)
{
    for (const std::uint16_t ip_id : {std::uint16_t{0}, std::uint16_t{7}}) {
        Packet syn = stamped(50 + ip_id, flow.initiator().syn().with(peers.syn()));
        syn.segment.ip_id = ip_id;
        syn.segment.source.port = static_cast<std::uint16_t>(5000 + ip_id);
        EXPECT_EQ(see(kNear, syn), 0U);
        const std::uint32_t frame = trace.frames();
        Packet outside = shifted(syn);
        outside.segment.source = at("192.0.2.1", static_cast<std::uint16_t>(6000 + ip_id));
        EXPECT_EQ(see(kFar, outside), ip_id == 0 ? 0 : frame);
    }
}

// The state of a trace does not depend on a firewall, at any distance and from either side.
TEST_F(ShiftedNumbers, ChangeNothing)
{
    std::mt19937 random{4711};
    for (int round = 0; round < 50; ++round) {
        by_client = static_cast<std::uint32_t>(random());
        by_server = static_cast<std::uint32_t>(random());
        flow = TcpFlow{client, server, {static_cast<std::uint32_t>(random())}, {77}};
        std::vector<Packet> sent{stamped(1, flow.initiator().syn().with(peers.syn())),
                                 stamped(2, flow.acceptor().syn_ack().with(peers.syn_ack())),
                                 stamped(3, flow.initiator().ack().with(peers.ack()))};
        for (std::uint32_t i = 0; i < 100; ++i)
            sent.push_back(random() % 2 == 0 ? next_data() : next_answer());
        Trace once, twice;
        std::vector<Packet> originals, copies;
        const bool is_near_first = round % 2 == 0;
        for (const Packet &packet : sent) {
            once.see(packet);
            originals.push_back(recorded_at(kNear, is_near_first ? packet : shifted(packet)));
            copies.push_back(recorded_at(kFar, is_near_first ? shifted(packet) : packet));
        }
        see_with_copies(twice, originals, copies, random, static_cast<unsigned>(round + 2));
        expect_same_state(once, twice);
    }
}

} // namespace
} // namespace mptcp::test
