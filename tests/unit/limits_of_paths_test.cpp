// SPDX-License-Identifier: GPL-2.0-or-later
//
// What limits a sender because of one path: recovery from losses, and head-of-line blocking. The
// capture is at the client's end, and the round-trip time is 20 ms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limits_trace.h"

namespace mptcp::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

TEST_F(LimitsTrace, AreLossRecoveryFromTheSilenceBeforeATimeout)
{
    open();
    const Packet lost = data(initial, 0, 1000);
    see_at(30, lost);
    see_at(300, lost);
    see_at(320, ack(initial, 1000));
    EXPECT_THAT(limits(), ElementsAre("handshake 0-21", "application 21-30, 1000 bytes",
                                      "loss_recovery 0 30-320"));
}

TEST_F(LimitsTrace, AreLossRecoveryFromAFastRetransmissionUntilAllIsAcknowledged)
{
    open();
    const Packet lost = data(initial, 0, 1000);
    see_at(30, lost);
    const Packet repeated_ack = ack(initial, 0).with_ack(lost.segment.seq);
    see_at(30, data(initial, 1000, 1000));
    see_at(50, repeated_ack);
    see_at(51, lost);
    see_at(71, ack(initial, 2000));
    EXPECT_THAT(limits(), Contains("loss_recovery 0 51-71"));
}

TEST_F(LimitsTrace, AreLossRecoveryOfAStalledPathUntilItsDataArrivesOnAnother)
{
    open_both();
    see_at(50, data(initial, 0, 1000));
    see_at(51, data(second, 1000, 1000));
    see_at(71, ack(second, 0));
    see_at(400, data(second, 0, 1000)); // reinjected
    see_at(420, ack(second, 2000));
    EXPECT_THAT(limits().back(), "loss_recovery 0 50-420, 1000 bytes");
}

TEST_F(LimitsTrace, AreNoLossRecoveryIfAPathThatAcknowledgesIsDoubled)
{
    open_both();
    see_at(50, data(initial, 0, 1000));
    see_at(51, data(second, 0, 1000)); // the same, by a scheduler that sends all twice
    see_at(70, ack(initial, 1000));
    see_at(71, ack(second, 1000));
    EXPECT_THAT(limits(), Not(Contains(StartsWith("loss_recovery"))));
}

TEST_F(LimitsTrace, AreNoLossRecoveryIfAnotherPathGoesOn)
{
    open_both();
    const Packet lost = data(initial, 0, 1000);
    see_at(50, lost);
    see_at(50, data(second, 1000, 1000));
    see_at(70, ack(second, 0));
    see_at(71, data(second, 2000, 1000));
    see_at(72, lost);
    see_at(91, ack(second, 0));
    see_at(92, data(second, 3000, 1000));
    EXPECT_THAT(limits(), Contains("path 1 72-91"));
}

TEST_F(LimitsTrace, AreHeadOfLineBlockingIfAllOthersWaitForOnePath)
{
    open_both();
    see_at(50, data(initial, 0, 1000));
    see_at(51, data(second, 1000, 1000));
    see_at(71, ack(second, 0)); // TCP's number tells that the second part arrived
    see_at(200, ack(initial, 2000));
    EXPECT_THAT(limits(), Contains("head_of_line 0 71-200"));
}

TEST_F(LimitsTrace, AreNoHeadOfLineBlockingIfAnotherPathGoesOn)
{
    open_both();
    see_at(50, data(initial, 0, 1000));
    see_at(51, data(second, 1000, 1000));
    for (unsigned round = 0; round < 5; ++round) {
        see_at(71 + 20 * round, ack(second, 0));
        see_at(72 + 20 * round, data(second, 2000 + 1000 * round, 1000));
    }
    see_at(200, ack(initial, 2000));
    EXPECT_THAT(limits(), Contains(StartsWith("path")));
    EXPECT_THAT(limits(), Not(Contains("head_of_line 0 71-200")));
}

TEST_F(LimitsTrace, AreHeadOfLineBlockingIfItFillsTheWindow)
{
    open_both();
    see_at(50, data(initial, 0, 1000));
    see_at(51, data(second, 1000, 4000));
    see_at(71, ack(second, 0).with_window(6000));
    see_at(72, data(second, 5000, 1000));
    see_at(200, ack(initial, 6000));
    EXPECT_THAT(limits(), Contains(StartsWith("head_of_line 0 71-200")));
}

TEST_F(LimitsTrace, AreTheLossIfItCausesTheBlocking)
{
    open_both();
    const Packet lost = data(initial, 0, 1000);
    see_at(50, lost);
    see_at(51, data(second, 1000, 1000));
    see_at(71, ack(second, 0));
    see_at(300, lost);
    see_at(320, ack(initial, 2000));
    EXPECT_THAT(limits().back(), "loss_recovery 0 50-320, 1000 bytes");
}

} // namespace
} // namespace mptcp::test
