// SPDX-License-Identifier: GPL-2.0-or-later
#include "text_view.h"

#include <string>
#include <vector>

#include "core/format.h"
#include "text_frame.h"
#include "text_table.h"

namespace mptcp {
namespace {

TextTable connection_table()
{
    return TextTable{{{"Conn", Align::Right},
                      {"Ver", Align::Right},
                      {"Handshake", Align::Left},
                      {"State", Align::Left},
                      {"Client", Align::Left},
                      {"Server", Align::Left},
                      {"Client token", Align::Right},
                      {"Server token", Align::Right},
                      {"Client key", Align::Left},
                      {"Server key", Align::Left},
                      {"Subflows", Align::Right},
                      {"Packets C>S", Align::Right},
                      {"Packets S>C", Align::Right},
                      {"Payload C>S", Align::Right},
                      {"Payload S>C", Align::Right},
                      {"Unique C>S", Align::Right},
                      {"Unique S>C", Align::Right},
                      {"Reinjected C/S", Align::Right},
                      {"Retransmitted C/S", Align::Right},
                      {"Unmapped C/S", Align::Right},
                      {"Mbit/s C/S", Align::Right},
                      {"Duration", Align::Right}}};
}

TextTable subflow_table()
{
    return TextTable{{{"Subflow", Align::Right},
                      {"Stream", Align::Right},
                      {"Kind", Align::Left},
                      {"By", Align::Left},
                      {"State", Align::Left},
                      {"Client", Align::Left},
                      {"Server", Align::Left},
                      {"IDs C/S", Align::Left},
                      {"Nonce C", Align::Right},
                      {"Nonce S", Align::Right},
                      {"HMAC SYN/ACK", Align::Left},
                      {"HMAC ACK", Align::Left},
                      {"Backup C/S", Align::Left},
                      {"Packets C>S", Align::Right},
                      {"Packets S>C", Align::Right},
                      {"Payload C>S", Align::Right},
                      {"Payload S>C", Align::Right},
                      {"Share", Align::Right},
                      {"Reinjected C/S", Align::Right},
                      {"Retransmitted C/S", Align::Right},
                      {"Mbit/s C/S", Align::Right},
                      {"RTT ms", Align::Right}}};
}

std::string count(std::uint64_t number) { return std::to_string(number); }

// Of both senders, as "0/388".
std::string by_sender(const PerRole<DataCount> &data, std::uint64_t OctetKinds::*kind)
{
    return count(data[Role::Client].*kind) + "/" + count(data[Role::Server].*kind);
}

// What of the data was new, in megabits a second.
std::string goodput(const PerRole<DataCount> &data)
{
    const auto of = [&](Role role) {
        return to_megabits(rate(data[role].unique, data[role].span.duration()));
    };
    return of(Role::Client) + "/" + of(Role::Server);
}

std::string milliseconds(const std::optional<Time> &time)
{
    return time ? to_milliseconds(*time, 3) : kUnknown;
}

void add(TextTable &table, const ConnectionRow &row)
{
    const Connection &connection = *row.connection;
    const Host &client = connection.hosts[Role::Client];
    const Host &server = connection.hosts[Role::Server];
    const Volume &up = row.sent[Role::Client];
    const Volume &down = row.sent[Role::Server];
    table.add({count(row.index),
               to_text(connection.version),
               std::string{name(connection.handshake())},
               std::string{name(row.state)},
               to_text(row.endpoints[Role::Client]),
               to_text(row.endpoints[Role::Server]),
               to_text(client.token),
               to_text(server.token),
               to_text(client.key),
               to_text(server.key),
               count(row.subflows.size()),
               count(up.packets),
               count(down.packets),
               count(up.payload),
               count(down.payload),
               count(row.data[Role::Client].unique),
               count(row.data[Role::Server].unique),
               by_sender(row.data, &OctetKinds::reinjected),
               by_sender(row.data, &OctetKinds::retransmitted),
               by_sender(row.data, &OctetKinds::unmapped),
               goodput(row.data),
               to_seconds(row.span.duration(), kTimeDigits)});
}

void add(TextTable &table, const SubflowRow &row)
{
    const Subflow &subflow = *row.subflow;
    const SubflowEnd &client = subflow.end(Role::Client);
    const SubflowEnd &server = subflow.end(Role::Server);
    const Volume &up = row.sent[Role::Client];
    const Volume &down = row.sent[Role::Server];
    const bool joined = subflow.kind == SubflowKind::Join;
    const auto words = [joined](HmacVerdict verdict) {
        return joined ? std::string{name(verdict)} : kUnknown;
    };
    table.add({count(subflow.index),
               to_text(row.stream),
               std::string{name(subflow.kind)},
               subflow.opener ? std::string{name(subflow.role(*subflow.opener))} : kUnknown,
               std::string{name(subflow.state())},
               to_text(client.endpoint),
               to_text(server.endpoint),
               to_text(client.address_id) + "/" + to_text(server.address_id),
               to_text(client.nonce),
               to_text(server.nonce),
               words(subflow.hmacs.syn_ack_verdict),
               words(subflow.hmacs.ack_verdict),
               yes_or_no(client.backup) + "/" + yes_or_no(server.backup),
               count(up.packets),
               count(down.packets),
               count(up.payload),
               count(down.payload),
               to_percent(row.share),
               by_sender(row.data, &OctetKinds::reinjected),
               by_sender(row.data, &OctetKinds::retransmitted),
               goodput(row.data),
               milliseconds(subflow.handshake_rtt)});
}

// Widths are known only when the last row is: the cells wait, the rows do not.
struct Tables {
    TextTable connections = connection_table();
    TextTable subflows = subflow_table();
    std::vector<std::size_t> subflows_of; // by row of `connections`

    void add_row(const ConnectionRow &row)
    {
        add(connections, row);
        for (const SubflowRow &subflow : row.subflows)
            add(subflows, subflow);
        subflows_of.push_back(row.subflows.size());
    }

    void write(const Output &out) const
    {
        constexpr char kIndent[] = "      ";
        out(connections.header() + "\n" + kIndent + subflows.header() + "\n");
        std::size_t next_subflow = 0;
        for (std::size_t i = 0; i < connections.rows(); ++i) {
            out(connections.row(i) + "\n");
            for (std::size_t n = subflows_of[i]; n > 0; --n)
                out(kIndent + subflows.row(next_subflow++) + "\n");
        }
    }
};

std::string totals_line(const Totals &totals, std::uint64_t packets)
{
    std::string line = "\nTotals: connections " + count(totals.connections);
    line += ", established " + count(totals.established);
    line += ", subflows " + count(totals.subflows);
    line += ", payload " + count(totals.payload) + " bytes";
    line += ", TCP packets " + count(packets) + "\n";
    return line;
}

} // namespace

void write_text(const ReportRows &rows, const char *filter, const Output &out)
{
    Tables tables;
    const Totals totals = rows.visit([&](const ConnectionRow &row) { tables.add_row(row); });
    write_framed(out, "MPTCP Connections", filter, [&](const Output &lines) {
        if (totals.connections == 0)
            lines("No MPTCP connection.\n");
        else
            tables.write(lines);
        lines(totals_line(totals, rows.packets()));
    });
}

} // namespace mptcp
