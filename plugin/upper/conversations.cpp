// SPDX-License-Identifier: GPL-2.0-or-later
#include "upper/conversations.h"

#include "sdk/epan_address.h"
#include "sdk/tcp_conversation.h"

namespace mptcp {
namespace {

// What upper dissectors and dissect_tcp_payload() use of it. The function that makes one takes a
// number of tcp.stream, which would change the numbers of other connections.
tcp_analysis *new_analysis()
{
    auto *analysis = wmem_new0(wmem_file_scope(), tcp_analysis);
    for (tcp_flow_t *flow : {&analysis->flow1, &analysis->flow2}) {
        flow->multisegment_pdus = wmem_tree_new(wmem_file_scope());
        flow->window = UINT32_MAX;
    }
    analysis->acked_table = wmem_tree_new(wmem_file_scope());
    return analysis;
}

// The port that is changed is not the one by which a dissector is found. It is the client's; if the
// roles are guessed, it is the higher one.
PerRole<std::uint32_t> make_ports(const PerRole<Endpoint> &ends, bool roles_seen, ConnectionId id)
{
    constexpr std::uint32_t kPorts = 65536;
    PerRole<std::uint32_t> ports{{ends[Role::Client].port, ends[Role::Server].port}};
    const bool server_is_higher = ports[Role::Server] > ports[Role::Client];
    const Role changed = !roles_seen && server_is_higher ? Role::Server : Role::Client;
    ports[changed] += kPorts * (static_cast<std::uint32_t>(id) % (kPorts - 1) + 1);
    return ports;
}

} // namespace

UpperConversation &UpperConversations::of(const Capture &capture, const packet_info *pinfo,
                                          ConnectionId id)
{
    UpperConversation &upper = each_[id];
    if (upper.conversation != nullptr)
        return upper;
    const Connection &connection = capture.tracker().registry()[id];
    upper.subflow = connection.subflows.front();
    upper.ends = capture.tracker().registry().endpoints_of(connection);
    upper.ports = make_ports(upper.ends, connection.roles_seen, id);
    const address client = to_epan(upper.ends[Role::Client].address);
    const address server = to_epan(upper.ends[Role::Server].address);
    upper.conversation = conversation_new(pinfo->num, &client, &server, kTcpConversation,
                                          upper.ports[Role::Client], upper.ports[Role::Server], 0);
    upper.analysis = new_analysis();
    if (connection.roles_seen)
        upper.analysis->server_port = upper.ends[Role::Server].port;
    conversation_add_proto_data(upper.conversation, tcp_, upper.analysis);
    return upper;
}

conversation_t *UpperConversations::take_subflow(const Capture &capture, const packet_info *pinfo,
                                                 const Segment &segment,
                                                 const Observation &observation,
                                                 dissector_handle_t taker)
{
    const auto place = static_cast<std::size_t>(observation.subflow);
    if (taken_.size() <= place)
        taken_.resize(place + 1);
    if (has_taken(observation.subflow) && !observation.is_copy())
        return nullptr;
    taken_[place] = true;
    conversation_t *conversation = find_tcp_conversation(pinfo, segment);
    if (conversation == nullptr) {
        conversation = new_tcp_conversation(pinfo, segment);
        conversation_set_dissector(conversation, taker);
        return conversation;
    }
    dissector_handle_t before = conversation_get_dissector(conversation, pinfo->num);
    if (before == taker)
        return nullptr;
    conversation_set_dissector(conversation, taker);
    if (before != nullptr)
        conversation_set_dissector(
            of(capture, pinfo, capture.tracker().registry()[observation.subflow].connection)
                .conversation,
            before);
    return nullptr;
}

void UpperConversations::release_subflow(const packet_info *pinfo, const Segment &segment,
                                         SubflowId subflow)
{
    taken_[static_cast<std::size_t>(subflow)] = false;
    if (conversation_t *conversation = find_tcp_conversation(pinfo, segment))
        conversation_set_dissector_from_frame_number(conversation, pinfo->num, nullptr);
}

void UpperConversations::correct_completeness(const conversation_t *made, bool is_syn) const
{
    constexpr std::uint8_t kSynAndData = 0x09;
    auto *analysis = static_cast<tcp_analysis *>(conversation_get_proto_data(made, tcp_));
    if (analysis != nullptr)
        analysis->conversation_completeness = is_syn ? kSynAndData : 0;
}

} // namespace mptcp
