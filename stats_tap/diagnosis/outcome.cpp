// SPDX-License-Identifier: GPL-2.0-or-later
//
// What became of a connection: not answered, refused, fallen back, one path, several paths; or what
// the capture lacks to tell.
#include <algorithm>

#include "base/format.h"
#include "base/phrases.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

constexpr std::size_t kMostShares = 4; // subflows that are named with their share

std::size_t count_of(const Evidence &evidence, EventType type)
{
    return static_cast<std::size_t>(std::ranges::count(
        evidence.entries(), type, [](const TimelineEntry *entry) { return entry->event.type; }));
}

bool any_plain_syn(const Evidence &evidence)
{
    return std::ranges::any_of(evidence.row().subflows, [](const SubflowRow &row) {
        return row.subflow->syn_without_option;
    });
}

void add_unanswered(const Evidence &evidence, const TimelineEntry &unanswered, Statements &to)
{
    const std::size_t syns = count_of(evidence, EventType::CapableSyn);
    const std::uint32_t first = evidence.connection().first_frame;
    const std::uint32_t last = unanswered.event.frame;
    if (!evidence.had_time_to_answer(evidence.row().subflows.front())) {
        Statement statement = begin(evidence, Code::CaptureIncomplete, Severity::Chat);
        statement.text = "The capture ends before anybody can have answered the SYN (" +
                         frame_words(first) + ").";
        statement.frames = {first};
        to.push_back(std::move(statement));
        return;
    }
    Statement statement = begin(evidence, Code::Unanswered, Severity::Error);
    statement.subflow = unanswered.subflow;
    statement.sender = unanswered.from;
    statement.frames = {first};
    statement.text = "The server did not answer the MP_CAPABLE SYN (" + frame_words(first) + ")";
    if (syns > 1) {
        const auto *outcome = std::get_if<SubflowOutcome>(&unanswered.event.detail);
        const Time after = outcome != nullptr ? outcome->after : 0;
        statement.text += ", which was sent " + std::to_string(syns) + " times in " +
                          time_words(after) + " (last in " + frame_words(last) + ")";
        statement.frames.push_back(last);
        statement.figures.emplace_back("seconds", after);
    }
    statement.figures.emplace_back("attempts", std::uint64_t{syns});
    statement.text += any_plain_syn(evidence)
                          ? ", nor a SYN without the option: nothing answers at " +
                                initial_words(evidence, Role::Server) + " with or without MPTCP."
                          : ": the server is not reachable, or a firewall drops the SYN or its "
                            "answer. Try the same with plain TCP.";
    to.push_back(std::move(statement));
}

void add_refused(const Evidence &evidence, const TimelineEntry &refused, Statements &to)
{
    Statement statement = begin(evidence, Code::Refused, Severity::Error);
    const std::uint32_t first = evidence.connection().first_frame;
    const auto *outcome = std::get_if<SubflowOutcome>(&refused.event.detail);
    const TimelineEntry *syn_ack = evidence.first(EventType::CapableSynAck);
    statement.subflow = refused.subflow;
    statement.sender = refused.from;
    statement.frames = {first, refused.event.frame};
    const std::string by_rst = " by an RST (" + frame_words(refused.event.frame) +
                               (outcome != nullptr ? reason_words(outcome->rst) : std::string{}) +
                               ")";
    statement.text =
        at_start(host_words(refused.from)) +
        (syn_ack == nullptr
             ? " refused the connection" + by_rst + ", in response to the SYN (" +
                   frame_words(first) + ")."
             : " ended the handshake that the SYN (" + frame_words(first) + ") began" + by_rst +
                   ", after a SYN/ACK (" + frame_words(syn_ack->event.frame) + ").");
    if (syn_ack != nullptr)
        statement.frames.push_back(syn_ack->event.frame);
    if (syn_ack == nullptr)
        statement.text += " Nothing listens at " + initial_words(evidence, Role::Server) +
                          ", or a firewall rejects it. MPTCP is not the cause unless plain TCP "
                          "works.";
    if (outcome != nullptr)
        statement.figures.emplace_back("seconds", outcome->after);
    to.push_back(std::move(statement));
}

// What the capture does not have.
void add_incomplete(const Evidence &evidence, Statements &to)
{
    Statement statement = begin(evidence, Code::CaptureIncomplete, Severity::Chat);
    Phrases sentences{" "};
    if (evidence.connection().partial())
        sentences.add(
            "The capture does not have the beginning of the connection, so keys, earlier "
            "subflows and announced addresses are unknown",
            evidence.connection().roles_seen ? "." : ", and which host is the client is a guess.");
    const auto missing = evidence.missing_sender();
    if (missing)
        sentences.add("Only the packets of ", host_words(other(*missing)),
                      " were captured, so what ", host_words(*missing), " sent is unknown.");
    for (const Role role : kBothRoles.each)
        if (const std::uint64_t bytes = evidence.bytes_not_captured(role);
            bytes > 0 && role != missing) {
            sentences.add(byte_words(bytes), " of ", host_words(role),
                          " were acknowledged, but are not in the capture: it missed packets, or a "
                          "path was not captured.");
            statement.figures.emplace_back(role == Role::Client ? "client_bytes" : "server_bytes",
                                           bytes);
        }
    statement.text = sentences.text();
    to.push_back(std::move(statement));
}

void add_half_handshake(const Evidence &evidence, Statements &to)
{
    Statement statement = begin(evidence, Code::CaptureIncomplete, Severity::Chat);
    const TimelineEntry *syn_ack = evidence.first(EventType::CapableSynAck);
    statement.text = "The handshake is not complete in the capture: no ACK with both keys follows";
    if (syn_ack != nullptr)
        statement.text += " the SYN/ACK" + shown_in(syn_ack, statement);
    statement.text += ".";
    to.push_back(std::move(statement));
}

void add_no_data(const Evidence &evidence, Statements &to)
{
    Statement statement = begin(evidence, Code::NoData, Severity::Chat);
    statement.text = "MPTCP was established" +
                     shown_in(evidence.first(EventType::Established), statement) +
                     ", but no host sent data, so nothing can be said about the use of paths.";
    to.push_back(std::move(statement));
}

void add_single_path(const Evidence &evidence, Statements &to)
{
    Statement statement = begin(evidence, Code::SinglePath, Severity::Note);
    const SubflowRow &only = *evidence.used().front();
    const std::uint64_t bytes = evidence.row().data[Role::Client].application() +
                                evidence.row().data[Role::Server].application();
    statement.subflow = only.index;
    statement.text = "MPTCP was in use, but only one path carried data: " + subflow_words(only) +
                     " carried all " + byte_words(bytes) + ".";
    statement.figures = {{"bytes", bytes}, {"subflows", std::uint64_t{evidence.ready().size()}}};
    to.push_back(std::move(statement));
}

// "subflow 0 (…) carried 53.2% and subflow 1 (…) 46.8%"
std::string share_words(const Evidence &evidence, Role sender)
{
    auto subflows = evidence.used();
    const auto unique = [&](const SubflowRow *row) { return row->data[sender].unique; };
    std::ranges::stable_sort(subflows, std::greater{}, unique);
    std::string words;
    for (std::size_t place = 0; place < std::min(subflows.size(), kMostShares); ++place) {
        const bool is_last = place + 1 == subflows.size();
        words += place == 0 ? "" : is_last ? " and " : ", ";
        words += subflow_words(*subflows[place]) + (place == 0 ? " carried " : " ") +
                 to_percent(share(evidence.row(), *subflows[place], sender).value_or(0));
    }
    if (subflows.size() > kMostShares)
        words += " and " + std::to_string(subflows.size() - kMostShares) + " others the rest";
    return words;
}

// From the first packet of the connection to the first join and to the first data on a join.
void add_times(const Evidence &evidence, Statement &statement)
{
    const TimelineEntry *join = evidence.first(EventType::JoinSyn);
    if (evidence.connection().partial() || join == nullptr)
        return;
    const Time start = evidence.row().span.start;
    Span first_data;
    for (const SubflowRow *row : evidence.used())
        for (const Role role : kBothRoles.each)
            if (const Span &span = row->data[role].span;
                row->subflow->kind == SubflowKind::Join && !span.empty() &&
                (first_data.empty() || span.start < first_data.start))
                first_data = span;
    statement.text += " The first join" + shown_in(join, statement) + " began " +
                      time_words(join->event.time - start) + " after the SYN";
    statement.figures.emplace_back("first_join", join->event.time - start);
    if (!first_data.empty()) {
        statement.text += ", and the first data on a join (" + frame_words(first_data.first_frame) +
                          ") came " + time_words(first_data.start - start) + " after that SYN";
        statement.frames.push_back(first_data.first_frame);
        statement.figures.emplace_back("first_join_data", first_data.start - start);
    }
    statement.text += ".";
}

void add_works(const Evidence &evidence, Statements &to)
{
    Statement statement = begin(evidence, Code::Works, Severity::Chat);
    const Role sender = evidence.main_sender();
    const std::uint64_t bytes = evidence.row().data[sender].unique;
    const std::size_t paths = evidence.used().size();
    statement.sender = sender;
    statement.text = "MPTCP was in use: " + std::to_string(paths) +
                     " subflows carried data. Of the " + byte_words(bytes) + " of " +
                     host_words(sender) + ", " + share_words(evidence, sender) + ".";
    statement.figures = {{"subflows", std::uint64_t{paths}}, {"bytes", bytes}};
    describe_use(evidence, sender, statement);
    add_times(evidence, statement);
    to.push_back(std::move(statement));
}

void add_outcome_of_established(const Evidence &evidence, Statements &to)
{
    if (evidence.used().size() > 1)
        add_works(evidence, to);
    else if (!evidence.is_whole())
        return;
    else if (evidence.connection().handshake() != Handshake::Complete)
        add_half_handshake(evidence, to);
    else if (evidence.used().empty())
        add_no_data(evidence, to);
    else
        add_single_path(evidence, to);
}

} // namespace

void add_outcome(const Evidence &evidence, Statements &to)
{
    if (evidence.connection().fallback)
        add_fallback(evidence, to);
    else if (const TimelineEntry *refused = evidence.first(EventType::Refused))
        add_refused(evidence, *refused, to);
    else if (const TimelineEntry *unanswered = evidence.first(EventType::Unanswered);
             unanswered != nullptr && !evidence.missing_sender())
        add_unanswered(evidence, *unanswered, to);
    else
        add_outcome_of_established(evidence, to);
    if (!evidence.is_whole())
        add_incomplete(evidence, to);
}

} // namespace mptcp
