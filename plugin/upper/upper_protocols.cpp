// SPDX-License-Identifier: GPL-2.0-or-later
#include "upper/upper_protocols.h"

#include <algorithm>
#include <cinttypes>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/expert.h>
#include <epan/prefs-int.h>
#include <epan/prefs.h>

#include "capture/session.h"
#include "sdk/epan_address.h"
#include "sdk/exceptions.h"
#include "sdk/handle.h"
#include "sdk/lent_session.h"
#include "tree/fields.h"
#include "upper/conversations.h"

namespace mptcp {

// While a capture is open.
struct UpperProtocols {
    UpperConversations conversations;
    bool wanted = false;
    int payload_field = proto_registrar_get_id_byname("tcp.payload");
    int tls = proto_get_id_by_filter_name("tls");
    int undissected = proto_get_id_by_filter_name("data");
    bool reassembles = false; // TCP's preference
    bool taking = false;      // the payload of the segment in the TCP dissector is taken
    PerRole<std::unordered_map<ConnectionId, std::uint8_t, NumberHash>> last_byte;
    // Of PDUs that last until the end of the data: by the index of the delivery that ends it.
    std::unordered_map<std::size_t, std::uint8_t, NumberHash> ends;
};

namespace {

UpperProtocols &upper() { return *session().upper_protocols; }

// The arguments of the data's dissector.
struct Arguments {
    std::uint32_t frame;
    std::uint32_t payload; // bytes of the segment that are data
    Deliveries::Found found;
};

// The packet's info while the data is dissected. It is a copy that lives as long as the frame,
// because taps read it after the frame was dissected, e.g. to tell who sent the data.
class InnerInfo {
public:
    explicit InnerInfo(packet_info *pinfo)
        : outer_(pinfo),
          inner_(static_cast<packet_info *>(wmem_memdup(pinfo->pool, pinfo, sizeof *pinfo)))
    {
    }
    packet_info *get() const { return inner_; }
    // Hands back all that the dissectors changed, but not what is ours.
    void leave() const
    {
        const packet_info before = *outer_;
        *outer_ = *inner_;
        outer_->src = before.src;
        outer_->dst = before.dst;
        outer_->net_src = before.net_src;
        outer_->net_dst = before.net_dst;
        outer_->ptype = before.ptype;
        outer_->srcport = before.srcport;
        outer_->destport = before.destport;
        outer_->can_desegment = before.can_desegment;
        outer_->desegment_len = 0;
        outer_->conv_addr_port_endpoints = before.conv_addr_port_endpoints;
        outer_->use_conv_addr_port_endpoints = before.use_conv_addr_port_endpoints;
    }

private:
    packet_info *outer_, *inner_;
};

void set_endpoints(packet_info *pinfo, const UpperConversation &conversation, Role sender)
{
    const Role receiver = other(sender);
    const Endpoint &source = conversation.ends[sender];
    const Endpoint &destination = conversation.ends[receiver];
    pinfo->src = to_epan(source.address);
    pinfo->dst = to_epan(destination.address);
    pinfo->net_src = pinfo->src;
    pinfo->net_dst = pinfo->dst;
    pinfo->ptype = PT_TCP;
    pinfo->srcport = source.port;
    pinfo->destport = destination.port;
    conversation_set_conv_addr_port_endpoints(pinfo, &pinfo->src, &pinfo->dst, kTcpConversation,
                                              conversation.ports[sender],
                                              conversation.ports[receiver]);
}

// One call of dissect_tcp_payload().
struct Call {
    const UpperConversation &conversation;
    Role sender;
    std::uint32_t seq;
    proto_tree *tree, *subtree;
};

// dissect_tcp_payload() begins with an item "tcp.payload", which the TCP dissector has already
// added for the segment.
struct PayloadItems {
    PayloadItems(proto_tree *subtree, int field)
        : last(subtree == nullptr ? nullptr : subtree->last_child), count(count_of(subtree, field))
    {
    }
    void remove(proto_tree *subtree, int field) const
    {
        if (subtree == nullptr)
            return;
        proto_item *item = last == nullptr ? subtree->first_child : last->next;
        if (item != nullptr && PITEM_FINFO(item) != nullptr &&
            PITEM_FINFO(item)->hfinfo->id == field)
            proto_item_set_hidden(item);
        if (count_of(subtree, field) > count)
            g_ptr_array_remove_index(proto_get_finfo_ptr_array(subtree, field), count);
    }
    static unsigned count_of(proto_tree *subtree, int field)
    {
        const GPtrArray *values =
            subtree == nullptr ? nullptr : proto_get_finfo_ptr_array(subtree, field);
        return values == nullptr ? 0 : values->len;
    }

    proto_node *last;
    unsigned count; // of the field's values, before
};

void dissect_payload(const Call &call, tvbuff_t *tvb, packet_info *pinfo,
                     std::uint16_t can_desegment)
{
    const std::uint32_t length = tvb_reported_length(tvb);
    const PayloadItems items{call.subtree, upper().payload_field};
    pinfo->can_desegment = tvb_captured_length(tvb) == length ? can_desegment : 0;
    tcpinfo info{};
    info.seq = call.seq;
    info.nxtseq = call.seq + length;
    info.flags = TH_ACK | TH_PUSH;
    dissect_or_show(tvb, pinfo, call.tree, [&] {
        dissect_tcp_payload(tvb, pinfo, 0, info.seq, info.nxtseq,
                            call.conversation.ports[call.sender],
                            call.conversation.ports[other(call.sender)], call.tree, call.subtree,
                            call.conversation.analysis, &info);
    });
    items.remove(call.subtree, upper().payload_field);
}

tvbuff_t *add_source(tvbuff_t *parent, packet_info *pinfo, const std::uint8_t *bytes,
                     std::size_t captured, std::uint32_t length)
{
    auto *copy = static_cast<guint8 *>(wmem_memdup(pinfo->pool, bytes, captured));
    tvbuff_t *tvb = tvb_new_child_real_data(parent, copy, static_cast<guint>(captured),
                                            static_cast<gint>(length));
    add_new_data_source(pinfo, tvb, "MPTCP data");
    return tvb;
}

// A PDU may last until the end of the data, e.g. a response of HTTP/1.0. The TCP dissector
// completes it at the FIN. Here the last byte is added once more, as the last one of the PDU.
void complete_pdu(tcp_flow_t &flow, std::uint32_t end)
{
    auto *pdu =
        static_cast<tcp_multisegment_pdu *>(wmem_tree_lookup32_le(flow.multisegment_pdus, end - 1));
    if (pdu != nullptr)
        pdu->nxtpdu = end;
    flow.flags &= static_cast<decltype(flow.flags)>(~TCP_FLOW_REASSEMBLE_UNTIL_FIN);
}

// The last byte of a PDU that lasts until the end of the data, if one does. It is noted on the
// first visit.
std::optional<std::uint8_t> last_byte_of_pdu(const UpperConversation &conversation,
                                             const Delivery &end, std::size_t index,
                                             const packet_info *pinfo) noexcept
{
    auto &ends = upper().ends;
    tcp_flow_t &flow = *conversation.analysis->fwd;
    if (!pinfo->fd->visited && (flow.flags & TCP_FLOW_REASSEMBLE_UNTIL_FIN) != 0) {
        complete_pdu(flow, end.seq);
        ends[index] = upper().last_byte[end.sender][end.connection];
    }
    const auto found = ends.find(index);
    return found == ends.end() ? std::nullopt : std::optional{found->second};
}

UpperConversation &conversation_of(packet_info *pinfo, const Delivery &delivery) noexcept
{
    const Capture &capture = *session().capture;
    UpperConversation &conversation = upper().conversations.of(capture, pinfo, delivery.connection);
    conversation.analysis->stream = capture.stream(conversation.subflow).value_or(0);
    return conversation;
}

void note_last_byte(const Delivery &delivery, const packet_info *pinfo, tvbuff_t *tvb) noexcept
{
    const unsigned captured = tvb_captured_length(tvb);
    if (!pinfo->fd->visited && captured > 0)
        upper().last_byte[delivery.sender][delivery.connection] =
            *tvb_get_ptr(tvb, static_cast<int>(captured) - 1, 1);
}

// Whether any protocol follows the layer, other than that of data without a dissector.
bool was_dissected(const wmem_list_frame_t *layer)
{
    while ((layer = wmem_list_frame_next(layer)) != nullptr)
        if (GPOINTER_TO_INT(wmem_list_frame_data(layer)) != upper().undissected)
            return true;
    return false;
}

// Data of an unknown protocol costs a capture nothing, but for the first pieces.
void note_protocol(UpperConversation &conversation, const Delivery &delivery, bool known) noexcept
{
    conversation.protocol_known |= known;
    if (conversation.protocol_known || ++conversation.unknown_pieces < conversation.kMostUnknown)
        return;
    session().capture->leave_to_tcp(delivery.connection);
}

// `payload` is that of the segment, `tvb` the data.
void dissect_data(UpperConversation &conversation, tvbuff_t *tvb, tvbuff_t *payload,
                  packet_info *pinfo, proto_tree *tree, proto_tree *subtree,
                  const Delivery &delivery, std::size_t index)
{
    constexpr std::uint16_t kMayReassemble = 2; // see packet-tcp.c: one for each call below it
    constexpr std::uint16_t kComplete = 1;
    const wmem_list_frame_t *layer = wmem_list_tail(pinfo->layers);
    conversation_t *carrier = find_conversation_of_ports(pinfo);
    const InnerInfo inner{pinfo};
    set_endpoints(inner.get(), conversation, delivery.sender);
    get_tcp_conversation_data(conversation.conversation, inner.get()); // sets the direction
    const LentSession session{conversation.conversation, inner.get(), upper().tls};
    Call call{conversation, delivery.sender, delivery.seq, tree, subtree};
    if (!delivery.ends) {
        note_last_byte(delivery, pinfo, tvb);
        dissect_payload(call, tvb, inner.get(), upper().reassembles ? kMayReassemble : 0);
        if (!pinfo->fd->visited)
            note_protocol(conversation, delivery, was_dissected(layer));
    } else if (const auto last = last_byte_of_pdu(conversation, delivery, index, pinfo)) {
        --call.seq;
        dissect_payload(call, add_source(payload, inner.get(), &*last, 1, 1), inner.get(),
                        kComplete);
    }
    session.give_back(carrier);
    inner.leave();
}

void add_parts(const DeliveredRun &run, tvbuff_t *tvb, packet_info *pinfo, proto_tree *subtree,
               std::uint32_t own_frame)
{
    if (run.missing > 0)
        expert_add_info_format(pinfo, proto_tree_get_parent(subtree), &fields().data_missing,
                               "%" PRIu64 " bytes of data before this were not captured",
                               run.missing);
    int place = 0;
    for (const DeliveredPart &part : run.parts) {
        const int length = static_cast<int>(part.length);
        const int captured = std::min(length, static_cast<int>(run.bytes.size()) - place);
        if (part.frame != own_frame) {
            proto_item *item = proto_tree_add_uint(subtree, fields().data_delivered_from, tvb,
                                                   place, captured, part.frame);
            proto_item_append_text(item, " (%d byte%s)", length, length == 1 ? "" : "s");
            proto_item_set_generated(item);
        }
        place += captured;
    }
}

// Returns nullptr if there is no data, if none of it was captured, or if it was not kept.
tvbuff_t *data_of(const Delivery &delivery, tvbuff_t *payload, packet_info *pinfo,
                  proto_tree *subtree)
{
    if (delivery.ends)
        return nullptr;
    const DeliveredRun *run = session().capture->deliveries().run_of(delivery);
    if (run == nullptr) {
        const auto place = static_cast<int>(delivery.place);
        const int captured = std::min(static_cast<int>(delivery.length),
                                      tvb_captured_length_remaining(payload, place));
        return tvb_new_subset_length_caplen(payload, place, captured,
                                            static_cast<int>(delivery.length));
    }
    if (!run->kept && run->bytes.empty())
        proto_item_append_text(proto_tree_get_parent(subtree),
                               " [the data of earlier packets was not kept]");
    tvbuff_t *tvb = run->bytes.empty() ? nullptr
                                       : add_source(payload, pinfo, run->bytes.data(),
                                                    run->bytes.size(), delivery.length);
    add_parts(*run, tvb == nullptr ? payload : tvb, pinfo, subtree, delivery.frame);
    return tvb;
}

// The numbers of the layers of a packet must be the same at each visit. On later visits, fewer
// dissectors may be called for a run, since its PDU is known to be continued.
void dissect_deliveries(const Deliveries::Found &found, tvbuff_t *payload, packet_info *pinfo,
                        proto_tree *tree, proto_tree *subtree)
{
    constexpr int kLayersOfARun = 16;
    UpperConversation &conversation =
        conversation_of(pinfo, session().capture->deliveries()[found.begin]);
    proto_item_set_generated(proto_tree_add_uint(subtree, fields().data_stream, payload, 0, 0,
                                                 conversation.analysis->stream));
    const auto layer = pinfo->curr_layer_num;
    int first = layer;
    for (std::size_t index = found.begin; index != found.end; ++index) {
        const Delivery delivery = session().capture->deliveries()[index];
        pinfo->curr_layer_num = static_cast<decltype(pinfo->curr_layer_num)>(first);
        first += kLayersOfARun;
        tvbuff_t *tvb = data_of(delivery, payload, pinfo, subtree);
        const bool any = tvb != nullptr && tvb_captured_length(tvb) > 0; // as TCP requires it
        if (any || delivery.ends)
            dissect_data(conversation, tvb, payload, pinfo, tree, subtree, delivery, index);
    }
    pinfo->curr_layer_num = layer;
}

// `payload` is that of the segment. Adds the item "Multipath TCP Data".
int dissect_mptcp_data(tvbuff_t *payload, packet_info *pinfo, proto_tree *tree, void *data)
{
    const auto &[frame, length, found] = *static_cast<const Arguments *>(data);
    proto_item *item = proto_tree_add_protocol_format(tree, fields().data_protocol, payload, 0, -1,
                                                      "Multipath TCP Data, Len: %u", length);
    proto_tree *subtree = proto_item_add_subtree(item, fields().data_tree);
    const Deliveries &deliveries = session().capture->deliveries();
    const auto later = deliveries.delivered_in(frame);
    if (length > 0 && later)
        proto_item_set_generated(
            proto_tree_add_uint(subtree, fields().data_delivered_in, payload, 0, 0, *later));
    std::uint64_t delivered = 0;
    for (std::size_t index = found.begin; index != found.end; ++index)
        delivered += deliveries[index].length;
    if (delivered != 0) {
        if (delivered != length)
            proto_item_append_text(item, ", Delivered: %" PRIu64, delivered);
        proto_item_set_generated(
            proto_tree_add_uint64(subtree, fields().data_delivered, payload, 0, 0, delivered));
    }
    if (!found.empty())
        dissect_deliveries(found, payload, pinfo, tree, subtree);
    return std::max(1, static_cast<int>(tvb_captured_length(payload))); // 0 would be a refusal
}

// In the place of the dissector that the TCP dissector would call. 0 is a refusal.
int take_payload(tvbuff_t *tvb, packet_info *, proto_tree *, void *)
{
    return upper().taking ? static_cast<int>(tvb_captured_length(tvb)) : 0;
}

// At the first segment of a subflow whose data is left to TCP.
void release_if_left(const packet_info *pinfo, const RecordedSegment &recorded) noexcept
{
    const SubflowId id = recorded.observation->subflow;
    const Capture &capture = *session().capture;
    if (recorded.segment.payload > 0 && upper().conversations.has_taken(id) &&
        capture.deliveries().is_left_to_tcp(capture.tracker().registry()[id].connection))
        upper().conversations.release_subflow(pinfo, recorded.segment, id);
}

bool tcp_reassembles()
{
    pref_t *preference = prefs_find_preference(prefs_find_module("tcp"), "desegment_tcp_streams");
    return preference != nullptr && prefs_get_bool_value(preference, pref_current);
}

} // namespace

void register_upper_protocols()
{
    Session &own = session();
    own.payload_taker = make_handle(take_payload, "mptcp_conn_payload", "Payload of MPTCP");
    own.data_dissector = create_dissector_handle_with_name_and_description(
        dissect_mptcp_data, fields().data_protocol, "mptcp_data", "Data of MPTCP connections");
}

void begin_upper_protocols()
{
    auto state = std::make_shared<UpperProtocols>();
    state->wanted = session().preferences.upper_protocols != 0 &&
                    proto_is_protocol_enabled(find_protocol_by_id(fields().data_protocol));
    state->reassembles = tcp_reassembles();
    session().upper_protocols = std::move(state);
}

bool upper_protocols_are_wanted() { return upper().wanted; }

TcpPreparation prepare_tcp(const packet_info *pinfo, const RecordedSegment &recorded) noexcept
{
    TcpPreparation preparation;
    if (recorded.is_first_visit && recorded.observation && !recorded.taken)
        release_if_left(pinfo, recorded);
    if (recorded.taken && recorded.is_first_visit)
        preparation.made =
            upper().conversations.take_subflow(*session().capture, pinfo, recorded.segment,
                                               *recorded.observation, session().payload_taker);
    preparation.was_taking = std::exchange(upper().taking, recorded.taken);
    return preparation;
}

void finish_tcp(const TcpPreparation &preparation, const RecordedSegment &recorded)
{
    upper().taking = preparation.was_taking;
    if (preparation.made != nullptr)
        upper().conversations.correct_completeness(preparation.made, recorded.segment.syn());
}

void set_endpoints_of_data(packet_info &pinfo)
{
    const auto observation = outermost_observation(pinfo.num);
    if (!observation)
        return;
    const Capture &capture = *session().capture;
    const Subflow &subflow = capture.tracker().registry()[observation->subflow];
    if (capture.deliveries().is_left_to_tcp(subflow.connection))
        return;
    const Role sender = subflow.role(observation->sender);
    if (const UpperConversation *found = upper().conversations.find(subflow.connection)) {
        set_endpoints(&pinfo, *found, sender);
        pinfo.srcport = found->ports[sender];
        pinfo.destport = found->ports[other(sender)];
    }
}

void dissect_delivery(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, std::size_t place)
{
    const RecordedSegment &recorded = session().recorder.segments[place];
    const Segment &segment = recorded.segment;
    const auto found = session().capture->deliveries().find(segment.frame, recorded.layer);
    if (found.empty() && !recorded.taken)
        return;
    const auto captured = static_cast<int>(segment.payload_bytes.size());
    const int header = static_cast<int>(tvb_captured_length(tvb)) - captured;
    tvbuff_t *payload =
        tvb_new_subset_length_caplen(tvb, header, captured, static_cast<int>(segment.payload));
    Arguments arguments{segment.frame, recorded.taken ? segment.payload : 0, found};
    call_dissector_with_data(session().data_dissector, payload, pinfo, tree, &arguments);
}

} // namespace mptcp
