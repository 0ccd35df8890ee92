// SPDX-License-Identifier: GPL-2.0-or-later
//
// Estimates of the MIB counters of both hosts' kernels, under Linux's names
// (net/mptcp/mib.c). Each test lists all counters that are not zero.
#include "analysis/counters.h"

#include <set>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "counted.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using enum Counter;

const Endpoint kServer = at("10.0.0.2", 80);

class Counts : public testing::Test {
protected:
    using List = std::vector<std::pair<Counter, std::uint64_t>>;

    // The counters of the first connection, for events after a frame.
    List of(Role host, std::uint32_t behind = 0) const
    {
        Summary summary;
        for (std::uint32_t frame = behind + 1; frame <= trace.frames(); ++frame)
            summary.add(Attribution{}, 0, frame, 0);
        const Timeline timeline = make_timeline(trace.tracker(), summary);
        return list(count(trace.tracker(), timeline).at(0)[host]);
    }
    static List list(const Counters &counters)
    {
        List result;
        for (std::size_t i = 0; i < kCounters; ++i)
            if (const auto value = counters[static_cast<Counter>(i)]; value != 0)
                result.emplace_back(static_cast<Counter>(i), value);
        return result;
    }
    List of_client(std::uint32_t behind = 0) const { return of(Role::Client, behind); }
    List of_server(std::uint32_t behind = 0) const { return of(Role::Server, behind); }

    void handshake() { trace.see_handshake(initial, peers); } // 3 frames
    void by_client(const Bytes &option) { trace.see(initial.initiator().ack().with(option)); }
    void by_server(const Bytes &option) { trace.see(initial.acceptor().ack().with(option)); }

    Peers peers;
    Join join{peers};
    TcpFlow initial{at("10.0.0.1", 4000), kServer};
    TcpFlow second{at("10.0.9.1", 4001), kServer};
    Trace trace;
};

TEST_F(Counts, OfAHandshake)
{
    handshake();
    EXPECT_THAT(of_client(), ElementsAre(Pair(MPCapableSYNTX, 1), Pair(MPCapableSYNACKRX, 1)));
    EXPECT_THAT(of_server(), ElementsAre(Pair(MPCapableSYNRX, 1), Pair(MPCapableACKRX, 1)));
}

TEST_F(Counts, OfAHandshakeWithRepetitionsAreTheSame)
{
    const Packet syn = initial.initiator().syn().with(peers.syn());
    const Packet syn_ack = initial.acceptor().syn_ack().with(peers.syn_ack());
    const Packet ack = initial.initiator().ack().with(peers.ack());
    for (const Packet &packet : {syn, syn, syn_ack, syn_ack, ack, ack})
        trace.see(packet);
    // RFC 8684 3.1: the first data repeats the keys.
    trace.see(
        initial.initiator().data(100).with(mp_capable_with_data(peers.client, peers.server, 100)));
    EXPECT_THAT(of_client(), ElementsAre(Pair(MPCapableSYNTX, 1), Pair(MPCapableSYNACKRX, 1)));
    EXPECT_THAT(of_server(), ElementsAre(Pair(MPCapableSYNRX, 1), Pair(MPCapableACKRX, 1)));
}

TEST_F(Counts, OfAnAckOfTheServerWithMpCapableAreNone)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    by_server(peers.ack());
    EXPECT_THAT(of_client(2), IsEmpty());
    EXPECT_THAT(of_server(2), IsEmpty());
}

TEST_F(Counts, OfASynThatIsRepeatedWithoutMpCapable)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.initiator().syn());
    trace.see(initial.acceptor().syn_ack());
    EXPECT_THAT(of_client(1), ElementsAre(Pair(MPCapableSYNTXDrop, 1)));
    EXPECT_THAT(of_server(1), IsEmpty());
}

TEST_F(Counts, OfASynAckWithoutMpCapable)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack());
    EXPECT_THAT(of_client(1), ElementsAre(Pair(MPCapableFallbackSYNACK, 1)));
    EXPECT_THAT(of_server(1), IsEmpty());
}

TEST_F(Counts, OfAThirdAckWithoutMpCapable)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    trace.see(initial.initiator().ack());
    trace.see(initial.initiator().data(100));
    EXPECT_THAT(of_client(2), IsEmpty());
    EXPECT_THAT(of_server(2), ElementsAre(Pair(MPCapableFallbackACK, 1)));
}

TEST_F(Counts, OfFirstDataWithoutAnOption)
{
    handshake();
    trace.see(initial.acceptor().data(100));
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPCapableDataFallback, 1)));
    EXPECT_THAT(of_server(3), IsEmpty());
}

TEST_F(Counts, OfOptionsThatVanish)
{
    handshake();
    trace.see(initial.initiator().data(100).with(dss_map(peers.first_data(Role::Client), 1, 100)));
    trace.see(initial.initiator().data(100));
    trace.see(initial.acceptor().ack());
    EXPECT_THAT(of_client(3), IsEmpty());
    EXPECT_THAT(of_server(3), ElementsAre(Pair(DssFallback, 1)));
}

TEST_F(Counts, OfAFailAndTheInfiniteMappingBehindIt)
{
    handshake();
    by_server(mp_fail(DataSeq{1000}));
    trace.see(initial.initiator().data(100).with(dss_map(1000, 101, 0)));
    EXPECT_THAT(of_client(3), ElementsAre(Pair(InfiniteMapTx, 1), Pair(MPFailRx, 1)));
    EXPECT_THAT(of_server(3),
                ElementsAre(Pair(DssFallback, 1), Pair(InfiniteMapRx, 1), Pair(MPFailTx, 1)));
}

TEST_F(Counts, OfAJoin)
{
    handshake();
    trace.see_join(second, join);
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPJoinSynTx, 1), Pair(MPJoinSynAckRx, 1)));
    EXPECT_THAT(of_server(3), ElementsAre(Pair(MPJoinSynRx, 1), Pair(MPJoinAckRx, 1)));
}

TEST_F(Counts, OfAJoinWithRepetitionsAreTheSame)
{
    handshake();
    const Packet syn = second.initiator().syn().with(join.syn());
    const Packet syn_ack = second.acceptor().syn_ack().with(join.syn_ack());
    const Packet ack = second.initiator().ack().with(join.ack());
    for (const Packet &packet : {syn, syn, syn_ack, syn_ack, ack, ack})
        trace.see(packet);
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPJoinSynTx, 1), Pair(MPJoinSynAckRx, 1)));
    EXPECT_THAT(of_server(3), ElementsAre(Pair(MPJoinSynRx, 1), Pair(MPJoinAckRx, 1)));
}

TEST_F(Counts, OfABackupJoinOfTheServer)
{
    handshake();
    TcpFlow third{at("10.0.9.2", 5000), at("10.0.0.1", 4000)};
    join.initiator = Role::Server;
    trace.see(third.initiator().syn().with(
        mp_join_syn(peers.token(Role::Client), join.initiator_nonce, 2, true)));
    trace.see(third.acceptor().syn_ack().with(
        mp_join_syn_ack(join.acceptor_hmac(), join.acceptor_nonce, 0, true)));
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPJoinSynRx, 1), Pair(MPJoinSynBackupRx, 1)));
    EXPECT_THAT(of_server(3), ElementsAre(Pair(MPJoinSynTx, 1), Pair(MPJoinSynAckRx, 1),
                                          Pair(MPJoinSynAckBackupRx, 1)));
}

// The port differs from the connection's; an ADD_ADDR has announced it.
TEST_F(Counts, OfAJoinToAnotherPort)
{
    handshake();
    TcpFlow third{at("10.0.0.1", 4001), at("10.0.9.2", 81)};
    trace.see_join(third, join);
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPJoinSynTx, 1), Pair(MPJoinSynAckRx, 1),
                                          Pair(MPJoinPortSynAckRx, 1)));
    EXPECT_THAT(of_server(3), ElementsAre(Pair(MPJoinSynRx, 1), Pair(MPJoinPortSynRx, 1),
                                          Pair(MPJoinAckRx, 1), Pair(MPJoinPortAckRx, 1)));
}

TEST_F(Counts, OfASynAckWithAWrongHmac)
{
    handshake();
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.acceptor().syn_ack().with(mp_join_syn_ack({}, join.acceptor_nonce, 3, true)));
    EXPECT_THAT(of_client(4), ElementsAre(Pair(MPJoinSynAckHMacFailure, 1)));
    EXPECT_THAT(of_server(4), IsEmpty());
}

TEST_F(Counts, OfAThirdAckWithAWrongHmac)
{
    handshake();
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.acceptor().syn_ack().with(join.syn_ack()));
    trace.see(second.initiator().ack().with(mp_join_ack({})));
    trace.see(second.acceptor().rst());
    EXPECT_THAT(of_client(5), IsEmpty());
    EXPECT_THAT(of_server(5), ElementsAre(Pair(MPJoinAckHMacFailure, 1)));
}

TEST_F(Counts, OfAJoinThatTheServerRejects)
{
    handshake();
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.acceptor().syn_ack().with(join.syn_ack()));
    trace.see(second.initiator().ack().with(join.ack()));
    trace.see(second.acceptor().rst());
    EXPECT_THAT(of_client(5), IsEmpty());
    EXPECT_THAT(of_server(5), ElementsAre(Pair(MPJoinRejected, 1)));
}

TEST_F(Counts, OfAddresses)
{
    handshake();
    by_server(add_addr(peers.announcement(Role::Server, 7, "10.0.2.2")));
    by_client(add_addr({true, 7, ip("10.0.2.2"), {}, {}}));
    by_server(remove_addr({7, 8})); // one option, two addresses
    EXPECT_THAT(of_client(3), ElementsAre(Pair(AddAddr, 1), Pair(EchoAddTx, 1), Pair(RmAddr, 2)));
    EXPECT_THAT(of_server(3), ElementsAre(Pair(AddAddrTx, 1), Pair(EchoAdd, 1), Pair(RmAddrTx, 1)));
}

// RFC 8684 3.4.1: the receiver ignores it.
TEST_F(Counts, OfAnAddressWithAWrongHmac)
{
    handshake();
    auto announcement = peers.announcement(Role::Server, 7, "10.0.2.2", 81);
    announcement.hmac->front() ^= 1;
    by_server(add_addr(announcement));
    EXPECT_THAT(of_client(3), IsEmpty());
    EXPECT_THAT(of_server(3), ElementsAre(Pair(AddAddrTx, 1)));
}

TEST_F(Counts, OfAnAddressWithAPort)
{
    handshake();
    by_server(add_addr(peers.announcement(Role::Server, 7, "10.0.2.2", 81)));
    EXPECT_THAT(of_client(3), ElementsAre(Pair(AddAddr, 1), Pair(PortAdd, 1)));
    EXPECT_THAT(of_server(3), ElementsAre(Pair(AddAddrTx, 1)));
    by_client(add_addr({true, 7, ip("10.0.2.2"), 81, {}}));
    EXPECT_THAT(of_client(4), ElementsAre(Pair(EchoAddTx, 1)));
    EXPECT_THAT(of_server(4), ElementsAre(Pair(EchoAdd, 1), Pair(PortAdd, 1)));
}

TEST_F(Counts, OfPriorities)
{
    handshake();
    by_client(mp_prio(true));
    by_client(mp_prio(false));
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPPrioTx, 2)));
    EXPECT_THAT(of_server(3), ElementsAre(Pair(MPPrioRx, 2)));
}

// RFC 8684 3.5: the first MP_FASTCLOSE closes all subflows of the receiver.
TEST_F(Counts, OfAFastcloseThatIsHeardOnce)
{
    handshake();
    trace.see_join(second, join);
    trace.see(initial.initiator().rst().with(mp_fastclose(peers.server)));
    trace.see(second.initiator().rst().with(mp_fastclose(peers.server)));
    EXPECT_THAT(of_client(7), ElementsAre(Pair(MPFastcloseTx, 2)));
    EXPECT_THAT(of_server(7), ElementsAre(Pair(MPFastcloseRx, 1)));
}

TEST_F(Counts, OfAFastcloseWithAnotherKey)
{
    handshake();
    by_client(mp_fastclose(Key{77}));
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPFastcloseTx, 1)));
    EXPECT_THAT(of_server(3), IsEmpty());
}

TEST_F(Counts, OfAResetWithAReason)
{
    handshake();
    trace.see(initial.acceptor().rst().with(mp_tcprst(1)));
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPRstRx, 1)));
    EXPECT_THAT(of_server(3), ElementsAre(Pair(MPRstTx, 1)));
}

TEST_F(Counts, OfAResetWithoutAReasonAreNone)
{
    handshake();
    trace.see(initial.acceptor().rst());
    EXPECT_THAT(of_client(3), IsEmpty());
    EXPECT_THAT(of_server(3), IsEmpty());
}

TEST_F(Counts, OfASecondResetAreThatItWasSent)
{
    handshake();
    trace.see(initial.acceptor().rst().with(mp_tcprst(1)));
    trace.see(initial.acceptor().rst().with(mp_tcprst(1)));
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPRstRx, 1)));
    EXPECT_THAT(of_server(3), ElementsAre(Pair(MPRstTx, 2)));
}

// An RST without ACK answers a stray segment. It does not belong to a subflow of the host.
TEST_F(Counts, OfAResetInAnswerAreThatItWasReceived)
{
    handshake();
    Packet answer = initial.acceptor().rst().with(mp_tcprst(1));
    answer.segment.flags = kRst;
    trace.see(answer);
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPRstRx, 1)));
    EXPECT_THAT(of_server(3), IsEmpty());
}

TEST_F(Counts, OfAJoinThatIsRefusedWithAReason)
{
    handshake();
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.acceptor().rst().with(mp_tcprst(3)));
    EXPECT_THAT(of_client(4), IsEmpty()); // it has no subflow yet that receives it
    EXPECT_THAT(of_server(4), ElementsAre(Pair(MPRstTx, 1)));
}

TEST_F(Counts, OfResetsBehindAFastcloseAreThatTheyWereSent)
{
    handshake();
    trace.see_join(second, join);
    by_client(mp_fastclose(peers.server)); // frame 8
    trace.see(initial.initiator().rst().with(mp_tcprst(1)));
    trace.see(second.acceptor().rst().with(mp_tcprst(1)));
    EXPECT_THAT(of_client(8), ElementsAre(Pair(MPRstTx, 1), Pair(MPRstRx, 1)));
    EXPECT_THAT(of_client(7), ElementsAre(Pair(MPFastcloseTx, 1), Pair(MPRstTx, 1)));
    EXPECT_THAT(of_server(7), ElementsAre(Pair(MPFastcloseRx, 1), Pair(MPRstTx, 1)));
}

TEST_F(Counts, OfAResetThatIsAFastcloseItself)
{
    handshake();
    trace.see(initial.initiator().rst().with(mp_fastclose(peers.server)).with(mp_tcprst(1)));
    EXPECT_THAT(of_client(3), ElementsAre(Pair(MPFastcloseTx, 1), Pair(MPRstTx, 1)));
    EXPECT_THAT(of_server(3), ElementsAre(Pair(MPFastcloseRx, 1), Pair(MPRstRx, 1)));
}

TEST_F(Counts, OfTheWholeAreTheSumByRole)
{
    handshake();
    const Peers others{kV0, Key{1}, Key{2}};
    TcpFlow other{at("10.0.7.1", 4000), at("10.0.7.2", 80)};
    trace.see_handshake(other, others);
    trace.see(other.acceptor().ack().with(mp_prio(true)));
    const auto each = count(trace.tracker(), make_timeline(trace.tracker(), all_counted(trace)));
    ASSERT_EQ(each.size(), 2U);
    EXPECT_EQ(each[0][Role::Client][MPPrioRx], 0U);
    EXPECT_EQ(each[1][Role::Client][MPPrioRx], 1U);
    const PerRole<Counters> total = sum(each);
    EXPECT_THAT(
        list(total[Role::Client]),
        ElementsAre(Pair(MPCapableSYNTX, 2), Pair(MPCapableSYNACKRX, 2), Pair(MPPrioRx, 1)));
    EXPECT_THAT(list(total[Role::Server]),
                ElementsAre(Pair(MPCapableSYNRX, 2), Pair(MPCapableACKRX, 2), Pair(MPPrioTx, 1)));
}

TEST_F(Counts, OfNothingAreNone)
{
    EXPECT_TRUE(count(trace.tracker(), {}).empty());
    EXPECT_THAT(list(sum({})[Role::Client]), IsEmpty());
}

TEST(CounterNames, AreThoseOfNstat)
{
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kCounters; ++i)
        names.insert(name(static_cast<Counter>(i)));
    EXPECT_EQ(names.size(), kCounters);
    // Samples from the whole list, because the names are indexed by position.
    EXPECT_EQ(name(MPCapableSYNTX), "MPTcpExtMPCapableSYNTX");
    EXPECT_EQ(name(InfiniteMapRx), "MPTcpExtInfiniteMapRx");
    EXPECT_EQ(name(MPJoinRejected), "MPTcpExtMPJoinRejected");
    EXPECT_EQ(name(PortAdd), "MPTcpExtPortAdd");
    EXPECT_EQ(name(MPRstRx), "MPTcpExtMPRstRx");
}

} // namespace
} // namespace mptcp::test
