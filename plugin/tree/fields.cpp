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
          "MPTCP connection, from 0 in the order of first packets", HFILL}},
        {&f.token,
         {"Token", "mptcp.token", FT_UINT32, BASE_DEC_HEX, nullptr, 0,
          "A token of the connection: either host's", HFILL}},
        {&token_client,
         {"Token of the client", "mptcp.token.client", FT_UINT32, BASE_DEC_HEX, nullptr, 0,
          "What identifies the connection at the host that opened it", HFILL}},
        {&token_server,
         {"Token of the server", "mptcp.token.server", FT_UINT32, BASE_DEC_HEX, nullptr, 0,
          "What identifies the connection at the host that accepted it", HFILL}},
        {&f.version,
         {"Version", "mptcp.version", FT_UINT8, BASE_DEC, nullptr, 0,
          "The negotiated version: 0 is RFC 6824, 1 is RFC 8684", HFILL}},
        {&f.subflow,
         {"Subflow index", "mptcp.subflow", FT_UINT32, BASE_DEC, nullptr, 0,
          "Subflow of the connection; 0 is the initial one where it was seen", HFILL}},
        {&f.from_client,
         {"Sent by the client", "mptcp.from_client", FT_BOOLEAN, BASE_NONE, nullptr, 0,
          "The client of the connection, whoever opened the subflow", HFILL}},
        {&f.payload,
         {"Payload", "mptcp.payload", FT_UINT32, BASE_DEC | BASE_UNIT_STRING, &units_byte_bytes, 0,
          "Payload of the TCP segment, as long as it was on the wire", HFILL}},
        {&f.key[Role::Client],
         {"Key of the client", "mptcp.key.client", FT_UINT64, BASE_HEX, nullptr, 0,
          "The client's key, of MP_CAPABLE", HFILL}},
        {&f.key[Role::Server],
         {"Key of the server", "mptcp.key.server", FT_UINT64, BASE_HEX, nullptr, 0,
          "The server's key, of MP_CAPABLE", HFILL}},
        {&f.idsn[Role::Client],
         {"IDSN of the client", "mptcp.idsn.client", FT_UINT64, BASE_HEX, nullptr, 0,
          "Initial data sequence number; the first byte of data has the next one", HFILL}},
        {&f.idsn[Role::Server],
         {"IDSN of the server", "mptcp.idsn.server", FT_UINT64, BASE_HEX, nullptr, 0,
          "Initial data sequence number; the first byte of data has the next one", HFILL}},
        {&f.nonce[Role::Client],
         {"Nonce of the client", "mptcp.nonce.client", FT_UINT32, BASE_DEC_HEX, nullptr, 0,
          "The client's random number, of MP_JOIN", HFILL}},
        {&f.nonce[Role::Server],
         {"Nonce of the server", "mptcp.nonce.server", FT_UINT32, BASE_DEC_HEX, nullptr, 0,
          "The server's random number, of MP_JOIN", HFILL}},
        {&f.address_id[Role::Client],
         {"Address ID of the client", "mptcp.address_id.client", FT_UINT8, BASE_DEC, nullptr, 0,
          "The client's ID of its address on this subflow", HFILL}},
        {&f.address_id[Role::Server],
         {"Address ID of the server", "mptcp.address_id.server", FT_UINT8, BASE_DEC, nullptr, 0,
          "The server's ID of its address on this subflow", HFILL}},
        {&f.backup,
         {"Backup", "mptcp.backup", FT_BOOLEAN, BASE_NONE, nullptr, 0,
          "The sender asks to use this subflow only if no other works, by MP_JOIN or MP_PRIO",
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
         {"Confirmed in", "mptcp.add_addr.echo_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The echo of this ADD_ADDR", HFILL}},
        {&f.echo_to,
         {"Confirmation of", "mptcp.add_addr.echo_to", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The ADD_ADDR that this is the echo of", HFILL}},
        {&f.event,
         {"Event", "mptcp_conn.event", FT_STRING, BASE_NONE, nullptr, 0,
          "What this packet does to the MPTCP connection", HFILL}},
        {&f.event_severity,
         {"Severity of the event", "mptcp_conn.event.severity", FT_UINT8, BASE_DEC,
          VALS(severity_names), 0, "0: chat, 1: note, 2: warning, 3: error", HFILL}},
        {&f.data_seq,
         {"Data sequence number", "mptcp.data.seq", FT_UINT64, BASE_DEC_HEX, nullptr, 0,
          "DSN of the packet's first payload byte, whether it carries the mapping or not", HFILL}},
        {&f.data_rel,
         {"Relative data sequence number", "mptcp.data.rel", FT_UINT64, BASE_DEC, nullptr, 0,
          "The place in the sender's data, from 0", HFILL}},
        {&f.reinjection,
         {"Reinjected", "mptcp.data.reinjection", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0,
          "Data that was sent before, on another subflow or under another mapping", HFILL}},
        {&f.reinjection_of,
         {"First sent in", "mptcp.data.reinjection_of", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_PREV), 0,
          "The first frame that carried data of what is reinjected here", HFILL}},
        {&f.reinjected_in,
         {"Reinjected in", "mptcp.data.reinjected_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_NEXT), 0,
          "The first frame that carries data of this packet again", HFILL}},
        {&f.same_subflow,
         {"Reinjected on the same subflow", "mptcp.data.reinjection.same_subflow", FT_BOOLEAN,
          BASE_NONE, nullptr, 0, "All reinjected bytes were first sent on this very subflow",
          HFILL}},
        {&f.retransmission,
         {"Retransmitted by TCP", "mptcp.data.retransmission", FT_UINT32,
          BASE_DEC | BASE_UNIT_STRING, &units_byte_bytes, 0,
          "Data whose place in the subflow was sent before", HFILL}},
        {&f.unmapped,
         {"Without a mapping", "mptcp.data.unmapped", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0, "Payload that is no data of the connection, or not known to be",
          HFILL}},
        {&f.out_of_order,
         {"Out of order", "mptcp.data.out_of_order", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0, "New data that came while earlier data was missing", HFILL}},
        {&f.blocked,
         {"Data had waited", "mptcp.data.blocked", FT_RELATIVE_TIME, BASE_NONE, nullptr, 0,
          "How long later data was there and waited for this packet", HFILL}},
        {&f.blocked_bytes,
         {"Data that had waited", "mptcp.data.blocked.bytes", FT_UINT32,
          BASE_DEC | BASE_UNIT_STRING, &units_byte_bytes, 0,
          "How much later data had waited for this packet", HFILL}},
        {&f.ack_latency,
         {"DATA_ACK after", "mptcp.data.ack_latency", FT_RELATIVE_TIME, BASE_NONE, nullptr, 0,
          "Until the first DATA_ACK that covers the packet's new data", HFILL}},
        {&f.in_flight,
         {"Data in flight", "mptcp.data.in_flight", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0, "Sent and not acknowledged by a DATA_ACK, this packet included",
          HFILL}},
        {&f.window,
         {"Data-level window", "mptcp.data.window", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &units_byte_bytes, 0,
          "What the peer may send behind the DATA_ACK, on all subflows together", HFILL}},
        {&f.checksum_status,
         {"DSS checksum status", "mptcp.data.checksum.status", FT_UINT8, BASE_NONE,
          VALS(proto_checksum_vals), 0,
          "Verdict on the checksum of the mapping that this packet completes", HFILL}},
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
          "The capture cut the TCP options: MPTCP options may be missing", EXPFILL}},
        {&f.unknown_subtype,
         {"mptcp_conn.unknown_subtype", PI_UNDECODED, PI_NOTE, "Unknown MPTCP option subtype",
          EXPFILL}},
        {&f.hmac_bad, {"mptcp_conn.hmac_bad", PI_SECURITY, PI_ERROR, "The HMAC is wrong", EXPFILL}},
        {&f.hmac_leftmost,
         {"mptcp_conn.hmac_leftmost", PI_SECURITY, PI_WARN,
          "The HMAC of the ADD_ADDR is cut to its leftmost instead of its rightmost 64 bits",
          EXPFILL}},
        {&f.fastclose_key,
         {"mptcp_conn.fastclose_key", PI_SECURITY, PI_WARN,
          "The key of the MP_FASTCLOSE is not its receiver's", EXPFILL}},
        {&f.unknown_token,
         {"mptcp_conn.unknown_token", PI_SEQUENCE, PI_NOTE,
          "No connection in the capture is known to have this token", EXPFILL}},
        {&f.reinjected,
         {"mptcp_conn.reinjection", PI_SEQUENCE, PI_NOTE,
          "Reinjection of data that was sent before", EXPFILL}},
        {&f.not_mapped,
         {"mptcp_conn.unmapped", PI_SEQUENCE, PI_NOTE,
          "Payload without a mapping, though the connection has not fallen back", EXPFILL}},
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
    std::size_t count = 0;
    hf_register_info *header = header_fields(count);
    proto_register_field_array(fields().protocol, header, static_cast<int>(count));
    static int *trees[] = {&fields().tree};
    proto_register_subtree_array(trees, array_length(trees));
    expert_module_t *expert = expert_register_protocol(fields().protocol);
    ei_register_info *infos = expert_fields(count);
    expert_register_field_array(expert, infos, static_cast<int>(count));
    ei_register_info *events = event_fields(count);
    expert_register_field_array(expert, events, static_cast<int>(count));
}

} // namespace mptcp
