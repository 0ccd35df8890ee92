// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/text_view.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/format.h"
#include "base/readable.h"
#include "views/columns.h"
#include "views/connection_details.h"
#include "views/text_frame.h"
#include "views/text_table.h"

namespace mptcp {
namespace {

using Id = ColumnId;

// A row with both addresses that is wider has the server's below the client's.
constexpr std::size_t kWidestRow = 120;

enum class Ends : std::uint8_t { SideBySide, Stacked };

// "0" for a connection, "0.1" for a subflow of it.
void append_index(std::string &to, const TableRow &row)
{
    append(to, std::uint64_t{row.connection->index});
    if (row.subflow == nullptr)
        return;
    to.push_back('.');
    append(to, std::uint64_t{row.subflow->index});
}

void append_number(std::string &to, const Cell &cell,
                   void (*append_value)(std::string &, std::uint64_t))
{
    if (const auto *value = std::get_if<std::uint64_t>(&cell))
        append_value(to, *value);
    else
        append(to, cell, CellKind::Words);
}

// The columns of connections and subflows.
class Lines {
public:
    Lines() : table_(columns(Ends::SideBySide)) {}

    void fit(const TableRow &row)
    {
        fill(row);
        table_.fit(cells_);
    }

    // Call it after the last fit(). Puts the server's address below the client's if the lines are
    // too wide.
    void narrow()
    {
        if (table_.width() <= kWidestRow)
            return;
        ends_ = Ends::Stacked;
        std::vector<TextColumn> stacked = columns(ends_);
        for (std::size_t place = 0; place < stacked.size(); ++place)
            stacked[place].least = table_.width_of(place <= kClient ? place : place + 1);
        stacked[kClient].least = std::max(stacked[kClient].least, table_.width_of(kServer));
        table_ = TextTable{std::move(stacked)};
    }

    void append_header(std::string &to) const
    {
        const std::size_t rates = ends_ == Ends::SideBySide ? 5 : 4; // the place of the first one
        const std::string_view up = "Client to server", down = "Server to client";
        const std::size_t begin = to.size();
        for (const auto &[group, place] : {std::pair{up, rates}, {down, rates + 2}}) {
            to.append(begin + table_.end_of(place) - group.size() - to.size(), ' ');
            to.append(group);
        }
        to.push_back('\n');
        table_.append_header(to);
        to.push_back('\n');
    }

    void append_line(std::string &to, const TableRow &row)
    {
        fill(row);
        table_.append_line(to, cells_);
        to.push_back('\n');
        if (ends_ == Ends::SideBySide)
            return;
        fill_server(row);
        table_.append_line(to, cells_);
        to.push_back('\n');
    }

private:
    static constexpr std::size_t kClient = 1, kServer = 2; // their places side by side

    static std::vector<TextColumn> columns(Ends ends)
    {
        constexpr std::size_t kBytes = 8, kRate = 6; // room for the direction above them
        std::vector<TextColumn> columns{{"Conn", Align::Right}};
        if (ends == Ends::SideBySide) {
            columns.push_back({"Client", Align::Left});
            columns.push_back({"Server", Align::Left});
        } else {
            columns.push_back({"Client, server", Align::Left});
        }
        columns.push_back({"State", Align::Left});
        for ([[maybe_unused]] const Role sender : {Role::Client, Role::Server}) {
            columns.push_back({"bytes", Align::Right, kBytes});
            columns.push_back({"Mbit/s", Align::Right, kRate});
        }
        return columns;
    }

    void fill(const TableRow &row)
    {
        cells_.clear();
        cells_.write([&](std::string &text) { append_index(text, row); });
        add(row, Id::Client);
        if (ends_ == Ends::SideBySide)
            add(row, Id::Server);
        add(row, Id::State);
        for (const Role sender : {Role::Client, Role::Server}) {
            cells_.write([&](std::string &text) {
                append_number(text, row[of_host(Id::ClientApplication, sender)], append_bytes);
            });
            cells_.write([&](std::string &text) {
                append_number(text, row[of_host(Id::ClientGoodput, sender)],
                              [](std::string &to, std::uint64_t rate) { append_rate(to, rate); });
            });
        }
    }

    // The second line of a row, if the server's address is below the client's.
    void fill_server(const TableRow &row)
    {
        const std::size_t all = cells_.size();
        cells_.clear();
        cells_.add();
        add(row, Id::Server);
        while (cells_.size() < all)
            cells_.add();
    }

    void add(const TableRow &row, Id id)
    {
        cells_.write([&](std::string &text) { append(text, row[id], column(id).kind); });
    }

    Ends ends_ = Ends::SideBySide;
    TextTable table_;
    Cells cells_; // of one row after another
};

// Would the line of its only subflow say the same?
bool is_like_its_subflow(const ConnectionRow &row)
{
    return row.subflows.size() == 1 &&
           name(row.subflows.front().subflow->state()) == name(row.state);
}

std::string totals_line(const Totals &totals, std::uint64_t packets)
{
    std::string line = "Totals: connections " + to_text(totals.connections);
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

std::string nothing(std::uint64_t packets, bool has_filter)
{
    if (has_filter)
        return "No packet of an MPTCP connection matches the filter.\n\n";
    if (packets == 0)
        return "No MPTCP connection.\n\n";
    return "No MPTCP connection: MPTCP was never offered in this capture.\n\n";
}

} // namespace

// Makes each row twice: the widths of the columns are known only after the last
// row, and keeping all rows costs more than making them again.
void write_text(const ReportRows &rows, const std::vector<std::vector<Problem>> &problems,
                const std::function<std::string(Time)> &show_time, const char *filter,
                const Output &out)
{
    Lines lines;
    const Totals totals = rows.visit(Samples::Without, [&](const ConnectionRow &row) {
        lines.fit({&row});
        for (const SubflowRow &subflow : row.subflows)
            lines.fit({&row, &subflow});
    });
    lines.narrow();
    write_framed(out, "MPTCP Connections", filter, [&](const Output &write) {
        std::string text;
        if (totals.connections == 0)
            text = nothing(rows.packets(), filter != nullptr);
        else
            lines.append_header(text);
        write(text);
        rows.visit(Samples::Without, [&](const ConnectionRow &row) {
            text.clear();
            lines.append_line(text, {&row});
            if (!is_like_its_subflow(row))
                for (const SubflowRow &subflow : row.subflows)
                    lines.append_line(text, {&row, &subflow});
            append_details(text, row, rows, problems[row.index], show_time);
            text.push_back('\n');
            write(text);
        });
        write(totals_line(totals, rows.packets()));
        write(copies_lines(totals, rows.points()));
    });
}

} // namespace mptcp
