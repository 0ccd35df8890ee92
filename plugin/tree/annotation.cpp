// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/annotation.h"

#include <optional>
#include <string>

#include "connections/silence.h"
#include "connections/verification.h"
#include "events/event_words.h"
#include "tree/annotation_data.h"
#include "tree/annotation_item.h"
#include "tree/certainty.h"
#include "tree/fields.h"
#include "wire/option.h"

namespace mptcp {
namespace {

bool connection_is_known(const Annotation &to) { return connection_is_known(to.pinfo, to.subflow); }

void add_token(const Annotation &to, Token token)
{
    proto_item_set_hidden(to.add_number(fields().token, token.value));
}

const char *opener_words(const Subflow &subflow)
{
    if (!subflow.initiator)
        return "";
    return subflow.role(*subflow.initiator) == Role::Client ? ", initiated by the client"
                                                            : ", initiated by the server";
}

void add_subflow(const Annotation &to, std::uint32_t index)
{
    proto_item *item = to.add_number(fields().subflow, index);
    switch (to.subflow.kind) {
    case SubflowKind::Initial:
        proto_item_append_text(item, " (initial)");
        break;
    case SubflowKind::Join:
        proto_item_append_text(item, " (join%s)", opener_words(to.subflow));
        break;
    case SubflowKind::Unknown:
        proto_item_append_text(item, " (handshake not captured)");
        break;
    }
}

// On every packet of a backup subflow, with the hosts that ask for it.
void add_backup(const Annotation &to)
{
    const EnumSet<Role> hosts = to.tracker().backup_flags().of(
        to.tracker().registry(), to.attribution.subflow, to.segment.frame);
    if (hosts.empty())
        return;
    proto_item *item = to.add_flag(fields().subflow_backup, true);
    if (hosts.has(Role::Client) && hosts.has(Role::Server))
        proto_item_append_text(item, " (asked for by both hosts)");
    else
        proto_item_append_text(item, " (asked for by the %s)",
                               hosts.has(Role::Client) ? "client" : "server");
}

void add_mapping(const Annotation &to)
{
    const std::uint32_t index = to.tracker().registry().index_of(to.connection);
    const std::uint32_t subflow = to.tracker().registry().index_of(to.attribution.subflow);
    to.add_number(fields().conn, index);
    add_subflow(to, subflow);
    add_backup(to);
    to.add_flag(fields().from_client, to.sender() == Role::Client);
    proto_item_append_text(to.root, ", Connection: %u, Subflow: %u, from the %s", index, subflow,
                           to.sender() == Role::Client ? "client" : "server");
    if (version_is_known(to.pinfo, to.connection))
        to.add_number(fields().version, *to.connection.version);
}

void add_host_token(const Annotation &to, Role role)
{
    const auto token = to.connection.hosts[role].token;
    if (!token)
        return;
    add_token(to, *token);
    if (connection_is_known(to))
        to.add_number(fields().role_token[role], token->value);
}

void add_connection(const Annotation &to)
{
    if (connection_is_known(to)) {
        add_mapping(to);
        add_host_token(to, Role::Client);
        add_host_token(to, Role::Server);
    } else if (to.subflow.initiator) {
        add_host_token(to, other(to.subflow.role(*to.subflow.initiator))); // that its SYN carries
    }
    to.add_number(fields().payload, to.segment.payload);
}

void add_point(const Annotation &to)
{
    const PointTable &points = to.tracker().points();
    const auto point = points.point_of(to.segment.marks);
    if (!point)
        return;
    proto_item *item = to.add_number(fields().point, *point);
    proto_item_append_text(item, " (%s)", points.name(*point).c_str());
}

// Links between the recordings of one packet.
void add_copies(const Annotation &to)
{
    if (to.attribution.is_copy()) {
        to.add_number(fields().copy_of, to.attribution.copy_of);
        proto_item_append_text(to.root, ", Copy of frame %u", to.attribution.copy_of);
    } else if (to.pinfo->fd->visited) { // copies come later
        for (const Capture::CopyLink &link : to.capture.copies_of(to.segment.frame))
            to.add_number(fields().copied_in, link.copy);
    }
}

expert_field *event_info(EventType type)
{
    return &fields().events[static_cast<std::size_t>(type)];
}

// What happened to the packet before it came to this point, and on the way to the next one. Only a
// later dissection can know it.
void add_ways(const Annotation &to)
{
    if (!to.pinfo->fd->visited)
        return;
    const PacketsBetween &between = to.capture.recently_between().packets;
    const std::uint32_t frame = to.segment.frame;
    for (const PacketsBetween::Delay &way : between.delays_of(frame)) {
        proto_item *item = to.add_time(fields().point_delay, way.delay);
        proto_item_append_text(item, " (to point %u, frame %u)", way.to, way.next_frame);
    }
    for (const PacketsBetween::Loss &loss : between.losses_of(frame))
        expert_add_info_format(to.pinfo, to.root, &fields().lost_between,
                               "Packet lost between points %u and %u", loss.from, loss.to);
    for (const ChangedPacket &change : between.changes_of(frame))
        expert_add_info_format(to.pinfo, to.root, event_info(change.what), "%s: frame %u before",
                               title(change.what).data(), change.frame_before);
}

// A key in the packet, and the IDSN derived from it.
void add_key(const Annotation &to, Role role, Key key)
{
    to.add_number64(fields().key[role], key.value);
    const Host &host = to.connection.hosts[role];
    if (host.idsn && host.key == key)
        to.add_number64(fields().idsn[role], host.idsn->value);
}

void add_verdict(const Annotation &to, Verdict verdict)
{
    to.add_number(fields().hmac_status, checksum_status(verdict));
}

template <class Join> void add_joining_address(const Annotation &to, const Join &join)
{
    to.add_flag(fields().backup, join.backup);
    if (!connection_is_known(to))
        return;
    to.add_number(fields().nonce[to.sender()], join.sender_nonce.value);
    to.add_number(fields().address_id[to.sender()], join.address_id);
}

void add_link(const Annotation &to, int field, std::uint32_t frame)
{
    if (frame != 0)
        to.add_number(field, frame);
}

// Adds the fields of one option of the packet.
struct AddOption {
    const Annotation &to;

    void operator()(const MpCapable &option) const
    {
        if (option.sender_key)
            add_key(to, to.sender(), *option.sender_key);
        if (option.receiver_key)
            add_key(to, to.receiver(), *option.receiver_key);
    }
    void operator()(const MpJoinSyn &option) const
    {
        add_joining_address(to, option);
        if (to.segment.syn())
            add_link(to, fields().join_response_in, to.subflow.join_syn_ack_frame);
        if (!to.connection.keys_known() && to.connection.partial())
            expert_add_info_format(to.pinfo, to.root, &fields().unknown_token,
                                   "No connection in the capture has token %u (0x%08x)",
                                   option.receiver_token.value, option.receiver_token.value);
    }
    void operator()(const MpJoinSynAck &option) const
    {
        add_joining_address(to, option);
        add_link(to, fields().join_response_to, to.subflow.join_syn_frame);
        add_verdict(to, verify(to.tracker().crypto(), to.connection, to.subflow, option));
    }
    void operator()(const MpJoinAck &option) const
    {
        add_verdict(to, verify(to.tracker().crypto(), to.connection, to.subflow, option));
    }
    void operator()(const AddAddr &option) const
    {
        if (option.hmac)
            add_verdict(to, verify(to.tracker().crypto(), to.connection, to.sender(), option));
    }
    void operator()(const MpPrio &option) const
    {
        if (!option.address_id) // else it is about other subflows
            to.add_flag(fields().backup, option.backup);
    }
    void operator()(const Dss &option) const
    {
        if (option.data_ack)
            add_window(to);
    }
    void operator()(const UnknownSubtype &option) const
    {
        expert_add_info_format(to.pinfo, to.root, &fields().unknown_subtype,
                               "MPTCP option of unknown subtype %u", option.subtype);
    }
    void operator()(const Malformed &option) const
    {
        expert_add_info_format(to.pinfo, to.root, &fields().malformed,
                               "Malformed MPTCP option: %.*s",
                               static_cast<int>(option.reason.size()), option.reason.data());
    }
    template <class Other> void operator()(const Other &) const {}
};

void add_options(const Annotation &to)
{
    for (const Option &option : to.segment.options.mptcp)
        std::visit(AddOption{to}, option);
    if (to.segment.options.truncated)
        expert_add_info(to.pinfo, to.root, &fields().truncated);
}

// The expert info that the verdict on the event deserves.
void add_verdict_info(const Annotation &to, proto_item *item, const Event &event, Verdict verdict)
{
    if (verdict == Verdict::Leftmost)
        expert_add_info(to.pinfo, item, &fields().hmac_leftmost);
    else if (verdict == Verdict::Bad && has_hmac(event))
        expert_add_info_format(to.pinfo, item, &fields().hmac_bad, "Bad HMAC: %s",
                               title(event.type).data());
    else if (verdict == Verdict::Bad)
        expert_add_info(to.pinfo, item, &fields().fastclose_key);
}

// In the packet's memory pool: no object may own memory across a call of epan.
const char *sentence_in_packet(const Annotation &to, const Event &event)
{
    return wmem_strdup(to.pinfo->pool, sentence(to.tracker().context(), event).c_str());
}

void add_event(const Annotation &to, const Event &event)
{
    const char *words = sentence_in_packet(to, event);
    proto_item *item = proto_tree_add_string(to.tree, fields().event, to.tvb, 0, 0, words);
    proto_item_set_generated(item);
    const Verdict verdict = mptcp::verdict(to.tracker().context(), event);
    const Severity level = severity(event, verdict);
    proto_item_set_hidden(
        to.add_number(fields().event_severity, static_cast<std::uint32_t>(level)));
    // The expert statistic groups by text: frequent events share one text each.
    if (event.ignored != Ignored::No)
        expert_add_info_format(to.pinfo, item, &fields().event_ignored, "%s", words);
    if (event.ignored != Ignored::No && severity(event.type) > level)
        return; // such as an RST that ends nothing
    if (severity(event.type) == Severity::Chat)
        expert_add_info(to.pinfo, item, event_info(event.type));
    else
        expert_add_info_format(to.pinfo, item, event_info(event.type), "%s", words);
    add_verdict_info(to, item, event, verdict);
    // Only a later dissection can know that there is no answer.
    if (to.segment.syn() && to.pinfo->fd->visited && to.subflow.state() == SubflowState::Unanswered)
        expert_add_info(to.pinfo, item,
                        event_info(event.type == EventType::JoinSyn ? EventType::JoinUnanswered
                                                                    : EventType::Unanswered));
}

// Links between an ADD_ADDR and its echo.
void add_links(const Annotation &to, const Event &event)
{
    if (event.type == EventType::AddAddr)
        add_link(to, fields().echo_in,
                 to.tracker().events().echo_in(to.tracker().registry(), event).value_or(0));
    else if (event.type == EventType::AddAddrEcho)
        add_link(to, fields().echo_to,
                 to.tracker().events().echo_to(to.tracker().registry(), event).value_or(0));
}

void add_events(const Annotation &to)
{
    for (const Event &event : to.tracker().events().of_frame(to.segment.frame))
        if (event.subflow == to.attribution.subflow && !event.withdrawn) {
            add_event(to, event);
            add_links(to, event);
        }
    if (!to.pinfo->fd->visited)
        return;
    for (const Event &event : to.capture.recently_between().packets.events_of(to.segment.frame))
        if (event.subflow == to.attribution.subflow)
            add_event(to, event);
}

// The data in this packet has no answer on this path so far. Only a later dissection can know it.
void add_silence(const Annotation &to)
{
    if (!to.pinfo->fd->visited)
        return;
    for (const Side end : {Side::A, Side::B})
        if (const auto silence = silence_of(to.connection, to.subflow, end);
            silence && silence->interval.since_frame == to.segment.frame)
            expert_add_info(to.pinfo, to.root, event_info(EventType::PathSilent));
}

} // namespace

void annotate(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const Capture &capture,
              const Segment &segment, const Observation &observation)
{
    proto_item *root = proto_tree_add_item(tree, fields().protocol, tvb, 0, 0, ENC_NA);
    proto_item_set_generated(root);
    const Subflow &subflow = capture.tracker().registry()[observation.subflow];
    const Annotation to{
        tvb,         pinfo,   proto_item_add_subtree(root, fields().tree),
        root,        capture, segment,
        observation, subflow, capture.tracker().registry().connection_of(observation.subflow)};
    add_connection(to);
    add_point(to);
    add_copies(to);
    add_ways(to);
    add_options(to);
    if (connection_is_known(to))
        add_data(to);
    add_events(to);
    add_silence(to);
}

} // namespace mptcp
