// SPDX-License-Identifier: GPL-2.0-or-later
//
// Events at the end of a connection: DATA_FIN (RFC 8684 3.3.3), MP_FASTCLOSE
// (3.5), FIN, RST and MP_TCPRST of subflows (3.6), MP_FAIL and fallback (3.7).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum EventType;

class EndEvents : public testing::Test {
protected:
    EndEvents() { trace.see_handshake(initial, peers); } // frames 1 to 3

    void by_initiator(const Bytes &option) { trace.see(initial.initiator().ack().with(option)); }
    void by_acceptor(const Bytes &option) { trace.see(initial.acceptor().ack().with(option)); }
    std::vector<DetectedEvent> detected(std::uint32_t behind = 3) const
    {
        return trace.detected(behind);
    }
    SubflowOutcome outcome() const
    {
        return std::get<SubflowOutcome>(trace.last(SubflowReset).detail);
    }

    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
};

// The DSN of the client's DATA_FIN; the server's is 2^31 higher.
class DataFinEvents : public EndEvents, public testing::WithParamInterface<std::uint32_t> {
protected:
    std::uint32_t of_client = GetParam();
    std::uint32_t of_server = GetParam() + 0x80000000U;
};

TEST_P(DataFinEvents, AndTheirAcknowledgements)
{
    by_initiator(dss_fin(of_client));
    by_acceptor(dss_ack(of_client + 1));
    by_acceptor(dss_fin(of_server));
    by_initiator(dss_ack(of_server + 1));
    by_initiator(dss_ack(of_server + 1)); // later DATA_ACKs are not events
    EXPECT_THAT(detected(), ElementsAre(by_client(4, DataFin), by_server(5, DataFinAcked),
                                        by_server(6, DataFin), by_client(7, DataFinAcked),
                                        by_client(7, Closed)));
    EXPECT_EQ(std::get<WireDataSeq>(trace.last(DataFin).detail).value, of_server);
    EXPECT_EQ(std::get<WireDataSeq>(trace.last(DataFinAcked).detail).value, of_server + 1);
}

TEST_P(DataFinEvents, InOneSegmentWithAnAcknowledgement)
{
    by_initiator(dss_fin(of_client));
    trace.see(initial.acceptor().ack().with(dss_fin(of_server)).with(dss_ack(of_client + 1)));
    by_initiator(dss_ack(of_server + 1));
    EXPECT_THAT(detected(), ElementsAre(by_client(4, DataFin), by_server(5, DataFin),
                                        by_server(5, DataFinAcked), by_client(6, DataFinAcked),
                                        by_client(6, Closed)));
}

TEST_P(DataFinEvents, MarkedWhereTheyAreRepeated)
{
    by_initiator(dss_fin(of_client));
    by_initiator(dss_fin(of_client));
    EXPECT_THAT(detected(), ElementsAre(by_client(4, DataFin), by_client(5, DataFin).again()));
}

TEST_P(DataFinEvents, OfRepetitionsAloneWhereTheConnectionIsClosed)
{
    by_initiator(dss_fin(of_client));
    trace.see(initial.acceptor().ack().with(dss_fin(of_server)).with(dss_ack(of_client + 1)));
    by_initiator(dss_ack(of_server + 1));
    trace.see(initial.acceptor().ack().with(dss_fin(of_server)).with(dss_ack(of_client + 1)));
    by_initiator(dss_ack(of_server + 1));
    EXPECT_THAT(detected(6), ElementsAre(by_server(7, DataFin).again()));
}

TEST_P(DataFinEvents, WithoutAnAcknowledgementOfTheDataBefore)
{
    by_initiator(dss_fin(of_client));
    by_acceptor(dss_ack(of_client)); // all but the DATA_FIN
    by_acceptor(dss_ack(of_client - 1000));
    EXPECT_THAT(detected(4), IsEmpty());
    by_acceptor(dss_ack(of_client + 1));
    EXPECT_THAT(detected(4), ElementsAre(by_server(7, DataFinAcked)));
}

TEST_P(DataFinEvents, WithDataInFront)
{
    // The DATA_FIN is the last byte of its mapping.
    trace.see(initial.initiator().data(100).with(dss_map_and_fin(of_client - 100, 1000, 101)));
    by_acceptor(dss_ack(of_client));
    EXPECT_THAT(detected(), ElementsAre(by_client(4, DataFin)));
    by_acceptor(dss_ack(of_client + 1));
    EXPECT_THAT(detected(4), ElementsAre(by_server(6, DataFinAcked)));
}

// RFC 8684 3.3.3: the DATA_FIN has the last DSN of its mapping.
TEST_P(DataFinEvents, WithTheirOwnDsnBehindData)
{
    trace.see(initial.initiator().data(100).with(dss_map_and_fin(of_client - 100, 1000, 101)));
    EXPECT_EQ(std::get<WireDataSeq>(trace.last(DataFin).detail).value, of_client);
}

TEST_P(DataFinEvents, AcknowledgedOnAnySubflow)
{
    trace.see_join(second, Join{peers}); // frames 4 to 7
    by_initiator(dss_fin(of_client));
    trace.see(second.acceptor().ack().with(dss_ack(of_client + 1)));
    EXPECT_THAT(detected(7), ElementsAre(by_client(8, DataFin), by_server(9, DataFinAcked).on(1)));
}

INSTANTIATE_TEST_SUITE_P(Dsns, DataFinEvents,
                         testing::Values(1000U, 0x7fffffffU, 0x80000000U, 0xfffffffeU, 0xffffffffU,
                                         0U, 50U));

TEST_F(EndEvents, FinsBothWays)
{
    trace.see_close(initial);
    EXPECT_THAT(detected(), ElementsAre(by_client(4, SubflowFin), by_server(5, SubflowFin),
                                        by_server(5, SubflowClosed)));
}

TEST_F(EndEvents, FinsThatAreRepeated)
{
    const Packet fin = initial.acceptor().fin();
    trace.see(fin);
    trace.see(fin);
    const Packet answer = initial.initiator().fin();
    trace.see(answer);
    trace.see(answer);
    EXPECT_THAT(detected(), ElementsAre(by_server(4, SubflowFin), by_server(5, SubflowFin).again(),
                                        by_client(6, SubflowFin), by_client(6, SubflowClosed),
                                        by_client(7, SubflowFin).again()));
}

TEST_F(EndEvents, AReset)
{
    trace.wait(7 * kMillisecond);
    trace.see(initial.acceptor().rst());
    EXPECT_THAT(detected(), ElementsAre(by_server(4, SubflowReset)));
    EXPECT_EQ(outcome().after, 10 * kMillisecond);
    EXPECT_FALSE(outcome().rst);
    EXPECT_TRUE(outcome().active);
}

TEST_F(EndEvents, AResetOfAJoin)
{
    trace.see_join(second, Join{peers}); // frames 4 to 7
    trace.see(second.initiator().rst().with(mp_tcprst(5)));
    EXPECT_THAT(detected(7), ElementsAre(by_client(8, SubflowReset).on(1)));
    EXPECT_EQ(outcome().after, 4 * kMillisecond);
    EXPECT_EQ(outcome().rst.value().reason, 5U);
}

TEST_F(EndEvents, NothingBehindAResetButAnotherReason)
{
    trace.see(initial.acceptor().rst());
    trace.see(initial.acceptor().rst());
    trace.see(initial.initiator().fin());
    trace.see(initial.initiator().data(100));
    EXPECT_THAT(detected(4), IsEmpty());
    trace.see(initial.initiator().rst().with(mp_tcprst(1)));
    EXPECT_THAT(detected(4), ElementsAre(by_client(8, SubflowReset).again()));
}

TEST_F(EndEvents, AResetOfAClosedSubflow)
{
    trace.see_close(initial); // frames 4 to 6
    trace.see(initial.initiator().rst());
    EXPECT_THAT(detected(6), ElementsAre(by_client(7, SubflowReset)));
}

// RFC 8684 3.5: in v1, MP_FASTCLOSE can be on RSTs, one for each subflow.
TEST_F(EndEvents, AFastclose)
{
    by_initiator(mp_fastclose(peers.server));
    trace.see(initial.initiator().rst().with(mp_fastclose(peers.server)));
    EXPECT_THAT(detected(), ElementsAre(by_client(4, Fastclose), by_client(5, Fastclose).again(),
                                        by_client(5, SubflowReset)));
    EXPECT_EQ(std::get<MpFastclose>(trace.last(Fastclose).detail).receiver_key, peers.server);
}

TEST_F(EndEvents, AFailAndTheFallbackBehindIt)
{
    by_acceptor(mp_fail(DataSeq{1000}));
    trace.see(initial.initiator().data(100).with(dss_map(1000, 101, 0)));
    trace.see(initial.initiator().data(100).with(dss_map(1000, 201, 0))); // it has fallen back
    EXPECT_THAT(detected(), ElementsAre(by_server(4, Fail), by_client(5, Fallback)));
    EXPECT_EQ(std::get<MpFail>(trace.last(Fail).detail).data_seq, DataSeq{1000});
    EXPECT_EQ(std::get<FallbackReason>(trace.last(Fallback).detail),
              FallbackReason::InfiniteMappingAfterMpFail);
}

TEST_F(EndEvents, TheFallbackAtTheFrameThatShowsIt)
{
    trace.see(initial.initiator().data(100).with(dss_map(peers.first_data(Role::Client), 1, 100)));
    trace.see(initial.initiator().data(100));
    trace.see(initial.acceptor().ack());
    EXPECT_THAT(detected(), ElementsAre(by_server(6, Fallback)));
}

} // namespace
} // namespace mptcp::test
