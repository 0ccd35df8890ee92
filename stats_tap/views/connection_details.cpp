// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/connection_details.h"

#include <optional>
#include <string_view>

#include "base/format.h"
#include "base/phrases.h"
#include "base/readable.h"
#include "views/text_wrap.h"

namespace mptcp {
namespace {

constexpr PerRole<Role> kRoles{{Role::Client, Role::Server}};
constexpr std::size_t kIndent = 6; // of the labels
constexpr std::size_t kLabel = 14; // with the blanks behind it

std::string grouped(std::uint64_t number)
{
    std::string text;
    append_grouped(text, number);
    return text;
}

std::string bytes(std::uint64_t number) { return counted(number, "byte"); }

void append_detail(std::string &to, const std::string &label, const std::string &words)
{
    if (words.empty())
        return;
    to.append(kIndent, ' ');
    to.append(label);
    to.append(label.size() < kLabel ? kLabel - label.size() : 1, ' ');
    append_wrapped(to, kIndent + kLabel, words);
    to.push_back('\n');
}

// "client …; server …", of the hosts of which `words` says anything.
template <class Words> std::string by_sender(Words words)
{
    Phrases phrases{"; "};
    for (const Role role : kRoles.each)
        if (const std::string of_sender = words(role); !of_sender.empty())
            phrases.add(name(role), " ", of_sender);
    return phrases.text();
}

// "1/2" of both hosts.
template <class Number> std::string both(Number number)
{
    return number(Role::Client) + "/" + number(Role::Server);
}

std::string fallback_of(const Connection &connection)
{
    if (!connection.fallback)
        return {};
    return std::string{describe(connection.fallback->reason)} + " (frame " +
           to_text(std::uint64_t{connection.fallback->frame}) + ")";
}

std::string_view word_of(Severity severity)
{
    return severity == Severity::Warn ? "warning" : name(severity);
}

// What is wrong with the option, if it is not the event itself.
std::string_view flaw_of(const Problem &problem)
{
    if (problem.verdict == Verdict::Leftmost)
        return ", leftmost bits of the HMAC";
    if (problem.verdict != Verdict::Bad)
        return "";
    return problem.type == EventType::Fastclose ? ", wrong key" : ", bad HMAC";
}

// The fallback has a line of its own.
std::string problems_of(const std::vector<Problem> &problems)
{
    Phrases phrases{"; "};
    for (const Problem &problem : problems) {
        if (problem.type == EventType::Fallback)
            continue;
        const std::string what = std::string{word_of(problem.severity)} + ": " +
                                 std::string{title(problem.type)} + std::string{flaw_of(problem)};
        const std::string frame = "frame " + to_text(std::uint64_t{problem.first_frame});
        if (problem.count == 1)
            phrases.add(what, " (", frame, ")");
        else
            phrases.add(what, " (", counted(problem.count, "time"), ", first in ", frame, ")");
    }
    return phrases.text();
}

std::string sent_again(const DataCount &count)
{
    return Phrases{}
        .add_if(count.reinjected > 0, bytes(count.reinjected), " reinjected")
        .add_if(count.retransmitted > 0, bytes(count.retransmitted), " retransmitted")
        .add_if(count.useless > 0, bytes(count.useless), " of these acknowledged before")
        .text();
}

std::string unmapped(const DataCount &count)
{
    return count.unmapped == 0 ? std::string{} : bytes(count.unmapped);
}

std::string missing(const DataStream *stream)
{
    if (stream == nullptr || stream->gaps().count == 0)
        return {};
    const DataStream::Gaps gaps = stream->gaps();
    return bytes(gaps.bytes) + " in " + counted(gaps.count, "gap");
}

std::string sent(const Volume &volume)
{
    return bytes(volume.payload) + " in " + counted(volume.packets, "packet");
}

std::string copies_of(const PerRole<std::uint64_t> &copies)
{
    return by_sender([&](Role role) {
        return copies[role] == 0 ? std::string{} : counted(copies[role], "packet");
    });
}

std::string protocol_of(const ConnectionRow &row)
{
    const Connection &connection = *row.connection;
    return Phrases{}
        .add_if(connection.version.has_value(), "version ", connection.version)
        .add("handshake ", name(connection.handshake()))
        .add_if(connection.checksums().value_or(false), "with checksums")
        .add_if(!connection.roles_seen, "client and server guessed")
        .add_if(row.grouped_by != GroupedBy::Handshake, "grouped by ", name(row.grouped_by))
        .text();
}

std::string host_of(const ConnectionRow &row, Role role)
{
    const Host &host = row.connection->hosts[role];
    return Phrases{}
        .add_if(host.token.has_value(), "token ", host.token)
        .add_if(host.key.has_value(), "key ", host.key)
        .text();
}

std::string time_of(const Span &span, const std::function<std::string(Time)> &show_time)
{
    return show_time(span.start) + " to " + show_time(span.end) + " (" +
           to_seconds(span.duration(), kTimeDigits) + " s)";
}

// Subflows

template <class Value> void add_both(Phrases &phrases, std::string_view what,
                                     const std::optional<Value> &client,
                                     const std::optional<Value> &server)
{
    if (client || server)
        phrases.add(what, " ", client, "/", server);
}

void add_join(Phrases &phrases, const Subflow &subflow)
{
    const SubflowEnd &client = subflow.end(Role::Client), &server = subflow.end(Role::Server);
    add_both(phrases, "address IDs", client.address_id, server.address_id);
    add_both(phrases, "nonces", client.nonce, server.nonce);
    const JoinHmacs &hmacs = subflow.hmacs;
    if (hmacs.syn_ack_verdict == hmacs.ack_verdict)
        phrases.add("HMACs ", name(hmacs.ack_verdict));
    else
        phrases.add("HMAC of the SYN/ACK ", name(hmacs.syn_ack_verdict), ", of the ACK ",
                    name(hmacs.ack_verdict));
    for (const Role role : kRoles.each)
        if (subflow.end(role).backup.value_or(false))
            phrases.add("backup flag of the ", name(role));
}

void add_shares(Phrases &phrases, const ConnectionRow &connection, const SubflowRow &row)
{
    if (connection.subflows.size() > 1)
        phrases.add("share ", both([&](Role role) {
                        const auto part = share(connection, row, role);
                        return part ? to_percent(*part) : std::string{kUnknown};
                    }));
}

void add_payload(Phrases &phrases, const SubflowRow &row)
{
    const auto same = [&](Role role) {
        return row.sent[role].payload == row.data[role].application();
    };
    phrases.add(both([&](Role role) { return grouped(row.sent[role].packets); }), " packets");
    if (!same(Role::Client) || !same(Role::Server))
        phrases.add(both([&](Role role) { return grouped(row.sent[role].payload); }),
                    " bytes of payload");
}

std::string kind_of(const Subflow &subflow)
{
    if (subflow.kind == SubflowKind::Unknown)
        return "handshake not captured";
    std::string words{name(subflow.kind)};
    if (subflow.initiator)
        words += " by the " + std::string{name(subflow.role(*subflow.initiator))};
    return words;
}

std::string subflow_words(const ConnectionRow &connection, const SubflowRow &row,
                          const ReportRows &rows)
{
    const Subflow &subflow = *row.subflow;
    Phrases phrases;
    phrases.add(kind_of(subflow));
    phrases.add_if(row.stream.has_value(), "tcp.stream ", row.stream);
    if (subflow.handshake_rtt)
        phrases.add("RTT ", to_milliseconds(*subflow.handshake_rtt, 3), " ms");
    if (subflow.kind == SubflowKind::Join)
        add_join(phrases, subflow);
    add_shares(phrases, connection, row);
    add_payload(phrases, row);
    if (connection.subflows.size() > 1)
        if (const std::string again =
                by_sender([&](Role role) { return sent_again(row.data[role]); });
            !again.empty())
            phrases.add("sent again: ", again);
    for (const OtherEndpoints &also : rows.other_endpoints(row))
        phrases.add("at point ", std::uint64_t{also.point}, " ", also.endpoints[Role::Client],
                    " and ", also.endpoints[Role::Server]);
    return phrases.text();
}

} // namespace

void append_details(std::string &to, const ConnectionRow &row, const ReportRows &rows,
                    const std::vector<Problem> &problems,
                    const std::function<std::string(Time)> &show_time)
{
    append_detail(to, "Fallback", fallback_of(*row.connection));
    append_detail(to, "Problems", problems_of(problems));
    append_detail(to, "Sent again",
                  by_sender([&](Role role) { return sent_again(row.data[role]); }));
    append_detail(to, "Unmapped", by_sender([&](Role role) { return unmapped(row.data[role]); }));
    append_detail(to, "Not captured",
                  by_sender([&](Role role) { return missing(row.streams[role]); }));
    append_detail(to, "Sent", by_sender([&](Role role) { return sent(row.sent[role]); }));
    append_detail(to, "Time", time_of(row.span, show_time));
    append_detail(to, "MPTCP", protocol_of(row));
    append_detail(to, "Client", host_of(row, Role::Client));
    append_detail(to, "Server", host_of(row, Role::Server));
    append_detail(to, "Copies", copies_of(row.copies));
    for (const SubflowRow &subflow : row.subflows)
        append_detail(to, "Subflow " + to_text(std::uint64_t{subflow.index}),
                      subflow_words(row, subflow, rows));
}

} // namespace mptcp
