// SPDX-License-Identifier: GPL-2.0-or-later
//
// The IDs that Wireshark gives to the protocols "mptcp_conn" and "mptcp_data", their fields,
// subtrees and expert infos. tree/fields.cpp registers them.
#pragma once

#include <array>

#include <wireshark.h>

#include <epan/expert.h>
#include <epan/packet.h>

#include "base/types.h"
#include "events/event.h"

namespace mptcp {

// One field for each host: `mptcp.….client` and `mptcp.….server`.
using PerRoleField = PerRole<int>;

struct Fields {
    int protocol = -1;
    int data_protocol = -1;

    // On every packet of a subflow.
    int conn = -1;
    int token = -1;
    PerRoleField role_token{{-1, -1}};
    int version = -1;
    int subflow = -1;
    int subflow_backup = -1;
    int from_client = -1;
    int payload = -1;
    int point = -1;

    // Between the recordings of one packet.
    int copy_of = -1;
    int copied_in = -1;
    int point_delay = -1;

    // On the packets that carry or decide them.
    PerRoleField key{{-1, -1}};
    PerRoleField idsn{{-1, -1}};
    PerRoleField nonce{{-1, -1}};
    PerRoleField address_id{{-1, -1}};
    int backup = -1;
    int hmac_status = -1;
    int event = -1;
    int event_severity = -1;

    // To the frame that answers, or that is answered.
    int join_response_in = -1;
    int join_response_to = -1;
    int echo_in = -1;
    int echo_to = -1;

    // On packets with payload, or with a DATA_ACK.
    int data_seq = -1;
    int data_rel = -1;
    int reinjection = -1;
    int reinjection_of = -1;
    int reinjected_in = -1;
    int same_subflow = -1;
    int retransmission = -1;
    int useless = -1;
    int unmapped = -1;
    int out_of_order = -1;
    int blocked = -1;
    int blocked_bytes = -1;
    int ack_latency = -1;
    int in_flight = -1;
    int window = -1;
    int checksum_status = -1;
    int data_delivered = -1;
    int data_delivered_in = -1;
    int data_delivered_from = -1;
    int data_stream = -1;

    int tree = -1; // ett_
    int data_tree = -1;

    expert_field malformed{EI_INIT_EI, EI_INIT_HF};
    expert_field truncated{EI_INIT_EI, EI_INIT_HF};
    expert_field unknown_subtype{EI_INIT_EI, EI_INIT_HF};
    expert_field hmac_bad{EI_INIT_EI, EI_INIT_HF};
    expert_field hmac_leftmost{EI_INIT_EI, EI_INIT_HF};
    expert_field fastclose_key{EI_INIT_EI, EI_INIT_HF};
    expert_field unknown_token{EI_INIT_EI, EI_INIT_HF};
    expert_field reinjected{EI_INIT_EI, EI_INIT_HF};
    expert_field not_mapped{EI_INIT_EI, EI_INIT_HF};
    expert_field data_missing{EI_INIT_EI, EI_INIT_HF};
    expert_field event_ignored{EI_INIT_EI, EI_INIT_HF};
    expert_field lost_between{EI_INIT_EI, EI_INIT_HF};
    std::array<expert_field, kEventTypes> events{}; // by EventType
};

} // namespace mptcp
