// SPDX-License-Identifier: GPL-2.0-or-later
//
// The output of `-z mptcp,diagnosis`.
#include "views/diagnosis_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kDiagnosisRule = std::string(80, '=') + "\n";

Statement about(std::uint32_t connection, Code code, Severity severity)
{
    Statement statement;
    statement.code = code;
    statement.severity = severity;
    statement.connection = connection;
    statement.text = "Words.";
    return statement;
}

std::string written(const Statements &statements, std::size_t connections)
{
    Analysis analysis;
    analysis.endpoints.resize(connections);
    std::string text;
    write_diagnosis(statements, analysis, nullptr, [&](std::string_view piece) { text += piece; });
    return text;
}

TEST(DiagnosisView, HasAParagraphForEachConnection)
{
    Statement longer = about(0, Code::JoinRefused, Severity::Warn);
    longer.text = std::string(60, 'a') + " " + std::string(40, 'b') + ".";
    // clang-format off
    EXPECT_EQ(written({about(0, Code::SinglePath, Severity::Note), longer,
                       about(1, Code::Works, Severity::Chat)}, 2),
        "\n" + kDiagnosisRule +
        "MPTCP Diagnosis\n"
        "Filter: <No Filter>\n"
        "\n"
        "2 connections: 1 used several paths, 1 used one path.\n"
        "\n"
        "Connection 0: 0.0.0.0:0 to 0.0.0.0:0\n"
        "  note   Words. [single_path]\n"
        "  warn   " + std::string(60, 'a') + "\n"
        "         " + std::string(40, 'b') + ". [join_refused]\n"
        "\n"
        "Connection 1: 0.0.0.0:0 to 0.0.0.0:0\n"
        "         Words. [works]\n"
        "\n" + kDiagnosisRule);
    // clang-format on
}

TEST(DiagnosisView, OfTheWholeCaptureHasNoConnection)
{
    Statement nothing;
    nothing.code = Code::NotOffered;
    nothing.text = "Nobody.";
    EXPECT_THAT(written({nothing}, 0), HasSubstr("\n         Nobody. [not_offered]\n"));
    EXPECT_THAT(written({nothing}, 0), Not(HasSubstr("Connection")));
    EXPECT_THAT(written({}, 5), HasSubstr("No packet of an MPTCP connection.\n"));
}

TEST(DiagnosisView, OfManyConnectionsHasASummaryAndTheWorst)
{
    Statements statements;
    for (std::uint32_t index = 0; index < 12; ++index)
        statements.push_back(about(index, Code::Works, Severity::Chat));
    EXPECT_THAT(written(statements, 12), Not(HasSubstr("Connection 0")));
    statements.push_back(about(12, Code::Refused, Severity::Error));
    statements.push_back(about(12, Code::ProtocolError, Severity::Warn));
    statements.push_back(about(12, Code::ProtocolError, Severity::Warn));
    const std::string text = written(statements, 13);
    EXPECT_THAT(text, HasSubstr("13 connections: 12 used several paths, 1 refused.\n"));
    EXPECT_THAT(text, HasSubstr("error     refused                   1     12\n"
                                "warn      protocol_error            1     12\n"
                                "chat      works                    12      0\n"));
    EXPECT_THAT(text, HasSubstr("The connection with the most severe statements:\n"
                                "\nConnection 12:"));
}

TEST(DiagnosisView, ShowsTenConnectionsAtMost)
{
    Statements statements;
    for (std::uint32_t index = 0; index < 20; ++index)
        statements.push_back(
            about(index, Code::Fallback, index == 19 ? Severity::Warn : Severity::Note));
    const std::string text = written(statements, 20);
    EXPECT_THAT(text, HasSubstr("Connection 8:"));
    EXPECT_THAT(text, Not(HasSubstr("Connection 9:")));
    EXPECT_THAT(text, HasSubstr("Connection 19:"));
}

} // namespace
} // namespace mptcp::test
