// SPDX-License-Identifier: GPL-2.0-or-later
//
// Mappings in captures that begin after the handshake: DSNs may start anywhere,
// and their upper halves and the subflow's ISN may become known later.
#include <gtest/gtest.h>

#include "data_trace.h"

namespace mptcp::test {
namespace {

constexpr std::uint64_t k32 = std::uint64_t{1} << 32;

class LateMappings : public DataTrace {
protected:
    // The keys of the connection were not captured.
    void open_join() { trace.see_join(second, join); }
    Packet data_at(DataSeq seq, std::uint16_t length)
    {
        const Bytes map = dss_map(seq, second.initiator().relative(), length);
        return second.initiator().data(length).with(map);
    }
    Packet data_at_half(DataSeq seq, std::uint16_t length)
    {
        const auto low = static_cast<std::uint32_t>(seq.value);
        const Bytes map = dss_map(low, second.initiator().relative(), length);
        return second.initiator().data(length).with(map);
    }
};

// The parameter is the DSN of the first byte.
class WrappingMappings : public LateMappings, public testing::WithParamInterface<std::uint64_t> {};

TEST_P(WrappingMappings, HoldInEitherForm)
{
    open_join();
    for (std::uint64_t begin = 0; begin < 5000; begin += 1000) {
        const DataSeq seq{GetParam() + begin};
        const auto frame = see(begin % 2000 == 0 ? data_at(seq, 1000) : data_at_half(seq, 1000));
        ASSERT_EQ(first_dsn(frame), seq);
        ASSERT_EQ(kinds(frame), unique(1000));
    }
    EXPECT_EQ(stream().gaps().count, 0U);
}
INSTANTIATE_TEST_SUITE_P(AtAllPlaces, WrappingMappings,
                         testing::Values(0, k32 - 1500, 0 - std::uint64_t{1500},
                                         std::uint64_t{1} << 63));

TEST_F(LateMappings, OfFourBytesHaveNoDsnUntilAWholeOneComes)
{
    open_join();
    const DataSeq seq{7 * k32 - 500};
    const auto first = see(data_at_half(seq, 1000)); // across the wrap
    const auto next = see(data_at_half(seq + 1000, 1000));
    EXPECT_EQ(first_dsn(first), std::nullopt);
    EXPECT_EQ(kinds(next), unique(1000));
    const auto whole = see(data_at(seq + 2000, 1000));
    EXPECT_EQ(first_dsn(first), seq);
    EXPECT_EQ(first_dsn(next), seq + 1000);
    EXPECT_EQ(first_dsn(whole), seq + 2000);
    EXPECT_EQ(kinds(see(data_at(seq, 1000))), reinjected(1000));
}

// Without the SYN, the ISN follows from a mapping of exactly its segment's payload.
TEST_F(LateMappings, RevealTheIsn)
{
    second.initiator().syn(); // not captured
    bare(second, 70'000);
    const auto first = see(data_at({5000}, 1000));
    EXPECT_EQ(first_dsn(first), DataSeq{5000});
    EXPECT_EQ(kinds(first), unique(1000));
    see(second.initiator().ack().with(dss_map(DataSeq{6000}, second.initiator().relative(), 500)));
    EXPECT_EQ(first_dsn(see(bare(second, 500))), DataSeq{6000});
}

TEST_F(LateMappings, OfSeveralSegmentsTogetherRevealTheIsn)
{
    second.initiator().syn();
    bare(second, 70'000);
    const Bytes all = dss_map(DataSeq{5000}, second.initiator().relative(), 300);
    const auto first = see(bare(second, 100).with(all));
    const auto next = see(bare(second, 100).with(all));
    EXPECT_EQ(kinds(first), unmapped(100));
    const auto last = see(bare(second, 100).with(all));
    EXPECT_EQ(first_dsn(first), DataSeq{5000});
    EXPECT_EQ(first_dsn(next), DataSeq{5100});
    EXPECT_EQ(first_dsn(last), DataSeq{5200});
    for (const auto frame : {first, next, last})
        EXPECT_EQ(kinds(frame), unique(100));
}

// The keys come in the MP_CAPABLE with data, after data on a join with an unknown
// token.
TEST_F(LateMappings, OfAJoinHoldWhenItsConnectionIsKnown)
{
    trace.see(initial.initiator().syn().with(peers.syn())); // the SYN/ACK was not captured
    open_join();
    const auto on_join = see(data_at(dsn(100), 50));
    EXPECT_EQ(first_dsn(on_join), dsn(100));
    initial.acceptor().syn_ack();
    const auto capable = mp_capable_with_data(peers.client, peers.server, 100);
    const auto first = see(bare(initial, 100).with(capable));
    ASSERT_EQ(trace.connections(), 1U);
    EXPECT_EQ(first_dsn(first), dsn(0));
    EXPECT_EQ(first_dsn(on_join), dsn(100));
    EXPECT_EQ(kinds(see(data(initial, 100, 50))), reinjected(50)); // it was sent on the join
}

} // namespace
} // namespace mptcp::test
