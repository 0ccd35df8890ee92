// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/text_view.h"

#include <string>
#include <vector>

#include "base/format.h"
#include "views/text_frame.h"
#include "views/text_table.h"

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

// Of both senders, as "0/388".
template <class Row>
void add_by_sender(Row &cells, const PerRole<DataCount> &data, std::uint64_t OctetKinds::*kind)
{
    cells.add(data[Role::Client].*kind, "/", data[Role::Server].*kind);
}

// What of the data was new, in megabits a second.
template <class Row> void add_goodput(Row &cells, const PerRole<DataCount> &data)
{
    const auto of = [&](Role role) {
        return to_megabits(rate(data[role].unique, data[role].span.duration()));
    };
    cells.add(of(Role::Client), "/", of(Role::Server));
}

// Either of a connection or of a subflow: the cells of a line, or their widths.
template <class Row> void fill(Row &cells, const ConnectionRow &row)
{
    const Connection &connection = *row.connection;
    const Host &client = connection.hosts[Role::Client];
    const Host &server = connection.hosts[Role::Server];
    const Volume &up = row.sent[Role::Client];
    const Volume &down = row.sent[Role::Server];
    cells.clear();
    cells.add(row.index);
    cells.add(connection.version);
    cells.add(name(connection.handshake()));
    cells.add(name(row.state));
    cells.add(row.endpoints[Role::Client]);
    cells.add(row.endpoints[Role::Server]);
    cells.add(client.token);
    cells.add(server.token);
    cells.add(client.key);
    cells.add(server.key);
    cells.add(std::uint64_t{row.subflows.size()});
    cells.add(up.packets);
    cells.add(down.packets);
    cells.add(up.payload);
    cells.add(down.payload);
    cells.add(row.data[Role::Client].unique);
    cells.add(row.data[Role::Server].unique);
    add_by_sender(cells, row.data, &OctetKinds::reinjected);
    add_by_sender(cells, row.data, &OctetKinds::retransmitted);
    add_by_sender(cells, row.data, &OctetKinds::unmapped);
    add_goodput(cells, row.data);
    cells.add(to_seconds(row.span.duration(), kTimeDigits));
}

template <class Row> void fill(Row &cells, const SubflowRow &row)
{
    const Subflow &subflow = *row.subflow;
    const SubflowEnd &client = subflow.end(Role::Client);
    const SubflowEnd &server = subflow.end(Role::Server);
    const Volume &up = row.sent[Role::Client];
    const Volume &down = row.sent[Role::Server];
    const bool joined = subflow.kind == SubflowKind::Join;
    const auto words = [joined](Verdict verdict) { return joined ? name(verdict) : kUnknown; };
    cells.clear();
    cells.add(row.index);
    cells.add(row.stream);
    cells.add(name(subflow.kind));
    cells.add(subflow.initiator ? name(subflow.role(*subflow.initiator)) : kUnknown);
    cells.add(name(subflow.state()));
    cells.add(client.endpoint);
    cells.add(server.endpoint);
    cells.add(client.address_id, "/", server.address_id);
    cells.add(client.nonce);
    cells.add(server.nonce);
    cells.add(words(subflow.hmacs.syn_ack_verdict));
    cells.add(words(subflow.hmacs.ack_verdict));
    cells.add(yes_or_no(client.backup), "/", yes_or_no(server.backup));
    cells.add(up.packets);
    cells.add(down.packets);
    cells.add(up.payload);
    cells.add(down.payload);
    cells.add(to_percent(row.share));
    add_by_sender(cells, row.data, &OctetKinds::reinjected);
    add_by_sender(cells, row.data, &OctetKinds::retransmitted);
    add_goodput(cells, row.data);
    cells.add(subflow.handshake_rtt ? to_milliseconds(*subflow.handshake_rtt, 3) : kUnknown);
}

// The lines of the connections, and under each those of its subflows.
class Tables {
public:
    void fit(const ConnectionRow &row)
    {
        fill(connections_.widths(), row);
        for (const SubflowRow &subflow : row.subflows)
            fill(subflows_.widths(), subflow);
    }

    void append_header(std::string &to) const
    {
        connections_.append_header(to);
        to.append(kBelow);
        subflows_.append_header(to);
        to.push_back('\n');
    }

    void append_lines(std::string &to, const ConnectionRow &row)
    {
        fill(cells_, row);
        connections_.append_line(to, cells_);
        for (const SubflowRow &subflow : row.subflows) {
            fill(cells_, subflow);
            to.append(kBelow);
            subflows_.append_line(to, cells_);
        }
        to.push_back('\n');
    }

private:
    static constexpr char kBelow[] = "\n      "; // what a subflow's line begins with

    TextTable connections_ = connection_table();
    TextTable subflows_ = subflow_table();
    Cells cells_; // of one row after another
};

std::string totals_line(const Totals &totals, std::uint64_t packets)
{
    std::string line = "\nTotals: connections " + to_text(totals.connections);
    line += ", established " + to_text(totals.established);
    line += ", subflows " + to_text(totals.subflows);
    line += ", payload " + to_text(totals.payload) + " bytes";
    line += ", TCP packets " + to_text(packets) + "\n";
    return line;
}

} // namespace

// The rows are put together twice: how wide their columns are is known only when
// the last one is, and to keep them all takes more than it costs to make them anew.
void write_text(const ReportRows &rows, const char *filter, const Output &out)
{
    Tables tables;
    const Totals totals =
        rows.visit(Samples::Without, [&](const ConnectionRow &row) { tables.fit(row); });
    write_framed(out, "MPTCP Connections", filter, [&](const Output &lines) {
        std::string text;
        if (totals.connections == 0)
            text = "No MPTCP connection.\n";
        else
            tables.append_header(text);
        lines(text);
        rows.visit(Samples::Without, [&](const ConnectionRow &row) {
            text.clear();
            tables.append_lines(text, row);
            lines(text);
        });
        lines(totals_line(totals, rows.packets()));
    });
}

} // namespace mptcp
