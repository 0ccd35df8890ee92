// SPDX-License-Identifier: GPL-2.0-or-later
//
// Descriptions of events: the text of each type, its verdict, and its severity.
#include "events/event_words.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

using enum EventType;

constexpr EventType kAddAddr = EventType::AddAddr;

const std::string kClientKey = "0x21d98ac85e6ac392";
const std::string kServerKey = "0x2b55ad2762930571";

class EventWords : public testing::Test {
protected:
    void by_client(const Bytes &option) { trace.see(initial.initiator().ack().with(option)); }
    void by_server(const Bytes &option) { trace.see(initial.acceptor().ack().with(option)); }

    // The description of the last event of a type.
    std::string words(EventType type) const
    {
        return describe(trace.tracker().context(), trace.last(type));
    }
    Verdict verdict_on(EventType type) const
    {
        return verdict(trace.tracker().context(), trace.last(type));
    }
    bool hmac_in(EventType type) const { return has_hmac(trace.last(type)); }
    Severity severity_of(EventType type) const
    {
        return severity(trace.last(type), verdict_on(type));
    }

    Peers peers;
    Join join{peers};
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
};

TEST_F(EventWords, OfAHandshakeOfV1)
{
    trace.see_handshake(initial, peers);
    EXPECT_EQ(words(CapableSyn), "version 1, flags H");
    EXPECT_EQ(words(CapableSynAck), "version 1, flags H, key " + kServerKey);
    EXPECT_EQ(words(CapableAck),
              "version 1, flags H, key " + kClientKey + ", peer's key " + kServerKey);
    EXPECT_EQ(words(Established), "");
}

TEST_F(EventWords, OfAHandshakeOfV0)
{
    peers.version = kV0;
    trace.see_handshake(initial, peers);
    EXPECT_EQ(words(CapableSyn), "version 0, flags H, key " + kClientKey);
}

TEST_F(EventWords, OfFlags)
{
    trace.see(initial.initiator().syn().with(mp_capable(kV1, {}, 0xe1)));
    EXPECT_EQ(words(CapableSyn), "version 1, flags ABCH, ignored: the option is invalid");
    EXPECT_EQ(words(OddFlags), "version 1, flags ABCH");
    trace.see(initial.acceptor().syn_ack().with(mp_capable(kV1, {peers.server}, 0)));
    EXPECT_EQ(words(CapableSynAck),
              "version 1, no flags, key " + kServerKey + ", ignored: the option is invalid");
}

TEST_F(EventWords, SayWhatIsRepeated)
{
    const Packet syn = initial.initiator().syn().with(peers.syn());
    trace.see(syn);
    trace.see(syn);
    EXPECT_EQ(words(CapableSyn), "version 1, flags H, repeated");
    const Packet fin = initial.initiator().fin();
    trace.see(fin);
    trace.see(fin);
    EXPECT_EQ(words(SubflowFin), "repeated");
}

// RFC 8684 3.1: the first data must repeat the keys.
TEST_F(EventWords, OfTheFirstDataDoNotCallItRepeated)
{
    trace.see_handshake(initial, peers);
    trace.see(
        initial.initiator().data(100).with(mp_capable_with_data(peers.client, peers.server, 100)));
    EXPECT_EQ(words(CapableAck), "version 1, flags H, key " + kClientKey + ", peer's key " +
                                     kServerKey + ", data length 100");
}

TEST_F(EventWords, OfAVersionThatIsNotTheOffered)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack().with(mp_capable(kV0, {peers.server})));
    EXPECT_EQ(words(VersionDowngrade), "version 0, flags H, key " + kServerKey);
}

TEST_F(EventWords, OfKeysThatAreNotTheOnesBefore)
{
    trace.see_handshake(initial, peers);
    by_client(mp_capable(kV1, {Key{1}, peers.server}));
    EXPECT_EQ(words(KeyMismatch), "client key 0x0000000000000001, previously " + kClientKey);
    by_client(mp_capable(kV1, {peers.client, Key{2}}));
    EXPECT_EQ(words(KeyMismatch), "server key 0x0000000000000002, previously " + kServerKey);
    by_client(mp_capable(kV1, {Key{1}, Key{2}}));
    EXPECT_EQ(words(KeyMismatch), "client key 0x0000000000000001, previously " + kClientKey +
                                      ", server key 0x0000000000000002, previously " + kServerKey);
}

TEST_F(EventWords, OfAJoin)
{
    trace.see_handshake(initial, peers);
    trace.see_join(second, join);
    EXPECT_EQ(words(JoinSyn), "token 2095057999 (0x7ce00c4f), address ID 2, nonce 286331153, "
                              "10.0.9.1:4001 to 10.0.0.2:80");
    EXPECT_EQ(words(JoinSynAck), "HMAC good, address ID 3, nonce 572662306");
    EXPECT_EQ(words(JoinAck), "HMAC good");
    EXPECT_EQ(words(JoinEstablished), "after 0.003000 s");
    for (const EventType type : {JoinSynAck, JoinAck}) {
        EXPECT_EQ(verdict_on(type), Verdict::Good);
        EXPECT_TRUE(hmac_in(type));
        EXPECT_EQ(severity_of(type), Severity::Chat);
    }
    EXPECT_EQ(verdict_on(JoinSyn), Verdict::Absent);
    EXPECT_FALSE(hmac_in(JoinSyn));
}

TEST_F(EventWords, OfABackupJoin)
{
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(
        mp_join_syn(peers.token(Role::Server), join.initiator_nonce, 2, true)));
    trace.see(second.acceptor().syn_ack().with(
        mp_join_syn_ack(join.acceptor_hmac(), join.acceptor_nonce, 3, true)));
    EXPECT_EQ(words(JoinSyn), "token 2095057999 (0x7ce00c4f), address ID 2, nonce 286331153, "
                              "backup, 10.0.9.1:4001 to 10.0.0.2:80");
    EXPECT_EQ(words(JoinSynAck), "HMAC good, address ID 3, nonce 572662306, backup");
}

TEST_F(EventWords, OfAJoinWhoseConnectionIsNotCaptured)
{
    trace.see_join(second, join);
    EXPECT_EQ(words(JoinSyn),
              "token 2095057999 (0x7ce00c4f), unknown in this capture, address ID 2, nonce "
              "286331153, 10.0.9.1:4001 to 10.0.0.2:80");
    EXPECT_EQ(words(JoinSynAck), "HMAC unverified, address ID 3, nonce 572662306");
    EXPECT_EQ(verdict_on(JoinAck), Verdict::Unverified);
    EXPECT_TRUE(hmac_in(JoinAck));
}

TEST_F(EventWords, OfAJoinWithWrongHmacs)
{
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.acceptor().syn_ack().with(mp_join_syn_ack({}, join.acceptor_nonce, 3)));
    trace.see(second.initiator().ack().with(mp_join_ack({})));
    EXPECT_EQ(words(JoinSynAck), "HMAC bad, address ID 3, nonce 572662306");
    EXPECT_EQ(words(JoinAck), "HMAC bad");
    for (const EventType type : {JoinSynAck, JoinAck}) {
        EXPECT_EQ(verdict_on(type), Verdict::Bad);
        EXPECT_TRUE(hmac_in(type));
        EXPECT_EQ(severity_of(type), Severity::Error);
    }
}

TEST_F(EventWords, OfAnnouncedAddresses)
{
    trace.see_handshake(initial, peers);
    by_server(add_addr(peers.announcement(Role::Server, 7, "10.0.2.2")));
    EXPECT_EQ(words(kAddAddr), "ID 7, 10.0.2.2, HMAC good");
    EXPECT_EQ(verdict_on(kAddAddr), Verdict::Good);
    EXPECT_TRUE(hmac_in(kAddAddr));
    by_client(add_addr(peers.announcement(Role::Client, 8, "fd00::2", 8080)));
    EXPECT_EQ(words(kAddAddr), "ID 8, [fd00::2]:8080, HMAC good");
    EXPECT_EQ(severity_of(kAddAddr), Severity::Chat);
}

// RFC 6824 3.4.1: v0 has no HMAC; RFC 8684 3.4.1: an echo has none either.
TEST_F(EventWords, OfAddressesWithoutAnHmac)
{
    trace.see_handshake(initial, peers);
    mptcp::AddAddr announced{false, 7, ip("10.0.2.2"), {}, {}};
    by_server(add_addr(announced));
    EXPECT_EQ(words(kAddAddr), "ID 7, 10.0.2.2");
    EXPECT_EQ(verdict_on(kAddAddr), Verdict::Absent);
    EXPECT_FALSE(hmac_in(kAddAddr));
    announced.echo = true;
    by_client(add_addr(announced));
    EXPECT_EQ(words(AddAddrEcho), "ID 7, 10.0.2.2");
    EXPECT_EQ(verdict_on(AddAddrEcho), Verdict::Absent);
}

TEST_F(EventWords, OfAnAddressWithAWrongHmac)
{
    trace.see_handshake(initial, peers);
    by_server(add_addr(peers.announcement(Role::Client, 7, "10.0.2.2"))); // HMAC with the wrong key
    EXPECT_EQ(words(kAddAddr), "ID 7, 10.0.2.2, HMAC bad");
    EXPECT_EQ(verdict_on(kAddAddr), Verdict::Bad);
    EXPECT_TRUE(hmac_in(kAddAddr));
    EXPECT_EQ(severity_of(kAddAddr), Severity::Error);
}

TEST_F(EventWords, OfAnAddressWithTheLeftmostBits)
{
    trace.see_handshake(initial, peers);
    mptcp::AddAddr announced = peers.announcement(Role::Server, 7, "10.0.2.2");
    announced.hmac =
        Crypto{}.address_hmac(peers.server, peers.client, 7, announced.address, 0)->leftmost;
    by_server(add_addr(announced));
    EXPECT_EQ(words(kAddAddr),
              "ID 7, 10.0.2.2, HMAC truncated to the leftmost instead of the rightmost 64 bits");
    EXPECT_EQ(verdict_on(kAddAddr), Verdict::Leftmost);
    EXPECT_TRUE(hmac_in(kAddAddr));
    EXPECT_EQ(severity_of(kAddAddr), Severity::Warn);
}

// The keys may be captured after an HMAC that depends on them.
TEST_F(EventWords, UseWhatIsKnownWhenTheyAreWritten)
{
    trace.see(initial.initiator().syn().with(peers.syn()));
    trace.see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    by_server(add_addr(peers.announcement(Role::Server, 7, "10.0.2.2")));
    EXPECT_EQ(words(kAddAddr), "ID 7, 10.0.2.2, HMAC unverified");
    EXPECT_EQ(verdict_on(kAddAddr), Verdict::Unverified);
    EXPECT_TRUE(hmac_in(kAddAddr));
    by_client(peers.ack());
    EXPECT_EQ(words(kAddAddr), "ID 7, 10.0.2.2, HMAC good");
}

TEST_F(EventWords, OfPathsThatChange)
{
    trace.see_handshake(initial, peers);
    by_client(remove_addr({4, 255}));
    EXPECT_EQ(words(RemoveAddr), "ID 4, ID 255");
    by_client(mp_prio(true));
    EXPECT_EQ(words(Prio), "backup");
    by_client(mp_prio(false, 0));
    EXPECT_EQ(words(Prio), "no longer backup, address ID 0, ignored: the option is invalid");
}

// RFC 6824 3.3.8.
TEST_F(EventWords, OfAPriorityByAddressId)
{
    trace.see_handshake(initial, Peers{kV0, peers.client, peers.server});
    by_client(mp_prio(false, 0));
    EXPECT_EQ(words(Prio), "no longer backup, address ID 0");
}

TEST_F(EventWords, OfAFail)
{
    trace.see_handshake(initial, peers);
    by_client(mp_fail(DataSeq{1000}));
    EXPECT_EQ(words(Fail), "from DSN 0x00000000000003e8");
    EXPECT_EQ(severity_of(Fail), Severity::Warn);
}

TEST_F(EventWords, OfAFastclose)
{
    trace.see_handshake(initial, peers);
    by_client(mp_fastclose(peers.server));
    EXPECT_EQ(words(Fastclose), "key " + kServerKey);
    EXPECT_EQ(verdict_on(Fastclose), Verdict::Good);
    EXPECT_FALSE(hmac_in(Fastclose));
    EXPECT_EQ(severity_of(Fastclose), Severity::Note);
    by_client(mp_fastclose(peers.client)); // RFC 8684 3.5: must be the receiver's key
    EXPECT_EQ(words(Fastclose), "key " + kClientKey + ", not the receiver's key");
    EXPECT_EQ(verdict_on(Fastclose), Verdict::Bad);
    EXPECT_EQ(severity_of(Fastclose), Severity::Warn);
}

TEST_F(EventWords, OfAFastcloseToAKeyThatIsNotCaptured)
{
    trace.see(initial.initiator().data(100).with(dss_map(1000, 1, 100)));
    by_client(mp_fastclose(peers.server));
    EXPECT_EQ(words(Fastclose), "key " + kServerKey + ", unverified");
    EXPECT_EQ(verdict_on(Fastclose), Verdict::Unverified);
}

TEST_F(EventWords, OfAReset)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.acceptor().rst());
    EXPECT_EQ(words(SubflowReset), "after 0.003000 s");
    trace.see(initial.acceptor().rst().with(mp_tcprst(6, true)));
    EXPECT_EQ(words(SubflowReset),
              "after 0.004000 s, middlebox interference (reason 6), transient, repeated");
}

TEST_F(EventWords, OfAJoinThatIsRefused)
{
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(join.syn()));
    trace.see(second.acceptor().rst().with(mp_tcprst(3)));
    EXPECT_EQ(words(JoinRefused), "after 0.001000 s, administratively prohibited (reason 3)");
}

TEST_F(EventWords, OfAFallback)
{
    trace.see_handshake(initial, peers);
    trace.see(initial.initiator().data(100));
    EXPECT_EQ(words(Fallback), "no MPTCP option in the first data");
}

TEST_F(EventWords, OfDataSequenceNumbers)
{
    trace.see_handshake(initial, peers);
    by_client(dss_fin(1000));
    EXPECT_EQ(words(DataFin), "DSN 0x000003e8");
    by_server(dss_ack(1001));
    EXPECT_EQ(words(DataFinAcked), "DSN 0x000003e9");
    trace.see(initial.acceptor().data(100).with(dss_map(DataSeq{7}, 1, 100)));
    EXPECT_EQ(words(IdsnMismatch), "DSN 0x0000000000000007");
}

// RFC 8684 3.6.
TEST(ReasonsInWords, AreThoseOfTheRfc)
{
    EXPECT_EQ(reason_in_words(0), "unspecified error");
    EXPECT_EQ(reason_in_words(1), "MPTCP-specific error");
    EXPECT_EQ(reason_in_words(2), "lack of resources");
    EXPECT_EQ(reason_in_words(3), "administratively prohibited");
    EXPECT_EQ(reason_in_words(4), "too much outstanding data");
    EXPECT_EQ(reason_in_words(5), "unacceptable performance");
    EXPECT_EQ(reason_in_words(6), "middlebox interference");
    EXPECT_EQ(reason_in_words(7), "unassigned reason");
    EXPECT_EQ(reason_in_words(255), "unassigned reason");
}

TEST(EventTypes, HaveNamesAndTitlesOfTheirOwn)
{
    std::set<std::string_view> names;
    std::set<std::string_view> titles;
    for (std::size_t i = 0; i < kEventTypes; ++i) {
        names.insert(name(static_cast<EventType>(i)));
        titles.insert(title(static_cast<EventType>(i)));
    }
    EXPECT_EQ(names.size(), kEventTypes);
    EXPECT_EQ(titles.size(), kEventTypes);
    EXPECT_EQ(names.count(""), 0U);
    // Samples from the whole list, because the names are indexed by position.
    EXPECT_EQ(name(CapableSyn), "capable_syn");
    EXPECT_EQ(name(OddFlags), "odd_flags");
    EXPECT_EQ(name(JoinForbidden), "join_forbidden");
    EXPECT_EQ(name(Fallback), "fallback");
    EXPECT_EQ(name(SubflowReset), "subflow_reset");
}

TEST(EventTypes, HaveTheirSeverity)
{
    for (const EventType type : {VersionMismatch, KeyMismatch, IdsnMismatch, Fail, Fallback})
        EXPECT_EQ(severity(type), Severity::Warn) << name(type);
    for (const EventType type :
         {Refused, Unanswered, VersionDowngrade, OddFlags, JoinRefused, JoinStripped,
          JoinUnanswered, JoinForbidden, Fastclose, SubflowReset})
        EXPECT_EQ(severity(type), Severity::Note) << name(type);
    for (const EventType type :
         {CapableSyn, CapableSynAck, CapableAck, Established, JoinSyn, JoinSynAck, JoinAck,
          JoinEstablished, kAddAddr, AddAddrEcho, RemoveAddr, Prio, DataFin, DataFinAcked, Closed,
          SubflowFin, SubflowClosed})
        EXPECT_EQ(severity(type), Severity::Chat) << name(type);
}

} // namespace
} // namespace mptcp::test
