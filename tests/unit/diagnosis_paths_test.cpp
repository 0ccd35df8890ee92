// SPDX-License-Identifier: GPL-2.0-or-later
//
// How the paths of a connection were used, how they ended, and defects.
#include <gmock/gmock.h>

#include "diagnosed.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using PathsDiagnosed = Diagnosed;

TEST_F(PathsDiagnosed, APathWithoutData)
{
    open();
    join(second); // ready in frame 7
    transfer(initial);
    EXPECT_THAT(codes(), ElementsAre("note single_path", "note path_unused"));
    EXPECT_THAT(text(Code::PathUnused),
                HasSubstr("Subflow 1 (10.0.9.1 to 10.0.0.2) was ready (frame 7), but carried no "
                          "data; the last data of the connection came 23.00 ms later."));
}

TEST_F(PathsDiagnosed, APathWithoutDataWhereLittleIsSent)
{
    open();
    join(second);
    transfer(initial, 2);
    EXPECT_THAT(codes(), ElementsAre("note single_path", "chat path_unused"));
}

TEST_F(PathsDiagnosed, APathThatWasReadyTooLate)
{
    open();
    transfer(initial);
    join(second);
    EXPECT_THAT(codes(), ElementsAre("note single_path"));
}

TEST_F(PathsDiagnosed, ABackup)
{
    open();
    join_with(second, mp_join_syn(peers.token(Role::Server), Nonce{0x11111111}, 2, true));
    transfer(initial);
    EXPECT_THAT(codes(), ElementsAre("note single_path", "note backup_only"));
    EXPECT_THAT(text(Code::BackupOnly),
                HasSubstr("The client asked to use it as a backup (flag B, frame 4)"));
}

TEST_F(PathsDiagnosed, ABackupNoMore)
{
    open();
    join_with(second, mp_join_syn(peers.token(Role::Server), Nonce{0x11111111}, 2, true));
    see(second.initiator().ack().with(mp_prio(false)));
    transfer(initial);
    EXPECT_THAT(codes(), ElementsAre("note single_path", "note path_unused"));
}

class PathEnds : public DiagnosedTwoPaths {};

TEST_F(PathEnds, APathFallsSilent)
{
    send(second, Role::Server); // frame 56, never answered
    for (int round = 0; round < 3; ++round) {
        trace.wait(kSecond);
        transfer(initial, 1);
    }
    EXPECT_THAT(codes(), ElementsAre("chat works", "warn path_failed"));
    EXPECT_THAT(
        text(Code::PathFailed),
        HasSubstr("Subflow 1 (10.0.9.1 to 10.0.0.2) failed: from frame 56 on, the client did not "
                  "answer the data of the server there for 3.006 s, until the end of the capture. "
                  "Meanwhile, the client sent packets on other subflows."));
}

TEST_F(PathEnds, APathStalls)
{
    send(second, Role::Server);
    trace.wait(2 * kSecond);
    transfer(initial, 1);
    acknowledge(second, Role::Client);
    EXPECT_THAT(codes(), ElementsAre("chat works", "note path_stalled"));
    EXPECT_THAT(text(Code::PathStalled), HasSubstr(", until frame 59. Meanwhile, the client"));
}

TEST_F(PathEnds, APathStallsSeveralTimes)
{
    for (const Time duration : {2, 3, 1}) { // frames 56, 60 and 64
        send(second, Role::Server);
        trace.wait(duration * kSecond);
        transfer(initial, 1);
        acknowledge(second, Role::Client);
    }
    EXPECT_THAT(codes(), ElementsAre("chat works", "note path_stalled"));
    const Statement stalls = statement(Code::PathStalled);
    EXPECT_THAT(
        stalls.text,
        HasSubstr(
            "stalled 3 times, for 6.009 s in all. The longest time: from frame 60 on, the client "
            "did not answer the data of the server there for 3.003 s, until frame 63."));
    EXPECT_EQ(stalls.frames, (std::vector<std::uint32_t>{60, 63}));
    EXPECT_EQ(stalls.sender, Role::Server);
}

TEST_F(PathEnds, APathIsReset)
{
    see(second.initiator().rst().with(mp_tcprst(5))); // frame 56
    trace.wait(kSecond);
    transfer(initial, 1);
    EXPECT_THAT(codes(), ElementsAre("chat works", "note path_closed"));
    EXPECT_THAT(text(Code::PathClosed),
                HasSubstr("The client reset subflow 1 (10.0.9.1 to 10.0.0.2) (frame 56, "
                          "unacceptable performance (reason 5)); the connection went on with data "
                          "for 1.001 s."));
}

TEST_F(PathEnds, APathIsClosedAfterItsAddressWasRemoved)
{
    see(initial.initiator().ack().with(remove_addr({2}))); // of the join
    see(second.initiator().fin());
    see(second.acceptor().fin());
    trace.wait(kSecond);
    transfer(initial, 1);
    EXPECT_THAT(codes(), ElementsAre("chat works", "chat path_closed"));
    EXPECT_THAT(text(Code::PathClosed),
                HasSubstr("The client closed subflow 1 (10.0.9.1 to 10.0.0.2) by FIN (frame 57), "
                          "after its address was removed by REMOVE_ADDR (frame 56)"));
}

TEST_F(PathEnds, APathThatEndsWithItsConnection)
{
    see(second.initiator().rst());
    transfer(initial, 1);
    EXPECT_THAT(codes(), ElementsAre("chat works"));
}

TEST_F(PathEnds, AnAbortedConnection)
{
    see(initial.initiator().ack().with(mp_fastclose(peers.server)));
    EXPECT_THAT(codes(), ElementsAre("chat works", "note aborted"));
    EXPECT_THAT(text(Code::Aborted),
                HasSubstr("The client aborted the connection by MP_FASTCLOSE (frame 56), after 0 "
                          "bytes of the client and 2,400 bytes of the server."));
}

TEST_F(PathEnds, DataIsSentAgainInVain)
{
    for (const std::uint64_t place : {0U, 100U, 200U})
        send_at(second, Role::Server, place);
    EXPECT_THAT(codes(), ElementsAre("chat works", "note reinjections_useless"));
    EXPECT_THAT(text(Code::ReinjectionsUseless),
                HasSubstr("The server sent 300 bytes again that the peer had acknowledged before, "
                          "as the capture saw it: 12.5% of its data."));
}

TEST_F(PathEnds, LittleDataIsSentAgainInVain)
{
    send_at(second, Role::Server, 0);
    EXPECT_THAT(codes(), ElementsAre("chat works"));
}

TEST_F(PathEnds, ASubflowLosesItsOptions)
{
    see(second.acceptor().data(100)); // frame 56
    see(second.initiator().rst().with(mp_tcprst(6)));
    EXPECT_THAT(codes(), ElementsAre("chat works", "warn options_lost"));
    EXPECT_THAT(text(Code::OptionsLost),
                HasSubstr("The server sent data without a mapping on subflow 1 (10.0.9.1 to "
                          "10.0.0.2) (frame 56), which the client cannot use, so it reset the "
                          "subflow (frame 57, middlebox interference (reason 6))."));
}

TEST_F(PathEnds, AHostDoesNotKeepToTheProtocol)
{
    see(initial.initiator().ack().with(mp_fail(peers.first_data(Role::Server))));
    EXPECT_THAT(codes(), ElementsAre("chat works", "warn protocol_error"));
    EXPECT_EQ(text(Code::ProtocolError),
              "MP_FAIL: bad DSS checksum reported: 1 packet of the client, frame 56.");
}

} // namespace
} // namespace mptcp::test
