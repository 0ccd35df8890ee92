// SPDX-License-Identifier: GPL-2.0-or-later
//
// Why there is only one path: joins that failed, announced addresses, flag C.
#include <gmock/gmock.h>

#include "diagnosed.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class JoinsDiagnosed : public Diagnosed {
protected:
    // A connection with data on its only path.
    void SetUp() override
    {
        open();
        transfer(initial);
    }
    void announce(std::uint8_t id, const char *address, Bytes hmac = {})
    {
        AddAddr option = peers.announcement(Role::Server, id, address);
        for (std::size_t place = 0; place < hmac.size(); ++place)
            (*option.hmac)[place] = hmac[place];
        see(initial.acceptor().ack().with(add_addr(option)));
    }

    Packet syn = second.initiator().syn().with(Join{peers}.syn());
};

TEST_F(JoinsDiagnosed, NoAnswer)
{
    see(syn); // frame 28
    trace.wait(kSecond);
    see(syn);
    EXPECT_THAT(codes(), ElementsAre("note single_path", "warn join_unanswered"));
    EXPECT_THAT(
        text(Code::JoinUnanswered),
        HasSubstr("The join of the client from 10.0.9.1 to 10.0.0.2:80 (subflow 1, frame 28) "
                  "got no answer to 2 SYNs in 1.001 s (last in frame 29):"));
    EXPECT_THAT(statement(Code::JoinUnanswered).frames, ElementsAre(28, 29));
}

TEST_F(JoinsDiagnosed, NothingOfASynAtTheEndOfTheCapture)
{
    see(syn); // frame 28
    EXPECT_THAT(codes(kSecond / 2), ElementsAre("note single_path"));
    EXPECT_THAT(
        statement(Code::SinglePath, kSecond / 2).text,
        HasSubstr(" The join of the client (frame 28) was not ready in time to carry data."));
    EXPECT_THAT(codes(kSecond), ElementsAre("note single_path", "warn join_unanswered"));
}

TEST_F(JoinsDiagnosed, OneOfManyIsNamed)
{
    see(syn);
    TcpFlow third{at("10.0.9.1", 4002), at("10.0.0.2", 80)};
    see(third.initiator().syn().with(Join{peers}.syn()));
    EXPECT_THAT(codes(), ElementsAre("note single_path", "warn join_unanswered"));
    EXPECT_THAT(text(Code::JoinUnanswered), HasSubstr("2 joins of the client, the first from"));
    EXPECT_EQ(statement(Code::JoinUnanswered).figures.at(0), Figure("joins", std::uint64_t{2}));
}

TEST_F(JoinsDiagnosed, TheAnswerIsLost)
{
    see(syn);
    see(second.acceptor().syn_ack().with(Join{peers}.syn_ack())); // frame 29
    EXPECT_THAT(codes(kSecond / 2), ElementsAre("note single_path"));
    EXPECT_THAT(codes(kSecond), ElementsAre("note single_path", "warn join_unanswered"));
    EXPECT_THAT(text(Code::JoinUnanswered),
                HasSubstr("was answered (frame 29), but the client did not acknowledge that:"));
    EXPECT_THAT(statement(Code::JoinUnanswered).frames, ElementsAre(28, 29));
}

TEST_F(JoinsDiagnosed, RefusedWithAReason)
{
    see(syn);
    see(second.acceptor().rst().with(mp_tcprst(3)));
    EXPECT_THAT(codes(), ElementsAre("note single_path", "note join_refused")); // a limit
    EXPECT_THAT(text(Code::JoinRefused),
                HasSubstr("was refused by the server (frame 29), administratively prohibited "
                          "(reason 3). Look at `ip mptcp limits` of the server"));
}

TEST_F(JoinsDiagnosed, NothingListens)
{
    see(syn);
    see(second.acceptor().rst());
    EXPECT_THAT(codes(), ElementsAre("note single_path", "warn join_refused"));
    EXPECT_THAT(text(Code::JoinRefused), HasSubstr("Nothing listens there, or a firewall"));
}

TEST_F(JoinsDiagnosed, TheInitiatorDoesNotAcceptTheSynAck)
{
    see(syn);
    see(second.acceptor().syn_ack().with(Join{peers}.syn_ack()));
    see(second.initiator().rst().with(mp_tcprst(1)));      // frame 30
    EXPECT_THAT(codes(), ElementsAre("note single_path")); // nothing was to be sent any more
    transfer(initial, 1);
    EXPECT_THAT(codes(), ElementsAre("note single_path", "note join_refused"));
    EXPECT_THAT(text(Code::JoinRefused),
                HasSubstr("was reset by this host itself (frame 30), MPTCP-specific error (reason "
                          "1). It did not accept the SYN/ACK"));
}

TEST_F(JoinsDiagnosed, RefusalsForOtherReasonsAreStatementsOfTheirOwn)
{
    see(syn);
    see(second.acceptor().rst().with(mp_tcprst(3)));
    TcpFlow third{at("10.0.9.1", 4002), at("10.0.0.2", 80)};
    see(third.initiator().syn().with(Join{peers}.syn()));
    see(third.acceptor().rst().with(mp_tcprst(2)));
    EXPECT_THAT(codes(), ElementsAre("note single_path", "note join_refused", "note join_refused"));
}

TEST_F(JoinsDiagnosed, TheAnswerHasNoOption)
{
    see(syn);
    see(second.acceptor().syn_ack());
    EXPECT_THAT(codes(), ElementsAre("note single_path", "warn join_stripped"));
    EXPECT_THAT(text(Code::JoinStripped), HasSubstr("the answer has no MP_JOIN (frame 29)"));
}

TEST_F(JoinsDiagnosed, WrongHmac)
{
    see(syn);
    see(second.acceptor().syn_ack().with(Join{peers}.syn_ack()));
    see(second.initiator().ack().with(mp_join_ack(Hmac{})));
    see(second.acceptor().rst().with(mp_tcprst(1)));
    EXPECT_THAT(codes(), ElementsAre("note single_path", "error join_hmac"));
    EXPECT_THAT(text(Code::JoinHmac),
                HasSubstr("the HMAC of the client in the third ACK (frame 30) is wrong. The server "
                          "refused it (frame 31), MPTCP-specific error (reason 1)."));
}

TEST_F(JoinsDiagnosed, PointsShowWhatChangedARefusedJoin)
{
    see(syn);
    see(second.acceptor().syn_ack().with(Join{peers}.syn_ack()));
    see(second.initiator().ack().with(Join{peers}.ack())); // frame 30
    see(second.acceptor().rst().with(mp_tcprst(1)));
    EXPECT_THAT(codes(), ElementsAre("note single_path", "note join_refused"));
    between.push_back({.frame = 30,
                       .type = EventType::OptionAltered,
                       .subflow = SubflowId{1},
                       .time = trace.now(),
                       .detail = WayBetween{0, 1, 29, 1}});
    EXPECT_THAT(codes(), ElementsAre("note single_path", "warn join_refused"));
    EXPECT_THAT(text(Code::JoinRefused), HasSubstr(" The option was changed: 1 packet of the "));
    EXPECT_THAT(text(Code::JoinRefused),
                HasSubstr("between point 0 and point 1, frame 30 (frame 29 at point 0)."));
    EXPECT_THAT(statement(Code::JoinRefused).frames, ElementsAre(28, 31, 29, 30));
}

TEST_F(JoinsDiagnosed, BesideAWorkingPathAFailedJoinIsANote)
{
    see(syn);
    TcpFlow third{at("10.0.9.1", 4002), at("10.0.0.2", 80)};
    join(third);
    transfer(third);
    EXPECT_THAT(codes(), ElementsAre("chat works", "note join_unanswered"));
}

TEST_F(JoinsDiagnosed, AnAddressIsAnnouncedAndNotTried)
{
    announce(7, "10.0.2.2"); // frame 28
    trace.wait(kSecond);
    transfer(initial, 1);
    EXPECT_THAT(codes(), ElementsAre("note single_path", "note address_not_tried"));
    EXPECT_THAT(text(Code::AddressNotTried),
                HasSubstr("The server announced 10.0.2.2 (ID 7, frame 28), and the client did not "
                          "try it in the 1.002 s that followed; nor did it echo the ADD_ADDR"));
    EXPECT_THAT(text(Code::AddressNotTried), HasSubstr("`ip mptcp limits` (add_addr_accepted)"));
    EXPECT_THAT(text(Code::AddressNotTried),
                HasSubstr(" Unless this was captured at the client, its SYN may also"));
}

// A server behind NAT, and a client in the Internet.
class JoinsFromThePublicInternet : public Diagnosed {
protected:
    void SetUp() override
    {
        initial = {at("203.0.113.1", 4000), at("198.51.100.2", 80)};
        open();
        transfer(initial);
    }
    void announce(const char *address)
    {
        see(initial.acceptor().ack().with(add_addr(peers.announcement(Role::Server, 7, address))));
        trace.wait(kSecond);
        transfer(initial, 1);
    }
};

TEST_F(JoinsFromThePublicInternet, APrivateAddressIsAnnounced)
{
    announce("192.168.0.2");
    EXPECT_THAT(text(Code::AddressNotTried),
                HasSubstr(" 192.168.0.2 is a private address, and 203.0.113.1 of the client is "
                          "not: it may not be reachable from there."));
}

TEST_F(JoinsFromThePublicInternet, APublicAddressIsAnnounced)
{
    announce("198.51.100.3");
    EXPECT_THAT(text(Code::AddressNotTried), Not(HasSubstr("private")));
}

TEST_F(JoinsFromThePublicInternet, NoAnswerFromAPrivateAddress)
{
    second = {at("203.0.113.1", 4001), at("192.168.0.2", 80)};
    see(second.initiator().syn().with(Join{peers}.syn()));
    EXPECT_THAT(text(Code::JoinUnanswered),
                HasSubstr(" 192.168.0.2 is a private address, and 203.0.113.1 of the client"));
}

TEST_F(JoinsFromThePublicInternet, NoAnswerFromAPublicAddress)
{
    second = {at("203.0.113.7", 4001), at("198.51.100.2", 80)};
    see(second.initiator().syn().with(Join{peers}.syn()));
    EXPECT_THAT(text(Code::JoinUnanswered), Not(HasSubstr("private")));
}

TEST_F(JoinsDiagnosed, PrivateAddressesOfBothHosts)
{
    see(syn);
    EXPECT_THAT(text(Code::JoinUnanswered), Not(HasSubstr("private")));
}

TEST_F(JoinsDiagnosed, AnAddressWithoutTimeToTryIt)
{
    announce(7, "10.0.2.2");
    transfer(initial, 1); // in the same round trip
    EXPECT_THAT(codes(), ElementsAre("note single_path"));
}

TEST_F(JoinsDiagnosed, AnAddressThatIsInUse)
{
    announce(7, "10.0.0.2");
    trace.wait(kSecond);
    transfer(initial, 1);
    EXPECT_THAT(codes(), ElementsAre("note single_path"));
    EXPECT_THAT(text(Code::SinglePath), HasSubstr("does not show why there is no other one."));
    // What limited the data does not show it, either.
    transfer(initial);
    const LimitInterval idle{0, kSecond, {LimitKind::Application, std::nullopt}, 0, 4, 5};
    times = [&](const Connection &) {
        return PerRole<SenderTimes>{{SenderTimes{}, SenderTimes{{idle}, {}, false}}};
    };
    EXPECT_THAT(codes(), ElementsAre("note single_path", "chat limited_by_application"));
    EXPECT_THAT(text(Code::SinglePath), HasSubstr("does not show why there is no other one."));
}

TEST_F(JoinsDiagnosed, AnAddressThatIsRemovedAgain)
{
    announce(7, "10.0.2.2");
    trace.wait(kSecond);
    see(initial.acceptor().ack().with(remove_addr({7})));
    EXPECT_THAT(text(Code::AddressNotTried), HasSubstr("; it was removed in frame 29."));
}

TEST_F(JoinsDiagnosed, AnAddressWithAWrongHmac)
{
    announce(7, "10.0.2.2", Bytes(8, 0));
    EXPECT_THAT(codes(), ElementsAre("note single_path", "error address_hmac"));
    EXPECT_THAT(text(Code::AddressHmac), HasSubstr("for 10.0.2.2 (frame 28) is wrong"));
}

class FlagC : public Diagnosed {
protected:
    void SetUp() override
    {
        see(initial.initiator().syn().with(peers.syn()));
        see(initial.acceptor().syn_ack().with(mp_capable(kV1, {peers.server}, kCapableNoJoins)));
        see(initial.initiator().ack().with(peers.ack()));
        transfer(initial);
    }
};

TEST_F(FlagC, DeniesJoins)
{
    EXPECT_THAT(codes(), ElementsAre("note single_path", "note joins_denied"));
    EXPECT_THAT(text(Code::JoinsDenied),
                HasSubstr("The server set flag C in MP_CAPABLE (frame 2): the client must not open "
                          "subflows to 10.0.0.2:80"));
}

TEST_F(FlagC, DoesNotMatterWithTwoPaths)
{
    TcpFlow other{at("10.0.9.1", 4001), at("10.0.2.2", 80)};
    join(other);
    transfer(other);
    EXPECT_THAT(codes(), ElementsAre("chat works"));
}

} // namespace
} // namespace mptcp::test
