// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table of connections and their subflows, defined once: for each column
// its names, its meaning, the kind of value, and the value in a row. The text,
// the JSON document, the CSV and both dialogs take columns, names and values
// from here. Which of them a view shows, and in which order, is the view's.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "analysis/report.h"

namespace mptcp {

// In the order of columns(), and so of the fields of CSV. A column of the client is followed by the
// server's. Add new columns at the end: stored layouts and scripts refer to columns by their place.
enum class ColumnId : std::uint8_t {
    Connection,
    Subflow,
    State,
    Client,
    Server,
    ClientPayload,
    ServerPayload,
    ClientShare,
    ServerShare,
    Subflows,
    ClientGoodput,
    ServerGoodput,
    HandshakeRtt,
    Duration,
    ClientApplication,
    ServerApplication,
    ClientUnique,
    ServerUnique,
    ClientReinjected,
    ServerReinjected,
    ClientRetransmitted,
    ServerRetransmitted,
    ClientUnmapped,
    ServerUnmapped,
    ClientPackets,
    ServerPackets,
    ClientCopies,
    ServerCopies,
    Stream,
    Kind,
    Initiator,
    ClientBackup,
    ServerBackup,
    Handshake,
    ProtocolVersion,
    Fallback,
    ClientToken,
    ServerToken,
    ClientKey,
    ServerKey,
    ClientIdsn,
    ServerIdsn,
    ClientAddressId,
    ServerAddressId,
    ClientNonce,
    ServerNonce,
    SynAckHmac,
    AckHmac,
    FirstFrame,
    LastFrame,
    SentAgain,
    Start,
    Idle,
};
inline constexpr std::size_t kColumns = static_cast<std::size_t>(ColumnId::Idle) + 1;

enum class CellKind : std::uint8_t {
    Words,
    Number,     // that names something: an index, a frame
    TokenValue, // in decimal and in hex: tools print one or the other
    Count,      // that says how many: packets, subflows
    Bytes,
    Seconds,
    PointInTime, // since the epoch
    Milliseconds,
    Share,    // of the connection, 0 to 1
    Megabits, // a second
};

struct Blank {};   // the column does not apply to such rows
struct Unknown {}; // not in the capture
struct Hex {       // 64 bits
    std::uint64_t value = 0;
};

// The value of a Count, Bytes or Number is a whole number; of Megabits bytes a second,
// whole too. A Time is negative where the capture's clock went backwards.
// Words live as long as the program. No cell owns memory.
using Cell = std::variant<Blank, Unknown, bool, std::uint64_t, Time, double, std::string_view,
                          Endpoint, Hex>;

struct ColumnNames {
    std::string_view title;     // in the dialogs and in CSV
    std::string_view text = {}; // in -z mptcp,conn; empty: the title
    std::string_view pair = {}; // of the client's and the server's in one cell
    std::string_view readable =
        {};                       // where cells have their unit (readable_cell.h); empty: the title
    const char *member = nullptr; // in the JSON document
};

struct Column {
    ColumnId id{};
    ColumnNames names;
    std::string_view meaning; // a sentence
    CellKind kind{};
    bool counted = false; // its value depends on which packets were counted
    Cell (*of_connection)(const ConnectionRow &row) = nullptr;
    Cell (*of_subflow)(const ConnectionRow &connection, const SubflowRow &row) = nullptr;
};

// Lives as long as the program.
std::span<const Column, kColumns> columns();
inline const Column &column(ColumnId id) { return columns()[static_cast<std::size_t>(id)]; }

// Of the client's column, that of either host.
constexpr ColumnId of_host(ColumnId client, Role role)
{
    return static_cast<ColumnId>(static_cast<std::uint8_t>(client) +
                                 static_cast<std::uint8_t>(role));
}

// A row of the table: a connection, or one of its subflows.
struct TableRow {
    const ConnectionRow *connection = nullptr;
    const SubflowRow *subflow = nullptr; // nullptr: the connection's own row

    const Span &span() const { return subflow != nullptr ? subflow->span : connection->span; }
    Cell operator[](const Column &column) const
    {
        return subflow != nullptr ? column.of_subflow(*connection, *subflow)
                                  : column.of_connection(*connection);
    }
    Cell operator[](ColumnId id) const { return (*this)[column(id)]; }
};

// Without grouping, in any locale the same: "1234", "0.250000", "25.0%".
// Blank is "", Unknown is "-".
void append(std::string &to, const Cell &cell, CellKind kind);
std::string to_text(const Cell &cell, CellKind kind);

// The same for programs: a token in decimal only.
std::string to_exact_text(const Cell &cell, CellKind kind);

// Sorts cells of one column: blank before unknown before values.
bool is_less(const Cell &left, const Cell &right);

// What a view for reading shows in one cell: one column, or, as "12/0", the
// client's and the server's.
struct ShownColumn {
    enum Form : std::uint8_t { Single, Pair };

    ColumnId id;
    Form form = Single;

    const Column &first() const { return column(id); }
    const Column &second() const { return column(of_host(id, Role::Server)); }
    std::string_view text_title() const; // in -z mptcp,conn
    bool is_left_aligned() const;
    void append_to(std::string &to, const TableRow &row) const;
};

} // namespace mptcp
