// SPDX-License-Identifier: GPL-2.0-or-later
//
// Floods of mappings, and arbitrary jumps of data sequence numbers. The kinds of
// bytes stay correct, and the cost of a packet is constant.
#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>

#include "data_trace.h"
#include "floods.h"

namespace mptcp::test {
namespace {

constexpr std::uint32_t kQuarter = kMillion / 4;
constexpr double kPacket = 56; // bytes for each packet with payload

// Offsets of the numbers in a DSS with an 8-byte DSN that is the only option.
constexpr std::size_t kDsnPlace = 4;
constexpr std::size_t kOffsetPlace = 12;

class HostileMappings : public DataTrace {
protected:
    // Sends the same packet with another mapping.
    Packet mapped = bare(initial, 0).with(mapping_at(1, 0, 1));

    void see_mapped(std::uint32_t relative, DataSeq at, std::uint32_t payload)
    {
        mapped.segment.seq = TcpSeq{1000 + relative};
        mapped.segment.payload = payload;
        put(mapped, kDsnPlace, at.value, 8);
        put(mapped, kOffsetPlace, relative, 4);
        trace.see(mapped);
    }
    // The sum over all packets from this index on.
    Kinds sum(std::size_t first = 0) const
    {
        Kinds sum;
        for (std::size_t i = first; i < level().packets().size(); ++i) {
            const DataPacket &each = level().packets()[i];
            sum += kinds_of(each, level().extras(each));
        }
        return sum;
    }
};

// The i-th byte, in three orders. Every second sequence number and every third DSN
// is used, so ranges are never contiguous.
struct Order {
    const char *name;
    std::uint32_t packets;
    std::uint32_t (*place)(std::uint32_t i);
};
class TinyMappings : public HostileMappings, public testing::WithParamInterface<Order> {
protected:
    static constexpr double kMost = 300;
    static std::uint32_t relative(std::uint32_t i) { return 1 + 2 * GetParam().place(i); }
    DataSeq dsn_of(std::uint32_t i) const { return dsn(3 * std::uint64_t{GetParam().place(i)}); }
};
INSTANTIATE_TEST_SUITE_P(
    InAnyOrder, TinyMappings,
    testing::Values(Order{"Forward", kMillion, [](std::uint32_t i) { return i; }},
                    Order{"Backward", kQuarter, [](std::uint32_t i) { return kQuarter - 1 - i; }},
                    Order{"Scattered", kQuarter,
                          [](std::uint32_t i) {
                              constexpr std::uint64_t kCoprime = 97'001; // to any power of ten
                              return static_cast<std::uint32_t>(i * kCoprime % kQuarter);
                          }}),
    [](const auto &each) { return each.param.name; });

TEST_P(TinyMappings, NeverContiguousAreEachWhereItBelongs)
{
    const std::uint32_t packets = GetParam().packets;
    open();
    const Growth growth =
        grow(packets, [&](std::uint32_t i) { see_mapped(relative(i), dsn_of(i), 1); });
    expect_constant(growth, kPacket + kMost);
    EXPECT_EQ(sum(), unique(packets));
    for (std::uint32_t i = 0; i < packets; ++i)
        ASSERT_EQ(level().data_seq(level().packets()[i], trace.subflow(0, 0)), dsn_of(i));
    const DataStream::Gaps gaps = stream().gaps();
    EXPECT_EQ(gaps.count, packets - 1);
    EXPECT_EQ(gaps.bytes, 2 * std::uint64_t{packets - 1});

    // All data is acknowledged at once, and then retransmitted.
    see(ack(initial, 3 * std::uint64_t{packets}));
    EXPECT_EQ(std::get<ByteCount>(trace.last(EventType::DataUnseen).detail).count,
              2 * std::uint64_t{packets});
    for (std::uint32_t i = 0; i < packets; ++i)
        ASSERT_TRUE(level().packets()[i].acknowledged);
    see_mapped(relative(packets / 2), dsn_of(packets / 2), 1);
    EXPECT_EQ(sum(packets), retransmitted(1));
}

// A hundred large segments wait for mappings of one byte each, which leave holes.
// The number of waiting pieces must be bounded.
TEST_F(HostileMappings, ThatComeLateInPiecesCostWhatTheyAre)
{
    constexpr std::uint32_t kLarge = 60'000;
    constexpr std::uint32_t kWaiting = 100;
    open();
    see(data(initial, 0, 1));
    for (std::uint32_t i = 0; i < kWaiting; ++i)
        see(bare(initial, kLarge));
    const Growth growth = grow(kQuarter, [&](std::uint32_t i) {
        see_mapped(2 + 2 * i, dsn(1 + 2 * std::uint64_t{i}), 0);
    });
    constexpr double kMost = 240;
    EXPECT_LE(growth.held_each(), kMost);
    EXPECT_EQ(sum(), (Kinds{1 + kQuarter, 0, 0, kWaiting * std::uint64_t{kLarge} - kQuarter}));
}

// The cost of a segment is linear in its mappings, at most one per byte.
TEST_F(HostileMappings, OfWhichOneSegmentHasThousandsAreAllFound)
{
    constexpr std::uint32_t kPieces = 30'000;
    open();
    for (std::uint32_t i = 0; i < kPieces; ++i)
        see_mapped(1 + 2 * i, dsn(2 * std::uint64_t{i}), 1);
    constexpr std::uint32_t kTimes = 20;
    Packet large = bare(initial, 0).with_seq(TcpSeq{1001});
    large.segment.payload = 2 * kPieces;
    for (std::uint32_t i = 0; i < kTimes; ++i)
        trace.see(large);
    EXPECT_EQ(sum(kPieces), (Kinds{0, 0, kTimes * kPieces, kTimes * kPieces}));
}

// Data sequence numbers

class Jumps : public HostileMappings {
protected:
    static constexpr std::uint32_t kLength = 10;

    Jumps() { mapped = bare(initial, 0).with(mapping_at(1, 0, kLength)); }

    // 256 bytes apart at the least, anywhere in the space of 64 bits.
    DataSeq far(std::uint32_t i) const { return dsn(scattered(std::uint64_t{i} << 8)); }
};

TEST_F(Jumps, ToAnywhereAreFollowed)
{
    open_both();
    const Growth growth =
        grow(kQuarter, [&](std::uint32_t i) { see_mapped(1 + kLength * i, far(i), kLength); });
    constexpr double kMost = 200;
    expect_constant(growth, kPacket + kMost);
    EXPECT_EQ(sum(), unique(kLength * std::uint64_t{kQuarter}));
    for (std::uint32_t i = 0; i < kQuarter; ++i)
        ASSERT_EQ(level().data_seq(level().packets()[i], trace.subflow(0, 0)), far(i));

    // Repeats the data on the other subflow.
    mapped.segment.source = at("10.0.9.1", 4001);
    const std::uint32_t first = level().packets()[0].frame;
    for (std::uint32_t i = 0; i < kQuarter; ++i) {
        see_mapped(1 + kLength * i, far(i), kLength);
        const DataPacket &again = level().packets()[kQuarter + i];
        ASSERT_EQ(level().extras(again)->reinjection_of, first + i);
    }
    EXPECT_EQ(sum(kQuarter), reinjected(kLength * std::uint64_t{kQuarter}));
}

// RFC 8684 3.3.1: a DSN of 4 bytes is extended to the number nearest to the
// expected one, so jumps of less than 2^31 are resolved correctly.
TEST_F(Jumps, OfHalfADsnAreFollowedUpToHalfItsSpace)
{
    constexpr std::uint64_t kJump = (std::uint64_t{1} << 31) - 100;
    open();
    for (std::uint64_t i = 0; i < 100; ++i) {
        const auto low = static_cast<std::uint32_t>(dsn(i * kJump).value);
        const Bytes map = dss_map(low, initial.initiator().relative(), kLength);
        const auto frame = see(bare(initial, kLength).with(map));
        ASSERT_EQ(first_dsn(frame), dsn(i * kJump));
        ASSERT_EQ(kinds(frame), unique(kLength));
    }
}

// At the end of the relative DSN space, 2^63 bytes from the first byte, repeated
// data counts as new. Data on both sides of this point is counted correctly.
TEST_F(Jumps, AcrossTheFarEndOfTheSpaceAreNew)
{
    open_both();
    see(data(initial, 0, 1));
    const std::uint64_t far_end = (std::uint64_t{1} << 63) - 5;
    for (TcpFlow *flow : {&initial, &second})
        EXPECT_EQ(kinds(see(data(*flow, far_end, 10))), unique(10));
    for (const std::uint64_t beside : {far_end - 10, far_end + 10}) {
        EXPECT_EQ(kinds(see(data(initial, beside, 10))), unique(10));
        EXPECT_EQ(kinds(see(data(second, beside, 10))), reinjected(10));
    }
    EXPECT_EQ(kinds(see(data(initial, 1, 10))), unique(10));
}

// DATA_ACKs that jump acknowledge the data before them, each byte once.
// Bytes by which a copy of a packet is recognized. The last 2^20 packets have them.
constexpr double kFingerprint = 18;

TEST_F(Jumps, OfDataAcksCostAFingerprint)
{
    open();
    see(data(initial, 0, 100));
    Packet acknowledging = initial.acceptor().ack().with(dss_ack(dsn(100)));
    const std::size_t events = trace.detected().size();
    const Growth growth = grow(kMillion, [&](std::uint32_t i) {
        put(acknowledging, kDsnPlace, dsn(scattered(i)).value | std::uint64_t{1} << 40, 8);
        trace.see(acknowledging);
    });
    EXPECT_LE(growth.held_each(), kFingerprint);
    EXPECT_LE(trace.detected().size(), events + 1); // nearly all are too far ahead
}

// RFC 8684 3.3.5: zero-window probes that repeat one byte.
TEST_F(HostileMappings, OfProbesIntoAZeroWindowAreRetransmissions)
{
    open();
    see(data(initial, 0, 100));
    Packet closed = ack(initial, 100).with_window(0);
    const Packet probe = data(initial, 99, 1).with_seq(TcpSeq{1000 + 100});
    const Growth acks = grow(kMillion, [&](std::uint32_t) { trace.see(closed); });
    EXPECT_LE(acks.held_each(), kFingerprint);
    const Growth probes = grow(kQuarter, [&](std::uint32_t) {
        trace.see(probe);
        trace.see(closed);
    });
    constexpr double kExtras = 64; // bytes for a packet with repeated data
    expect_constant(probes, kPacket + kExtras + 2 * kFingerprint);
    ASSERT_TRUE(stream().window());
    EXPECT_EQ(stream().window()->zeros, kMillion + kQuarter);
    EXPECT_EQ(stream().window()->most, 0U);
    EXPECT_EQ(sum(), (Kinds{100, 0, kQuarter, 0}));
}

} // namespace
} // namespace mptcp::test
