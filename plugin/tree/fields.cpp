// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/fields.h"

#include <array>
#include <string>

#include <epan/unit_strings.h>

namespace mptcp {

namespace {

const value_string severity_names[] = {
    {static_cast<std::uint32_t>(Severity::Chat), "Chat"},
    {static_cast<std::uint32_t>(Severity::Note), "Note"},
    {static_cast<std::uint32_t>(Severity::Warn), "Warning"},
    {static_cast<std::uint32_t>(Severity::Error), "Error"},
    {0, nullptr},
};

// Wireshark keeps pointers to the table for the life of the process.
hf_register_info *header_fields(std::size_t &count) // NOLINT(readability-function-size): a table
{
    Fields &f = fields();
    int &token_client = f.role_token[Role::Client];
    int &token_server = f.role_token[Role::Server];
    static hf_register_info table[] = {
        {&f.conn,
         {"Connection index", "mptcp.conn", FT_UINT32, BASE_DEC, nullptr, 0,
          "Index of the MPTCP connection, from 0 in the order of first packets", HFILL}},
        {&f.token,
         {"Token", "mptcp.token", FT_UINT32, BASE_DEC_HEX, nullptr, 0,
          "Token of the connection at either host", HFILL}},
        {&token_client,
         {"Client token", "mptcp.token.client", FT_UINT32, BASE_DEC_HEX, nullptr, 0,
          "Identifies the connection at the client", HFILL}},
        {&token_server,
         {"Server token", "mptcp.token.server", FT_UINT32, BASE_DEC_HEX, nullptr, 0,
          "Identifies the connection at the server", HFILL}},
        {&f.version,
         {"Version", "mptcp.version", FT_UINT8, BASE_DEC, nullptr, 0,
          "Negotiated version: 0 (RFC 6824) or 1 (RFC 8684)", HFILL}},
        {&f.subflow,
         {"Subflow index", "mptcp.subflow", FT_UINT32, BASE_DEC, nullptr, 0,
          "Index of the subflow in its connection; 0 is the initial subflow if it was captured",
          HFILL}},
        {&f.subflow_backup,
         {"Backup subflow", "mptcp.subflow.backup", FT_BOOLEAN, BASE_NONE, nullptr, 0,
          "A host asks its peer to send on this subflow only if no other is available; absent "
          "otherwise",
          HFILL}},
        {&f.from_client,
         {"Sent by the client", "mptcp.from_client", FT_BOOLEAN, BASE_NONE, nullptr, 0,
          "Sent by the connection's client, whichever host initiated the subflow", HFILL}},
        {&f.payload,
         {"Payload", "mptcp.payload", FT_UINT32, BASE_DEC | BASE_UNIT_STRING, &units_byte_bytes, 0,
          "Payload length of the TCP segment on the wire", HFILL}},
        {&f.point,
         {"Point", "mptcp.point", FT_UINT32, BASE_DEC, nullptr, 0,
          "Where the packet was recorded: index of the capture interface, its direction, or the "
          "tunnel",
          HFILL}},
        {&f.copy_of,
         {"Copy of", "mptcp.copy_of", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_NONE), 0,
          "The same packet at the point that recorded it first; a copy is not counted", HFILL}},
        {&f.copied_in,
         {"Copied in", "mptcp.copied_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_NONE),
          0, "The same packet, recorded again at another point", HFILL}},
        {&f.point_delay,
         {"Delay to the next point", "mptcp.point.delay", FT_RELATIVE_TIME, BASE_NONE, nullptr, 0,
          "One-way delay from this point to the next one that recorded the packet; the clocks of "
          "both are corrected",
          HFILL}},
        {&f.key[Role::Client],
         {"Client key", "mptcp.key.client", FT_UINT64, BASE_HEX, nullptr, 0,
          "Key of the client, from MP_CAPABLE", HFILL}},
        {&f.key[Role::Server],
         {"Server key", "mptcp.key.server", FT_UINT64, BASE_HEX, nullptr, 0,
          "Key of the server, from MP_CAPABLE", HFILL}},
        {&f.idsn[Role::Client],
         {"Client IDSN", "mptcp.idsn.client", FT_UINT64, BASE_HEX, nullptr, 0,
          "Initial data sequence number; the first byte of data is IDSN + 1", HFILL}},
        {&f.idsn[Role::Server],
         {"Server IDSN", "mptcp.idsn.server", FT_UINT64, BASE_HEX, nullptr, 0,
          "Initial data sequence number; the first byte of data is IDSN + 1", HFILL}},
        {&f.nonce[Role::Client],
         {"Client nonce", "mptcp.nonce.client", FT_UINT32, BASE_DEC_HEX, nullptr, 0,
          "Random number of the client, from MP_JOIN", HFILL}},
        {&f.nonce[Role::Server],
         {"Server nonce", "mptcp.nonce.server", FT_UINT32, BASE_DEC_HEX, nullptr, 0,
          "Random number of the server, from MP_JOIN", HFILL}},
        {&f.address_id[Role::Client],
         {"Client address ID", "mptcp.address_id.client", FT_UINT8, BASE_DEC, nullptr, 0,
          "ID of the client's address on this subflow", HFILL}},
        {&f.address_id[Role::Server],
         {"Server address ID", "mptcp.address_id.server", FT_UINT8, BASE_DEC, nullptr, 0,
          "ID of the server's address on this subflow", HFILL}},
        {&f.backup,
         {"Backup", "mptcp.backup", FT_BOOLEAN, BASE_NONE, nullptr, 0,
          "Backup flag of MP_JOIN or MP_PRIO: use this subflow only if no other is available",
          HFILL}},
        {&f.hmac_status,
         {"HMAC status", "mptcp.hmac.status", FT_UINT8, BASE_NONE, VALS(proto_checksum_vals), 0,
          "Verdict on the HMAC of the MP_JOIN or the ADD_ADDR that this packet carries", HFILL}},
        {&f.join_response_in,
         {"Answered in", "mptcp.join.response_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The SYN/ACK with MP_JOIN", HFILL}},
        {&f.join_response_to,
         {"Answer to", "mptcp.join.response_to", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The SYN with MP_JOIN", HFILL}},
        {&f.echo_in,
         {"Echoed in", "mptcp.add_addr.echo_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "ADD_ADDR that echoes this one", HFILL}},
        {&f.echo_to,
         {"Echo of", "mptcp.add_addr.echo_to", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "ADD_ADDR that this one echoes", HFILL}},
        {&f.event,
         {"Event", "mptcp_conn.event", FT_STRING, BASE_NONE, nullptr, 0,
          "What this packet does in the MPTCP connection", HFILL}},
        {&f.event_severity,
         {"Event severity", "mptcp_conn.event.severity", FT_UINT8, BASE_DEC, VALS(severity_names),
          0, "0: chat, 1: note, 2: warning, 3: error", HFILL}},
        {&f.data_seq,
         {"Data sequence number", "mptcp.data.seq", FT_UINT64, BASE_DEC_HEX, nullptr, 0,
          "DSN of the first payload byte, also if an earlier packet carried the mapping", HFILL}},
        {&f.data_rel,
         {"Relative data sequence number", "mptcp.data.rel", FT_UINT64, BASE_DEC, nullptr, 0,
          "Data sequence number relative to the sender's first byte of data", HFILL}},
        {&f.reinjection,
         {"Reinjected", "mptcp.data.reinjection", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0,
          "Data sent before on another subflow, or on this one under another mapping", HFILL}},
        {&f.reinjection_of,
         {"First sent in", "mptcp.data.reinjection_of", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_PREV), 0,
          "First frame that carried any of the reinjected data", HFILL}},
        {&f.reinjected_in,
         {"Reinjected in", "mptcp.data.reinjected_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_NEXT), 0,
          "First frame that reinjects data of this packet", HFILL}},
        {&f.same_subflow,
         {"Reinjected on the same subflow", "mptcp.data.reinjection.same_subflow", FT_BOOLEAN,
          BASE_NONE, nullptr, 0, "All reinjected bytes were first sent on this subflow", HFILL}},
        {&f.retransmission,
         {"Retransmitted by TCP", "mptcp.data.retransmission", FT_UINT32,
          BASE_DEC | BASE_UNIT_STRING, &units_byte_bytes, 0,
          "Data whose subflow sequence numbers were sent before", HFILL}},
        {&f.useless,
         {"Sent again after its acknowledgment", "mptcp.data.useless", FT_UINT32,
          BASE_DEC | BASE_UNIT_STRING, &units_byte_bytes, 0,
          "Data sent again although it was acknowledged before", HFILL}},
        {&f.unmapped,
         {"Unmapped", "mptcp.data.unmapped", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0, "Payload that no captured mapping covers", HFILL}},
        {&f.out_of_order,
         {"Out of order", "mptcp.data.out_of_order", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0, "New data that arrived while earlier data was missing", HFILL}},
        {&f.blocked,
         {"Head-of-line blocking time", "mptcp.data.blocked", FT_RELATIVE_TIME, BASE_NONE, nullptr,
          0, "Time that later data waited for this packet", HFILL}},
        {&f.blocked_bytes,
         {"Head-of-line blocked data", "mptcp.data.blocked.bytes", FT_UINT32,
          BASE_DEC | BASE_UNIT_STRING, &units_byte_bytes, 0,
          "Later data that waited for this packet", HFILL}},
        {&f.ack_latency,
         {"Time to DATA_ACK", "mptcp.data.ack_latency", FT_RELATIVE_TIME, BASE_NONE, nullptr, 0,
          "Time until the first DATA_ACK that covers the new data of this packet", HFILL}},
        {&f.in_flight,
         {"Data in flight", "mptcp.data.in_flight", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0,
          "Data sent and not acknowledged by a DATA_ACK, including this packet", HFILL}},
        {&f.window,
         {"Data-level window", "mptcp.data.window", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0,
          "Bytes beyond the DATA_ACK that the peer may send, on all subflows together", HFILL}},
        {&f.checksum_status,
         {"DSS checksum status", "mptcp.data.checksum.status", FT_UINT8, BASE_NONE,
          VALS(proto_checksum_vals), 0,
          "Verdict on the checksum of the mapping that this packet completes", HFILL}},
        {&f.data_delivered,
         {"Delivered", "mptcp.data.delivered", FT_UINT64, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0,
          "Data that is in order with this packet, from it or from earlier packets", HFILL}},
        {&f.data_delivered_in,
         {"MPTCP data in frame", "mptcp.data.delivered_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_NONE), 0,
          "Data before this was missing; the frame with which it is in order", HFILL}},
        {&f.data_delivered_from,
         {"MPTCP data from frame", "mptcp.data.delivered_from", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_NONE), 0, "Earlier frame whose data is in order with this one",
          HFILL}},
        {&f.data_stream,
         {"TCP stream of the data", "mptcp.data.stream", FT_UINT32, BASE_DEC, nullptr, 0,
          "The tcp.stream of the connection's first subflow, if this packet delivers data", HFILL}},
    };
    count = array_length(table);
    return table;
}

ei_register_info *expert_fields(std::size_t &count)
{
    Fields &f = fields();
    static ei_register_info table[] = {
        {&f.malformed,
         {"mptcp_conn.malformed", PI_MALFORMED, PI_NOTE, "Malformed MPTCP option", EXPFILL}},
        {&f.truncated,
         {"mptcp_conn.truncated", PI_PROTOCOL, PI_NOTE,
          "TCP options truncated by the capture: MPTCP options may be missing", EXPFILL}},
        {&f.unknown_subtype,
         {"mptcp_conn.unknown_subtype", PI_UNDECODED, PI_NOTE, "Unknown MPTCP option subtype",
          EXPFILL}},
        {&f.hmac_bad, {"mptcp_conn.hmac_bad", PI_SECURITY, PI_ERROR, "Bad HMAC", EXPFILL}},
        {&f.hmac_leftmost,
         {"mptcp_conn.hmac_leftmost", PI_SECURITY, PI_WARN,
          "HMAC of ADD_ADDR truncated to the leftmost instead of the rightmost 64 bits", EXPFILL}},
        {&f.fastclose_key,
         {"mptcp_conn.fastclose_key", PI_SECURITY, PI_WARN,
          "Key of MP_FASTCLOSE is not the receiver's", EXPFILL}},
        {&f.unknown_token,
         {"mptcp_conn.unknown_token", PI_SEQUENCE, PI_NOTE,
          "No connection in the capture has this token", EXPFILL}},
        {&f.reinjected,
         {"mptcp_conn.reinjection", PI_SEQUENCE, PI_NOTE,
          "Reinjection of data that was sent before", EXPFILL}},
        {&f.not_mapped,
         {"mptcp_conn.unmapped", PI_SEQUENCE, PI_NOTE,
          "Payload without a mapping on a connection that has not fallen back", EXPFILL}},
        {&f.data_missing,
         {"mptcp_conn.data_missing", PI_SEQUENCE, PI_WARN,
          "Data of the connection before this was not captured", EXPFILL}},
        {&f.event_ignored,
         {"mptcp_conn.ignored", PI_SEQUENCE, PI_CHAT, "The receiver ignores it", EXPFILL}},
        {&f.lost_between,
         {"mptcp_conn.lost_between", PI_SEQUENCE, PI_NOTE, "Packet lost between capture points",
          EXPFILL}},
    };
    count = array_length(table);
    return table;
}

int to_expert(Severity severity)
{
    switch (severity) {
    case Severity::Chat:
        return PI_CHAT;
    case Severity::Note:
        return PI_NOTE;
    case Severity::Warn:
        return PI_WARN;
    case Severity::Error:
        break;
    }
    return PI_ERROR;
}

// One expert info for each type of event: "mptcp_conn.join_refused".
ei_register_info *event_fields(std::size_t &count)
{
    static std::array<std::string, kEventTypes> names;
    static std::array<ei_register_info, kEventTypes> table;
    for (std::size_t i = 0; i < kEventTypes; ++i) {
        const auto type = static_cast<EventType>(i);
        names[i] = "mptcp_conn." + std::string{name(type)};
        fields().events[i] = EI_INIT;
        table[i] = {&fields().events[i],
                    {names[i].c_str(), PI_SEQUENCE, to_expert(severity(type)), title(type).data(),
                     EXPFILL}};
    }
    count = table.size();
    return table.data();
}

} // namespace

void register_fields()
{
    fields().protocol =
        proto_register_protocol("Multipath TCP Connection", "MPTCP Connection", "mptcp_conn");
    fields().data_protocol =
        proto_register_protocol("Multipath TCP Data", "MPTCP Data", "mptcp_data");
    std::size_t count = 0;
    hf_register_info *header = header_fields(count);
    proto_register_field_array(fields().protocol, header, static_cast<int>(count));
    static int *trees[] = {&fields().tree, &fields().data_tree};
    proto_register_subtree_array(trees, array_length(trees));
    expert_module_t *expert = expert_register_protocol(fields().protocol);
    ei_register_info *infos = expert_fields(count);
    expert_register_field_array(expert, infos, static_cast<int>(count));
    ei_register_info *events = event_fields(count);
    expert_register_field_array(expert, events, static_cast<int>(count));
}

} // namespace mptcp
