// SPDX-License-Identifier: GPL-2.0-or-later
//
// Wireshark's conversation of the flow that a TCP segment belongs to.
#pragma once

#include <wireshark.h>

#include <epan/conversation.h>
#include <epan/packet.h>

#include "sdk/compat.h"
#include "sdk/epan_address.h"
#include "wire/segment.h"

namespace mptcp {

// Returns nullptr if there is none.
inline conversation_t *find_tcp_conversation(const packet_info *pinfo, const Segment &segment)
{
    const address source = to_epan(segment.source.address);
    const address destination = to_epan(segment.destination.address);
    return find_conversation(pinfo->num, &source, &destination, kTcpConversation,
                             segment.source.port, segment.destination.port, 0);
}

// Makes the conversation as the TCP dissector does.
inline conversation_t *new_tcp_conversation(const packet_info *pinfo, const Segment &segment)
{
    const address source = to_epan(segment.source.address);
    const address destination = to_epan(segment.destination.address);
    return conversation_new(pinfo->num, &source, &destination, kTcpConversation,
                            segment.source.port, segment.destination.port, 0);
}

} // namespace mptcp
