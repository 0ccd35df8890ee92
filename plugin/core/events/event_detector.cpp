// SPDX-License-Identifier: GPL-2.0-or-later
#include "events/event_detector.h"

#include <algorithm>
#include <utility>

namespace mptcp {
namespace {

// One segment, and where the events that it makes go to.
struct Entry {
    EventLog &events;
    Announcements &announcements;
    const Registry &registry;
    SubflowId id;
    Side sender;
    const Moment &before;
    const Moment &now;
    const Segment &segment;
    const Signals &signals;

    const Subflow &subflow() const { return registry[id]; }
    const Connection &connection() const { return registry[subflow().connection]; }
    Role role() const { return subflow().role(sender); }
    bool from_opener() const { return subflow().opener == sender; }

    void add(EventType type, const EventDetail &detail = {}, bool repeated = false) const
    {
        events.add({segment.frame, type, sender, repeated, id, segment.time, detail});
    }
};

bool differs(const std::optional<Key> &sent, const std::optional<Key> &known)
{
    return sent && known && *sent != *known;
}

// RFC 8684 3.1: both keys stay what they are, whatever is retransmitted.
bool keys_differ(const Entry &entry, const MpCapable &option)
{
    const PerRole<Host> &hosts = entry.connection().hosts;
    return differs(option.sender_key, hosts[entry.role()].key) ||
           differs(option.receiver_key, hosts[other(entry.role())].key);
}

// RFC 8684 3.1: the SYN of version 1 has no key and that of version 0 its
// sender's, as the SYN/ACK of both; an ACK has both keys. Of higher versions
// nothing is known.
bool has_odd_form(const Segment &segment, const MpCapable &option)
{
    if (option.version > kV1)
        return false;
    if (!segment.any_syn())
        return !option.receiver_key;
    const bool key_belongs = option.version == kV0 || segment.syn_ack();
    return option.sender_key.has_value() != key_belongs || option.receiver_key;
}

void add_capable(const Entry &entry, const MpCapable &option)
{
    if (entry.subflow().kind == SubflowKind::Join)
        return; // it means nothing there
    if (entry.segment.syn())
        entry.add(EventType::CapableSyn, option, entry.before.syn_seen);
    else if (entry.segment.syn_ack())
        entry.add(EventType::CapableSynAck, option, entry.before.syn_ack_seen);
    else
        entry.add(EventType::CapableAck, option, entry.before.ack_seen);
    // RFC 8684 3.1: B must be 0, and H is the only algorithm that there is.
    if (option.extensibility || !option.hmac)
        entry.add(EventType::OddFlags, option);
    if (has_odd_form(entry.segment, option))
        entry.add(EventType::OddForm, option);
    // RFC 8684 3.1: the server's answer decides the version, and the ACK has it.
    const auto version = entry.connection().version;
    if (!entry.segment.syn() && version && option.version != *version)
        entry.add(EventType::VersionMismatch, option);
    else if (entry.segment.syn_ack() && entry.before.version && version < entry.before.version)
        entry.add(EventType::VersionDowngrade, option);
    if (keys_differ(entry, option))
        entry.add(EventType::KeyMismatch, option);
}

// RFC 8684 3.1, flag C: the sender takes no more subflows at the address and
// port that it sent the flag from.
bool is_forbidden(const Entry &entry)
{
    const Role receiver = other(entry.role());
    const Subflow &initial = entry.registry[entry.connection().subflows.front()];
    return entry.connection().hosts[receiver].takes_no_joins &&
           initial.kind == SubflowKind::Initial &&
           initial.end(receiver).endpoint == entry.segment.destination;
}

void add_join_syn(const Entry &entry, const MpJoinSyn &option)
{
    entry.add(EventType::JoinSyn, option, entry.before.syn_seen);
    if (!entry.before.syn_seen && is_forbidden(entry))
        entry.add(EventType::JoinForbidden, option);
}

AddressIds to_ids(ByteView octets)
{
    AddressIds ids;
    ids.count = static_cast<std::uint8_t>(std::min(octets.size(), ids.ids.size()));
    std::ranges::copy(octets.first(ids.count), ids.ids.begin());
    return ids;
}

// The address that an ADD_ADDR or its echo speaks of, and whose it is.
Announcements::Place place_of(const Registry &registry, SubflowId id, Side sender,
                              const AddAddr &option)
{
    const Subflow &subflow = registry[id];
    const Role from = subflow.role(sender);
    return {subflow.connection, option.echo ? other(from) : from, option.address_id,
            option.address};
}

struct AddOption {
    const Entry &entry;

    void operator()(const MpCapable &option) const { add_capable(entry, option); }
    void operator()(const MpJoinSyn &option) const
    {
        if (entry.segment.syn())
            add_join_syn(entry, option);
    }
    void operator()(const MpJoinSynAck &option) const
    {
        if (entry.segment.syn_ack())
            entry.add(EventType::JoinSynAck, option, entry.before.syn_ack_seen);
    }
    void operator()(const MpJoinAck &option) const
    {
        if (!entry.segment.any_syn())
            entry.add(EventType::JoinAck, option, entry.before.ack_seen);
    }
    void operator()(const AddAddr &option) const
    {
        const auto place = place_of(entry.registry, entry.id, entry.sender, option);
        if (option.echo)
            entry.announcements.echo(place, entry.segment.frame);
        else
            entry.announcements.announce(place, entry.segment.frame);
        entry.add(option.echo ? EventType::AddAddrEcho : EventType::AddAddr, option);
    }
    void operator()(const RemoveAddr &option) const
    {
        entry.add(EventType::RemoveAddr, to_ids(option.address_ids));
    }
    void operator()(const MpPrio &option) const { entry.add(EventType::Prio, option); }
    void operator()(const MpFail &option) const { entry.add(EventType::Fail, option); }
    void operator()(const MpFastclose &option) const { entry.add(EventType::Fastclose, option); }
    template <class Other> void operator()(const Other &) const {}
};

void add_options(const Entry &entry)
{
    if (!entry.signals.signalling())
        return;
    OptionReader reader{entry.segment};
    while (const auto option = reader.next())
        std::visit(AddOption{entry}, *option);
}

void add_handshake(const Entry &entry)
{
    const Subflow &subflow = entry.subflow();
    const Moment &before = entry.before;
    const Moment &now = entry.now;
    if (before.was_reset())
        return;
    if (subflow.kind == SubflowKind::Initial && before.handshake != now.handshake &&
        now.handshake == Handshake::Complete)
        entry.add(EventType::Established);
    if (subflow.kind != SubflowKind::Join)
        return;
    const bool plain_answer =
        entry.segment.syn_ack() && now.syn_ack_seen && !before.syn_ack_seen && entry.signals.none();
    if (plain_answer || (now.plain_ack && !before.plain_ack))
        entry.add(EventType::JoinStripped);
    // RFC 8684 3.2: the fourth packet tells the opener that it has joined.
    if (now.confirmed && !before.confirmed && now.ack_seen)
        entry.add(EventType::JoinEstablished,
                  SubflowOutcome{entry.segment.time - subflow.opened, std::nullopt, false});
}

// RFC 8684 3.1 and 3.3.1: a host's first octet of data has the DSN IDSN + 1. It
// is the first one of the initial subflow, unless others have carried data.
bool misplaced(const Entry &entry)
{
    const auto &mapping = entry.signals.mapping;
    const auto idsn = entry.connection().hosts[entry.role()].idsn;
    if (!mapping || !idsn || mapping->subflow_offset != 1 || mapping->length == 0 ||
        entry.subflow().kind != SubflowKind::Initial || entry.connection().subflows.size() > 1 ||
        entry.before.mapped_data)
        return false;
    const std::uint64_t expected = idsn->value + 1;
    return mapping->data_seq.whole
               ? mapping->data_seq.value != expected
               : mapping->data_seq.value != static_cast<std::uint32_t>(expected);
}

// RFC 8684 3.3.3: the DATA_FIN has the last DSN of its mapping.
WireDataSeq dsn_of(const DssMapping &data_fin)
{
    WireDataSeq last = data_fin.data_seq;
    last.value += data_fin.length == 0 ? 0U : data_fin.length - 1U;
    if (!last.whole)
        last.value = static_cast<std::uint32_t>(last.value);
    return last;
}

void add_data_level(const Entry &entry)
{
    const Moment &before = entry.before;
    const Moment &now = entry.now;
    if (misplaced(entry))
        entry.add(EventType::IdsnMismatch, entry.signals.mapping->data_seq);
    if (now.fallback && !before.fallback &&
        entry.connection().fallback->frame == entry.segment.frame)
        entry.add(EventType::Fallback, entry.connection().fallback->reason);
    if (now.data_fin && !before.data_fin && entry.signals.data_fin()) // later ones repeat it
        entry.add(EventType::DataFin, dsn_of(*entry.signals.data_fin()));
    if (entry.signals.data_ack && now.data_fin_acked && !before.data_fin_acked)
        entry.add(EventType::DataFinAcked, *entry.signals.data_ack);
    if (now.closed && !before.closed && entry.signals.data_level())
        entry.add(EventType::Closed);
}

std::optional<MpTcpRst> reason_in(const Segment &segment)
{
    OptionReader reader{segment};
    while (const auto option = reader.next())
        if (const auto *reason = std::get_if<MpTcpRst>(&*option))
            return *reason;
    return std::nullopt;
}

EventType type_of_reset(const Entry &entry)
{
    if (entry.now.state != SubflowState::Refused)
        return EventType::SubflowReset;
    return entry.subflow().kind == SubflowKind::Join ? EventType::JoinRefused : EventType::Refused;
}

void add_end(const Entry &entry)
{
    const bool again = entry.before.was_reset();
    if (entry.segment.fin() && !again)
        entry.add(EventType::SubflowFin, {}, entry.before.fin);
    if (entry.now.state == SubflowState::Closed && entry.before.state != SubflowState::Closed)
        entry.add(EventType::SubflowClosed);
    if (!entry.segment.rst())
        return;
    const auto reason = reason_in(entry.segment);
    if (!again || reason)
        entry.add(type_of_reset(entry),
                  SubflowOutcome{entry.segment.time - entry.subflow().opened, reason,
                                 entry.segment.has_ack()},
                  again);
}

} // namespace

Moment::Moment(const Subflow &subflow, const Connection &connection, Side sender)
{
    const Role role = subflow.role(sender);
    const Host &own = connection.hosts[role];
    const Host &peer = connection.hosts[other(role)];
    handshake = connection.handshake();
    version = connection.version;
    state = subflow.state();
    confirmed = subflow.confirmed;
    syn_seen = subflow.kind == SubflowKind::Join ? subflow.ends[sender].nonce.has_value()
                                                 : connection.syn_seen;
    syn_ack_seen = subflow.syn_ack_seen;
    ack_seen = subflow.ack_seen;
    plain_ack = subflow.plain_ack;
    mapped_data = subflow.ends[sender].mapped_data;
    fin = subflow.ends[sender].fin;
    fallback = connection.fallback.has_value();
    data_fin = own.data_fin;
    data_fin_acked = peer.data_fin_acked;
    closed = own.data_fin_acked && peer.data_fin_acked;
}

bool Journal::may_tell(const Subflow &subflow, const Connection &connection, Side sender,
                       const Segment &segment, const Signals &signals)
{
    const Host &peer = connection.hosts[other(subflow.role(sender))];
    const bool waits_for_data_ack = peer.data_fin && !peer.data_fin_acked;
    return !subflow.confirmed || !signals.routine() || waits_for_data_ack ||
           (segment.flags & (kSyn | kFin | kRst)) != 0;
}

void Journal::record(const Registry &registry, SubflowId id, Side sender, const Moment &before,
                     const Segment &segment, const Signals &signals)
{
    const Subflow &subflow = registry[id];
    const Moment now{subflow, registry[subflow.connection], sender};
    const Entry entry{events_, announcements_, registry, id, sender, before, now, segment, signals};
    add_options(entry);
    add_handshake(entry);
    add_data_level(entry);
    add_end(entry);
}

void Journal::record(SubflowId id, Side sender, const Segment &segment, const DataNews &news)
{
    const auto add = [&](EventType type, const EventDetail &detail = {}) {
        events_.add({segment.frame, type, sender, false, id, segment.time, detail});
    };
    if (news.contradiction)
        add(EventType::MappingMismatch);
    if (news.bad_checksum)
        add(EventType::ChecksumBad);
    if (news.never_seen > 0)
        add(EventType::DataUnseen, Octets{news.never_seen});
}

std::optional<std::uint32_t> Journal::echo_in(const Registry &registry,
                                              const Event &announced) const
{
    const auto &option = std::get<AddAddr>(announced.detail);
    return announcements_.echo_to(place_of(registry, announced.subflow, announced.sender, option),
                                  announced.frame);
}

std::optional<std::uint32_t> Journal::echo_to(const Registry &registry, const Event &echo) const
{
    const auto &option = std::get<AddAddr>(echo.detail);
    return announcements_.announcement_of(place_of(registry, echo.subflow, echo.sender, option),
                                          echo.frame);
}

} // namespace mptcp
