// SPDX-License-Identifier: GPL-2.0-or-later
//
// Overlapping mappings, exhaustively: all pairs and triples within a line of a few
// bytes. They agree or contradict each other, and come before, with or after their
// data, which is in one segment or two. Each case is compared with the reference
// accounting.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "data_trace.h"
#include "reference_accounting.h"

namespace mptcp::test {
namespace {

// A mapping: bytes of a line, and the distance of their data from the line's data.
struct Mapped {
    std::uint32_t begin = 0, end = 0;
    std::uint32_t aside = 0;

    std::uint16_t length() const { return static_cast<std::uint16_t>(end - begin); }
};

std::vector<Mapped> all_mappings(std::uint32_t line, const std::vector<std::uint32_t> &asides)
{
    std::vector<Mapped> all;
    for (const std::uint32_t aside : asides)
        for (std::uint32_t begin = 0; begin < line; ++begin)
            for (std::uint32_t end = begin + 1; end <= line; ++end)
                all.push_back({begin, end, aside});
    return all;
}

class Overlaps : public DataTrace {
protected:
    static constexpr std::uint32_t kApart = 64; // bytes between lines

    Overlaps()
    {
        open_both();
        see(data(initial, 0, 1)); // without this mapping, the connection would fall back
        contradictions = trace.detected().size();
    }
    // Starts a new line, with unused sequence numbers and DSNs.
    void begin_line()
    {
        place += kApart;
        reference = {};
    }
    Packet packet_at(std::uint32_t begin, std::uint32_t length)
    {
        Packet packet = bare(initial, 0).with_seq(TcpSeq{1000 + place + begin});
        packet.segment.payload = length;
        return packet;
    }
    // Adds the mapping to the packet and to the reference.
    Packet with(const Packet &packet, const Mapped &mapped)
    {
        const std::uint32_t relative = place + mapped.begin;
        const std::uint32_t data_begin = relative + mapped.aside;
        contradictions += reference.map(0, relative, data_begin, mapped.length()) ? 1 : 0;
        return packet.with(mapping_at(relative, data_begin, mapped.length()));
    }
    void map(const Mapped &mapped) { see(with(packet_at(0, 0), mapped)); }
    void send(const Packet &packet)
    {
        const std::uint32_t relative = distance(TcpSeq{1000}, packet.segment.seq);
        reference.pass(see(packet), 0, relative, packet.segment.payload);
    }
    void compare()
    {
        for (const ReferenceAccounting::Packet &sent : reference.packets()) {
            ASSERT_EQ(kinds(sent.frame), sent.kinds);
            ASSERT_EQ(first_dsn(sent.frame),
                      sent.first_data ? std::optional{dsn(*sent.first_data)} : std::nullopt);
        }
        // Data before its mapping is an event of its own, once, and so is the repeated data.
        const auto is_counted = [](const Event &event) {
            return event.type != EventType::DataUnmapped &&
                   event.type != EventType::ReinjectionBurst;
        };
        ASSERT_EQ(std::ranges::count_if(trace.tracker().events().all(), is_counted),
                  static_cast<std::ptrdiff_t>(contradictions));
    }

    // The data of a line comes after the given number of mappings, or with the next
    // mapping. It is in one segment or in two, in either order. At the end it is
    // retransmitted.
    void play(std::span<const Mapped> mappings, std::size_t before, std::uint32_t line)
    {
        const auto send_all = [&](std::uint32_t cut, bool swapped) {
            const std::array parts{packet_at(0, cut), packet_at(cut, line - cut)};
            for (const bool later : {swapped, !swapped})
                if (parts[later].segment.payload > 0)
                    send(parts[later]);
        };
        for (const bool swapped : {false, true})
            for (std::uint32_t cut = 0; cut < line; cut += swapped ? line : 1)
                for (const bool together : {false, true}) {
                    begin_line();
                    for (std::size_t i = 0; i < before; ++i)
                        map(mappings[i]);
                    const bool rides = together && before < mappings.size();
                    if (rides)
                        send(with(packet_at(0, line), mappings[before]));
                    else
                        send_all(swapped ? line / 2 : cut, swapped);
                    for (std::size_t i = before + (rides ? 1 : 0); i < mappings.size(); ++i)
                        map(mappings[i]);
                    send(packet_at(0, line));
                    ASSERT_NO_FATAL_FAILURE(compare());
                }
    }

    std::uint32_t place = 0; // the line's start, relative to the ISN
    std::size_t contradictions = 0;
    ReferenceAccounting reference;
};

// Messages of failed comparisons contain the mappings of the line.
std::string words(std::span<const Mapped> mappings, std::size_t before)
{
    std::string text = std::to_string(before) + " before the data:";
    for (const Mapped &each : mappings)
        text += " [" + std::to_string(each.begin) + ", " + std::to_string(each.end) + ") + " +
                std::to_string(each.aside);
    return text;
}

TEST_F(Overlaps, OfTwoMappingsAreAccountedByteByByte)
{
    constexpr std::uint32_t kLine = 4;
    const auto all = all_mappings(kLine, {0, 1, 3, 9});
    for (const Mapped &one : all)
        for (const Mapped &two : all)
            for (std::size_t before = 0; before <= 2; ++before) {
                const std::array both{one, two};
                ASSERT_NO_FATAL_FAILURE(play(both, before, kLine)) << words(both, before);
            }
}

TEST_F(Overlaps, OfThreeMappingsAreAccountedByteByByte)
{
    constexpr std::uint32_t kLine = 3;
    const auto all = all_mappings(kLine, {0, 1});
    for (const Mapped &one : all)
        for (const Mapped &two : all)
            for (const Mapped &three : all)
                for (std::size_t before = 0; before <= 3; ++before) {
                    const std::array mappings{one, two, three};
                    ASSERT_NO_FATAL_FAILURE(play(mappings, before, kLine))
                        << words(mappings, before);
                }
}

// Segments with overlapping data, on one subflow or on two. Each has its own
// mapping.
TEST_F(Overlaps, OfDataAreAccountedByteByByte)
{
    struct Sent {
        bool on_second;
        Mapped data;
    };
    std::vector<Sent> all;
    for (const bool on_second : {false, true})
        for (const Mapped &data : all_mappings(4, {0}))
            all.push_back({on_second, data});
    std::uint32_t data_begin = 0;
    const auto send_on = [&](const Sent &sent) {
        TcpFlow &flow = sent.on_second ? second : initial;
        const std::uint32_t relative = flow.initiator().relative();
        reference.map(sent.on_second ? 1 : 0, relative, data_begin + sent.data.begin,
                      sent.data.length());
        const auto frame = see(data(flow, data_begin + sent.data.begin, sent.data.length()));
        reference.pass(frame, sent.on_second ? 1 : 0, relative, sent.data.length());
    };
    for (const Sent &one : all)
        for (const Sent &two : all)
            for (const Sent &three : all) {
                data_begin += kApart;
                reference = {};
                for (const Sent *sent : {&one, &two, &three})
                    send_on(*sent);
                ASSERT_NO_FATAL_FAILURE(compare());
                for (const ReferenceAccounting::Packet &sent : reference.packets())
                    ASSERT_EQ(extras(sent.frame).reinjection_of, sent.reinjection_of);
            }
}

} // namespace
} // namespace mptcp::test
