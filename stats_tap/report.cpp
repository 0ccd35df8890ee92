// SPDX-License-Identifier: GPL-2.0-or-later
#include "report.h"

#include <utility>

namespace mptcp {
namespace {

constexpr PerRole<Role> kRoles{{Role::Client, Role::Server}};

SubflowRow make_row(SubflowId id, const Subflow &subflow, const SubflowCount &count,
                    PerSide<DataCount> &data, const Streams &streams)
{
    SubflowRow row;
    row.id = id;
    row.subflow = &subflow;
    const auto place = static_cast<std::size_t>(id);
    row.stream = place < streams.size() ? streams[place] : std::nullopt;
    for (const Role role : kRoles.each) {
        row.sent[role] = count.sent[subflow.side(role)];
        row.data[role] = std::move(data[subflow.side(role)]);
    }
    row.span = count.span;
    return row;
}

void add_row(ConnectionRow &connection, SubflowRow row)
{
    for (const Role role : kRoles.each) {
        connection.sent[role] += row.sent[role];
        connection.data[role] += row.data[role];
    }
    connection.span += row.span;
    connection.subflows.push_back(std::move(row));
}

ConnectionRow make_row(const Tracker &tracker, const Connection &connection, const Summary &summary,
                       std::vector<PerSide<DataCount>> &data, const Streams &streams)
{
    ConnectionRow row;
    row.connection = &connection;
    row.index = tracker.index_of(connection);
    row.state = tracker.state_of(connection);
    const Subflow &first = tracker.subflow(connection.subflows.front());
    for (const Role role : kRoles.each) {
        row.endpoints[role] = first.end(role).endpoint;
        row.streams[role] = tracker.data().stream(first.connection, role);
    }
    for (const SubflowId id : connection.subflows)
        if (const SubflowCount *count = summary.find(id))
            add_row(row, make_row(id, tracker.subflow(id), *count,
                                  data[static_cast<std::size_t>(id)], streams));
    for (SubflowRow &subflow : row.subflows)
        subflow.share = share(payload_of(subflow.sent), payload_of(row.sent));
    return row;
}

void add_to(Totals &totals, const ConnectionRow &row)
{
    ++totals.connections;
    totals.established += row.connection->handshake() == Handshake::Complete ? 1 : 0;
    totals.subflows += row.subflows.size();
    totals.payload += payload_of(row.sent);
}

} // namespace

std::uint64_t payload_of(const PerRole<Volume> &sent)
{
    return sent[Role::Client].payload + sent[Role::Server].payload;
}

double share(std::uint64_t part, std::uint64_t whole)
{
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

Report make_report(const Tracker &tracker, const Summary &summary, const Streams &streams)
{
    Report report;
    report.packets = summary.packets();
    std::vector<PerSide<DataCount>> data = count_data(tracker, summary);
    for (const Connection *connection : tracker.connections()) {
        ConnectionRow row = make_row(tracker, *connection, summary, data, streams);
        if (row.subflows.empty())
            continue;
        add_to(report.totals, row);
        report.connections.push_back(std::move(row));
    }
    return report;
}

} // namespace mptcp
