// SPDX-License-Identifier: GPL-2.0-or-later
//
// Joins that failed: not answered, refused, answered without MP_JOIN, or with a wrong HMAC (RFC
// 8684 3.2). Joins that failed in the same way share a statement.
#include <algorithm>
#include <map>
#include <tuple>

#include "base/format.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

struct Failure {
    Code code{};
    Role initiator{};
    const TimelineEntry *entry = nullptr; // that shows it
    std::optional<MpTcpRst> rst;          // of a refused join
    bool is_syn_answered = false;
    std::size_t syns = 0;

    // Failures with the same key share a statement.
    auto key() const
    {
        return std::tuple{code, initiator, entry->from, is_syn_answered,
                          rst ? int{rst->reason} : -1};
    }
};

// Failures of one kind.
struct Failures {
    const SubflowRow *subflow = nullptr; // of the first one
    Failure first;
    std::vector<std::uint32_t> frames; // one of each

    // The address that the first one goes to.
    const Address &acceptor() const
    {
        return subflow->subflow->end(other(first.initiator)).endpoint.address;
    }
};

const TimelineEntry *bad_hmac(const Evidence &evidence, const SubflowRow &row)
{
    for (const TimelineEntry *entry : evidence.entries_of(row))
        if (entry->verdict == Verdict::Bad &&
            (entry->event.type == EventType::JoinSynAck || entry->event.type == EventType::JoinAck))
            return entry;
    return nullptr;
}

// The SYN and the SYN/ACK were captured, and the initiator went on as if it had no answer.
bool is_unconfirmed(const Evidence &evidence, const SubflowRow &row, Role initiator)
{
    const Subflow &subflow = *row.subflow;
    return evidence.first(EventType::JoinSyn, row) != nullptr && !subflow.reset() &&
           !subflow.end(initiator).acknowledged && !evidence.is_ready(row) &&
           evidence.had_time_to_answer(row);
}

// RFC 8684 3.2: the initiator resets a subflow whose SYN/ACK it does not accept. Not at the end of
// the connection, when it has no use for the join any more.
const TimelineEntry *reset_by_initiator(const Evidence &evidence, const SubflowRow &row,
                                        Role initiator)
{
    const Subflow &subflow = *row.subflow;
    const TimelineEntry *reset = evidence.first(EventType::SubflowReset, row);
    const bool is_early = subflow.seen.has(SubflowSeen::SynAck) &&
                          !subflow.seen.has(SubflowSeen::ThirdAck) && !evidence.is_ready(row);
    return is_early && reset != nullptr && reset->from == initiator &&
                   evidence.last_data() > reset->event.time
               ? reset
               : nullptr;
}

std::optional<Failure> failure_of(const Evidence &evidence, const SubflowRow &row)
{
    const Subflow &subflow = *row.subflow;
    if (subflow.kind != SubflowKind::Join || !subflow.initiator)
        return std::nullopt;
    Failure failure;
    failure.initiator = subflow.role(*subflow.initiator);
    failure.is_syn_answered = subflow.seen.has(SubflowSeen::SynAck);
    failure.syns = static_cast<std::size_t>(
        std::ranges::count(evidence.entries_of(row), EventType::JoinSyn,
                           [](const TimelineEntry *entry) { return entry->event.type; }));
    const auto fail = [&](Code code, const TimelineEntry *entry) {
        failure.code = code;
        failure.entry = entry;
        return failure;
    };
    if (const TimelineEntry *entry = bad_hmac(evidence, row))
        return fail(Code::JoinHmac, entry);
    if (const TimelineEntry *entry = evidence.first(EventType::JoinStripped, row))
        return fail(Code::JoinStripped, entry);
    if (const TimelineEntry *entry = evidence.first(EventType::JoinRefused, row)) {
        if (const auto *outcome = std::get_if<SubflowOutcome>(&entry->event.detail))
            failure.rst = outcome->rst;
        return fail(Code::JoinRefused, entry);
    }
    if (const TimelineEntry *entry = reset_by_initiator(evidence, row, failure.initiator)) {
        if (const auto *outcome = std::get_if<SubflowOutcome>(&entry->event.detail))
            failure.rst = outcome->rst;
        return fail(Code::JoinRefused, entry);
    }
    const TimelineEntry *unanswered = evidence.first(EventType::JoinUnanswered, row);
    const bool is_one_way = subflow.end(failure.initiator).acknowledged;
    if (unanswered != nullptr && !is_one_way && evidence.had_time_to_answer(row))
        return fail(Code::JoinUnanswered, unanswered);
    const TimelineEntry *syn_ack = evidence.first(EventType::JoinSynAck, row);
    if (syn_ack != nullptr && is_unconfirmed(evidence, row, failure.initiator))
        return fail(Code::JoinUnanswered, syn_ack);
    return std::nullopt;
}

std::string whose(const Failures &failures)
{
    const std::size_t count = failures.frames.size();
    const Failure &first = failures.first;
    const Subflow &subflow = *failures.subflow->subflow;
    const std::string from = to_text(subflow.end(first.initiator).endpoint.address);
    const std::string at = to_text(subflow.end(other(first.initiator)).endpoint);
    const std::string which = "from " + from + " to " + at + " (subflow " +
                              std::to_string(failures.subflow->index) + ", " +
                              frame_words(subflow.first_frame) + ")";
    const std::string host = std::string{name(first.initiator)};
    return count == 1
               ? "The join of the " + host + " " + which
               : std::to_string(count) + " joins of the " + host + ", the first " + which + ",";
}

std::string unanswered_words(const Evidence &evidence, const Failures &failures)
{
    const Failure &first = failures.first;
    const auto *outcome = std::get_if<SubflowOutcome>(&first.entry->event.detail);
    const Time after = outcome != nullptr ? outcome->after : 0;
    if (first.is_syn_answered)
        return whose(failures) + " was answered (" + frame_words(failures.frames) + "), but " +
               host_words(first.initiator) +
               " did not acknowledge that: a firewall or a missing route stops the SYN/ACK or "
               "what follows it. Capture at this host as well.";
    std::string words = whose(failures) + " got no answer";
    if (first.syns > 1)
        words += " to " + std::to_string(first.syns) + " SYNs in " + time_words(after) +
                 " (last in " + frame_words(first.entry->event.frame) + ")";
    return words +
           ": there is no route between these addresses, or a firewall drops the SYN or its "
           "answer. Look at the routing rules of that source address, and try plain TCP "
           "from it." +
           private_words(evidence, failures.acceptor(), first.initiator);
}

std::string hint_on_refusal(const Evidence &evidence, const Failures &failures)
{
    constexpr std::uint8_t kMptcpError = 1, kResources = 2, kProhibited = 3;
    const Failure &first = failures.first;
    const std::string refuser = host_words(other(first.initiator));
    if (first.entry->from == first.initiator)
        return " It did not accept the SYN/ACK, which may have been changed on the way: capture at "
               "this host as well.";
    if (evidence.first(EventType::JoinForbidden, *failures.subflow) != nullptr)
        return " Flag C of " + refuser + " forbids joins to this address (RFC 8684 3.1).";
    if (!first.rst)
        return first.is_syn_answered
                   ? " The RST has no reason: look at the limits (`ip mptcp limits`) of " +
                         refuser + ", and at middleboxes."
                   : " Nothing listens there, or a firewall rejects it.";
    if (first.rst->reason == kProhibited || first.rst->reason == kResources)
        return " Look at `ip mptcp limits` of " + refuser +
               " (subflows), and at how many subflows it has.";
    if (first.rst->reason == kMptcpError)
        return " " + at_start(refuser) +
               " did not accept the token or the HMAC, or a middlebox changed them.";
    return {};
}

std::string refused_words(const Evidence &evidence, const Failures &failures)
{
    const Failure &first = failures.first;
    const std::string by = first.entry->from == first.initiator
                               ? " was reset by this host itself"
                               : " was refused by " + host_words(first.entry->from);
    return whose(failures) + by + " (" + frame_words(failures.frames) + ")" +
           reason_words(first.rst) + "." + hint_on_refusal(evidence, failures);
}

std::string stripped_words(const Failures &failures)
{
    const Failure &first = failures.first;
    return whose(failures) + " failed: the " +
           (first.entry->from == first.initiator ? "third ACK" : "answer") + " has no MP_JOIN (" +
           frame_words(failures.frames) + ").";
}

std::string hmac_words(const Evidence &evidence, const Failures &failures)
{
    const TimelineEntry &entry = *failures.first.entry;
    const bool is_syn_ack = entry.event.type == EventType::JoinSynAck;
    std::string words = whose(failures) + " failed: the HMAC of " + host_words(entry.from) +
                        " in the " + (is_syn_ack ? "SYN/ACK" : "third ACK") + " (" +
                        frame_words(failures.frames) + ") is wrong.";
    if (const TimelineEntry *end = evidence.first(EventType::JoinRefused, *failures.subflow)) {
        const auto *outcome = std::get_if<SubflowOutcome>(&end->event.detail);
        words += " " + at_start(host_words(end->from)) + " refused it (" +
                 frame_words(end->event.frame) + ")" +
                 (outcome != nullptr ? reason_words(outcome->rst) : std::string{}) + ".";
    }
    return words;
}

std::string words_of(const Evidence &evidence, const Failures &failures)
{
    switch (failures.first.code) {
    case Code::JoinUnanswered:
        return unanswered_words(evidence, failures);
    case Code::JoinRefused:
        return refused_words(evidence, failures);
    case Code::JoinStripped:
        return stripped_words(failures);
    default:
        return hmac_words(evidence, failures);
    }
}

// Where the option was removed or changed, if several points show it.
const TimelineEntry *change_of_handshake(const Evidence &evidence, const Failures &failures)
{
    for (const EventType change : {EventType::OptionRemoved, EventType::OptionAltered})
        if (const TimelineEntry *where = evidence.first(change, *failures.subflow))
            return where;
    return nullptr;
}

// Where the option was removed or changed, or what may have done it.
void add_cause(const Evidence &evidence, const Failures &failures, Statement &to)
{
    const bool is_stripped = failures.first.code == Code::JoinStripped;
    if (const TimelineEntry *where = change_of_handshake(evidence, failures))
        add_way(evidence, *where,
                where->event.type == EventType::OptionRemoved ? " The option was removed"
                                                              : " The option was changed",
                to);
    else if (!is_stripped && failures.first.code != Code::JoinHmac)
        return;
    else if (!is_stripped)
        to.text += " A middlebox changed it before this capture point, or the host has other keys.";
    else
        to.text += failures.first.entry->from == failures.first.initiator
                       ? " A middlebox removed the option, or that host gave up MPTCP."
                       : " A middlebox removed the option, or another server answers at this "
                         "address. Look at load balancers and firewalls on this path.";
}

// A failed join is a defect if it left the connection with one path. A limit is none.
Severity severity_of(const Evidence &evidence, const Failures &failures)
{
    const Failure &failure = failures.first;
    if (failure.code == Code::JoinHmac)
        return Severity::Error;
    const bool is_policy = failure.code == Code::JoinRefused && failure.rst.has_value() &&
                           change_of_handshake(evidence, failures) == nullptr;
    const bool is_only_path = evidence.is_whole() && evidence.ready().size() < 2;
    return is_only_path && !is_policy ? Severity::Warn : Severity::Note;
}

} // namespace

void add_joins(const Evidence &evidence, Statements &to)
{
    std::map<decltype(Failure{}.key()), Failures> kinds;
    for (const SubflowRow &row : evidence.row().subflows)
        if (const auto failure = failure_of(evidence, row)) {
            Failures &kind = kinds[failure->key()];
            if (kind.subflow == nullptr) {
                kind.subflow = &row;
                kind.first = *failure;
            }
            kind.frames.push_back(failure->entry->event.frame);
        }
    for (const auto &[key, kind] : kinds) {
        Statement statement = begin(evidence, kind.first.code, severity_of(evidence, kind));
        statement.subflow = kind.subflow->index;
        statement.sender = kind.first.initiator;
        statement.text = words_of(evidence, kind);
        statement.frames = {kind.subflow->subflow->first_frame};
        for (const std::uint32_t frame : kind.frames)
            if (frame != statement.frames.front())
                statement.frames.push_back(frame);
        statement.figures = {{"joins", std::uint64_t{kind.frames.size()}}};
        if (kind.first.code == Code::JoinUnanswered)
            statement.figures.emplace_back("attempts", std::uint64_t{kind.first.syns});
        if (kind.first.rst)
            statement.figures.emplace_back("reason", std::uint64_t{kind.first.rst->reason});
        add_cause(evidence, kind, statement);
        to.push_back(std::move(statement));
    }
}

} // namespace mptcp
