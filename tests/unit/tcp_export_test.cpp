// SPDX-License-Identifier: GPL-2.0-or-later
//
// The packets of a connection as plain TCP: its handshake, data, holes and ends.
#include "streams/tcp_export.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/dss_checksum.h"
#include "data_transfer.h"
#include "streams/ip_packet.h"
#include "wire/tcp_header.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// A packet that was written, as text: the sender's port, flags, sequence numbers and data.
struct Written {
    std::string text;
    std::string comment;
    std::uint32_t length = 0;
    Time time = 0;
};

std::string flags_of(const Segment &segment)
{
    return std::string{segment.any_syn() ? "S" : ""} + (segment.fin() ? "F" : "") +
           (segment.rst() ? "R" : "") + (segment.has_ack() ? "A" : "");
}

Written read(const ExportedPacket &packet)
{
    constexpr std::size_t kHeader = 20;
    Segment segment;
    EXPECT_TRUE(parse_tcp(packet.bytes.subspan(kHeader), packet.length - kHeader, segment));
    Cursor ports(packet.bytes.subspan(kHeader));
    Written written{std::to_string(ports.u16()) + " " + flags_of(segment) + " " +
                        std::to_string(segment.seq.value) + " " + std::to_string(segment.ack.value),
                    packet.comment, packet.length, packet.time};
    if (segment.payload > 0)
        written.text +=
            " " + std::string(segment.payload_bytes.begin(), segment.payload_bytes.end());
    return written;
}

class Exporting : public DataTransfer {
protected:
    void apply(const Packet &packet, const Observation &observation) override
    {
        exported.apply(trace.tracker(), packet.as_segment(), observation,
                       TcpExport::Seen::UpToThisPacket, write);
    }
    void answer(const std::string &words)
    {
        const std::uint32_t place = initial.acceptor().relative();
        const auto length = static_cast<std::uint16_t>(words.size());
        see(initial.acceptor()
                .data(length)
                .holding({words.begin(), words.end()})
                .with(dss_map(dsn(Role::Server, 0), place, length)));
    }
    void finish() { exported.finish(trace.tracker(), write); }
    DataSeq dsn(Role role, std::uint32_t place) const
    {
        return {peers.first_data(role).value + place};
    }
    std::vector<std::string> texts() const
    {
        std::vector<std::string> all;
        for (const Written &each : written)
            all.push_back(each.text);
        return all;
    }

    TcpExport exported;
    std::vector<Written> written;
    TcpExport::Write write = [this](const ExportedPacket &packet) {
        written.push_back(read(packet));
    };
};

TEST_F(Exporting, OpensWithTheTimesOfTheFirstSubflow)
{
    EXPECT_TRUE(written.empty());
    send(initial, 0, "one");
    EXPECT_THAT(texts(), ElementsAre("4000 S 0 0", "80 SA 0 1", "4000 A 1 1", "4000 A 1 1 one"));
    for (std::size_t place = 0; place < 3; ++place) {
        EXPECT_EQ(written[place].time, kMillisecond * static_cast<Time>(place + 1));
        EXPECT_EQ(written[place].comment,
                  "Synthetic: made by the MPTCP plugin to open the connection");
    }
    EXPECT_THAT(written[3].comment, StartsWith("Frame "));
    EXPECT_THAT(written[3].comment, HasSubstr(", subflow 0"));
}

TEST_F(Exporting, WritesDataWhenItIsInOrder)
{
    send(second, 3, "two");
    EXPECT_TRUE(written.empty());
    send(initial, 0, "one");
    answer("yes");
    finish();
    EXPECT_THAT(texts(), ElementsAre("4000 S 0 0", "80 SA 0 1", "4000 A 1 1", "4000 A 1 1 one",
                                     "4000 A 4 1 two", "80 A 1 7 yes", "4000 A 7 4"));
    EXPECT_EQ(written[3].time, written[4].time);
    EXPECT_THAT(written[4].comment, HasSubstr(", subflow 1, in order since frame "));
    EXPECT_EQ(written[6].comment, "Synthetic: made by the MPTCP plugin to acknowledge data");
}

TEST_F(Exporting, LeavesOutTheNumbersOfAHole)
{
    send(initial, 0, "one");
    send(initial, 10, "three");
    finish();
    EXPECT_THAT(texts(), ElementsAre("4000 S 0 0", "80 SA 0 1", "4000 A 1 1", "4000 A 1 1 one",
                                     "4000 A 11 1 three", "80 A 1 16"));
}

TEST_F(Exporting, TellsTheLengthOfDataThatWasCut)
{
    Packet longer = unmapped(initial, "longer").with(mapping(0, "longer"));
    longer.data.resize(3);
    see(longer);
    EXPECT_EQ(texts().back(), "4000 A 1 1 lon");
    EXPECT_EQ(written.back().length, 46U);
    send(initial, 6, "two");
    EXPECT_EQ(texts().back(), "4000 A 7 1 two");
}

TEST_F(Exporting, ClosesWithTheDataFins)
{
    send(initial, 0, "one");
    see(initial.initiator().ack().with(
        dss_fin(static_cast<std::uint32_t>(dsn(Role::Client, 3).value))));
    answer("yes");
    see(initial.acceptor().ack().with(
        dss_fin(static_cast<std::uint32_t>(dsn(Role::Server, 3).value))));
    finish();
    EXPECT_THAT(texts(), ElementsAre("4000 S 0 0", "80 SA 0 1", "4000 A 1 1", "4000 A 1 1 one",
                                     "4000 FA 4 1", "80 A 1 5 yes", "80 FA 4 5", "4000 A 5 5"));
    EXPECT_THAT(written[4].comment,
                StartsWith("Synthetic: made by the MPTCP plugin for the DATA_FIN in frame "));
}

TEST_F(Exporting, FinWaitsForTheData)
{
    send(initial, 0, "one");
    see(initial.initiator().ack().with(
        dss_fin(static_cast<std::uint32_t>(dsn(Role::Client, 6).value))));
    EXPECT_EQ(texts().back(), "4000 A 1 1 one");
    send(second, 3, "two");
    EXPECT_EQ(texts().back(), "4000 FA 7 1");
}

TEST_F(Exporting, EndsWithTheFastclose)
{
    send(initial, 0, "one");
    see(initial.initiator().ack().with(mp_fastclose(peers.server)));
    answer("late");
    finish();
    EXPECT_EQ(texts().back(), "4000 RA 4 5");
    EXPECT_THAT(written.back().comment,
                StartsWith("Synthetic: made by the MPTCP plugin for the MP_FASTCLOSE in frame "));
    EXPECT_GE(written.back().time, written[written.size() - 2].time);
}

TEST_F(Exporting, AcknowledgesALongStream)
{
    const std::string words(60'000, 'x');
    for (std::uint32_t count = 0; count < 4; ++count)
        send(initial, 60'000 * count, words);
    std::size_t acknowledgments = 0;
    for (const std::string &text : texts())
        acknowledgments += text.starts_with("80 A ") ? 1 : 0;
    EXPECT_EQ(acknowledgments, 2U);
    EXPECT_EQ(texts().back(), "80 A 1 240001");
}

TEST_F(Exporting, ConnectionWithoutDataIsEmpty)
{
    see(initial.initiator().ack().with(
        dss_fin(static_cast<std::uint32_t>(dsn(Role::Client, 0).value))));
    finish();
    EXPECT_FALSE(exported.has_data());
    EXPECT_TRUE(written.empty());
}

TEST(ExportWithoutPackets, IsEmpty)
{
    const Tracker tracker;
    TcpExport exported;
    exported.finish(tracker, [](const ExportedPacket &) { FAIL(); });
    EXPECT_FALSE(exported.has_data());
}

// RFC 1071: the sum over data with a valid checksum is 0xffff.
void expect_valid(const std::vector<std::uint8_t> &packet, std::size_t addresses_at,
                  std::size_t tcp_at)
{
    const ByteView bytes{packet};
    const ByteView tcp = bytes.subspan(tcp_at);
    EXPECT_EQ(folded(sum_words(bytes.subspan(addresses_at, tcp_at - addresses_at), 0) +
                     sum_words(tcp, 0) + 6 + tcp.size()),
              0xffff);
}

Segment segment_between(const char *from, const char *to, const Bytes &payload)
{
    Segment segment;
    segment.source = at(from, 1);
    segment.destination = at(to, 2);
    segment.seq = {0x01020304};
    segment.ack = {0x05060708};
    segment.flags = kAck;
    segment.window = 0x090a;
    segment.payload = static_cast<std::uint32_t>(payload.size());
    segment.payload_bytes = payload;
    return segment;
}

TEST(IpPacket, OfIpv4)
{
    const Bytes payload{1, 2, 3};
    const auto packet = make_packet(segment_between("10.0.0.1", "10.0.0.2", payload));
    EXPECT_EQ(packet.size(), 43U);
    EXPECT_EQ(folded(sum_words(ByteView{packet}.first(20), 0)), 0xffff);
    expect_valid(packet, 12, 20);
    Segment parsed;
    ASSERT_TRUE(parse_tcp(ByteView{packet}.subspan(20), 23, parsed));
    EXPECT_EQ(parsed.seq, TcpSeq{0x01020304});
    EXPECT_EQ(parsed.ack, TcpSeq{0x05060708});
    EXPECT_EQ(parsed.window, 0x090a);
    EXPECT_EQ(parsed.payload, 3U);
}

TEST(IpPacket, OfIpv6WithOptions)
{
    const Bytes payload{1, 2};
    const Bytes options{1, 3, 3, 7};
    const auto packet = make_packet(segment_between("fd00::1", "fd00::2", payload), options);
    EXPECT_EQ(packet.size(), 66U);
    expect_valid(packet, 8, 40);
    Segment parsed;
    ASSERT_TRUE(parse_tcp(ByteView{packet}.subspan(40), 26, parsed));
    EXPECT_EQ(parsed.options.window_scale.shift, 7);
    EXPECT_EQ(parsed.payload, 2U);
}

TEST(IpPacket, LongestPayload)
{
    const Bytes payload(kMostPayload, 0xff);
    const auto packet = make_packet(segment_between("10.0.0.1", "10.0.0.2", payload));
    EXPECT_EQ(packet.size(), 65535U);
    expect_valid(packet, 12, 20);
}

} // namespace
} // namespace mptcp::test
