// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/json_data.h"

#include "base/distribution.h"
#include "views/json_cells.h"

namespace mptcp {
namespace {

void write_distribution(Json &json, const char *member, std::vector<Micros> samples)
{
    const auto distribution =
        distribution_of(samples, [](Micros micros) { return to_time(micros); });
    if (!distribution)
        return json.null(member);
    json.object(member, [&] {
        json.number("samples", distribution->samples);
        json.seconds("min", distribution->least);
        json.seconds("median", distribution->median);
        json.seconds("p95", distribution->p95);
        json.seconds("max", distribution->most);
    });
}

void write_kinds(Json &json, const TableRow &row, Role role, const DataCount &count)
{
    write_cells(json, row, role,
                {ColumnId::ClientUnique, ColumnId::ClientReinjected, ColumnId::ClientRetransmitted,
                 ColumnId::ClientUnmapped});
    json.number("reinjected_same_subflow", count.reinjected_same_subflow);
    json.number("retransmissions", count.retransmissions);
    json.number("useless", count.useless);
    write_cells(json, row, role, {ColumnId::ClientApplication});
}

void write_order(Json &json, const DataCount &count)
{
    json.object("out_of_order", [&] {
        json.number("packets", count.out_of_order.packets);
        json.number("bytes", count.out_of_order.bytes);
    });
    json.object("blocked", [&] {
        json.number("times", count.head_of_line_blocked.times);
        json.seconds("total", count.head_of_line_blocked.total);
        json.seconds("longest", count.head_of_line_blocked.longest);
        json.number("bytes", count.head_of_line_blocked.bytes);
    });
    write_distribution(json, "ack_latency", count.latencies);
}

void write_rates(Json &json, const TableRow &row, Role role, const DataCount &count)
{
    if (count.span.empty()) {
        json.null("first");
        json.null("last");
    } else {
        json.seconds("first", count.span.start);
        json.seconds("last", count.span.end);
    }
    json.number("throughput", rate(count.payload(), row.connection->data[role]));
    write_cells(json, row, role, {ColumnId::ClientGoodput});
}

void write_checksums(Json &json, const DataCount &count)
{
    json.object("checksums", [&] {
        json.number("good", count.checksums.good);
        json.number("bad", count.checksums.bad);
        json.number("unverified", count.checksums.unverified);
        json.number("missing", count.checksums.missing);
        json.number("unexpected", count.checksums.unexpected);
    });
}

void write_window(Json &json, const DataStream *stream)
{
    if (stream == nullptr || !stream->window())
        return json.null("window");
    const DataWindow &window = *stream->window();
    json.object("window", [&] {
        json.number("last", std::uint64_t{window.last});
        json.number("min", std::uint64_t{window.least});
        json.number("max", std::uint64_t{window.most});
        json.number("zeros", window.zeros);
    });
}

void write_stream(Json &json, const DataStream *stream,
                  const std::optional<std::uint64_t> &most_in_flight)
{
    write_window(json, stream);
    json.number("max_in_flight", most_in_flight);
    const DataStream::Gaps gaps = stream == nullptr ? DataStream::Gaps{} : stream->gaps();
    json.object("gaps", [&] {
        json.number("count", gaps.count);
        json.number("bytes", gaps.bytes);
        json.number("acknowledged", gaps.acknowledged);
    });
}

// "data", with the members that write(role) writes for each sender.
template <class Write> void write_by_sender(Json &json, Write write)
{
    json.object("data", [&] {
        for_each_role(
            [&](Role role, const char *name) { json.object(name, [&] { write(role); }); });
    });
}

} // namespace

void write_connection_data(Json &json, const TableRow &row)
{
    const ConnectionRow &connection = *row.connection;
    write_by_sender(json, [&](Role role) {
        const DataCount &count = connection.data[role];
        write_kinds(json, row, role, count);
        json.boolean("fin", connection.connection->hosts[role].data_fin != DataFin::NotSent);
        write_checksums(json, count);
        write_order(json, count);
        write_stream(json, connection.streams[role], connection.most_in_flight[role]);
        write_rates(json, row, role, count);
    });
}

void write_subflow_data(Json &json, const TableRow &row)
{
    write_by_sender(json, [&](Role role) {
        const DataCount &count = row.subflow->data[role];
        write_kinds(json, row, role, count);
        write_order(json, count);
        write_distribution(json, "rtt", count.round_trips);
        write_rates(json, row, role, count);
        json.real("share", share(*row.connection, *row.subflow, role).value_or(0));
    });
}

} // namespace mptcp
