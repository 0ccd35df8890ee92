// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/columns.h"

#include "base/format.h"

namespace mptcp {
namespace {

Cell words(std::string_view text) { return std::string{text}; }

// What format.h writes; "-" is its word for unknown.
Cell known_words(std::string text)
{
    return text == kUnknown ? Cell{Unknown{}} : Cell{std::move(text)};
}

Cell number(std::uint64_t number) { return number; }

template <class Number> Cell number(const std::optional<Number> &number)
{
    return number ? Cell{std::uint64_t{*number}} : Cell{Unknown{}};
}

template <class Tag> Cell number(const std::optional<Strong<Tag, std::uint32_t>> &number)
{
    return number ? Cell{std::uint64_t{number->value}} : Cell{Unknown{}};
}

Cell time(const std::optional<Time> &time)
{
    // Less than nothing only where the capture's clock went backwards.
    return time && *time >= 0 ? Cell{static_cast<std::uint64_t>(*time)} : Cell{Unknown{}};
}

// Not every connection has what a subflow has, and the other way round.
Cell no_connection(const ConnectionRow &) { return Blank{}; }
Cell no_subflow(const ConnectionRow &, const SubflowRow &) { return Blank{}; }

// Both levels count the same things: these are columns of either's row.
template <class Row> Cell packets(const Row &row, Role sender)
{
    return number(row.sent[sender].packets);
}
template <class Row> Cell payload(const Row &row, Role sender)
{
    return number(row.sent[sender].payload);
}
template <class Row> Cell goodput(const Row &row, Role sender)
{
    const DataCount &data = row.data[sender];
    return number(rate(data.unique, data.span.duration()));
}
template <auto kKind> struct Octets {
    template <class Row> static Cell of(const Row &row, Role sender)
    {
        return number(row.data[sender].*kKind);
    }
};
using Unique = Octets<&OctetKinds::unique>;
using Reinjected = Octets<&OctetKinds::reinjected>;
using Retransmitted = Octets<&OctetKinds::retransmitted>;
using Unmapped = Octets<&OctetKinds::unmapped>;

// A column of both levels, of one sender.
template <auto kOfConnection, auto kOfSubflow, Role kSender>
constexpr Column by_sender(std::string_view name, std::string_view meaning, CellKind kind)
{
    return {name, meaning, kind,
            [](const ConnectionRow &row) { return kOfConnection(row, kSender); },
            [](const ConnectionRow &, const SubflowRow &row) { return kOfSubflow(row, kSender); }};
}

// A column of subflows alone, of one of their ends.
template <auto kOfEnd, Role kRole>
constexpr Column by_end(std::string_view name, std::string_view meaning, CellKind kind)
{
    return {name, meaning, kind, no_connection, [](const ConnectionRow &, const SubflowRow &row) {
                return kOfEnd(row.subflow->end(kRole));
            }};
}

// A column of connections alone, of one of their hosts.
template <auto kOfHost, Role kRole>
constexpr Column by_host(std::string_view name, std::string_view meaning, CellKind kind)
{
    return {name, meaning, kind,
            [](const ConnectionRow &row) { return kOfHost(row.connection->hosts[kRole]); },
            no_subflow};
}

template <Role kRole> constexpr Column endpoint(std::string_view name, std::string_view meaning)
{
    return {name, meaning, CellKind::Words,
            [](const ConnectionRow &row) { return words(to_text(row.endpoints[kRole])); },
            [](const ConnectionRow &, const SubflowRow &row) {
                return words(to_text(row.subflow->end(kRole).endpoint));
            }};
}

Cell token(const Host &host) { return number(host.token); }
Cell key(const Host &host) { return known_words(to_text(host.key)); }
Cell idsn(const Host &host) { return known_words(to_text(host.idsn)); }
Cell address_id(const SubflowEnd &end) { return number(end.address_id); }
Cell nonce(const SubflowEnd &end) { return number(end.nonce); }
Cell backup(const SubflowEnd &end) { return known_words(std::string{yes_or_no(end.backup)}); }

Cell opener(const ConnectionRow &, const SubflowRow &row)
{
    const Subflow &subflow = *row.subflow;
    return subflow.initiator ? words(name(subflow.role(*subflow.initiator))) : Cell{Unknown{}};
}

Cell fallback(const ConnectionRow &row)
{
    const auto &fallback = row.connection->fallback;
    return fallback ? words(describe(fallback->reason)) : Cell{Blank{}};
}

constexpr Role kClient = Role::Client;
constexpr Role kServer = Role::Server;
constexpr auto kWords = CellKind::Words;
constexpr auto kNumber = CellKind::Number;
constexpr auto kCount = CellKind::Count;

constexpr Column kColumns[] = {
    {"Connection", "Index of the connection, in the order of first packets", kNumber,
     [](const ConnectionRow &row) { return number(row.index); },
     [](const ConnectionRow &connection, const SubflowRow &) { return number(connection.index); }},
    {"Subflow", "Index of the subflow in its connection", kNumber, no_connection,
     [](const ConnectionRow &, const SubflowRow &row) { return number(row.index); }},
    {"State", "What has become of it", kWords,
     [](const ConnectionRow &row) { return words(name(row.state)); },
     [](const ConnectionRow &, const SubflowRow &row) {
         return words(name(row.subflow->state()));
     }},
    endpoint<kClient>("Client", "The end of the host that opened the connection"),
    endpoint<kServer>("Server", "The end of the host that accepted the connection"),
    by_sender<payload<ConnectionRow>, payload<SubflowRow>, kClient>(
        "Payload C>S", "Payload that the client sent, repetitions too: bytes", kCount),
    by_sender<payload<ConnectionRow>, payload<SubflowRow>, kServer>(
        "Payload S>C", "Payload that the server sent, repetitions too: bytes", kCount),
    {"Share", "Of the connection's payload", CellKind::Share, no_connection,
     [](const ConnectionRow &, const SubflowRow &row) -> Cell { return row.share; }},
    {"Subflows", "How many", kCount,
     [](const ConnectionRow &row) { return number(row.subflows.size()); }, no_subflow},
    by_sender<goodput<ConnectionRow>, goodput<SubflowRow>, kClient>(
        "Mbit/s C>S", "Unique bytes of the client, from its first to its last data",
        CellKind::Megabits),
    by_sender<goodput<ConnectionRow>, goodput<SubflowRow>, kServer>(
        "Mbit/s S>C", "Unique bytes of the server, from its first to its last data",
        CellKind::Megabits),
    {"RTT ms", "Round trip of the subflow's handshake", CellKind::Milliseconds, no_connection,
     [](const ConnectionRow &, const SubflowRow &row) { return time(row.subflow->handshake_rtt); }},
    {"Duration", "From the first to the last packet: seconds", CellKind::Seconds,
     [](const ConnectionRow &row) { return time(row.span.duration()); },
     [](const ConnectionRow &, const SubflowRow &row) { return time(row.span.duration()); }},
    by_sender<Unique::of<ConnectionRow>, Unique::of<SubflowRow>, kClient>(
        "Unique C>S", "What the server's application got: bytes", kCount),
    by_sender<Unique::of<ConnectionRow>, Unique::of<SubflowRow>, kServer>(
        "Unique S>C", "What the client's application got: bytes", kCount),
    by_sender<Reinjected::of<ConnectionRow>, Reinjected::of<SubflowRow>, kClient>(
        "Reinjected C>S", "Bytes sent again, elsewhere or under a new mapping", kCount),
    by_sender<Reinjected::of<ConnectionRow>, Reinjected::of<SubflowRow>, kServer>(
        "Reinjected S>C", "Bytes sent again, elsewhere or under a new mapping", kCount),
    by_sender<Retransmitted::of<ConnectionRow>, Retransmitted::of<SubflowRow>, kClient>(
        "Retransmitted C>S", "Bytes that TCP sent again", kCount),
    by_sender<Retransmitted::of<ConnectionRow>, Retransmitted::of<SubflowRow>, kServer>(
        "Retransmitted S>C", "Bytes that TCP sent again", kCount),
    by_sender<Unmapped::of<ConnectionRow>, Unmapped::of<SubflowRow>, kClient>(
        "Unmapped C>S", "Payload that no mapping covers: bytes", kCount),
    by_sender<Unmapped::of<ConnectionRow>, Unmapped::of<SubflowRow>, kServer>(
        "Unmapped S>C", "Payload that no mapping covers: bytes", kCount),
    by_sender<packets<ConnectionRow>, packets<SubflowRow>, kClient>(
        "Packets C>S", "TCP segments of the client", kCount),
    by_sender<packets<ConnectionRow>, packets<SubflowRow>, kServer>(
        "Packets S>C", "TCP segments of the server", kCount),
    {"Stream", "tcp.stream", kNumber, no_connection,
     [](const ConnectionRow &, const SubflowRow &row) { return number(row.stream); }},
    {"Kind", "How the subflow came to the connection", kWords, no_connection,
     [](const ConnectionRow &, const SubflowRow &row) { return words(name(row.subflow->kind)); }},
    {"Opened by", "Who sent the subflow's SYN", kWords, no_connection, opener},
    by_end<backup, kClient>("Client backup", "Did the client join it as backup?", kWords),
    by_end<backup, kServer>("Server backup", "Did the server join it as backup?", kWords),
    {"Handshake", "Of the MP_CAPABLE handshake, what was seen", kWords,
     [](const ConnectionRow &row) { return words(name(row.connection->handshake())); }, no_subflow},
    {"Version", "0: RFC 6824; 1: RFC 8684", kNumber,
     [](const ConnectionRow &row) { return number(row.connection->version); }, no_subflow},
    {"Fallback", "Why the connection went on as plain TCP", kWords, fallback, no_subflow},
    by_host<token, kClient>("Client token", "Names the connection at the client", kNumber),
    by_host<token, kServer>("Server token", "Names the connection at the server", kNumber),
    by_host<key, kClient>("Client key", "Of MP_CAPABLE", kWords),
    by_host<key, kServer>("Server key", "Of MP_CAPABLE", kWords),
    by_host<idsn, kClient>("Client IDSN", "Follows from the key", kWords),
    by_host<idsn, kServer>("Server IDSN", "Follows from the key", kWords),
    by_end<address_id, kClient>("Client ID", "The client's ID of its address", kNumber),
    by_end<address_id, kServer>("Server ID", "The server's ID of its address", kNumber),
    by_end<nonce, kClient>("Client nonce", "Of MP_JOIN", kNumber),
    by_end<nonce, kServer>("Server nonce", "Of MP_JOIN", kNumber),
    {"HMAC SYN/ACK", "Verdict on the HMAC of MP_JOIN's SYN/ACK", kWords, no_connection,
     [](const ConnectionRow &, const SubflowRow &row) {
         return words(name(row.subflow->hmacs.syn_ack_verdict));
     }},
    {"HMAC ACK", "Verdict on the HMAC of MP_JOIN's third ACK", kWords, no_connection,
     [](const ConnectionRow &, const SubflowRow &row) {
         return words(name(row.subflow->hmacs.ack_verdict));
     }},
    {"First frame", "Its first packet that was counted", kNumber,
     [](const ConnectionRow &row) { return number(row.span.first_frame); },
     [](const ConnectionRow &, const SubflowRow &row) { return number(row.span.first_frame); }},
    {"Last frame", "Its last packet that was counted", kNumber,
     [](const ConnectionRow &row) { return number(row.span.last_frame); },
     [](const ConnectionRow &, const SubflowRow &row) { return number(row.span.last_frame); }},
};

std::string whole_to_text(std::uint64_t value, CellKind kind)
{
    switch (kind) {
    case CellKind::Seconds:
        return to_seconds(static_cast<Time>(value), kTimeDigits);
    case CellKind::Milliseconds:
        return to_milliseconds(static_cast<Time>(value), 3);
    case CellKind::Megabits:
        return to_megabits(value);
    case CellKind::Words:
    case CellKind::Number:
    case CellKind::Count:
    case CellKind::Share:
        break;
    }
    return std::to_string(value);
}

} // namespace

std::span<const Column> columns() { return kColumns; }

std::string to_text(const Cell &cell, CellKind kind)
{
    if (std::holds_alternative<Blank>(cell))
        return {};
    if (std::holds_alternative<Unknown>(cell))
        return kUnknown;
    if (const auto *whole = std::get_if<std::uint64_t>(&cell))
        return whole_to_text(*whole, kind);
    if (const auto *share = std::get_if<double>(&cell))
        return to_percent(*share);
    return std::get<std::string>(cell);
}

bool is_less(const Cell &left, const Cell &right)
{
    if (left.index() != right.index())
        return left.index() < right.index();
    if (const auto *whole = std::get_if<std::uint64_t>(&left))
        return *whole < std::get<std::uint64_t>(right);
    if (const auto *share = std::get_if<double>(&left))
        return *share < std::get<double>(right);
    if (const auto *text = std::get_if<std::string>(&left))
        return *text < std::get<std::string>(right);
    return false;
}

} // namespace mptcp
