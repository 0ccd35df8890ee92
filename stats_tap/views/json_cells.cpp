// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/json_cells.h"

namespace mptcp {
namespace {

struct WriteValue {
    Json &json;
    const char *member;

    void operator()(Blank) const { json.null(member); }
    void operator()(Unknown) const { json.null(member); }
    void operator()(bool flag) const { json.boolean(member, flag); }
    void operator()(std::uint64_t number) const { json.number(member, number); }
    void operator()(Time time) const { json.seconds(member, time); }
    void operator()(double share) const { json.real(member, share); }
    void operator()(std::string_view words) const { json.string(member, words); }
    void operator()(const Endpoint &endpoint) const { json.string(member, to_text(endpoint)); }
    void operator()(Hex hex) const { json.hex(member, std::optional{Key{hex.value}}); }
};

} // namespace

void write_cells(Json &json, const TableRow &row, ColumnIds ids)
{
    for (const ColumnId id : ids)
        std::visit(WriteValue{json, column(id).names.member}, row[id]);
}

void write_cells(Json &json, const TableRow &row, Role role, ColumnIds of_client)
{
    for (const ColumnId id : of_client)
        write_cells(json, row, {of_host(id, role)});
}

void write_both(Json &json, const TableRow &row, ColumnId of_client)
{
    json.object(column(of_client).names.member, [&] {
        for_each_role([&](Role role, const char *name) {
            std::visit(WriteValue{json, name}, row[of_host(of_client, role)]);
        });
    });
}

} // namespace mptcp
