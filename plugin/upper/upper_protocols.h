// SPDX-License-Identifier: GPL-2.0-or-later
//
// Upper protocols across subflows. The data that a packet delivers (streams/deliveries.h) goes to
// the dissector that TCP would choose: by Decode As, port or heuristics. To the dissectors, an
// MPTCP connection is one TCP connection between the endpoints of its first subflow.
//
// How: our dissector, set for the conversations of the subflows, takes the payload from the TCP
// dissector. After the TCP dissector has returned, dissect_delivery() passes the delivered data to
// dissect_tcp_payload() with a conversation of its own for each MPTCP connection. That conversation
// has the ports of the first subflow, one of them plus a multiple of 65536, so that no packet
// belongs to it.
#pragma once

#include <wireshark.h>

#include <epan/conversation.h>
#include <epan/packet.h>

#include "capture/recorder.h"

namespace mptcp {

void register_upper_protocols();
void begin_upper_protocols(); // a capture is opened
bool upper_protocols_are_wanted();

// For a payload that was taken, the TCP dissector calls our dissector.
struct TcpPreparation {
    bool was_taking = false; // TCP may be in TCP
    conversation_t *made = nullptr;
};
// Before the TCP dissector dissects the segment, and afterwards.
TcpPreparation prepare_tcp(const packet_info *pinfo, const RecordedSegment &recorded) noexcept;
void finish_tcp(const TcpPreparation &preparation, const RecordedSegment &recorded);

// Dissects what a segment delivers. `tvb` is the segment, `place` its place in Recorder::segments.
void dissect_delivery(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, std::size_t place);

// For a packet of a connection whose data is dissected: sets the endpoints to those of the
// conversation of the data, by which Wireshark finds it.
void set_endpoints_of_data(packet_info &pinfo);

} // namespace mptcp
