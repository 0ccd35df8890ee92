// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/json_data.h"

namespace mptcp {
namespace {

void write_distribution(Json &json, const char *member, std::vector<Micros> samples)
{
    const auto distribution = distribution_of(samples);
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

void write_kinds(Json &json, const DataCount &count)
{
    json.number("unique", count.unique);
    json.number("reinjected", count.reinjected);
    json.number("retransmitted", count.retransmitted);
    json.number("unmapped", count.unmapped);
    json.number("reinjected_same_subflow", count.reinjected_same_subflow);
    json.number("retransmissions", count.retransmissions);
}

void write_order(Json &json, const DataCount &count)
{
    json.object("out_of_order", [&] {
        json.number("packets", count.early);
        json.number("bytes", count.early_octets);
    });
    json.object("blocked", [&] {
        json.number("times", count.blocked.times);
        json.seconds("total", count.blocked.total);
        json.seconds("longest", count.blocked.longest);
        json.number("bytes", count.blocked.octets);
    });
    write_distribution(json, "ack_latency", count.latencies);
}

void write_rates(Json &json, const DataCount &count)
{
    if (count.span.empty()) {
        json.null("first");
        json.null("last");
    } else {
        json.seconds("first", count.span.start);
        json.seconds("last", count.span.end);
    }
    json.number("throughput", rate(count.payload(), count.span.duration()));
    json.number("goodput", rate(count.unique, count.span.duration()));
}

void write_checksums(Json &json, const DataCount &count)
{
    json.object("checksums", [&] {
        json.number("good", count.checksums.good);
        json.number("bad", count.checksums.bad);
        json.number("unverified", count.checksums.unverified);
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

void write_stream(Json &json, const DataStream *stream)
{
    write_window(json, stream);
    json.number("max_in_flight", stream == nullptr ? std::nullopt : stream->most_in_flight());
    const DataStream::Gaps gaps = stream == nullptr ? DataStream::Gaps{} : stream->gaps();
    json.object("gaps", [&] {
        json.number("count", gaps.count);
        json.number("bytes", gaps.octets);
        json.number("acknowledged", gaps.acknowledged);
    });
}

} // namespace

void write_data(Json &json, const ConnectionRow &row)
{
    const auto write = [&](Role role) {
        const DataCount &count = row.data[role];
        write_kinds(json, count);
        json.boolean("fin", row.connection->hosts[role].data_fin != DataFin::NotSent);
        write_checksums(json, count);
        write_order(json, count);
        write_stream(json, row.streams[role]);
        write_rates(json, count);
    };
    json.object("data", [&] {
        for_each_role(
            [&](Role role, const char *name) { json.object(name, [&] { write(role); }); });
    });
}

void write_data(Json &json, const SubflowRow &row, const ConnectionRow &connection)
{
    const auto write = [&](Role role) {
        const DataCount &count = row.data[role];
        write_kinds(json, count);
        write_order(json, count);
        write_distribution(json, "rtt", count.round_trips);
        write_rates(json, count);
        json.real("share", share(count.unique, connection.data[role].unique));
    };
    json.object("data", [&] {
        for_each_role(
            [&](Role role, const char *name) { json.object(name, [&] { write(role); }); });
    });
}

} // namespace mptcp
