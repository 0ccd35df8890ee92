// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/text_view.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/format.h"
#include "views/columns.h"
#include "views/text_frame.h"
#include "views/text_table.h"

namespace mptcp {
namespace {

using Id = ColumnId;

constexpr ShownColumn kConnectionLine[] = {
    {Id::Connection},
    {Id::ProtocolVersion},
    {Id::Handshake},
    {Id::State},
    {Id::Client},
    {Id::Server},
    {Id::ClientToken},
    {Id::ServerToken},
    {Id::ClientKey},
    {Id::ServerKey},
    {Id::Subflows},
    {Id::ClientPackets},
    {Id::ServerPackets},
    {Id::ClientPayload},
    {Id::ServerPayload},
    {Id::ClientUnique},
    {Id::ServerUnique},
    {Id::ClientReinjected, ShownColumn::Pair},
    {Id::ClientRetransmitted, ShownColumn::Pair},
    {Id::ClientUnmapped, ShownColumn::Pair},
    {Id::ClientGoodput, ShownColumn::Pair},
    {Id::Duration},
};

constexpr ShownColumn kSubflowLine[] = {
    {Id::Subflow},
    {Id::Stream},
    {Id::Kind},
    {Id::Initiator},
    {Id::State},
    {Id::Client},
    {Id::Server},
    {Id::ClientAddressId, ShownColumn::Pair},
    {Id::ClientNonce},
    {Id::ServerNonce},
    {Id::SynAckHmac},
    {Id::AckHmac},
    {Id::ClientBackup, ShownColumn::Pair},
    {Id::ClientPackets},
    {Id::ServerPackets},
    {Id::ClientPayload},
    {Id::ServerPayload},
    {Id::Share},
    {Id::ClientReinjected, ShownColumn::Pair},
    {Id::ClientRetransmitted, ShownColumn::Pair},
    {Id::ClientGoodput, ShownColumn::Pair},
    {Id::HandshakeRtt},
};

TextTable table_of(std::span<const ShownColumn> line)
{
    std::vector<TextColumn> columns;
    for (const ShownColumn &shown : line)
        columns.push_back(
            {shown.text_title(), shown.is_left_aligned() ? Align::Left : Align::Right});
    return TextTable{std::move(columns)};
}

// Only joins have HMACs: of other subflows, their absence is not reported here.
bool applies(const ShownColumn &shown, const TableRow &row)
{
    const bool is_hmac = shown.id == Id::SynAckHmac || shown.id == Id::AckHmac;
    return !is_hmac || row.subflow == nullptr || row.subflow->subflow->kind == SubflowKind::Join;
}

void fill(Cells &cells, std::span<const ShownColumn> line, const TableRow &row)
{
    cells.clear();
    for (const ShownColumn &shown : line)
        cells.write([&](std::string &text) {
            if (applies(shown, row))
                shown.append_to(text, row);
            else
                text.append(kUnknown);
        });
}

// A line for each connection, and below it one for each of its subflows.
class Tables {
public:
    void fit(const ConnectionRow &row)
    {
        fill(cells_, kConnectionLine, {&row});
        connections_.fit(cells_);
        for (const SubflowRow &subflow : row.subflows) {
            fill(cells_, kSubflowLine, {&row, &subflow});
            subflows_.fit(cells_);
        }
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
        fill(cells_, kConnectionLine, {&row});
        connections_.append_line(to, cells_);
        for (const SubflowRow &subflow : row.subflows) {
            fill(cells_, kSubflowLine, {&row, &subflow});
            to.append(kBelow);
            subflows_.append_line(to, cells_);
        }
        to.push_back('\n');
    }

private:
    static constexpr char kBelow[] = "\n      "; // begins the line of a subflow

    TextTable connections_ = table_of(kConnectionLine);
    TextTable subflows_ = table_of(kSubflowLine);
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

// Where packets were recorded, if packets were recorded more than once.
std::string copies_lines(const Totals &totals, const std::vector<PointRow> &points)
{
    if (totals.copies == 0)
        return {};
    std::string lines = "Copies: " + to_text(totals.copies) +
                        " packets, recorded again at another point and not counted above\n";
    for (const PointRow &row : points) {
        lines += "Point " + to_text(std::uint64_t{row.point}) + ": " + std::string{row.name};
        lines += ", packets " + to_text(row.packets) + "\n";
    }
    return lines;
}

} // namespace

// Makes each row twice: the widths of the columns are known only after the last
// row, and keeping all rows costs more than making them again.
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
        lines(copies_lines(totals, rows.points()));
    });
}

} // namespace mptcp
