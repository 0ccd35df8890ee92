// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the dialog of the diagnosis copies and saves, and says about many connections.
#include "views/statement_table.h"

#include <gtest/gtest.h>

#include "views/diagnosis_words.h"

namespace mptcp::test {
namespace {

// Of connection 0.
EndsOfConnections some_ends()
{
    PerRole<Endpoint> ends;
    ends[Role::Client].port = 4000;
    ends[Role::Server].port = 80;
    return {ends};
}

Statement stated(Code code, Severity severity, std::optional<std::uint32_t> connection = 0)
{
    Statement statement;
    statement.code = code;
    statement.severity = severity;
    statement.connection = connection;
    return statement;
}

TEST(StatementTable, HasALineForEachStatement)
{
    Statement statement = stated(Code::JoinRefused, Severity::Warn);
    statement.subflow = 1;
    statement.sender = Role::Client;
    statement.text = "Refused, \"prohibited\".";
    statement.frames = {6, 9};
    EXPECT_EQ(statement_csv_header(),
              "Connection,Client,Server,Subflow,Sender,Severity,Code,Statement,Frames\n");
    EXPECT_EQ(statement_csv_line(statement, some_ends()),
              "0,0.0.0.0:4000,0.0.0.0:80,1,client,warn,join_refused,"
              "\"Refused, \"\"prohibited\"\".\",6 9\n");
    EXPECT_EQ(statement_yaml_item(statement, some_ends()), "- Connection: 0\n"
                                                           "  Client: \"0.0.0.0:4000\"\n"
                                                           "  Server: \"0.0.0.0:80\"\n"
                                                           "  Subflow: 1\n"
                                                           "  Sender: \"client\"\n"
                                                           "  Severity: \"warn\"\n"
                                                           "  Code: \"join_refused\"\n"
                                                           "  Statement: \"Refused, "
                                                           "\\\"prohibited\\\".\"\n"
                                                           "  Frames: [6, 9]\n");
}

TEST(StatementTable, OfTheCaptureHasNoConnection)
{
    const Statement statement = stated(Code::NotOffered, Severity::Chat, std::nullopt);
    EXPECT_EQ(statement_csv_line(statement, {}), ",,,,,chat,not_offered,,\n");
    EXPECT_EQ(statement_yaml_item(statement, {}).substr(0, 36),
              "- Connection: null\n  Client: null\n  ");
}

TEST(DiagnosisWords, CountConnectionsByCode)
{
    const Statements statements{
        stated(Code::Fallback, Severity::Warn, 0),   stated(Code::Fallback, Severity::Warn, 1),
        stated(Code::PathFailed, Severity::Warn, 1), stated(Code::PathFailed, Severity::Warn, 1),
        stated(Code::Refused, Severity::Error, 2),   stated(Code::Works, Severity::Chat, 3)};
    EXPECT_EQ(codes_in_words(count_codes(by_connection(statements))),
              "error: refused 1; warn: fallback 2, path_failed 1.");
    EXPECT_EQ(codes_in_words(count_codes(by_connection({statements.back()}))), "");
}

TEST(DiagnosisWords, SayWhatBecameOfAll)
{
    const auto said = [](const Statements &statements) {
        return outcomes_in_words(by_connection(statements));
    };
    EXPECT_EQ(said({}), "No packet of an MPTCP connection.");
    Statement nobody = stated(Code::NotOffered, Severity::Chat, std::nullopt);
    nobody.text = "Nobody.";
    EXPECT_EQ(said({nobody}), "Nobody.");
    EXPECT_EQ(
        said({stated(Code::Fallback, Severity::Warn, 0), stated(Code::Works, Severity::Chat, 1)}),
        "2 connections: 1 used several paths, 1 fell back to TCP.");
}

} // namespace
} // namespace mptcp::test
