// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/json_view.h"

#include "views/json_data.h"
#include "views/json_events.h"
#include "views/json_writer.h"

namespace mptcp {
namespace {

void write_span(Json &json, const Span &span)
{
    json.number("first_frame", std::uint64_t{span.first_frame});
    json.number("last_frame", std::uint64_t{span.last_frame});
    json.seconds("start", span.start);
    json.seconds("duration", span.duration());
}

void write_volumes(Json &json, const PerRole<Volume> &sent)
{
    json.object("packets", [&] {
        for_each_role([&](Role role, const char *name) { json.number(name, sent[role].packets); });
    });
    json.object("payload", [&] {
        for_each_role([&](Role role, const char *name) { json.number(name, sent[role].payload); });
    });
}

void write_endpoint(Json &json, const Endpoint &endpoint)
{
    json.string("address", to_text(endpoint.address));
    json.number("port", std::uint64_t{endpoint.port});
}

void write_host(Json &json, const Endpoint &endpoint, const Host &host)
{
    write_endpoint(json, endpoint);
    json.hex("key", host.key);
    json.number("token", host.token);
    json.hex("idsn", host.idsn);
}

void write_fallback(Json &json, const std::optional<Fallback> &fallback)
{
    if (!fallback)
        return json.null("fallback");
    json.object("fallback", [&] {
        json.number("frame", std::uint64_t{fallback->frame});
        json.string("reason", std::string{describe(fallback->reason)});
    });
}

void write_end(Json &json, const SubflowEnd &end)
{
    write_endpoint(json, end.endpoint);
    json.number("address_id", end.address_id);
    json.number("nonce", end.nonce);
    json.boolean("backup", end.backup);
}

void write_initiator(Json &json, const Subflow &subflow)
{
    if (subflow.initiator)
        json.string("initiator", std::string{name(subflow.role(*subflow.initiator))});
    else
        json.null("initiator");
}

// "idle": how long the connection outlived the subflow's last packet.
void write_subflow(Json &json, const SubflowRow &row, const ConnectionRow &connection,
                   const Chronicle &chronicle)
{
    const Subflow &subflow = *row.subflow;
    json.number("subflow", std::uint64_t{row.index});
    json.number("stream", row.stream);
    json.string("kind", std::string{name(subflow.kind)});
    write_initiator(json, subflow);
    json.string("state", std::string{name(subflow.state())});
    for_each_role([&](Role role, const char *name) {
        json.object(name, [&] { write_end(json, subflow.end(role)); });
    });
    json.object("hmac", [&] {
        json.string("synack", std::string{name(subflow.hmacs.syn_ack_verdict)});
        json.string("ack", std::string{name(subflow.hmacs.ack_verdict)});
    });
    write_span(json, row.span);
    write_volumes(json, row.sent);
    write_data(json, row, connection);
    json.seconds("handshake_rtt", subflow.handshake_rtt);
    json.seconds("idle", connection.span.end - row.span.end);
    write_fate(json, chronicle.subflows[static_cast<std::size_t>(row.id)]);
}

void write_connection(Json &json, const ConnectionRow &row, const Chronicle &chronicle)
{
    const Connection &connection = *row.connection;
    json.number("conn", std::uint64_t{row.index});
    json.number("version", connection.version);
    json.string("handshake", std::string{name(connection.handshake())});
    json.string("state", std::string{name(row.state)});
    json.boolean("partial", connection.partial());
    json.boolean("checksum_required", connection.checksums());
    for_each_role([&](Role role, const char *name) {
        json.object(name, [&] { write_host(json, row.endpoints[role], connection.hosts[role]); });
    });
    write_span(json, row.span);
    write_volumes(json, row.sent);
    write_data(json, row);
    write_fallback(json, connection.fallback);
    write_addresses(json, chronicle.addresses[row.index]);
    write_counters(json, chronicle.counters[row.index], Zeros::LeftOut);
    json.array("subflows", row.subflows,
               [&](const SubflowRow &subflow) { write_subflow(json, subflow, row, chronicle); });
}

void write_totals(Json &json, const Totals &totals)
{
    json.number("connections", totals.connections);
    json.number("established", totals.established);
    json.number("subflows", totals.subflows);
    json.number("payload", totals.payload);
}

} // namespace

void write_json(const ReportRows &rows, const Chronicle &chronicle, const Output &out)
{
    constexpr std::uint64_t kSchema = 1;
    Json json{out};
    json.object(nullptr, [&] {
        json.number("schema", kSchema);
        json.number("packets", rows.packets());
        Totals totals;
        json.array("connections", [&] {
            totals = rows.visit(Samples::With, [&](const ConnectionRow &row) {
                json.object(nullptr, [&] { write_connection(json, row, chronicle); });
            });
        });
        write_events(json, chronicle.story);
        write_counters(json, sum(chronicle.counters), Zeros::Shown);
        json.object("totals", [&] { write_totals(json, totals); });
    });
}

} // namespace mptcp
