// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/json_view.h"

#include "views/json_cells.h"
#include "views/json_data.h"
#include "views/json_diagnosis.h"
#include "views/json_events.h"
#include "views/json_points.h"
#include "views/json_writer.h"

namespace mptcp {
namespace {

using Id = ColumnId;

void write_counts(Json &json, const TableRow &row)
{
    write_cells(json, row, {Id::FirstFrame, Id::LastFrame});
    json.seconds("start", row.span().start);
    write_cells(json, row, {Id::Duration});
    write_both(json, row, Id::ClientPackets);
    write_both(json, row, Id::ClientPayload);
    write_both(json, row, Id::ClientCopies);
}

void write_endpoint(Json &json, const Endpoint &endpoint)
{
    json.string("address", to_text(endpoint.address));
    json.number("port", std::uint64_t{endpoint.port});
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

// The subflow's addresses behind NAT.
void write_also(Json &json, const std::vector<OtherEndpoints> &others)
{
    json.array("also", others, [&](const OtherEndpoints &other) {
        json.number("point", std::uint64_t{other.point});
        for_each_role([&](Role role, const char *name) {
            json.object(name, [&] { write_endpoint(json, other.endpoints[role]); });
        });
    });
}

// By host, the points of figures that are true near it. null: each packet counts where it was
// recorded first.
void write_seen_at(Json &json, const PerRole<std::vector<std::uint32_t>> &points)
{
    json.object("seen_at", [&] {
        for_each_role([&](Role role, const char *name) {
            points[role].empty() ? json.null(name) : json.numbers(name, points[role]);
        });
    });
}

// "idle": the time from the subflow's last packet to the connection's.
void write_subflow(Json &json, const TableRow &row, const ReportRows &rows,
                   const Analysis &analysis)
{
    write_cells(json, row, {Id::Subflow, Id::Stream, Id::Kind, Id::Initiator, Id::State});
    for_each_role([&](Role role, const char *name) {
        json.object(name, [&] {
            write_endpoint(json, row.subflow->subflow->end(role).endpoint);
            write_cells(json, row, role, {Id::ClientAddressId, Id::ClientNonce, Id::ClientBackup});
        });
    });
    write_also(json, rows.other_endpoints(*row.subflow));
    json.object("hmac", [&] { write_cells(json, row, {Id::SynAckHmac, Id::AckHmac}); });
    write_counts(json, row);
    write_subflow_data(json, row);
    write_cells(json, row, {Id::HandshakeRtt});
    json.seconds("idle", row.connection->span.end - row.subflow->span.end);
    write_history(json, analysis.subflows[static_cast<std::size_t>(row.subflow->id)]);
}

void write_connection(Json &json, const TableRow &row, const ReportRows &rows,
                      const Analysis &analysis)
{
    const Connection &connection = *row.connection->connection;
    const std::uint32_t index = row.connection->index;
    write_cells(json, row, {Id::Connection, Id::ProtocolVersion, Id::Handshake, Id::State});
    json.boolean("partial", connection.partial());
    json.string("roles", std::string_view{connection.roles_seen ? "seen" : "guessed"});
    json.string("grouped_by", name(row.connection->grouped_by));
    json.boolean("checksum_required", connection.checksums());
    for_each_role([&](Role role, const char *name) {
        json.object(name, [&] {
            write_endpoint(json, row.connection->endpoints[role]);
            write_cells(json, row, role, {Id::ClientKey, Id::ClientToken, Id::ClientIdsn});
        });
    });
    write_counts(json, row);
    write_seen_at(json, row.connection->seen_at);
    write_connection_data(json, row);
    write_fallback(json, connection.fallback);
    write_addresses(json, analysis.addresses[index]);
    write_counters(json, analysis.counters[index], Zeros::LeftOut);
    json.array("subflows", row.connection->subflows, [&](const SubflowRow &subflow) {
        write_subflow(json, {row.connection, &subflow}, rows, analysis);
    });
}

void write_totals(Json &json, const Totals &totals)
{
    json.number("connections", totals.connections);
    json.number("established", totals.established);
    json.number("subflows", totals.subflows);
    json.number("payload", totals.payload);
    json.number("copies", totals.copies);
}

} // namespace

void write_json(const ReportRows &rows, const Analysis &analysis, const PointsReport &points,
                const Statements &statements, const Output &out)
{
    constexpr std::uint64_t kSchema = 1;
    Json json{out};
    json.object(nullptr, [&] {
        json.number("schema", kSchema);
        json.number("packets", rows.packets());
        Totals totals;
        json.array("connections", [&] {
            totals = rows.visit(Samples::With, [&](const ConnectionRow &row) {
                json.object(nullptr, [&] { write_connection(json, {&row}, rows, analysis); });
            });
        });
        write_events(json, analysis.timeline);
        write_counters(json, sum(analysis.counters), Zeros::Shown);
        write_points(json, rows.points(), points);
        write_diagnosis(json, statements);
        json.object("totals", [&] { write_totals(json, totals); });
    });
}

} // namespace mptcp
