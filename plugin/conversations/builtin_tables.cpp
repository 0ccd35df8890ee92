// SPDX-License-Identifier: GPL-2.0-or-later
#include "conversations/builtin_tables.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include <epan/conversation_table.h>
#include <epan/plugin_if.h>
#include <epan/tap.h>

#include "capture/session.h"
#include "sdk/epan_address.h"

namespace mptcp {
namespace {

BuiltinTables &tables() { return session().builtin_tables; }

bool tables_are_replaced()
{
    return session().preferences.replaced_tables && proto_is_protocol_enabled(tables().owner);
}

const Tracker &tracker() { return session().capture->tracker(); }

// Filters. Wireshark builds them from a field for each address of a row: "ip.addr"
// becomes "ip.addr==10.0.0.1 && ip.addr==10.0.0.2". The row has the addresses of
// the first subflow, and other subflows have others: so the name of the field
// includes a condition on the connection's index.

const char *address_field(const address &of, conv_filter_type_e what)
{
    const bool v6 = of.type == AT_IPv6;
    switch (what) {
    case CONV_FT_SRC_ADDRESS:
        return v6 ? "ipv6.src" : "ip.src";
    case CONV_FT_DST_ADDRESS:
        return v6 ? "ipv6.dst" : "ip.dst";
    case CONV_FT_ANY_ADDRESS:
        return v6 ? "ipv6.addr" : "ip.addr";
    default: // the rows have no ports
        return CONV_FILTER_INVALID;
    }
}

// Stores a name by its kind: Wireshark uses two at a time, and two of one kind are
// equal.
const char *keep(conv_filter_type_e what, std::string name)
{
    std::string &kept = tables().filter_fields[what];
    if (kept != name)
        kept = std::move(name);
    return kept.c_str();
}

const char *conversation_field(conv_item_t *item, conv_filter_type_e what)
{
    const std::string field = address_field(item->src_address, what);
    const std::string connection = "mptcp.conn == " + std::to_string(item->conv_id);
    if (what == CONV_FT_ANY_ADDRESS) // "c || c && a==1 && c || c && a==2" is c
        return keep(what, connection + " || " + connection + " && " + field);
    return keep(what, connection + " && " + field);
}

const char *endpoint_field(endpoint_item_t *item, conv_filter_type_e what)
{
    return keep(what, std::string{"mptcp_conn && "} + address_field(item->myaddress, what));
}

// The connection's endpoints are those of its first subflow.
void count_conversation(conv_hash_t &table, const packet_info *pinfo,
                        const Attribution &attribution)
{
    const Connection &connection = tracker().registry().connection_of(attribution.subflow);
    const Subflow &first = tracker().registry().first_subflow_of(connection);
    const Role sender = tracker().registry()[attribution.subflow].role(attribution.sender);
    const Endpoint &from = first.end(sender).endpoint;
    const Endpoint &to = first.end(other(sender)).endpoint;
    const address source = to_epan(from.address);
    const address destination = to_epan(to.address);
    static ct_dissector_info_t filter{conversation_field}; // Wireshark keeps a pointer
    nstime_t since_start = pinfo->rel_ts, time = pinfo->abs_ts;
    // CONVERSATION_TCP would make a filter with the index as a tcp.stream.
    add_conversation_table_data_with_conv_id(&table, &source, &destination, from.port, to.port,
                                             tracker().registry().index_of(connection), 1,
                                             static_cast<int>(pinfo->fd->pkt_len), &since_start,
                                             &time, &filter, CONVERSATION_NONE);
}

tap_packet_status count_conversations(void *data, packet_info *pinfo, epan_dissect_t *edt,
                                      const void *record, tap_flags_t flags)
{
    if (!tables_are_replaced())
        return tables().conversation(data, pinfo, edt, record, flags);
    if (record != nullptr || session().capture == nullptr)
        return TAP_PACKET_DONT_REDRAW; // the built-in dissector's record
    auto &table = *static_cast<conv_hash_t *>(data);
    table.flags = flags;
    for (const Attribution &attribution : tables().in_frame)
        count_conversation(table, pinfo, attribution);
    return TAP_PACKET_REDRAW;
}

// tshark's table of endpoints shows no ports: one row for each address.
std::uint32_t shown_port(std::uint16_t port)
{
    ws_info_t *info = nullptr;
    plugin_if_get_ws_info(&info);
    return info != nullptr && info->ws_info_supported ? port : 0;
}

// Endpoints are those of subflows.
void count_endpoint(conv_hash_t &table, const packet_info *pinfo, const Endpoint &endpoint,
                    bool is_sender)
{
    static et_dissector_info_t filter{endpoint_field}; // Wireshark keeps a pointer
    const address place = to_epan(endpoint.address);
    add_endpoint_table_data(&table, &place, shown_port(endpoint.port), is_sender, 1,
                            static_cast<int>(pinfo->fd->pkt_len), &filter, ENDPOINT_NONE);
}

tap_packet_status count_endpoints(void *data, packet_info *pinfo, epan_dissect_t *edt,
                                  const void *record, tap_flags_t flags)
{
    if (!tables_are_replaced())
        return tables().endpoint(data, pinfo, edt, record, flags);
    if (record != nullptr || session().capture == nullptr)
        return TAP_PACKET_DONT_REDRAW;
    auto &table = *static_cast<conv_hash_t *>(data);
    table.flags = flags;
    for (const Attribution &attribution : tables().in_frame) {
        const Subflow &subflow = tracker().registry()[attribution.subflow];
        count_endpoint(table, pinfo, subflow.ends[attribution.sender].endpoint, true);
        count_endpoint(table, pinfo, subflow.ends[other(attribution.sender)].endpoint, false);
    }
    return TAP_PACKET_REDRAW;
}

bool is_counted(const Attribution &attribution)
{
    const ConnectionId connection = tracker().registry()[attribution.subflow].connection;
    return std::ranges::any_of(tables().in_frame, [connection](const Attribution &other) {
        return tracker().registry()[other.subflow].connection == connection;
    });
}

} // namespace

void replace_builtin_tables(int owner)
{
    tables().owner = find_protocol_by_id(owner);
    const int builtin = proto_get_id_by_filter_name("mptcp");
    register_ct_t *table = builtin < 0 ? nullptr : get_conversation_by_proto_id(builtin);
    if (table == nullptr)
        return; // this Wireshark has no such table
    tables().tap = find_tap_id("mptcp");
    tables().conversation = get_conversation_packet_func(table);
    tables().endpoint = get_endpoint_packet_func(table);
    register_conversation_table(builtin, FALSE, count_conversations, count_endpoints);
}

void begin_frame_of_builtin_tables() { tables().in_frame.clear(); }

// A record of nullptr is ours: those of the built-in dissector have data.
void feed_builtin_tables(packet_info *pinfo, const Attribution &attribution)
{
    const BuiltinTables &builtin = tables();
    if (builtin.tap == 0 || !have_tap_listener(builtin.tap) || !tables_are_replaced())
        return;
    if (is_counted(attribution))
        return;
    if (builtin.in_frame.empty())
        tap_queue_packet(builtin.tap, pinfo, nullptr);
    tables().in_frame.push_back(attribution);
}

} // namespace mptcp
