// SPDX-License-Identifier: GPL-2.0-or-later
//
// Wireshark's conversations for upper protocols: one for each MPTCP connection.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include <wireshark.h>

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/packet.h>

#include "capture/capture.h"
#include "containers/keyed_hash.h"

namespace mptcp {

struct UpperConversation {
    // Of the first subflow, by the roles at the first data. The conversation's ports are `ports`.
    PerRole<Endpoint> ends;
    PerRole<std::uint32_t> ports{{0, 0}};
    SubflowId subflow{};
    conversation_t *conversation = nullptr; // epan owns it
    tcp_analysis *analysis = nullptr;       // epan owns it

    // Dissectors learn a protocol early in a connection. Data of a protocol that none of them knows
    // is left to the TCP dissector, which tries them on every segment, too.
    static constexpr int kMostUnknown = 64;
    int unknown_pieces = 0; // of data, on the first visit, while no dissector took any
    bool protocol_known = false;
};

class UpperConversations {
public:
    // Makes the conversation if the connection has none.
    UpperConversation &of(const Capture &capture, const packet_info *pinfo, ConnectionId id);

    // nullptr if the connection has none.
    const UpperConversation *find(ConnectionId id) const
    {
        const auto found = each_.find(id);
        return found == each_.end() ? nullptr : &found->second;
    }

    // Sets our dissector for the conversation of a subflow. A dissector that was set there before,
    // e.g. for the data connection of FTP, is then that of the connection. Returns the conversation
    // if there was none, and it was made here, before the TCP dissector does it.
    conversation_t *take_subflow(const Capture &capture, const packet_info *pinfo,
                                 const Segment &segment, const Observation &observation,
                                 dissector_handle_t taker);

    bool has_taken(SubflowId subflow) const
    {
        const auto place = static_cast<std::size_t>(subflow);
        return place < taken_.size() && taken_[place];
    }
    // Undoes take_subflow(), from this packet on.
    void release_subflow(const packet_info *pinfo, const Segment &segment, SubflowId subflow);

    // For a conversation that take_subflow() made, after the TCP dissector has seen the first
    // packet: gives it what packet-tcp.c has of tcp.completeness after the first packet of a
    // conversation that it makes itself.
    void correct_completeness(const conversation_t *made, bool is_syn) const;

private:
    int tcp_ = proto_get_id_by_filter_name("tcp");
    std::unordered_map<ConnectionId, UpperConversation, NumberHash> each_;
    std::vector<bool> taken_; // by subflow
};

} // namespace mptcp
