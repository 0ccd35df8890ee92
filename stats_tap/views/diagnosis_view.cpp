// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/diagnosis_view.h"

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "base/format.h"
#include "base/phrases.h"
#include "base/readable.h"
#include "views/text_frame.h"
#include "views/text_table.h"
#include "views/text_wrap.h"

namespace mptcp {
namespace {

constexpr std::size_t kStatementIndent = 2;
constexpr std::size_t kSeverityWidth = 7; // "error" and blanks

// The statements on one connection, its outcome first.
using OfConnection = std::span<const Statement>;

std::vector<OfConnection> by_connection(const Statements &statements)
{
    std::vector<OfConnection> groups;
    for (auto begin = statements.begin(); begin != statements.end();) {
        const auto end = std::find_if(begin, statements.end(), [&](const Statement &each) {
            return each.connection != begin->connection;
        });
        groups.emplace_back(begin, end);
        begin = end;
    }
    return groups;
}

std::string_view outcome_words(Code code)
{
    switch (code) {
    case Code::Works:
        return " used several paths";
    case Code::SinglePath:
        return " used one path";
    case Code::Fallback:
        return " fell back to TCP";
    case Code::NoData:
        return " carried no data";
    case Code::Refused:
        return " refused";
    case Code::Unanswered:
        return " not answered";
    default:
        return " incomplete in the capture";
    }
}

// "2 connections: 1 used several paths, 1 fell back to TCP."
std::string summary_of(const std::vector<OfConnection> &groups)
{
    std::map<Code, std::uint64_t> outcomes;
    for (const OfConnection group : groups)
        ++outcomes[group.front().code];
    Phrases phrases;
    for (const Code code : {Code::Works, Code::SinglePath, Code::NoData, Code::Fallback,
                            Code::Refused, Code::Unanswered, Code::CaptureIncomplete})
        if (const auto found = outcomes.find(code); found != outcomes.end()) {
            std::string count;
            append_grouped(count, found->second);
            phrases.add(count, outcome_words(code));
        }
    std::string text;
    append_wrapped(text, 0, counted(groups.size(), "connection") + ": " + phrases.text() + ".");
    return text + "\n";
}

Severity worst_of(OfConnection group)
{
    return std::ranges::max(group, {}, &Statement::severity).severity;
}

// Those with the most severe statements, and of these those with the most; in the order of indexes.
std::vector<OfConnection> worst(std::vector<OfConnection> groups)
{
    const auto badness = [](OfConnection group) {
        const Severity severity = worst_of(group);
        return std::pair{severity, std::ranges::count(group, severity, &Statement::severity)};
    };
    std::ranges::stable_sort(groups, std::greater{}, badness);
    groups.resize(std::min(groups.size(), kMostDiagnosed));
    std::erase_if(groups, [](OfConnection group) { return worst_of(group) == Severity::Chat; });
    std::ranges::sort(groups, {}, [](OfConnection group) { return group.front().connection; });
    return groups;
}

// A line for each code and severity: in how many connections, and in which one first.
std::string table_of(const std::vector<OfConnection> &groups)
{
    struct Row {
        std::uint64_t connections = 0;
        std::uint32_t first = 0, last = 0;
    };
    std::map<std::pair<int, Code>, Row> rows; // the most severe first
    for (const OfConnection group : groups)
        for (const Statement &statement : group) {
            Row &row = rows[{-static_cast<int>(statement.severity), statement.code}];
            const std::uint32_t connection = statement.connection.value_or(0);
            if (row.connections == 0)
                row.first = connection;
            row.connections += row.connections == 0 || row.last != connection ? 1 : 0;
            row.last = connection;
        }
    TextTable table{{{"Severity", Align::Left},
                     {"Code", Align::Left},
                     {"Connections", Align::Right},
                     {"First", Align::Right}}};
    Cells cells;
    const auto each_row = [&](auto see) {
        for (const auto &[key, row] : rows) {
            cells.clear();
            cells.add(name(static_cast<Severity>(-key.first)));
            cells.add(name(key.second));
            cells.add(row.connections);
            cells.add(std::uint64_t{row.first});
            see();
        }
    };
    each_row([&] { table.fit(cells); });
    std::string text;
    table.append_header(text);
    text.push_back('\n');
    each_row([&] {
        table.append_line(text, cells);
        text.push_back('\n');
    });
    return text;
}

// "  warn   The text in lines that fit, and the code in brackets. [join_unanswered]"
std::string statement_lines(const Statement &statement)
{
    std::string line(kStatementIndent, ' ');
    if (statement.severity != Severity::Chat)
        line.append(name(statement.severity));
    line.append(kStatementIndent + kSeverityWidth - line.size(), ' ');
    append_wrapped(line, line.size(),
                   statement.text + " [" + std::string{name(statement.code)} + "]");
    return line + "\n";
}

std::string paragraph(OfConnection group, const Analysis &analysis)
{
    std::string text;
    if (const auto connection = group.front().connection) {
        const PerRole<Endpoint> &ends = analysis.endpoints[*connection];
        text = "\nConnection " + std::to_string(*connection) + ": " + to_text(ends[Role::Client]) +
               " to " + to_text(ends[Role::Server]) + "\n";
    }
    for (const Statement &statement : group)
        text += statement_lines(statement);
    return text;
}

} // namespace

void write_diagnosis(const Statements &statements, const Analysis &analysis, const char *filter,
                     const Output &out)
{
    write_framed(out, "MPTCP Diagnosis", filter, [&](const Output &lines) {
        std::vector<OfConnection> groups = by_connection(statements);
        if (groups.empty())
            lines("No packet of an MPTCP connection.\n");
        else if (groups.front().front().connection)
            lines(summary_of(groups));
        if (groups.size() > kMostDiagnosed) {
            lines("\n" + table_of(groups));
            groups = worst(std::move(groups));
            if (!groups.empty())
                lines("\nThe " +
                      (groups.size() == 1 ? std::string{"connection"}
                                          : counted(groups.size(), "connection")) +
                      " with the most severe statements:\n");
        }
        for (const OfConnection group : groups)
            lines(paragraph(group, analysis));
        lines("\n");
    });
}

} // namespace mptcp
