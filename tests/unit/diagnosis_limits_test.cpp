// SPDX-License-Identifier: GPL-2.0-or-later
//
// Statements on what limited the data of a host.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagnosed.h"

namespace mptcp::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class DiagnosedLimits : public DiagnosedTwoPaths {
protected:
    // Of the server's data, from frame 9 to frame 12.
    void limit(LimitKind kind, double share, std::optional<std::uint32_t> subflow = std::nullopt)
    {
        const auto end = static_cast<Time>(share * static_cast<double>(kWhole));
        intervals_.push_back({begin_, begin_ + end, {kind, subflow}, 0, 9, 12});
        begin_ += end;
        times = [this](const Connection &) {
            PerRole<SenderTimes> both;
            both[Role::Server] = {intervals_, {}, is_near_client_};
            return both;
        };
    }

    static constexpr Time kWhole = 2 * kSecond;

    std::vector<LimitInterval> intervals_;
    Time begin_ = 0;
    bool is_near_client_ = false;
};

TEST_F(DiagnosedLimits, NameTheKindAndItsShare)
{
    limit(LimitKind::ReceiveWindow, 0.75);
    limit(LimitKind::Path, 0.25);
    EXPECT_THAT(codes(), Contains("note limited_by_receive_window"));
    EXPECT_THAT(codes(), Contains("chat limited_by_path"));
    const Statement window = statement(Code::LimitedByReceiveWindow);
    EXPECT_THAT(window.text, HasSubstr("For 1.500 s (75.0%) of the transfer of the server, the "
                                       "receive window of the client was full or zero."));
    EXPECT_THAT(window.text, HasSubstr("from frame 9 to frame 12"));
    EXPECT_EQ(window.sender, Role::Server);
    EXPECT_EQ(window.frames, (std::vector<std::uint32_t>{9, 12}));
}

TEST_F(DiagnosedLimits, NameTheSubflowIfItIsOne)
{
    limit(LimitKind::LossRecovery, 0.45, 1);
    limit(LimitKind::LossRecovery, 0.05, 0);
    limit(LimitKind::HeadOfLine, 0.25, 0);
    limit(LimitKind::HeadOfLine, 0.25, 1);
    EXPECT_EQ(statement(Code::LimitedByLoss).subflow, 1U);
    EXPECT_THAT(text(Code::LimitedByLoss),
                HasSubstr("it repaired losses of subflow 1 (10.0.9.1 to 10.0.0.2), and"));
    EXPECT_EQ(statement(Code::HeadOfLineBlocked).subflow, std::nullopt);
    EXPECT_THAT(text(Code::HeadOfLineBlocked), HasSubstr("waited for data of one path, and"));
}

TEST_F(DiagnosedLimits, LeaveOutHandshakeAndClosing)
{
    limit(LimitKind::Handshake, 0.5);
    limit(LimitKind::Application, 0.4);
    limit(LimitKind::Closing, 0.1);
    EXPECT_THAT(text(Code::LimitedByApplication),
                HasSubstr("For 800.0 ms (100.0%) of the transfer"));
}

TEST_F(DiagnosedLimits, LeaveOutSmallParts)
{
    limit(LimitKind::Application, 0.8);
    limit(LimitKind::LossRecovery, 0.2);
    EXPECT_EQ(text(Code::LimitedByLoss), "");
}

TEST_F(DiagnosedLimits, AreNotGuessedIfMostIsUnknown)
{
    limit(LimitKind::Unknown, 0.4);
    limit(LimitKind::NotSeen, 0.2);
    limit(LimitKind::ReceiveWindow, 0.4);
    EXPECT_THAT(codes(), Not(Contains(HasSubstr("limited"))));
}

TEST_F(DiagnosedLimits, AreNotToldOfShortTransfers)
{
    limit(LimitKind::Path, 0.04);
    EXPECT_THAT(codes(), Not(Contains(HasSubstr("limited"))));
}

// Data on one path waits 1 s for earlier data on the other one.
TEST_F(DiagnosedLimits, TellWhatWaitedIfTheReceiverIsNear)
{
    limit(LimitKind::Unknown, 1);
    send_at(second, Role::Server, sent[Role::Server] + 100);
    trace.wait(kSecond);
    send_at(initial, Role::Server, sent[Role::Server]);
    EXPECT_EQ(text(Code::HeadOfLineBlocked), "");
    is_near_client_ = true;
    const std::string words = text(Code::HeadOfLineBlocked);
    EXPECT_THAT(words,
                HasSubstr("for 1.001 s (50.0%) of the transfer of the server, data waited at the "
                          "client for earlier data on another path: 1 time"));
}

} // namespace
} // namespace mptcp::test
