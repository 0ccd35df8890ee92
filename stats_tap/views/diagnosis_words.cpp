// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/diagnosis_words.h"

#include <algorithm>
#include <map>

#include "base/phrases.h"
#include "base/readable.h"

namespace mptcp {

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

std::string_view outcome_words(Code outcome)
{
    switch (outcome) {
    case Code::Works:
        return "used several paths";
    case Code::SinglePath:
        return "used one path";
    case Code::Fallback:
        return "fell back to TCP";
    case Code::NoData:
        return "carried no data";
    case Code::Refused:
        return "refused";
    case Code::Unanswered:
        return "not answered";
    default:
        return "incomplete in the capture";
    }
}

std::string outcomes_in_words(const std::vector<OfConnection> &groups)
{
    if (groups.empty())
        return "No packet of an MPTCP connection.";
    if (!groups.front().front().connection)
        return groups.front().front().text;
    std::map<Code, std::uint64_t> outcomes;
    for (const OfConnection group : groups)
        ++outcomes[group.front().code];
    Phrases phrases;
    for (const Code code : {Code::Works, Code::SinglePath, Code::NoData, Code::Fallback,
                            Code::Refused, Code::Unanswered, Code::CaptureIncomplete})
        if (const auto found = outcomes.find(code); found != outcomes.end()) {
            std::string count;
            append_grouped(count, found->second);
            phrases.add(count, " ", outcome_words(code));
        }
    return counted(groups.size(), "connection") + ": " + phrases.text() + ".";
}

Severity worst_of(OfConnection group)
{
    return std::ranges::max(group, {}, &Statement::severity).severity;
}

std::pair<Severity, std::size_t> badness(OfConnection group)
{
    const Severity severity = worst_of(group);
    const auto count = std::ranges::count(group, severity, &Statement::severity);
    return {severity, static_cast<std::size_t>(count)};
}

std::vector<CodeCount> count_codes(const std::vector<OfConnection> &groups)
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
    std::vector<CodeCount> counts;
    counts.reserve(rows.size());
    for (const auto &[key, row] : rows)
        counts.push_back(
            {static_cast<Severity>(-key.first), key.second, row.connections, row.first});
    return counts;
}

std::string codes_in_words(const std::vector<CodeCount> &counts)
{
    std::string text;
    for (std::size_t place = 0; place < counts.size(); ++place) {
        const CodeCount &count = counts[place];
        if (count.severity == Severity::Chat)
            continue;
        if (place > 0 && counts[place - 1].severity == count.severity)
            text += ", ";
        else
            text += (text.empty() ? "" : "; ") + std::string{name(count.severity)} + ": ";
        text += std::string{name(count.code)} + " ";
        append_grouped(text, count.connections);
    }
    return text.empty() ? text : text + ".";
}

} // namespace mptcp
