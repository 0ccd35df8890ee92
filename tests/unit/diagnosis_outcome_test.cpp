// SPDX-License-Identifier: GPL-2.0-or-later
//
// The outcome of a connection, and what the capture lacks to tell it.
#include <gmock/gmock.h>

#include "diagnosed.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Outcomes = Diagnosed;

TEST_F(Outcomes, TwoPathsWork)
{
    open();
    join(second);
    transfer(initial);
    transfer(second, 4);
    EXPECT_THAT(codes(), ElementsAre("chat works"));
    const Statement works = statement(Code::Works);
    EXPECT_EQ(
        works.text,
        "MPTCP was in use: 2 subflows carried data. Of the 1,600 bytes of the server, subflow 0 "
        "(10.0.0.1 to 10.0.0.2) carried 75.0% and subflow 1 (10.0.9.1 to 10.0.0.2) 25.0%. The "
        "first join (frame 4) began 3.000 ms after the SYN, and the first data on a join "
        "(frame 32) came 31.00 ms after that SYN.");
    EXPECT_EQ(works.sender, Role::Server);
    EXPECT_THAT(works.frames, ElementsAre(4, 32));
    EXPECT_EQ(works.figures.at(1), Figure("bytes", std::uint64_t{1600}));
    EXPECT_EQ(works.figures.at(2), Figure("first_join", 3 * kMillisecond));
}

TEST_F(Outcomes, ManySubflowsAreNotAllNamed)
{
    open();
    transfer(initial, 1);
    std::vector<TcpFlow> flows;
    for (std::uint16_t port = 5001; port <= 5006; ++port)
        flows.emplace_back(at("10.0.9.1", port), at("10.0.0.2", 80));
    for (TcpFlow &flow : flows) {
        join(flow);
        transfer(flow, 1);
    }
    EXPECT_THAT(text(Code::Works),
                HasSubstr("subflow 3 (10.0.9.1 to 10.0.0.2) 14.3% and 3 others the rest."));
}

TEST_F(Outcomes, OnePath)
{
    open();
    transfer(initial);
    EXPECT_THAT(codes(), ElementsAre("note single_path", "chat no_second_path_offered"));
    trace.wait(kSecond);
    transfer(initial);
    EXPECT_THAT(codes(), ElementsAre("note single_path", "note no_second_path_offered"));
    EXPECT_EQ(text(Code::SinglePath),
              "MPTCP was in use, but only one path carried data: subflow 0 (10.0.0.1 to 10.0.0.2) "
              "carried all 2,400 bytes.");
}

TEST_F(Outcomes, NoData)
{
    open();
    EXPECT_THAT(codes(), ElementsAre("chat no_data"));
}

TEST_F(Outcomes, NoAnswerToAnySyn)
{
    const Packet syn = initial.initiator().syn().with(peers.syn());
    see(syn);
    trace.wait(kSecond);
    see(syn);
    EXPECT_THAT(codes(), ElementsAre("error unanswered"));
    EXPECT_EQ(text(Code::Unanswered),
              "The server did not answer the MP_CAPABLE SYN (frame 1), which was sent 2 times "
              "in 1.001 s (last in frame 2): the server is not reachable, or a firewall drops the "
              "SYN or its answer. Try the same with plain TCP.");
    EXPECT_THAT(codes(0), ElementsAre("error unanswered")); // the capture lasted long enough
}

TEST_F(Outcomes, NoAnswerToASynWithoutTheOptionEither)
{
    const Packet syn = initial.initiator().syn();
    see(syn.with(peers.syn()));
    see(syn);
    EXPECT_THAT(text(Code::Unanswered),
                HasSubstr("nothing answers at 10.0.0.2:80 with or without"));
}

TEST_F(Outcomes, NothingOfASynAtTheEndOfTheCapture)
{
    see(initial.initiator().syn().with(peers.syn()));
    EXPECT_THAT(codes(kSecond / 2), ElementsAre("chat capture_incomplete"));
    EXPECT_THAT(codes(kSecond), ElementsAre("error unanswered"));
}

TEST_F(Outcomes, Refused)
{
    see(initial.initiator().syn().with(peers.syn()));
    see(initial.acceptor().rst());
    EXPECT_THAT(codes(), ElementsAre("error refused"));
    EXPECT_THAT(text(Code::Refused),
                HasSubstr("The server refused the connection by an RST (frame 2)"));
    EXPECT_THAT(statement(Code::Refused).frames, ElementsAre(1, 2));
}

TEST_F(Outcomes, HalfAHandshake)
{
    see(initial.initiator().syn().with(peers.syn()));
    see(initial.acceptor().syn_ack().with(peers.syn_ack()));
    EXPECT_THAT(codes(), ElementsAre("chat capture_incomplete"));
}

TEST_F(Outcomes, PacketsOfOneHostTellNothingOfTheOther)
{
    see(initial.initiator().syn().with(peers.syn()));
    see(initial.initiator().ack().with(peers.ack()));
    send(initial, Role::Client);
    EXPECT_THAT(codes(), ElementsAre("chat capture_incomplete"));
    EXPECT_THAT(text(Code::CaptureIncomplete), HasSubstr("Only the packets of the client"));
}

TEST_F(Outcomes, DataThatWasNotCapturedMayHaveAPathOfItsOwn)
{
    open();
    transfer(initial);
    sent[Role::Server] += 1000; // on another path
    transfer(initial);
    EXPECT_THAT(codes(), ElementsAre("chat capture_incomplete"));
    EXPECT_THAT(text(Code::CaptureIncomplete), HasSubstr("1,000 bytes of the server"));
}

TEST_F(Outcomes, WithoutTheBeginningNobodyKnowsWhyThereIsOnePath)
{
    static_cast<void>(initial.initiator().syn());
    static_cast<void>(initial.acceptor().syn_ack());
    transfer(initial);
    EXPECT_THAT(codes(), ElementsAre("chat capture_incomplete"));
    EXPECT_THAT(text(Code::CaptureIncomplete), HasSubstr("which host is the client is a guess"));
}

TEST_F(Outcomes, ACaptureWithoutMptcpSaysSo)
{
    see(initial.initiator().syn());
    see(initial.acceptor().syn_ack());
    const Streams streams;
    const ReportRows rows{trace.tracker(), all, streams};
    const Analysis analysis = analyze(trace.tracker(), all, 0);
    const PointsReport no_points;
    const auto any = [](std::uint32_t) { return true; };
    const Statements statements = diagnose(rows, {analysis, no_points, trace.now()}, any);
    ASSERT_EQ(statements.size(), 1U);
    EXPECT_EQ(statements[0].code, Code::NotOffered);
    EXPECT_EQ(statements[0].connection, std::nullopt);
    EXPECT_THAT(statements[0].text, HasSubstr("to an MPTCP connection (2 TCP packets)"));
}

TEST_F(Outcomes, OnlyWantedConnectionsAreDiagnosed)
{
    open();
    const Streams streams;
    const ReportRows rows{trace.tracker(), all, streams};
    const Analysis analysis = analyze(trace.tracker(), all, 0);
    const PointsReport no_points;
    const auto none = [](std::uint32_t) { return false; };
    EXPECT_THAT(diagnose(rows, {analysis, no_points, trace.now()}, none), IsEmpty());
}

TEST_F(Outcomes, SomeServersDoNotKnowMptcp)
{
    see(initial.initiator().syn().with(peers.syn()));
    see(initial.acceptor().syn_ack());
    see(initial.initiator().ack());
    EXPECT_THAT(codes(), ElementsAre("note fallback"));
    EXPECT_THAT(text(Code::Fallback),
                HasSubstr("the SYN with MP_CAPABLE (frame 1) was answered by a SYN/ACK without it "
                          "(frame 2). The server does not support MPTCP or has it off, or a"));
    EXPECT_THAT(statement(Code::Fallback).frames, ElementsAre(1, 2));
}

TEST_F(Outcomes, OnlyASynWithoutTheOptionIsAnswered)
{
    see(initial.initiator().syn().with(peers.syn()));
    see(initial.initiator().syn());
    see(initial.acceptor().syn_ack());
    EXPECT_THAT(codes(), ElementsAre("warn fallback"));
    EXPECT_THAT(text(Code::Fallback), HasSubstr("repeated without it was answered (frame 3)"));
}

TEST_F(Outcomes, TheFirstDataHasNoMapping)
{
    open();
    see(initial.initiator().data(100));
    EXPECT_THAT(codes(), ElementsAre("warn fallback"));
    EXPECT_THAT(text(Code::Fallback),
                HasSubstr("but the client sent its first data (frame 4) without a mapping"));
}

TEST_F(Outcomes, AWrongChecksumIsNamedWithItsReport)
{
    open();
    transfer(initial, 1);
    see(initial.initiator().ack().with(mp_fail(peers.first_data(Role::Server))));
    see(initial.acceptor().data(100).with(dss_map(1, 0, 0)));
    EXPECT_THAT(codes(), ElementsAre("warn fallback"));
    EXPECT_THAT(
        text(Code::Fallback),
        HasSubstr("the client reported a wrong checksum by MP_FAIL (frame 6), and the server "
                  "went on with an infinite mapping (frame 7)"));
}

TEST_F(Outcomes, SeverityOrdersAllStatements)
{
    Statement chat, error;
    error.severity = Severity::Error;
    EXPECT_EQ(by_severity({chat, error}).front().severity, Severity::Error);
}

} // namespace
} // namespace mptcp::test
