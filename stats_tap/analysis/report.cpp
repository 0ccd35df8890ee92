// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/report.h"

#include <utility>

namespace mptcp {
namespace {

constexpr PerRole<Role> kRoles{{Role::Client, Role::Server}};

void add_row(ConnectionRow &connection, SubflowRow row)
{
    for (const Role role : kRoles.each) {
        connection.sent[role] += row.sent[role];
        connection.copies[role] += row.copies[role];
        connection.data[role] += row.data[role];
    }
    connection.span += row.span;
    connection.subflows.push_back(std::move(row));
}

void add_to(Totals &totals, const ConnectionRow &row)
{
    ++totals.connections;
    totals.established += row.connection->handshake() == Handshake::Complete ? 1 : 0;
    totals.subflows += row.subflows.size();
    totals.payload += payload_of(row.sent);
    totals.copies += row.copies[Role::Client] + row.copies[Role::Server];
}

GroupedBy grouped_by(const Tracker &tracker, const Connection &connection)
{
    const Subflow &first = tracker.registry().first_subflow_of(connection);
    if (connection.grouped_by_data || first.kind == SubflowKind::Unknown)
        return GroupedBy::Data;
    const bool any_key = connection.hosts[Role::Client].key || connection.hosts[Role::Server].key;
    return first.kind == SubflowKind::Join && !any_key ? GroupedBy::JoinToken
                                                       : GroupedBy::Handshake;
}

} // namespace

std::string_view name(GroupedBy grouped_by)
{
    switch (grouped_by) {
    case GroupedBy::Handshake:
        return "handshake";
    case GroupedBy::JoinToken:
        return "token";
    case GroupedBy::Data:
        return "data";
    }
    return "";
}

std::uint64_t payload_of(const PerRole<Volume> &sent)
{
    return sent[Role::Client].payload + sent[Role::Server].payload;
}

std::optional<double> share(const ConnectionRow &connection, const SubflowRow &row, Role sender)
{
    const std::uint64_t whole = connection.data[sender].unique;
    if (whole == 0)
        return std::nullopt;
    return static_cast<double>(row.data[sender].unique) / static_cast<double>(whole);
}

ConnectionRow uncounted_row(const Tracker &tracker, const Connection &connection)
{
    ConnectionRow row;
    row.connection = &connection;
    row.index = tracker.registry().index_of(connection);
    row.state = state_of(tracker.registry(), connection);
    row.grouped_by = grouped_by(tracker, connection);
    row.endpoints = tracker.registry().endpoints_of(connection);
    const ConnectionId id = tracker.registry().first_subflow_of(connection).connection;
    for (const Role role : kRoles.each)
        row.streams[role] = tracker.data().stream(id, role);
    return row;
}

SubflowRow uncounted_row(const Tracker &tracker, const Streams &streams, SubflowId id,
                         std::uint32_t index)
{
    const auto place = static_cast<std::size_t>(id);
    SubflowRow row;
    row.id = id;
    row.index = index;
    row.subflow = &tracker.registry()[id];
    row.stream = place < streams.size() ? streams[place] : std::nullopt;
    return row;
}

ReportRows::ReportRows(const Tracker &tracker, const Summary &summary, const Streams &streams,
                       const Vantages *vantages)
    : tracker_(tracker),
      summary_(summary),
      streams_(streams),
      vantages_(vantages),
      data_(tracker, summary, vantages)
{
}

SubflowRow ReportRows::make_row(SubflowId id, std::uint32_t index, const SubflowCount &count,
                                Samples samples) const
{
    PerSide<DataCount> data = data_.of(id, samples);
    SubflowRow row = uncounted_row(tracker_, streams_, id, index);
    for (const Role role : kRoles.each) {
        const Side side = row.subflow->side(role);
        row.sent[role] = count.sent[side];
        row.copies[role] = count.copies[side];
        row.data[role] = std::move(data[side]);
    }
    row.span = count.span;
    return row;
}

ConnectionRow ReportRows::make_row(const Connection &connection, Samples samples) const
{
    ConnectionRow row = uncounted_row(tracker_, connection);
    row.subflows.reserve(connection.subflows.size());
    for (const Role host : kRoles.each)
        add_seen_near(row, host);
    std::uint32_t index = 0;
    for (const SubflowId id : connection.subflows) {
        if (const SubflowCount *count = summary_.find(id))
            add_row(row, make_row(id, index, *count, samples));
        ++index;
    }
    return row;
}

void ReportRows::add_seen_near(ConnectionRow &row, Role host) const
{
    const DataStream *stream = row.streams[host];
    if (vantages_ != nullptr) {
        const Vantages::View &view = vantages_->view(row.index, host);
        row.seen_at[host] = view.points;
        if (view.vantage != nullptr) {
            const Subflow &first = tracker_.registry().first_subflow_of(*row.connection);
            stream = view.vantage->data().stream(first.connection, host);
        }
    }
    if (stream != nullptr)
        row.most_in_flight[host] = stream->most_in_flight();
}

std::vector<PointRow> ReportRows::points() const
{
    const PointTable &table = tracker_.points();
    if (table.size() < 2)
        return {};
    std::vector<PointRow> rows(table.size());
    for (std::uint32_t point = 0; point < rows.size(); ++point)
        rows[point] = {point, table.name(point), 0};
    const std::vector<std::uint64_t> &packets = summary_.by_marks();
    for (std::uint32_t marks = 0; marks < packets.size(); ++marks)
        if (const auto point = table.point_of(marks))
            rows[*point].packets += packets[marks];
    return rows;
}

std::vector<OtherEndpoints> ReportRows::other_endpoints(const SubflowRow &row) const
{
    std::vector<OtherEndpoints> list;
    for (const OtherAddresses &other : tracker_.copies().other_addresses(row.id)) {
        OtherEndpoints &added = list.emplace_back();
        added.point = tracker_.points().point_of(other.marks).value_or(0);
        for (const Role role : kRoles.each)
            added.endpoints[role] = other.ends[row.subflow->side(role)];
    }
    return list;
}

Totals ReportRows::visit(Samples samples,
                         const std::function<void(ConnectionRow &&row)> &each) const
{
    Totals totals;
    for (const Connection *connection : tracker_.registry().connections()) {
        ConnectionRow row = make_row(*connection, samples);
        if (row.subflows.empty())
            continue;
        add_to(totals, row);
        each(std::move(row));
    }
    return totals;
}

Report make_report(const Tracker &tracker, const Summary &summary, const Streams &streams)
{
    const ReportRows rows{tracker, summary, streams};
    Report report;
    report.packets = rows.packets();
    report.totals = rows.visit(
        Samples::With, [&](ConnectionRow &&row) { report.connections.push_back(std::move(row)); });
    return report;
}

void note_extent(Report &report, Time origin, Time end)
{
    report.origin = origin;
    for (ConnectionRow &row : report.connections)
        row.capture_end = end;
}

} // namespace mptcp
