// SPDX-License-Identifier: GPL-2.0-or-later
//
// From segments to subflows, and what a segment of a known subflow says.
// Joins and the tokens that they are told by are in tracker_joins.cpp.
#include "tracker.h"

#include <algorithm>

#include "base/seq.h"
#include "connections/address_hmac.h"
#include "connections/join_hmac.h"

namespace mptcp {
namespace {

bool repeats(const PendingReuse &reuse, const Segment &syn)
{
    return syn.seq == reuse.isn && syn.source == reuse.opener;
}

// Where the data ends that a segment maps, as a number of the subflow.
[[gnu::always_inline]] inline TcpSeq end_of_mapping(const SubflowEnd &end, const Segment &segment,
                                                    const Signals &signals)
{
    const TcpSeq segment_end = segment.seq + segment.payload;
    if (!end.isn)
        return segment_end;
    TcpSeq mapped = segment_end;
    if (signals.mapping && signals.mapping->subflow_offset != 0)
        mapped =
            *end.isn + signals.mapping->subflow_offset + std::uint32_t{signals.mapping->length};
    else if (signals.capable() && signals.capable()->data_length) // RFC 8684 3.1: the first data
        mapped = *end.isn + 1 + std::uint32_t{*signals.capable()->data_length};
    return before(segment_end, mapped) ? mapped : segment_end;
}

bool repeats(const Subflow &subflow, const Segment &syn)
{
    const Side side = subflow.side_of(syn.source);
    return subflow.opener.value_or(side) == side && subflow.ends[side].isn == syn.seq;
}

[[gnu::cold, gnu::noinline]] void note_fallback(Connection &connection, const Segment &segment,
                                                FallbackReason reason)
{
    if (!connection.fallback)
        connection.fallback = Fallback{segment.frame, reason};
}

// RFC 8684 3.3.3: DATA_FIN has the last DSN of its mapping, and a DATA_ACK
// behind that acknowledges it. The lower halves tell: both stand within the
// window, which is far smaller than 2^31.
void apply_data_fin(Connection &connection, Role sender, const Signals &signals)
{
    Host &own = connection.hosts[sender];
    Host &peer = connection.hosts[other(sender)];
    if (signals.data_fin()) {
        own.data_fin = true;
        own.data_fin_end = static_cast<std::uint32_t>(signals.data_fin()->data_seq.value +
                                                      signals.data_fin()->length);
    }
    if (signals.data_ack && peer.data_fin) {
        const auto ack = static_cast<std::uint32_t>(signals.data_ack->value);
        peer.data_fin_acked |= !before(TcpSeq{ack}, TcpSeq{peer.data_fin_end});
    }
}

void apply_signals(Connection &connection, Role sender, const Segment &segment,
                   const Signals &signals)
{
    if (signals.data_level())
        apply_data_fin(connection, sender, signals);
    connection.hosts[sender].failed |= signals.fail();
    if (signals.infinite_mapping())
        note_fallback(connection, segment,
                      connection.hosts[other(sender)].failed
                          ? FallbackReason::InfiniteMappingAfterMpFail
                          : FallbackReason::InfiniteMapping);
    if (signals.fastclose()) {
        // RFC 8684 3.5: it carries the key of the host that it is sent to.
        const Key key = signals.fastclose()->receiver_key;
        connection.fastclosed |= connection.hosts[other(sender)].key.value_or(key) == key;
    }
}

[[gnu::always_inline]] inline void note_mapping(SubflowEnd &end, const Segment &segment,
                                                const Signals &signals)
{
    const TcpSeq mapped = end_of_mapping(end, segment, signals);
    if (!end.mapped_data || before(end.mapped_end, mapped))
        end.mapped_end = mapped;
    end.mapped_data = true;
    end.plain_end.reset();
}

void note_handshake_rtt(Subflow &subflow, Side sender, const Segment &segment)
{
    if (!subflow.handshake_rtt && subflow.syn_time && subflow.syn_ack_seen &&
        subflow.opener == sender)
        subflow.handshake_rtt = segment.time - *subflow.syn_time;
}

// RFC 8684 3.7: where a middlebox takes the options away, the connection goes
// on as plain TCP, if this is its only subflow. The first data of a side comes
// with a mapping; of that, only the segment right behind the SYN tells, as
// others may follow a mapping that was not captured. Later, data behind all
// mappings tells, once it is acknowledged without a DATA_ACK.
void watch_options(Connection &connection, Subflow &subflow, Side sender, const Segment &segment,
                   const Signals &signals)
{
    if (segment.any_syn() || segment.rst())
        return;
    SubflowEnd &end = subflow.ends[sender];
    if (signals.maps_data())
        note_mapping(end, segment, signals);
    if (!signals.none())
        return;
    if (segment.payload > 0) {
        const bool first = end.isn && segment.seq == *end.isn + 1;
        if (first && !end.mapped_data && subflow.kind == SubflowKind::Initial)
            note_fallback(connection, segment,
                          subflow.plain_ack && !subflow.ack_seen
                              ? FallbackReason::ThirdAckWithoutMpCapable
                              : FallbackReason::FirstDataWithoutOption);
        if (end.mapped_data && !before(segment.seq, end.mapped_end))
            end.plain_end = segment.seq + segment.payload;
    }
    const auto plain_end = subflow.ends[other(sender)].plain_end;
    if (plain_end && segment.has_ack() && !before(segment.ack, *plain_end) &&
        connection.living_subflows == 1)
        note_fallback(connection, segment, FallbackReason::OptionsVanished);
}

void apply_end(Connection &connection, Subflow &subflow, Side sender, const Segment &segment)
{
    if (!segment.fin() && !segment.rst())
        return;
    const bool ended_before = subflow.ended();
    subflow.reset |= segment.rst();
    subflow.ends[sender].fin |= segment.fin();
    if (subflow.ended() && !ended_before)
        --connection.living_subflows;
}

// RFC 9293 3.5: a SYN/ACK acknowledges the SYN; and of the data that it
// carried (RFC 7413), as much as the server takes.
bool answers(const SubflowEnd &opener, const Segment &syn_ack)
{
    return !opener.isn || distance(*opener.isn + 1, syn_ack.ack) <= opener.syn_payload;
}

// RFC 9293 3.5: what follows a SYN stands at ISN + 1, what answers it
// acknowledges ISN + 1; or behind the data that it carried.
bool fits(const PendingReuse &reuse, const Segment &segment)
{
    const bool from_opener = segment.source == reuse.opener;
    const TcpSeq number = from_opener ? segment.seq : segment.ack;
    return (from_opener || segment.has_ack()) &&
           distance(reuse.isn + 1, number) <= reuse.syn_payload;
}

} // namespace

std::optional<Attribution> Tracker::on_segment(const Segment &segment)
{
    frame_ = segment.frame;
    const auto current = flows_.find(segment);
    const Signals signals = read_signals(segment);
    Attribution attribution;
    if (current && !segment.syn() && !flows_.any_pending_reuse()) { // nearly always
        attribution = *current;
    } else {
        const auto id =
            subflow_of(segment, signals, current ? std::optional{current->subflow} : std::nullopt);
        if (!id)
            return std::nullopt;
        attribution = {*id, registry_[*id].side_of(segment.source)};
    }
    const auto [id, sender] = attribution;
    Subflow &subflow = registry_[id];
    Connection *connection = &registry_[subflow.connection];
    if (Journal::may_tell(subflow, *connection, sender, segment, signals)) {
        apply_and_tell(id, subflow, *connection, sender, segment, signals);
        connection = &registry_[subflow.connection]; // it may have changed
    } else {
        apply_routine(subflow, *connection, sender, segment, signals);
    }
    if (data_.on_segment(id, subflow, *connection, sender, segment, signals))
        journal_.record(id, sender, segment, data_.take_news());
    return attribution;
}

void Tracker::apply_and_tell(SubflowId id, Subflow &subflow, const Connection &connection,
                             Side sender, const Segment &segment, const Signals &signals)
{
    const Moment before{subflow, connection, sender};
    apply(id, subflow, sender, segment, signals);
    journal_.record(registry_, id, sender, before, segment, signals);
}

// Of apply(), what is left for a segment with nothing to tell: data and its
// acknowledgements, on a subflow that was confirmed before.
void Tracker::apply_routine(Subflow &subflow, Connection &connection, Side sender,
                            const Segment &segment, const Signals &signals)
{
    if (segment.has_ack()) {
        note_handshake_rtt(subflow, sender, segment);
        if (subflow.kind == SubflowKind::Join)
            settle(subflow, connection, segment);
    }
    if (signals.maps_data())
        note_mapping(subflow.ends[sender], segment, signals);
}

// `current` has the 4-tuple.
std::optional<SubflowId> Tracker::subflow_of(const Segment &segment, const Signals &signals,
                                             std::optional<SubflowId> current)
{
    if (segment.syn())
        return on_syn(segment, signals, current);
    if (!current)
        return open_midway(segment, signals);
    if (const PendingReuse *reuse = flows_.pending_reuse(*current);
        reuse != nullptr && fits(*reuse, segment))
        return on_pending_reuse(segment, signals, *reuse);
    return current;
}

// The segment fits the SYN that is to reuse its 4-tuple.
std::optional<SubflowId> Tracker::on_pending_reuse(const Segment &segment, const Signals &signals,
                                                   const PendingReuse &reuse)
{
    // A SYN that is refused takes nothing away: the 4-tuple's subflow goes on.
    const auto reusing = reuse.subflow;
    if (segment.rst())
        return reusing;
    hand_over(segment, reusing);
    return reusing ? reusing : open_midway(segment, signals);
}

std::optional<SubflowId> Tracker::on_syn(const Segment &segment, const Signals &signals,
                                         std::optional<SubflowId> current)
{
    if (current && repeats(registry_[*current], segment))
        return current;
    if (const PendingReuse *reuse = current ? flows_.pending_reuse(*current) : nullptr;
        reuse != nullptr && repeats(*reuse, segment))
        return reuse->subflow;

    const auto opened = open_by_syn(segment, signals);
    if (current && !registry_[*current].ended())
        flows_.set_pending_reuse(*current, {segment.seq, segment.source, opened, segment.payload});
    else
        hand_over(segment, opened);
    return opened;
}

// The 4-tuple of the segment goes to that subflow, or to plain TCP.
void Tracker::hand_over(const Segment &segment, std::optional<SubflowId> to)
{
    if (to)
        flows_.put(segment, *to);
    else
        flows_.erase(segment);
}

std::optional<SubflowId> Tracker::open_by_syn(const Segment &segment, const Signals &signals)
{
    if (signals.capable())
        return open_initial(segment);
    if (signals.join_syn())
        return open_join(segment, *signals.join_syn());
    return std::nullopt;
}

SubflowId Tracker::open_initial(const Segment &segment)
{
    const ConnectionId connection = registry_.add_connection(segment.frame);
    const SubflowId id = registry_.add_subflow(connection, segment, SubflowKind::Unknown);
    become_initial(id, Side::A);
    return id;
}

// A subflow whose SYN is not in the capture; none if the segment is plain TCP.
std::optional<SubflowId> Tracker::open_midway(const Segment &segment, const Signals &signals)
{
    if (!signals.any())
        return std::nullopt;
    const ConnectionId connection = registry_.add_connection(segment.frame);
    const SubflowId id = registry_.add_subflow(connection, segment, SubflowKind::Unknown);
    Subflow &subflow = registry_[id];
    if (segment.syn_ack()) {
        subflow.opener = Side::B;
        subflow.ends[Side::B].isn = segment.ack - 1;
        if (signals.join_syn_ack()) {
            subflow.kind = SubflowKind::Join;
            subflow.undecided = true; // reordering may have put the SYN behind it
        }
    } else if (signals.join_ack() || signals.capable()) {
        // The third ACK, and what repeats MP_CAPABLE, stands at ISN + 1.
        subflow.opener = Side::A;
        subflow.ends[Side::A].isn = segment.seq - 1;
        if (signals.join_ack())
            subflow.kind = SubflowKind::Join;
    }
    flows_.put(segment, id);
    return id;
}

void Tracker::become_initial(SubflowId id, Side opener)
{
    Subflow &subflow = registry_[id];
    subflow.opener = opener;
    const Role role_of_a = opener == Side::A ? Role::Client : Role::Server;
    if (subflow.role_of_a != role_of_a)
        data_.swap_roles(subflow.connection);
    subflow.role_of_a = role_of_a;
    for (SubflowEnd &end : subflow.ends.each) {
        end.address_id = 0; // RFC 8684 3.2: the initial subflow's addresses have ID 0
        end.backup = false;
    }
    registry_.make_initial(id);
}

void Tracker::apply(SubflowId id, Subflow &subflow, Side sender, const Segment &segment,
                    const Signals &signals)
{
    if (segment.syn())
        apply_syn(id, sender, segment, signals);
    else if (segment.syn_ack())
        apply_syn_ack(id, sender, segment, signals);
    else if (segment.has_ack() && !segment.rst())
        apply_ack(id, subflow, sender, segment, signals);
    Connection &connection = registry_[subflow.connection]; // only now: it may have changed
    apply_signals(connection, subflow.role(sender), segment, signals);
    watch_options(connection, subflow, sender, segment, signals);
    apply_end(connection, subflow, sender, segment);
}

void Tracker::apply_syn(SubflowId id, Side sender, const Segment &segment, const Signals &signals)
{
    Subflow &subflow = registry_[id];
    subflow.opener = sender;
    subflow.ends[sender].isn = segment.seq;
    subflow.ends[sender].syn_payload = segment.payload;
    subflow.ends[sender].window_scale = read_window_scale(segment.options);
    subflow.syn_without_option |= signals.none();
    if (!subflow.syn_ack_seen)
        subflow.syn_time = segment.time;
    if (signals.capable() && subflow.kind != SubflowKind::Join)
        apply_capable_syn(id, sender, *signals.capable());
    else if (signals.join_syn() && subflow.kind == SubflowKind::Join)
        apply_join_syn(id, sender, segment, *signals.join_syn());
}

// The SYN, or a repetition of it, or one that comes behind its answer.
void Tracker::apply_capable_syn(SubflowId id, Side sender, const MpCapable &capable)
{
    if (registry_[id].kind == SubflowKind::Unknown)
        become_initial(id, sender);
    const ConnectionId connection_id = registry_[id].connection;
    Connection &connection = registry_[connection_id];
    connection.syn_seen = true;
    connection.checksum_required |= capable.checksum_required;
    connection.hosts[Role::Client].takes_no_joins |= capable.no_joins_to_this_address;
    if (!connection.version)
        connection.version = capable.version;
    // RFC 6824 3.1: the SYN carries the client's key; RFC 8684 3.1: it does not.
    if (capable.version == kV0 && capable.sender_key)
        learn_key(connection_id, Role::Client, *capable.sender_key);
}

void Tracker::apply_syn_ack(SubflowId id, Side sender, const Segment &segment,
                            const Signals &signals)
{
    Subflow &subflow = registry_[id];
    SubflowEnd &opener = subflow.ends[other(sender)];
    if (subflow.opener == sender || !answers(opener, segment))
        return; // a stray or forged one
    subflow.syn_ack_seen = true;
    subflow.ends[sender].isn = segment.seq;
    subflow.ends[sender].window_scale = read_window_scale(segment.options);
    if (!opener.isn)
        opener.isn = segment.ack - 1;
    if (subflow.kind == SubflowKind::Unknown && signals.capable() && signals.capable()->sender_key)
        become_initial(id, other(sender));
    if (subflow.kind == SubflowKind::Initial)
        apply_capable_syn_ack(registry_[id], sender, segment, signals);
    else if (subflow.kind == SubflowKind::Join && signals.join_syn_ack())
        apply_join_syn_ack(id, sender, segment, *signals.join_syn_ack());
}

void Tracker::apply_capable_syn_ack(Subflow &subflow, Side sender, const Segment &segment,
                                    const Signals &signals)
{
    const ConnectionId id = subflow.connection;
    Connection &connection = registry_[id];
    const auto &capable = signals.capable();
    if (!capable && signals.none() && !connection.syn_ack_seen) {
        note_fallback(connection, segment,
                      subflow.syn_without_option ? FallbackReason::SynRepeatedWithoutMpCapable
                                                 : FallbackReason::SynAckWithoutMpCapable);
    }
    // RFC 8684 3.1: the server answers with the version to use, never a higher
    // one than was offered, and with its key.
    const bool acceptable = capable && capable->sender_key &&
                            (connection.partial() || capable->version <= *connection.version);
    if (!acceptable)
        return;
    connection.version = capable->version;
    connection.syn_ack_seen = true;
    connection.checksum_required |= capable->checksum_required;
    connection.hosts[subflow.role(sender)].takes_no_joins |= capable->no_joins_to_this_address;
    learn_key(id, subflow.role(sender), *capable->sender_key);
}

void Tracker::apply_ack(SubflowId id, Subflow &subflow, Side sender, const Segment &segment,
                        const Signals &signals)
{
    note_handshake_rtt(subflow, sender, segment);
    if (signals.capable() && subflow.kind != SubflowKind::Join)
        apply_capable_ack(id, sender, *signals.capable());
    else if (signals.join_ack() && subflow.kind == SubflowKind::Join && subflow.opener == sender)
        apply_join_ack(subflow, *signals.join_ack());
    else if (subflow.ack_seen || signals.data_level() || segment.payload > 0)
        subflow.confirmed = true;
    else if (signals.none() && subflow.opener == sender && subflow.syn_ack_seen)
        subflow.plain_ack = true;
    if (subflow.kind == SubflowKind::Join)
        settle(subflow, registry_[subflow.connection], segment);
}

// RFC 8684 3.1: the third ACK, and in v1 the first data too, repeats both
// keys. It counts only if they are the keys that were exchanged before.
void Tracker::apply_capable_ack(SubflowId id, Side sender, const MpCapable &capable)
{
    Subflow &subflow = registry_[id];
    if (!capable.sender_key || !capable.receiver_key || subflow.opener == other(sender))
        return;
    if (subflow.kind == SubflowKind::Unknown)
        become_initial(id, sender);
    const ConnectionId connection_id = subflow.connection;
    Connection &connection = registry_[connection_id];
    const auto differs = [&](Role role, const std::optional<Key> &key) {
        return connection.hosts[role].key.value_or(*key) != *key;
    };
    const bool version_agreed = connection.syn_ack_seen && connection.version;
    if (differs(Role::Client, capable.sender_key) || differs(Role::Server, capable.receiver_key) ||
        (version_agreed && capable.version != *connection.version))
        return;
    connection.version = capable.version;
    connection.ack_seen = true;
    connection.checksum_required |= connection.partial() && capable.checksum_required;
    subflow.ack_seen = true;
    learn_key(connection_id, Role::Client, *capable.sender_key);
    learn_key(connection_id, Role::Server, *capable.receiver_key);
}

ConnectionState Tracker::state_of(const Connection &connection) const
{
    if (connection.fastclosed)
        return ConnectionState::Fastclosed;
    if (connection.fallback)
        return ConnectionState::Fallback;
    const auto state_is = [this](SubflowState state) {
        return [this, state](SubflowId id) { return registry_[id].state() == state; };
    };
    const auto never_began = [&](SubflowId id) {
        const SubflowState state = registry_[id].state();
        return state == SubflowState::Unanswered || state == SubflowState::HalfOpen ||
               state == SubflowState::Refused;
    };
    if (std::ranges::all_of(connection.subflows, never_began))
        return ConnectionState::Refused;
    if (connection.hosts[Role::Client].data_fin && connection.hosts[Role::Server].data_fin)
        return ConnectionState::Closed;
    if (connection.living_subflows > 0)
        return ConnectionState::Open;
    return std::ranges::any_of(connection.subflows, state_is(SubflowState::Reset))
               ? ConnectionState::Reset
               : ConnectionState::Closed;
}

HmacVerdict Tracker::verdict_on(SubflowId id, const MpJoinSynAck &join) const
{
    return verify(crypto_, connection_of(id), registry_[id], join);
}

HmacVerdict Tracker::verdict_on(SubflowId id, const MpJoinAck &join) const
{
    return verify(crypto_, connection_of(id), registry_[id], join);
}

AddressVerdict Tracker::verdict_on(SubflowId id, Side sender, const AddAddr &announced) const
{
    return verify(crypto_, connection_of(id), registry_[id].role(sender), announced);
}

std::optional<KeyDigest> Tracker::digest_of(const Connection &connection, Key key) const
{
    return connection.version ? crypto_.digest(*connection.version, key) : std::nullopt;
}

} // namespace mptcp
