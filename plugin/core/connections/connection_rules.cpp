// SPDX-License-Identifier: GPL-2.0-or-later
//
// The handshake by MP_CAPABLE (RFC 8684 3.1), DATA_FIN (3.3.3), MP_FASTCLOSE (3.5), and the end of
// subflows. Options that belong to a join are passed to join_rules.h.
#include "connections/connection_rules.h"

#include <algorithm>

#include "base/seq.h"
#include "connections/acceptability.h"
#include "connections/fallback.h"
#include "connections/silence.h"

namespace mptcp {
namespace {

// True if the handshake option was already seen in a segment of the same kind: SYN, SYN/ACK or
// ACK.
bool repeats_handshake(const Subflow &subflow, const Connection &connection, Side sender,
                       const Segment &segment)
{
    if (segment.syn())
        return subflow.kind == SubflowKind::Join ? subflow.ends[sender].nonce.has_value()
                                                 : !connection.partial();
    return subflow.seen.has(segment.syn_ack() ? SubflowSeen::SynAck : SubflowSeen::ThirdAck);
}

ConnectionChange state_before(const Subflow &subflow, const Connection &connection, Side sender,
                              const Segment &segment)
{
    ConnectionChange change;
    change.version_before = connection.version;
    change.handshake_repeated = repeats_handshake(subflow, connection, sender, segment);
    change.fin_repeated = subflow.ends[sender].closed == EndClosed::Fin;
    change.was_reset = subflow.reset();
    if (segment.options.maps_data() && !subflow.ends[sender].mapped_end)
        change.changes.add(Change::FirstMapping);
    return change;
}

// RFC 6298 3 (Karn's algorithm): a retransmitted SYN gives no sample.
void note_handshake_rtt(Subflow &subflow, Side sender, const Segment &segment)
{
    if (!subflow.handshake_rtt && subflow.syn_time && !subflow.syn_repeated &&
        subflow.seen.has(SubflowSeen::SynAck) && subflow.initiator == sender)
        subflow.handshake_rtt = segment.time - *subflow.syn_time;
}

// RFC 8684 3.2: the fourth packet of a join comes from the listener. The initiator sends data only
// after it; where nothing of the listener was captured, that data is the evidence.
bool confirms(const Subflow &subflow, Side sender, const Segment &segment)
{
    const bool has_data = segment.options.has<Dss>() || segment.payload > 0;
    if (subflow.kind == SubflowKind::Join && subflow.initiator == sender)
        return segment.payload > 0 && !subflow.seen.has(SubflowSeen::SynAck);
    return subflow.seen.has(SubflowSeen::ThirdAck) || has_data;
}

// RFC 8684 3.3.3: the DATA_FIN occupies the last DSN of its mapping. A DATA_ACK above that DSN
// acknowledges it. Comparing the lower 32 bits is sufficient, because both numbers lie within
// the receive window, which is smaller than 2^31.
void apply_data_fin(Connection &connection, Role sender, const SegmentOptions &options,
                    ConnectionChange &change)
{
    Host &own = connection.hosts[sender];
    Host &peer = connection.hosts[other(sender)];
    if (const DssMapping *data_fin = options.data_fin()) {
        own.data_fin_end = static_cast<std::uint32_t>(data_fin->data_seq.value + data_fin->length);
        change.data_fin_repeated = own.data_fin != DataFin::NotSent;
        if (!change.data_fin_repeated) {
            own.data_fin = DataFin::Sent;
            change.changes.add(Change::DataFinSent);
        }
    }
    const WireDataSeq *data_ack = options.data_ack();
    if (data_ack == nullptr || peer.data_fin != DataFin::Sent ||
        before(TcpSeq{static_cast<std::uint32_t>(data_ack->value)}, TcpSeq{peer.data_fin_end}))
        return;
    peer.data_fin = DataFin::Acknowledged;
    change.changes.add(Change::DataFinAcknowledged);
    if (own.data_fin == DataFin::Acknowledged)
        change.changes.add(Change::Closed);
}

// RFC 8684 3.5: MP_FASTCLOSE carries the key of its receiver.
void apply_fastclose(Connection &connection, Role sender, const Segment &segment,
                     ConnectionChange &change)
{
    const auto *fastclose = segment.options.find<MpFastclose>();
    if (fastclose == nullptr)
        return;
    const Key key = fastclose->receiver_key;
    if (connection.hosts[other(sender)].key.value_or(key) != key)
        return;
    Host &host = connection.hosts[sender];
    change.fastclose_repeated = host.fastclose_sent;
    host.fastclose_sent = true;
    connection.fastclosed = true;
}

// `is_new` is false for a segment that its receiver had received before.
void apply_options(Connection &connection, Role sender, const Segment &segment, bool is_new,
                   ConnectionChange &change)
{
    const SegmentOptions &options = segment.options;
    if (options.mptcp.empty())
        return;
    apply_data_fin(connection, sender, options, change);
    connection.hosts[sender].mp_fail_sent |= options.has<MpFail>();
    if (!is_new)
        return;
    // RFC 8684 3.7: an infinite mapping comes with data. Receivers ignore mappings without data.
    if (options.infinite_mapping() && segment.payload > 0)
        fall_back_by_infinite_mapping(connection, sender, segment, change);
    apply_fastclose(connection, sender, segment, change);
}

void close_by_reset(Subflow &subflow, Side sender, const Segment &segment, bool doubtful)
{
    EndClosed &closed = subflow.ends[sender].closed;
    if (subflow.reset())
        return;
    // That the FIN is acknowledged does not show that the RST was ignored.
    const TcpSeq seq = is_reset_at_fin(subflow, sender, segment) ? segment.seq + 1 : segment.seq;
    subflow.last_reset = {segment.frame, seq, sender, doubtful, false, closed};
    closed = EndClosed::Reset;
}

void apply_end(Subflow &subflow, Side sender, const Segment &segment, bool doubtful,
               ConnectionChange &change)
{
    if (!segment.fin() && !segment.rst())
        return;
    const bool ended_before = subflow.ended();
    EndClosed &closed = subflow.ends[sender].closed;
    if (segment.rst())
        close_by_reset(subflow, sender, segment, doubtful);
    else if (closed == EndClosed::Reset)
        subflow.last_reset.closed_before = EndClosed::Fin; // if the RST turns out to be ignored
    else
        closed = EndClosed::Fin;
    if (!ended_before && subflow.ended() && !subflow.reset())
        change.changes.add(Change::SubflowClosed);
}

void revive(Connection &connection, Subflow &subflow, ConnectionChange &change)
{
    if (subflow.last_reset.fastclosed) {
        connection.fastclosed = false;
        connection.hosts[subflow.role(subflow.last_reset.sender)].fastclose_sent = false;
    }
    change.ignored_reset_frame = subflow.last_reset.frame;
    subflow.ends[subflow.last_reset.sender].closed = subflow.last_reset.closed_before;
    subflow.last_reset = {};
}

void count_open(Connection &connection, Subflow &subflow)
{
    const bool is_open = subflow.is_open();
    if (is_open == subflow.counted_open)
        return;
    subflow.counted_open = is_open;
    if (is_open)
        ++connection.open_subflows;
    else
        --connection.open_subflows;
}

} // namespace

ConnectionChange ConnectionRules::apply(const Attribution &attribution, const Segment &segment)
{
    const auto [id, sender] = attribution;
    Subflow &subflow = registry_[id];
    const Connection &former = registry_[subflow.connection];
    ConnectionChange change = state_before(subflow, former, sender, segment);
    change.ignored = judge(subflow, sender, segment);
    const bool doubtful = is_doubtful_reset(subflow, sender, segment);
    if (change.ignored == Ignored::OutsideWindow) {
        // If the capture misses packets, the data that follows would be outside the window, too.
        if (segment.payload > 0)
            note_sequence_numbers(subflow, sender, segment);
        return change;
    }
    const Handshake handshake = former.handshake();
    apply_handshake(id, sender, segment, change);

    Connection &connection = registry_[subflow.connection]; // may have changed
    if (subflow.kind == SubflowKind::Initial && handshake != Handshake::Complete &&
        connection.handshake() == Handshake::Complete)
        change.changes.add(Change::Established);
    if (outlives_reset(subflow, sender, segment))
        revive(connection, subflow, change);
    const bool is_new = change.ignored == Ignored::No;
    const bool was_fastclosed = connection.fastclosed;
    apply_options(connection, subflow.role(sender), segment, is_new, change);
    watch_options(connection, subflow, sender, segment, is_new, change);
    if (is_new || segment.fin())
        apply_end(subflow, sender, segment, doubtful, change);
    if (subflow.last_reset.frame == segment.frame)
        subflow.last_reset.fastclosed = !was_fastclosed && connection.fastclosed;
    change.silence = note_silence(connection, subflow, sender, segment);
    note_sequence_numbers(subflow, sender, segment);
    count_open(connection, subflow);
    return change;
}

void ConnectionRules::apply_handshake(SubflowId id, Side sender, const Segment &segment,
                                      ConnectionChange &change)
{
    if (segment.syn())
        apply_syn(id, sender, segment, change);
    else if (segment.syn_ack())
        apply_syn_ack(id, sender, segment, change);
    else if (segment.has_ack() && !segment.rst())
        apply_ack(id, sender, segment, change);
}

void ConnectionRules::apply_syn(SubflowId id, Side sender, const Segment &segment,
                                ConnectionChange &change)
{
    Subflow &subflow = registry_[id];
    subflow.initiator = sender;
    subflow.ends[sender].isn = segment.seq;
    subflow.ends[sender].syn_payload = segment.payload;
    subflow.ends[sender].window_scale = segment.options.window_scale;
    subflow.syn_without_option |= segment.options.none();
    registry_[subflow.connection].roles_seen = true;
    if (!subflow.seen.has(SubflowSeen::SynAck)) {
        subflow.syn_repeated = subflow.syn_time.has_value();
        subflow.syn_time = segment.time;
    }
    const auto *capable = segment.options.find<MpCapable>();
    const auto *join = segment.options.find<MpJoinSyn>();
    if (capable != nullptr && !capable->has_valid_flags())
        change.ignored = Ignored::InvalidOption;
    if (capable != nullptr && subflow.kind != SubflowKind::Join)
        apply_capable_syn(id, sender, *capable, change);
    else if (join != nullptr && subflow.kind == SubflowKind::Join)
        joins_.apply_syn(id, sender, segment, *join);
}

// The SYN may be the first one, a retransmission, or captured after the SYN/ACK.
void ConnectionRules::apply_capable_syn(SubflowId id, Side sender, const MpCapable &capable,
                                        ConnectionChange &change)
{
    if (registry_[id].kind == SubflowKind::Unknown)
        make_initial(id, sender, change);
    const ConnectionId connection_id = registry_[id].connection;
    Connection &connection = registry_[connection_id];
    connection.capable.add(CapableIn::Syn);
    connection.checksum_required |= capable.checksum_required;
    connection.hosts[Role::Client].join_denied |= capable.join_denied;
    if (!connection.version)
        connection.version = capable.version;
    // RFC 6824 3.1: the SYN of version 0 carries the client's key. RFC 8684 3.1: the SYN of
    // version 1 carries no key.
    if (capable.version == kV0 && capable.sender_key)
        joins_.learn_key(connection_id, Role::Client, *capable.sender_key, change);
}

void ConnectionRules::apply_syn_ack(SubflowId id, Side sender, const Segment &segment,
                                    ConnectionChange &change)
{
    Subflow &subflow = registry_[id];
    SubflowEnd &initiator = subflow.ends[other(sender)];
    const bool acceptable = !initiator.isn || acknowledges_syn(segment, initiator);
    if (subflow.initiator == sender || !acceptable)
        return; // RFC 9293 3.10.7.3: a SYN/ACK with another ACK number is not acceptable
    const bool is_first = subflow.seen.add(SubflowSeen::SynAck);
    registry_[subflow.connection].roles_seen = true;
    // RFC 7413: the SYN/ACK tells how much of the data in the SYN was accepted.
    if (initiator.isn)
        subflow.accepted_syn_payload = distance(*initiator.isn + 1, segment.ack);
    subflow.ends[sender].isn = segment.seq;
    subflow.ends[sender].window_scale = segment.options.window_scale;
    if (!initiator.isn)
        initiator.isn = segment.ack - 1;
    const auto *capable = segment.options.find<MpCapable>();
    const auto *join = segment.options.find<MpJoinSynAck>();
    if (subflow.kind == SubflowKind::Unknown && capable != nullptr && capable->sender_key)
        make_initial(id, other(sender), change);
    if (subflow.kind == SubflowKind::Initial)
        apply_capable_syn_ack(id, sender, segment, change);
    else if (subflow.kind == SubflowKind::Join && join != nullptr)
        joins_.apply_syn_ack(id, sender, segment, *join, change);
    if (subflow.kind == SubflowKind::Join && is_first && segment.options.none())
        change.changes.add(Change::OptionStripped);
}

void ConnectionRules::apply_capable_syn_ack(SubflowId id, Side sender, const Segment &segment,
                                            ConnectionChange &change)
{
    const Subflow &subflow = registry_[id];
    const ConnectionId connection_id = subflow.connection;
    Connection &connection = registry_[connection_id];
    const auto *capable = segment.options.find<MpCapable>();
    if (segment.options.none() && !connection.capable.has(CapableIn::SynAck))
        fall_back(connection, segment,
                  subflow.syn_without_option ? FallbackReason::SynRepeatedWithoutMpCapable
                                             : FallbackReason::SynAckWithoutMpCapable,
                  change);
    // RFC 8684 3.1: the SYN/ACK carries the server's key and the version to use, which is not
    // higher than the version offered.
    const bool acceptable = capable != nullptr && capable->sender_key &&
                            capable->has_valid_flags() &&
                            (connection.partial() || capable->version <= *connection.version);
    if (capable != nullptr && !capable->has_valid_flags()) {
        change.ignored = Ignored::InvalidOption;
        if (!connection.capable.has(CapableIn::SynAck))
            fall_back(connection, segment, FallbackReason::SynAckInvalid, change);
    }
    if (!acceptable)
        return;
    connection.version = capable->version;
    connection.capable.add(CapableIn::SynAck);
    connection.checksum_required |= capable->checksum_required;
    connection.hosts[subflow.role(sender)].join_denied |= capable->join_denied;
    joins_.offer_key(connection_id, subflow.role(sender), *capable->sender_key, change);
}

void ConnectionRules::apply_ack(SubflowId id, Side sender, const Segment &segment,
                                ConnectionChange &change)
{
    Subflow &subflow = registry_[id];
    const SegmentOptions &options = segment.options;
    const bool is_join = subflow.kind == SubflowKind::Join;
    note_handshake_rtt(subflow, sender, segment);
    const auto *capable = options.find<MpCapable>();
    const auto *join = options.find<MpJoinAck>();
    if (capable != nullptr && !is_join) {
        apply_capable_ack(id, sender, segment, *capable, change);
    } else if (join != nullptr && is_join && subflow.initiator == sender) {
        subflow.seen.add(SubflowSeen::ThirdAck);
        joins_.apply_ack(subflow, *join);
    } else if (confirms(subflow, sender, segment)) {
        if (subflow.seen.add(SubflowSeen::Confirmation) && is_join &&
            subflow.seen.has(SubflowSeen::ThirdAck))
            change.changes.add(Change::Joined);
    } else if (options.none() && subflow.initiator == sender &&
               subflow.seen.has(SubflowSeen::SynAck) && !subflow.seen.has(SubflowSeen::ThirdAck)) {
        if (subflow.seen.add(SubflowSeen::PlainThirdAck))
            apply_plain_ack(registry_[subflow.connection], subflow, segment, change);
    }
    if (is_join)
        JoinRules::resolve(subflow, registry_[subflow.connection], segment);
}

// RFC 8684 3.1 and 3.7: without MP_CAPABLE in the third ACK, the server uses regular TCP.
void ConnectionRules::apply_plain_ack(Connection &connection, const Subflow &subflow,
                                      const Segment &segment, ConnectionChange &change)
{
    const auto &isn = subflow.ends[*subflow.initiator].isn;
    if (subflow.kind == SubflowKind::Join)
        change.changes.add(Change::OptionStripped);
    else if (connection.capable.has(CapableIn::SynAck) && segment.payload == 0 && isn &&
             within(segment.seq, *isn + 1, subflow.accepted_syn_payload))
        fall_back(connection, segment, FallbackReason::ThirdAckWithoutMpCapable, change);
}

// RFC 8684 3.1 and 3.7: a server that ignores MP_CAPABLE in the third ACK uses regular TCP.
void ConnectionRules::ignore_capable_ack(Connection &connection, Subflow &subflow,
                                         const Segment &segment, ConnectionChange &change)
{
    change.ignored = Ignored::InvalidOption;
    if (connection.capable.has(CapableIn::Ack) || subflow.seen.has(SubflowSeen::ThirdAck))
        return;
    subflow.seen.add(SubflowSeen::PlainThirdAck);
    fall_back(connection, segment, FallbackReason::ThirdAckInvalid, change);
}

// RFC 8684 3.1: the third ACK, and in version 1 also the first data, carries both keys. The
// option is ignored if a key or the version differs from those exchanged before.
void ConnectionRules::apply_capable_ack(SubflowId id, Side sender, const Segment &segment,
                                        const MpCapable &capable, ConnectionChange &change)
{
    Subflow &subflow = registry_[id];
    if (!capable.sender_key || !capable.receiver_key || subflow.initiator == other(sender))
        return;
    if (subflow.kind == SubflowKind::Unknown)
        make_initial(id, sender, change);
    const ConnectionId connection_id = subflow.connection;
    Connection &connection = registry_[connection_id];
    const bool version_agreed = connection.capable.has(CapableIn::SynAck) && connection.version;
    if (!capable.has_valid_flags() || (version_agreed && capable.version != *connection.version)) {
        ignore_capable_ack(connection, subflow, segment, change);
        return;
    }
    const auto differs = [&](Role role, const Key &key) {
        return connection.hosts[role].key.value_or(key) != key;
    };
    const bool offered = joins_.was_offered(connection_id, *capable.receiver_key);
    if (differs(Role::Client, *capable.sender_key) ||
        (differs(Role::Server, *capable.receiver_key) && !offered))
        return;
    connection.version = capable.version;
    connection.capable.add(CapableIn::Ack);
    connection.roles_seen = true;
    connection.checksum_required |= connection.partial() && capable.checksum_required;
    subflow.seen.add(SubflowSeen::ThirdAck);
    joins_.learn_key(connection_id, Role::Client, *capable.sender_key, change);
    joins_.confirm_key(connection_id, Role::Server, *capable.receiver_key, change);
}

void ConnectionRules::make_initial(SubflowId id, Side initiator, ConnectionChange &change)
{
    const ConnectionId connection = registry_[id].connection;
    registry_.make_initial(id, initiator);
    registry_[connection].roles_seen = true;
    if (registry_[id].role(initiator) == Role::Client)
        return;
    change.regroupings.emplace_back(registry_.swap_roles(connection));
}

ConnectionState state_of(const Registry &registry, const Connection &connection)
{
    if (connection.fastclosed)
        return ConnectionState::Fastclosed;
    if (connection.fallback)
        return ConnectionState::Fallback;
    const auto state = [&](SubflowId id) { return registry[id].state(); };
    const auto never_began = [](SubflowState each) {
        return each == SubflowState::Unanswered || each == SubflowState::Refused;
    };
    if (std::ranges::all_of(connection.subflows, never_began, state))
        return ConnectionState::Refused;
    const auto sent_data_fin = [](const Host &host) { return host.data_fin != DataFin::NotSent; };
    if (std::ranges::all_of(connection.hosts.each, sent_data_fin))
        return ConnectionState::Closed;
    if (connection.open_subflows > 0)
        return ConnectionState::Open;
    const auto was_reset = [](SubflowState each) { return each == SubflowState::Reset; };
    return std::ranges::any_of(connection.subflows, was_reset, state) ? ConnectionState::Reset
                                                                      : ConnectionState::Closed;
}

} // namespace mptcp
