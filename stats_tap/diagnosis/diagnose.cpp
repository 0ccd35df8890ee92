// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/diagnose.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/readable.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

constexpr void (*kRules[])(const Evidence &,
                           Statements &) = {add_outcome,  add_joins,  add_addresses, add_paths,
                                            add_path_use, add_limits, add_ends,      add_flaws};

constexpr auto kSeverity = [](const Statement &statement) { return statement.severity; };

// No SYN with MP_CAPABLE, and no other MPTCP option, in the whole capture.
Statement nobody_offered(std::uint64_t packets)
{
    Statement statement;
    statement.code = Code::NotOffered;
    statement.text =
        packets == 0
            ? "The capture has no TCP packet."
            : "MPTCP was not in use: no SYN in the capture offers MP_CAPABLE, and no packet "
              "belongs to an MPTCP connection (" +
                  counted(packets, "TCP packet") +
                  "). On the client, look at `sysctl net.mptcp.enabled`, and whether the "
                  "application asks for IPPROTO_MPTCP (`mptcpize run`). A middlebox may have "
                  "removed the option before this capture point: capture at the client, too.";
    statement.figures = {{"packets", packets}};
    return statement;
}

// Of a connection with one path, on which there is no other statement.
void add_why_single(const Evidence &evidence, Statement &to)
{
    if (const TimelineEntry *join = evidence.first(EventType::JoinSyn))
        to.text += " The join of " + host_words(join->from) + shown_in(join, to) +
                   " was not ready in time to carry data.";
    else
        to.text += " The capture does not show why there is no other one.";
}

} // namespace

Diagnosis::Diagnosis(CaptureFacts capture)
    : capture_(std::move(capture)), entries_(capture_.analysis.endpoints.size())
{
    for (const TimelineEntry &entry : capture_.analysis.timeline)
        if (entry.event.ignored == Ignored::No)
            entries_[entry.connection].push_back(&entry);
}

Statements Diagnosis::of(const ConnectionRow &row) const
{
    const Evidence evidence{row, entries_[row.index], capture_};
    Statements statements;
    for (const auto rule : kRules)
        rule(evidence, statements);
    const auto others = std::ranges::count_if(
        statements, [](const Statement &each) { return !is_about_limits(each.code); });
    if (others == 1 && statements.front().code == Code::SinglePath)
        add_why_single(evidence, statements.front());
    if (!statements.empty())
        std::stable_sort(
            std::next(statements.begin()), statements.end(),
            [](const Statement &a, const Statement &b) { return a.severity > b.severity; });
    return statements;
}

Statements diagnose(const ReportRows &rows, const CaptureFacts &capture,
                    const std::function<bool(std::uint32_t)> &is_wanted)
{
    if (capture.analysis.endpoints.empty())
        return {nobody_offered(rows.packets())};
    Statements all;
    const Diagnosis diagnosis{capture};
    rows.visit(Samples::Without, [&](const ConnectionRow &row) {
        if (is_wanted(row.index))
            std::ranges::move(diagnosis.of(row), std::back_inserter(all));
    });
    return all;
}

Statements by_severity(Statements statements)
{
    std::ranges::stable_sort(statements, std::greater{}, kSeverity);
    return statements;
}

} // namespace mptcp
