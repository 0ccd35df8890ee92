// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/diagnosis_view.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/format.h"
#include "base/readable.h"
#include "views/diagnosis_words.h"
#include "views/text_frame.h"
#include "views/text_table.h"
#include "views/text_wrap.h"

namespace mptcp {
namespace {

constexpr std::size_t kStatementIndent = 2;
constexpr std::size_t kSeverityWidth = 7; // "error" and blanks

std::string in_lines(std::string_view sentence)
{
    std::string text;
    append_wrapped(text, 0, sentence);
    return text + "\n";
}

// Those with the most severe statements, and of these those with the most; in the order of indexes.
std::vector<OfConnection> worst(std::vector<OfConnection> groups)
{
    std::ranges::stable_sort(groups, std::greater{}, badness);
    groups.resize(std::min(groups.size(), kMostDiagnosed));
    std::erase_if(groups, [](OfConnection group) { return worst_of(group) == Severity::Chat; });
    std::ranges::sort(groups, {}, [](OfConnection group) { return group.front().connection; });
    return groups;
}

// A line for each code and severity: in how many connections, and in which one first.
std::string table_of(const std::vector<OfConnection> &groups)
{
    const std::vector<CodeCount> counts = count_codes(groups);
    TextTable table{{{"Severity", Align::Left},
                     {"Code", Align::Left},
                     {"Connections", Align::Right},
                     {"First", Align::Right}}};
    Cells cells;
    const auto each_row = [&](auto see) {
        for (const CodeCount &count : counts) {
            cells.clear();
            cells.add(name(count.severity));
            cells.add(name(count.code));
            cells.add(count.connections);
            cells.add(std::uint64_t{count.first});
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
        if (groups.empty() || groups.front().front().connection)
            lines(in_lines(outcomes_in_words(groups)));
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
