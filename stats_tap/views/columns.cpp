// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/columns.h"

#include "base/format.h"

namespace mptcp {
namespace {

template <class Number> Cell number(const std::optional<Number> &number)
{
    return number ? Cell{std::uint64_t{*number}} : Cell{Unknown{}};
}

template <class Tag> Cell number(const std::optional<Strong<Tag, std::uint32_t>> &number)
{
    return number ? Cell{std::uint64_t{number->value}} : Cell{Unknown{}};
}

template <class Tag> Cell hex(const std::optional<Strong<Tag, std::uint64_t>> &number)
{
    return number ? Cell{Hex{number->value}} : Cell{Unknown{}};
}

template <class T> Cell known(const std::optional<T> &value)
{
    return value ? Cell{*value} : Cell{Unknown{}};
}

// A column that one of the two levels does not have.
Cell no_connection(const ConnectionRow &) { return Blank{}; }
Cell no_subflow(const ConnectionRow &, const SubflowRow &) { return Blank{}; }

// Columns of both levels, of one sender.

constexpr auto kPackets = [](const ConnectionRow &, const auto &row, Role sender) -> Cell {
    return row.sent[sender].packets;
};
constexpr auto kCopies = [](const ConnectionRow &, const auto &row, Role sender) -> Cell {
    return row.copies[sender];
};
constexpr auto kPayload = [](const ConnectionRow &, const auto &row, Role sender) -> Cell {
    return row.sent[sender].payload;
};
constexpr auto kApplication = [](const ConnectionRow &, const auto &row, Role sender) -> Cell {
    return row.data[sender].application();
};
constexpr auto kUnique = [](const ConnectionRow &, const auto &row, Role sender) -> Cell {
    return row.data[sender].unique;
};
constexpr auto kReinjected = [](const ConnectionRow &, const auto &row, Role sender) -> Cell {
    return row.data[sender].reinjected;
};
constexpr auto kRetransmitted = [](const ConnectionRow &, const auto &row, Role sender) -> Cell {
    return row.data[sender].retransmitted;
};
constexpr auto kUnmapped = [](const ConnectionRow &, const auto &row, Role sender) -> Cell {
    return row.data[sender].unmapped;
};
constexpr auto kGoodput = [](const ConnectionRow &connection, const auto &row, Role sender) {
    return known(rate(row.data[sender].unique, connection.data[sender]));
};

template <auto kOf, Role kSender> constexpr Column
by_sender(ColumnId id, ColumnNames names, std::string_view meaning, CellKind kind = CellKind::Bytes)
{
    return {id,
            names,
            meaning,
            kind,
            true,
            [](const ConnectionRow &row) { return kOf(row, row, kSender); },
            [](const ConnectionRow &connection, const SubflowRow &row) {
                return kOf(connection, row, kSender);
            }};
}

template <Role kSender>
constexpr Column share_column(ColumnId id, ColumnNames names, std::string_view meaning)
{
    return {id,
            names,
            meaning,
            CellKind::Share,
            true,
            no_connection,
            [](const ConnectionRow &connection, const SubflowRow &row) {
                return known(share(connection, row, kSender));
            }};
}

// Columns of both levels, of both senders.

std::uint64_t sent_again(const PerRole<DataCount> &data)
{
    std::uint64_t bytes = 0;
    for (const DataCount &count : data.each)
        bytes += count.reinjected + count.retransmitted;
    return bytes;
}

Cell idle(const ConnectionRow &row)
{
    return row.capture_end ? Cell{*row.capture_end - row.span.end} : Cell{Unknown{}};
}

// Columns of subflows only, of one of their ends.

Cell address_id(const SubflowEnd &end) { return number(end.address_id); }
Cell nonce(const SubflowEnd &end) { return number(end.nonce); }
Cell backup(const SubflowEnd &end) { return known(end.backup); }

template <auto kOfEnd, Role kRole>
constexpr Column by_end(ColumnId id, ColumnNames names, std::string_view meaning, CellKind kind)
{
    return {id,
            names,
            meaning,
            kind,
            false,
            no_connection,
            [](const ConnectionRow &, const SubflowRow &row) {
                return kOfEnd(row.subflow->end(kRole));
            }};
}

// Columns of connections only, of one of their hosts.

Cell token(const Host &host) { return number(host.token); }
Cell key(const Host &host) { return hex(host.key); }
Cell idsn(const Host &host) { return hex(host.idsn); }

template <auto kOfHost, Role kRole>
constexpr Column by_host(ColumnId id, ColumnNames names, std::string_view meaning, CellKind kind)
{
    return {
        id,        names,
        meaning,   kind,
        false,     [](const ConnectionRow &row) { return kOfHost(row.connection->hosts[kRole]); },
        no_subflow};
}

template <Role kRole>
constexpr Column endpoint(ColumnId id, ColumnNames names, std::string_view meaning)
{
    return {id,
            names,
            meaning,
            CellKind::Words,
            false,
            [](const ConnectionRow &row) { return Cell{row.endpoints[kRole]}; },
            [](const ConnectionRow &, const SubflowRow &row) {
                return Cell{row.subflow->end(kRole).endpoint};
            }};
}

Cell initiator(const ConnectionRow &, const SubflowRow &row)
{
    const Subflow &subflow = *row.subflow;
    return subflow.initiator ? Cell{name(subflow.role(*subflow.initiator))} : Cell{Unknown{}};
}

Cell fallback(const ConnectionRow &row)
{
    const auto &fallback = row.connection->fallback;
    return fallback ? Cell{describe(fallback->reason)} : Cell{Blank{}};
}

constexpr Role kClient = Role::Client;
constexpr Role kServer = Role::Server;
constexpr auto kWords = CellKind::Words;
constexpr auto kNumber = CellKind::Number;
constexpr auto kCount = CellKind::Count;

using Id = ColumnId;

constexpr Column kTable[] = {
    {Id::Connection,
     {.title = "Connection", .text = "Conn", .member = "conn"},
     "Index of the connection, from 0 in the order of first packets",
     kNumber,
     false,
     [](const ConnectionRow &row) -> Cell { return std::uint64_t{row.index}; },
     [](const ConnectionRow &connection, const SubflowRow &) -> Cell {
         return std::uint64_t{connection.index};
     }},
    {Id::Subflow,
     {.title = "Subflow", .member = "subflow"},
     "Index of the subflow in its connection, from 0",
     kNumber,
     false,
     no_connection,
     [](const ConnectionRow &, const SubflowRow &row) -> Cell { return std::uint64_t{row.index}; }},
    {Id::State,
     {.title = "State", .member = "state"},
     "State at the end of the capture",
     kWords,
     false,
     [](const ConnectionRow &row) -> Cell { return name(row.state); },
     [](const ConnectionRow &, const SubflowRow &row) -> Cell {
         return name(row.subflow->state());
     }},
    endpoint<kClient>(Id::Client, {.title = "Client"},
                      "Address and port of the host that initiated the connection"),
    endpoint<kServer>(Id::Server, {.title = "Server"},
                      "Address and port of the host that accepted the connection"),
    by_sender<kPayload, kClient>(Id::ClientPayload, {.title = "Payload C>S", .member = "payload"},
                                 "Payload bytes sent by the client, including retransmissions"),
    by_sender<kPayload, kServer>(Id::ServerPayload, {.title = "Payload S>C", .member = "payload"},
                                 "Payload bytes sent by the server, including retransmissions"),
    share_column<kClient>(Id::ClientShare,
                          {.title = "Share C>S", .pair = "Share C/S", .member = "share"},
                          "Share of the unique bytes that the client sent"),
    share_column<kServer>(Id::ServerShare, {.title = "Share S>C", .member = "share"},
                          "Share of the unique bytes that the server sent"),
    {Id::Subflows,
     {.title = "Subflows"},
     "Number of subflows",
     kCount,
     true,
     [](const ConnectionRow &row) -> Cell { return std::uint64_t{row.subflows.size()}; },
     no_subflow},
    by_sender<kGoodput, kClient>(
        Id::ClientGoodput,
        {.title = "Mbit/s C>S", .pair = "Mbit/s C/S", .readable = "Rate C>S", .member = "goodput"},
        "Unique bytes of the client, over the time from the connection's first to last data by it",
        CellKind::Megabits),
    by_sender<kGoodput, kServer>(
        Id::ServerGoodput, {.title = "Mbit/s S>C", .readable = "Rate S>C", .member = "goodput"},
        "Unique bytes of the server, over the time from the connection's first to last data by it",
        CellKind::Megabits),
    {Id::HandshakeRtt,
     {.title = "RTT ms", .readable = "RTT", .member = "handshake_rtt"},
     "Round-trip time of the subflow's handshake",
     CellKind::Milliseconds,
     false,
     no_connection,
     [](const ConnectionRow &, const SubflowRow &row) {
         return known(row.subflow->handshake_rtt);
     }},
    {Id::Duration,
     {.title = "Duration", .member = "duration"},
     "Time from the first to the last packet",
     CellKind::Seconds,
     true,
     [](const ConnectionRow &row) -> Cell { return row.span.duration(); },
     [](const ConnectionRow &, const SubflowRow &row) -> Cell { return row.span.duration(); }},
    by_sender<kApplication, kClient>(
        Id::ClientApplication, {.title = "Delivered C>S", .member = "application"},
        "Bytes that the server's application got: unique data, and accepted data of the SYN"),
    by_sender<kApplication, kServer>(
        Id::ServerApplication, {.title = "Delivered S>C", .member = "application"},
        "Bytes that the client's application got: unique data, and accepted data of the SYN"),
    by_sender<kUnique, kClient>(
        Id::ClientUnique, {.title = "Unique C>S", .member = "unique"},
        "Bytes of the client's data sequence that were sent for the first time"),
    by_sender<kUnique, kServer>(
        Id::ServerUnique, {.title = "Unique S>C", .member = "unique"},
        "Bytes of the server's data sequence that were sent for the first time"),
    by_sender<kReinjected, kClient>(
        Id::ClientReinjected,
        {.title = "Reinjected C>S", .pair = "Reinjected C/S", .member = "reinjected"},
        "Bytes sent again on another subflow, or under a new mapping"),
    by_sender<kReinjected, kServer>(Id::ServerReinjected,
                                    {.title = "Reinjected S>C", .member = "reinjected"},
                                    "Bytes sent again on another subflow, or under a new mapping"),
    by_sender<kRetransmitted, kClient>(
        Id::ClientRetransmitted,
        {.title = "Retransmitted C>S", .pair = "Retransmitted C/S", .member = "retransmitted"},
        "Bytes retransmitted by TCP"),
    by_sender<kRetransmitted, kServer>(Id::ServerRetransmitted,
                                       {.title = "Retransmitted S>C", .member = "retransmitted"},
                                       "Bytes retransmitted by TCP"),
    by_sender<kUnmapped, kClient>(
        Id::ClientUnmapped, {.title = "Unmapped C>S", .pair = "Unmapped C/S", .member = "unmapped"},
        "Payload bytes that no mapping covers"),
    by_sender<kUnmapped, kServer>(Id::ServerUnmapped,
                                  {.title = "Unmapped S>C", .member = "unmapped"},
                                  "Payload bytes that no mapping covers"),
    by_sender<kPackets, kClient>(Id::ClientPackets, {.title = "Packets C>S", .member = "packets"},
                                 "TCP segments sent by the client", kCount),
    by_sender<kPackets, kServer>(Id::ServerPackets, {.title = "Packets S>C", .member = "packets"},
                                 "TCP segments sent by the server", kCount),
    by_sender<kCopies, kClient>(Id::ClientCopies, {.title = "Copies C>S", .member = "copies"},
                                "Packets of the client that were recorded again at another point",
                                kCount),
    by_sender<kCopies, kServer>(Id::ServerCopies, {.title = "Copies S>C", .member = "copies"},
                                "Packets of the server that were recorded again at another point",
                                kCount),
    {Id::Stream,
     {.title = "Stream", .member = "stream"},
     "TCP stream index (tcp.stream)",
     kNumber,
     false,
     no_connection,
     [](const ConnectionRow &, const SubflowRow &row) { return number(row.stream); }},
    {Id::Kind,
     {.title = "Kind", .member = "kind"},
     "Initial subflow or join",
     kWords,
     false,
     no_connection,
     [](const ConnectionRow &, const SubflowRow &row) -> Cell { return name(row.subflow->kind); }},
    {Id::Initiator,
     {.title = "Initiator", .text = "By", .member = "initiator"},
     "Sender of the subflow's SYN",
     kWords,
     false,
     no_connection,
     initiator},
    by_end<backup, kClient>(Id::ClientBackup,
                            {.title = "Client backup", .pair = "Backup C/S", .member = "backup"},
                            "Backup flag of the client's MP_JOIN", kWords),
    by_end<backup, kServer>(Id::ServerBackup, {.title = "Server backup", .member = "backup"},
                            "Backup flag of the server's MP_JOIN", kWords),
    {Id::Handshake,
     {.title = "Handshake", .member = "handshake"},
     "Part of the MP_CAPABLE handshake that was captured",
     kWords,
     false,
     [](const ConnectionRow &row) -> Cell { return name(row.connection->handshake()); },
     no_subflow},
    {Id::ProtocolVersion,
     {.title = "Version", .text = "Ver", .member = "version"},
     "Negotiated version: 0 (RFC 6824) or 1 (RFC 8684)",
     kNumber,
     false,
     [](const ConnectionRow &row) { return number(row.connection->version); },
     no_subflow},
    {Id::Fallback,
     {.title = "Fallback"},
     "Reason why the connection fell back to regular TCP",
     kWords,
     false,
     fallback,
     no_subflow},
    by_host<token, kClient>(Id::ClientToken, {.title = "Client token", .member = "token"},
                            "Token that identifies the connection at the client",
                            CellKind::TokenValue),
    by_host<token, kServer>(Id::ServerToken, {.title = "Server token", .member = "token"},
                            "Token that identifies the connection at the server",
                            CellKind::TokenValue),
    by_host<key, kClient>(Id::ClientKey, {.title = "Client key", .member = "key"},
                          "Key of the client, from MP_CAPABLE", kWords),
    by_host<key, kServer>(Id::ServerKey, {.title = "Server key", .member = "key"},
                          "Key of the server, from MP_CAPABLE", kWords),
    by_host<idsn, kClient>(Id::ClientIdsn, {.title = "Client IDSN", .member = "idsn"},
                           "Initial data sequence number, derived from the key", kWords),
    by_host<idsn, kServer>(Id::ServerIdsn, {.title = "Server IDSN", .member = "idsn"},
                           "Initial data sequence number, derived from the key", kWords),
    by_end<address_id, kClient>(Id::ClientAddressId,
                                {.title = "Client ID", .pair = "IDs C/S", .member = "address_id"},
                                "ID of the client's address", kNumber),
    by_end<address_id, kServer>(Id::ServerAddressId, {.title = "Server ID", .member = "address_id"},
                                "ID of the server's address", kNumber),
    by_end<nonce, kClient>(Id::ClientNonce,
                           {.title = "Client nonce", .text = "Nonce C", .member = "nonce"},
                           "Random number of MP_JOIN", kNumber),
    by_end<nonce, kServer>(Id::ServerNonce,
                           {.title = "Server nonce", .text = "Nonce S", .member = "nonce"},
                           "Random number of MP_JOIN", kNumber),
    {Id::SynAckHmac,
     {.title = "HMAC SYN/ACK", .member = "synack"},
     "Verdict on the HMAC of MP_JOIN's SYN/ACK",
     kWords,
     false,
     no_connection,
     [](const ConnectionRow &, const SubflowRow &row) -> Cell {
         return name(row.subflow->hmacs.syn_ack_verdict);
     }},
    {Id::AckHmac,
     {.title = "HMAC ACK", .member = "ack"},
     "Verdict on the HMAC of MP_JOIN's third ACK",
     kWords,
     false,
     no_connection,
     [](const ConnectionRow &, const SubflowRow &row) -> Cell {
         return name(row.subflow->hmacs.ack_verdict);
     }},
    {Id::FirstFrame,
     {.title = "First frame", .member = "first_frame"},
     "Frame of the first packet counted",
     kNumber,
     true,
     [](const ConnectionRow &row) -> Cell { return std::uint64_t{row.span.first_frame}; },
     [](const ConnectionRow &, const SubflowRow &row) -> Cell {
         return std::uint64_t{row.span.first_frame};
     }},
    {Id::LastFrame,
     {.title = "Last frame", .member = "last_frame"},
     "Frame of the last packet counted",
     kNumber,
     true,
     [](const ConnectionRow &row) -> Cell { return std::uint64_t{row.span.last_frame}; },
     [](const ConnectionRow &, const SubflowRow &row) -> Cell {
         return std::uint64_t{row.span.last_frame};
     }},
    {Id::SentAgain,
     {.title = "Sent again"},
     "Bytes that were reinjected or retransmitted, of both directions",
     CellKind::Bytes,
     true,
     [](const ConnectionRow &row) -> Cell { return sent_again(row.data); },
     [](const ConnectionRow &, const SubflowRow &row) -> Cell { return sent_again(row.data); }},
    {Id::Start,
     {.title = "Start"},
     "Time of the first packet counted",
     CellKind::PointInTime,
     true,
     [](const ConnectionRow &row) -> Cell { return row.span.start; },
     [](const ConnectionRow &, const SubflowRow &row) -> Cell { return row.span.start; }},
    {Id::Idle,
     {.title = "Idle"},
     "Time from a connection's last packet to the end of the capture, and from a subflow's last "
     "packet to that of its connection",
     CellKind::Seconds,
     true,
     idle,
     [](const ConnectionRow &connection, const SubflowRow &row) -> Cell {
         return connection.span.end - row.span.end;
     }},
};

constexpr bool is_in_order(std::span<const Column> table)
{
    for (std::size_t place = 0; place < table.size(); ++place)
        if (table[place].id != static_cast<ColumnId>(place))
            return false;
    return true;
}
static_assert(std::size(kTable) == kColumns && is_in_order(kTable));

// Appends a value that is neither blank nor unknown.
struct AppendValue {
    std::string &to;
    CellKind kind;

    void operator()(Blank) const {}
    void operator()(Unknown) const { to.append(kUnknown); }
    void operator()(bool flag) const { to.append(yes_or_no(flag)); }
    void operator()(std::uint64_t value) const
    {
        if (kind == CellKind::Megabits)
            to.append(to_megabits(value));
        else if (kind == CellKind::TokenValue)
            append(to, std::optional{Token{static_cast<std::uint32_t>(value)}});
        else
            append(to, value);
    }
    void operator()(Time value) const
    {
        to.append(kind == CellKind::Milliseconds ? to_milliseconds(value, 3)
                                                 : to_seconds(value, kTimeDigits));
    }
    void operator()(double share) const { to.append(to_percent(share)); }
    void operator()(std::string_view words) const { to.append(words); }
    void operator()(const Endpoint &endpoint) const { append(to, endpoint); }
    void operator()(Hex hex) const { append(to, std::optional{Key{hex.value}}); }
};

// Values of one type.
struct IsLess {
    bool operator()(Blank, Blank) const { return false; }
    bool operator()(Unknown, Unknown) const { return false; }
    bool operator()(Hex left, Hex right) const { return left.value < right.value; }
    bool operator()(const Endpoint &left, const Endpoint &right) const
    {
        return to_text(left) < to_text(right); // as the reader sees them
    }
    template <class Value> bool operator()(const Value &left, const Value &right) const
    {
        return left < right;
    }
    template <class Left, class Right> bool operator()(const Left &, const Right &) const
    {
        return false; // is_less() compares the types
    }
};

} // namespace

std::span<const Column, kColumns> columns() { return kTable; }

void append(std::string &to, const Cell &cell, CellKind kind)
{
    std::visit(AppendValue{to, kind}, cell);
}

std::string to_text(const Cell &cell, CellKind kind)
{
    std::string text;
    append(text, cell, kind);
    return text;
}

std::string to_exact_text(const Cell &cell, CellKind kind)
{
    return to_text(cell, kind == CellKind::TokenValue ? CellKind::Number : kind);
}

bool is_less(const Cell &left, const Cell &right)
{
    if (left.index() != right.index())
        return left.index() < right.index();
    return std::visit(IsLess{}, left, right);
}

std::string_view ShownColumn::text_title() const
{
    const ColumnNames &names = first().names;
    if (form == Pair)
        return names.pair;
    return names.text.empty() ? names.title : names.text;
}

// A pair of numbers that name something is read as words.
bool ShownColumn::is_left_aligned() const
{
    const CellKind kind = first().kind;
    return kind == CellKind::Words || (form == Pair && kind == CellKind::Number);
}

void ShownColumn::append_to(std::string &to, const TableRow &row) const
{
    append(to, row[first()], first().kind);
    if (form == Single)
        return;
    to.push_back('/');
    append(to, row[second()], second().kind);
}

} // namespace mptcp
