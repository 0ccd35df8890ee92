// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the network changed between capture points, and what hosts do against the RFC, as far as no
// other rule explains it.
#include <algorithm>
#include <map>
#include <tuple>

#include "base/readable.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

bool is_between(EventType type)
{
    return type == EventType::OptionRemoved || type == EventType::OptionAltered ||
           type == EventType::PayloadAltered;
}

// Whether a statement of another rule is about it.
bool is_explained(const Evidence &evidence, const TimelineEntry &entry)
{
    switch (entry.event.type) {
    case EventType::Fallback:
    case EventType::AddAddr:
    case EventType::JoinSynAck:
    case EventType::JoinAck:
        return true;
    case EventType::ChecksumBad:
    case EventType::Fail: // named with the fallback
        return evidence.connection().fallback &&
               evidence.connection().fallback->reason == FallbackReason::InfiniteMappingAfterMpFail;
    default:
        return false;
    }
}

// Whether a statement on its subflow says what became of it.
bool is_told(const TimelineEntry &entry, const Statements &statements)
{
    return std::ranges::any_of(statements, [&](const Statement &each) {
        return each.subflow == entry.subflow &&
               std::ranges::find(each.frames, entry.event.frame) != each.frames.end();
    });
}

struct Flaw {
    const TimelineEntry *first = nullptr;
    std::uint64_t count = 0;
};

void add_middlebox(const Evidence &evidence, const TimelineEntry &entry, Statements &to)
{
    Statement statement = begin(evidence, Code::Middlebox, Severity::Warn);
    statement.subflow = entry.subflow;
    statement.sender = entry.from;
    const EventType type = entry.event.type;
    add_way(evidence, entry,
            type == EventType::PayloadAltered  ? "A middlebox changed payload"
            : type == EventType::OptionRemoved ? "A middlebox removed the MPTCP option"
                                               : "A middlebox changed the MPTCP option",
            statement);
    to.push_back(std::move(statement));
}

void add_error(const Evidence &evidence, const Flaw &flaw, Statements &to)
{
    const TimelineEntry &entry = *flaw.first;
    Statement statement = begin(evidence, Code::ProtocolError, entry.severity);
    statement.subflow = entry.subflow;
    statement.sender = entry.from;
    statement.frames = {entry.event.frame};
    statement.text = std::string{title(entry.event.type)} +
                     (entry.verdict == Verdict::Bad ? " (wrong key)" : "") + ": " +
                     counted(flaw.count, "packet") + " of " + host_words(entry.from) +
                     (flaw.count > 1 ? ", first in " : ", ") + frame_words(entry.event.frame) + ".";
    statement.figures = {{"packets", flaw.count}};
    to.push_back(std::move(statement));
}

} // namespace

void add_flaws(const Evidence &evidence, Statements &to)
{
    std::map<std::tuple<EventType, Role, Verdict>, Flaw> flaws;
    for (const TimelineEntry *entry : evidence.entries()) {
        if (entry->severity < Severity::Warn || is_explained(evidence, *entry))
            continue;
        Flaw &flaw = flaws[{entry->event.type, entry->from, entry->verdict}];
        flaw.first = flaw.first == nullptr ? entry : flaw.first;
        ++flaw.count;
    }
    for (const auto &[kind, flaw] : flaws)
        if (!is_between(flaw.first->event.type))
            add_error(evidence, flaw, to);
        else if (!evidence.connection().fallback && !is_told(*flaw.first, to))
            add_middlebox(evidence, *flaw.first, to);
}

} // namespace mptcp
