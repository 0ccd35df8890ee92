// SPDX-License-Identifier: GPL-2.0-or-later
//
// The timeline at the end of a capture: filters, events that are known only at the
// end, and the priorities and ends of subflows.
#include "analysis/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "counted.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum EventType;

class Timelines : public testing::Test {
protected:
    std::vector<DetectedEvent> listed() const { return listed(all_counted(trace)); }
    std::vector<DetectedEvent> listed(const Summary &summary) const
    {
        std::vector<DetectedEvent> result;
        for (const TimelineEntry &each : make_timeline(trace.tracker(), summary))
            result.push_back(
                {each.event.frame, each.event.type, each.from, each.subflow, each.event.repeated});
        return result;
    }
    const SubflowHistory &of_subflow(std::size_t id)
    {
        histories = make_subflow_histories(trace.tracker());
        return histories.at(id);
    }

    void use_version_0() { peers.version = join.peers.version = kV0; }

    Peers peers;
    Join join{peers};
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    TcpFlow third{at("10.0.9.1", 4002), at("10.0.0.2", 80)};
    Trace trace;
    std::vector<SubflowHistory> histories;
};

TEST_F(Timelines, OfNothingAreEmpty) { EXPECT_THAT(listed(), IsEmpty()); }

TEST_F(Timelines, HaveWhatIsKnownAtTheEnd)
{
    trace.see_handshake(initial, peers);
    trace.see_join(second, join);
    const Timeline timeline = make_timeline(trace.tracker(), all_counted(trace));
    ASSERT_EQ(timeline.size(), 8U);
    const TimelineEntry &syn_ack = timeline[5];
    EXPECT_EQ(syn_ack.event.type, JoinSynAck);
    EXPECT_EQ(syn_ack.connection, 0U);
    EXPECT_EQ(syn_ack.subflow, 1U);
    EXPECT_EQ(syn_ack.from, Role::Server);
    EXPECT_EQ(syn_ack.severity, Severity::Chat);
    EXPECT_EQ(syn_ack.verdict, Verdict::Good);
    EXPECT_EQ(syn_ack.details, "HMAC good, address ID 3, nonce 572662306");
}

TEST_F(Timelines, HaveSeverityAndVerdict)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.initiator().ack().with(mp_fastclose(Key{77})));
    const Timeline timeline = make_timeline(trace.tracker(), all_counted(trace));
    EXPECT_EQ(timeline.back().severity, Severity::Warn);
    EXPECT_EQ(timeline.back().verdict, Verdict::Bad);
}

TEST_F(Timelines, AreInTheOrderOfTheFrames)
{
    trace.see(initial.initiator().syn().with(peers.syn())); // 1, never answered
    TcpFlow other{at("10.0.7.1", 4000), at("10.0.7.2", 80)};
    trace.see_handshake(other, Peers{kV0, Key{1}, Key{2}}); // 2 to 4
    EXPECT_THAT(listed(), ElementsAre(by_client(1, CapableSyn), by_client(1, Unanswered),
                                      by_client(2, CapableSyn), by_server(3, CapableSynAck),
                                      by_client(4, CapableAck), by_client(4, Established)));
}

TEST_F(Timelines, UnderAFilterAreOfTheFramesThatPassIt)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.initiator().fin());
    EXPECT_THAT(listed(counted({2, 4})),
                ElementsAre(by_server(2, CapableSynAck), by_client(4, SubflowFin)));
    EXPECT_THAT(listed(Summary{}), IsEmpty());
}

TEST_F(Timelines, EndWithTheLastUnansweredSyn)
{
    trace.see_handshake(initial, peers);
    const Packet syn = second.initiator().syn().with(join.syn());
    trace.see(syn);
    trace.see(initial.initiator().ack().with(mp_prio(true)));
    trace.see(syn);
    const Timeline timeline = make_timeline(trace.tracker(), all_counted(trace));
    const TimelineEntry &last = timeline.back();
    EXPECT_EQ(last.event.type, JoinUnanswered);
    EXPECT_EQ(last.event.frame, 6U);
    EXPECT_EQ(last.event.time, 6 * kMillisecond);
    EXPECT_EQ(last.subflow, 1U);
    EXPECT_EQ(last.from, Role::Client);
    EXPECT_EQ(last.severity, Severity::Note);
    EXPECT_EQ(last.details, "after 0.002000 s");
    // It passes the filter if its frame does.
    EXPECT_THAT(listed(counted({4, 5})),
                ElementsAre(by_client(4, JoinSyn).on(1), by_client(5, Prio)));
}

TEST_F(Timelines, HaveEachOfSeveralUnansweredSyns)
{
    trace.see_handshake(initial, peers);
    trace.see(third.initiator().syn().with(join.syn()));
    trace.see(second.initiator().syn().with(join.syn()));
    EXPECT_THAT(listed(counted({4, 5})),
                ElementsAre(by_client(4, JoinSyn).on(1), by_client(4, JoinUnanswered).on(1),
                            by_client(5, JoinSyn).on(2), by_client(5, JoinUnanswered).on(2)));
}

TEST_F(Timelines, HaveNoUnansweredEventForAnsweredSyns)
{
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.acceptor().syn_ack()); // without the option, but an answer
    trace.see(third.initiator().syn().with(join.syn()));
    trace.see(third.acceptor().rst());
    EXPECT_THAT(listed(counted({4, 5, 6, 7})),
                ElementsAre(by_client(4, JoinSyn).on(1), by_server(5, JoinStripped).on(1),
                            by_client(6, JoinSyn).on(2), by_server(7, JoinRefused).on(2)));
}

TEST_F(Timelines, OfASubflowHaveItsPriorities)
{
    trace.see_handshake(initial, peers);
    trace.see_join(second, join);
    trace.see(second.acceptor().ack().with(mp_prio(true)));
    trace.see(second.initiator().ack().with(mp_prio(false)));
    EXPECT_THAT(of_subflow(0).priorities, IsEmpty());
    ASSERT_EQ(of_subflow(1).priorities.size(), 2U);
    EXPECT_EQ(of_subflow(1).priorities[0].frame, 8U);
    EXPECT_EQ(of_subflow(1).priorities[0].time, 8 * kMillisecond);
    EXPECT_EQ(of_subflow(1).priorities[0].from, Role::Server);
    EXPECT_TRUE(of_subflow(1).priorities[0].backup);
    EXPECT_EQ(of_subflow(1).priorities[1].from, Role::Client);
    EXPECT_FALSE(of_subflow(1).priorities[1].backup);
}

// RFC 6824 3.3.8: applies to all subflows with this address ID of the sender.
TEST_F(Timelines, OfASubflowHavePrioritiesByAddressId)
{
    use_version_0();
    trace.see_handshake(initial, peers);
    trace.see_join(second, join); // both have the client's address ID 2
    trace.see_join(third, join);  // and the server's address ID 3
    trace.see(initial.initiator().ack().with(mp_prio(true, 2)));
    trace.see(initial.acceptor().ack().with(mp_prio(true, 2))); // the server has no such address ID
    EXPECT_THAT(of_subflow(0).priorities, IsEmpty());
    for (const std::size_t id : {1U, 2U}) {
        ASSERT_EQ(of_subflow(id).priorities.size(), 1U);
        EXPECT_EQ(of_subflow(id).priorities[0].frame, 12U);
        EXPECT_EQ(of_subflow(id).priorities[0].from, Role::Client);
    }
    trace.see(second.acceptor().ack().with(mp_prio(false, 3)));
    EXPECT_EQ(of_subflow(2).priorities.size(), 2U);
}

// RFC 8684 3.3.8: MP_PRIO has no address ID in version 1.
TEST_F(Timelines, OfASubflowHaveNoPriorityByAddressIdInVersion1)
{
    trace.see_handshake(initial, peers);
    trace.see_join(second, join);
    trace.see(initial.initiator().ack().with(mp_prio(true, 2)));
    EXPECT_THAT(of_subflow(1).priorities, IsEmpty());
}

TEST_F(Timelines, OfASubflowHaveNoPriorityFromBehindItsEnd)
{
    use_version_0();
    trace.see_handshake(initial, peers);
    trace.see_join(second, join);
    trace.see(second.initiator().rst());
    trace.see(initial.initiator().ack().with(mp_prio(true, 2)));
    EXPECT_THAT(of_subflow(1).priorities, IsEmpty());
}

// The flag B of MP_JOIN gives the initial priority of a subflow.
TEST_F(Timelines, OfASubflowHaveNoPriorityFromBeforeItOpened)
{
    use_version_0();
    trace.see_handshake(initial, peers);
    trace.see_join(second, join);
    trace.see(initial.initiator().ack().with(mp_prio(true, 2)));
    trace.see_join(third, join);
    EXPECT_EQ(of_subflow(1).priorities.size(), 1U);
    EXPECT_THAT(of_subflow(2).priorities, IsEmpty());
}

TEST_F(Timelines, OfSubflowsThatShareAnAddressIdBoundWhatOneMpPrioSays)
{
    use_version_0();
    trace.see_handshake(initial, peers);
    for (std::size_t i = 0; i <= kMostByAddress; ++i) {
        TcpFlow flow{at("10.0.9.1", static_cast<std::uint16_t>(5000 + i)), at("10.0.0.2", 80)};
        trace.see(flow.initiator().syn().with(join.syn()));
    }
    trace.see(initial.initiator().ack().with(mp_prio(true, 2)));
    EXPECT_THAT(of_subflow(1).priorities, IsEmpty()); // the oldest
    EXPECT_EQ(of_subflow(2).priorities.size(), 1U);
    EXPECT_EQ(of_subflow(kMostByAddress + 1).priorities.size(), 1U);
}

TEST_F(Timelines, OfAnOpenSubflowHaveNoEnding)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.initiator().fin());
    EXPECT_FALSE(of_subflow(0).ending);
}

TEST_F(Timelines, OfASubflowHaveItsFirstEnding)
{
    trace.see_handshake(initial, peers);
    trace.see_close(initial);
    trace.see(initial.initiator().rst());
    ASSERT_TRUE(of_subflow(0).ending);
    EXPECT_EQ(of_subflow(0).ending->how, SubflowClosed);
    EXPECT_EQ(of_subflow(0).ending->frame, 5U);
    EXPECT_EQ(of_subflow(0).ending->from, Role::Server);
    EXPECT_FALSE(of_subflow(0).ending->rst);
}

TEST_F(Timelines, OfASubflowThatIsResetSayWhy)
{
    trace.see_handshake(initial, peers);
    trace.see_join(second, join);
    trace.see(second.initiator().rst().with(mp_tcprst(5)));
    trace.see(second.acceptor().rst().with(mp_tcprst(1))); // the first one counts
    ASSERT_TRUE(of_subflow(1).ending);
    EXPECT_EQ(of_subflow(1).ending->how, SubflowReset);
    EXPECT_EQ(of_subflow(1).ending->from, Role::Client);
    EXPECT_EQ(of_subflow(1).ending->rst.value().reason, 5U);
    EXPECT_FALSE(of_subflow(0).ending);
}

TEST_F(Timelines, OfASubflowThatIsRefusedEndWithThat)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().rst());
    EXPECT_EQ(of_subflow(0).ending.value().how, Refused);
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.acceptor().rst());
    EXPECT_EQ(of_subflow(1).ending.value().how, JoinRefused);
}

} // namespace
} // namespace mptcp::test
