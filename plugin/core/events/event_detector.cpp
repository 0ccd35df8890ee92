// SPDX-License-Identifier: GPL-2.0-or-later
//
// Events by source: the options of the segment, state changes of the handshake, the data level,
// and the end of the subflow.
#include "events/event_detector.h"

#include <variant>

#include "connections/backup_flags.h"

namespace mptcp {
namespace {

EventType capable_event(const Segment &segment)
{
    if (segment.syn())
        return EventType::CapableSyn;
    return segment.syn_ack() ? EventType::CapableSynAck : EventType::CapableAck;
}

// The context of one segment.
struct Detection {
    EventLog &log;
    AddAddrEchoes &echoes;
    const Registry &registry;
    const Attribution &attribution;
    const Segment &segment;
    const ConnectionChange &change;

    const Subflow &subflow() const { return registry[attribution.subflow]; }
    const Connection &connection() const { return registry[subflow().connection]; }
    Role role() const { return subflow().role(attribution.sender); }
    bool changed(Change what) const { return change.changes.has(what); }

    void add(EventType type, const EventDetail &detail = {}, bool repeated = false) const
    {
        add(type, detail, repeated, ignored(type));
    }
    void add(EventType type, const EventDetail &detail, bool repeated, Ignored why) const
    {
        log.add({.frame = segment.frame,
                 .type = type,
                 .sender = attribution.sender,
                 .repeated = repeated,
                 .ignored = why,
                 .subflow = attribution.subflow,
                 .time = segment.time,
                 .detail = detail});
    }

    // A segment that was received before still carries valid options, but ends nothing.
    Ignored ignored(EventType type) const
    {
        const bool ends = type == EventType::SubflowReset || type == EventType::Fastclose;
        const bool takes_effect =
            (change.ignored == Ignored::AlreadyReceived && !ends) ||
            (change.ignored == Ignored::InvalidOption && type != capable_event(segment));
        return takes_effect ? Ignored::No : change.ignored;
    }
};

bool differs(const std::optional<Key> &sent, const std::optional<Key> &known)
{
    return sent && known && *sent != *known;
}

// RFC 8684 3.1: the keys do not change during the life of a connection. RFC 4987 3.6: the key of a
// repeated SYN/ACK may differ, if the server uses SYN cookies.
bool keys_differ(const Detection &detection, const MpCapable &option)
{
    if (detection.change.key_offered_again)
        return false;
    const PerRole<Host> &hosts = detection.connection().hosts;
    return differs(option.sender_key, hosts[detection.role()].key) ||
           differs(option.receiver_key, hosts[other(detection.role())].key);
}

// RFC 8684 3.1, RFC 6824 3.1: the SYN of version 1 has no key. The SYN of version 0 and the
// SYN/ACK have the sender's key. An ACK has both keys. Higher versions are not checked.
bool has_invalid_keys(const Segment &segment, const MpCapable &option)
{
    if (option.version > kV1)
        return false;
    if (!segment.any_syn())
        return !option.receiver_key;
    const bool key_belongs = option.version == kV0 || segment.syn_ack();
    return option.sender_key.has_value() != key_belongs || option.receiver_key;
}

void add_capable(const Detection &detection, const MpCapable &option)
{
    if (detection.subflow().kind == SubflowKind::Join)
        return; // MP_CAPABLE is not valid on a join
    detection.add(capable_event(detection.segment), option, detection.change.handshake_repeated);
    if (!option.has_valid_flags())
        detection.add(EventType::OddFlags, option);
    if (has_invalid_keys(detection.segment, option))
        detection.add(EventType::OddForm, option);
    // RFC 8684 3.1: the SYN/ACK selects the version, and the third ACK repeats it.
    const auto version = detection.connection().version;
    if (!detection.segment.syn() && version && option.version != *version)
        detection.add(EventType::VersionMismatch, option);
    else if (detection.segment.syn_ack() && detection.change.version_before &&
             version < detection.change.version_before)
        detection.add(EventType::VersionDowngrade, option);
    if (keys_differ(detection, option))
        detection.add(EventType::KeyMismatch, option);
}

// RFC 8684 3.1: with flag C, the sender does not accept further subflows to the source address
// and port of the flag.
bool is_forbidden(const Detection &detection)
{
    const Role receiver = other(detection.role());
    const Subflow &initial = detection.registry.first_subflow_of(detection.connection());
    return detection.connection().hosts[receiver].join_denied &&
           initial.kind == SubflowKind::Initial &&
           initial.end(receiver).endpoint == detection.segment.destination;
}

void add_join_syn(const Detection &detection, const MpJoinSyn &option)
{
    detection.add(EventType::JoinSyn, option, detection.change.handshake_repeated);
    if (!detection.change.handshake_repeated && is_forbidden(detection))
        detection.add(EventType::JoinForbidden, option);
}

struct AddOption {
    const Detection &detection;

    void operator()(const MpCapable &option) const { add_capable(detection, option); }
    void operator()(const MpJoinSyn &option) const
    {
        if (detection.segment.syn())
            add_join_syn(detection, option);
    }
    void operator()(const MpJoinSynAck &option) const
    {
        if (detection.segment.syn_ack())
            detection.add(EventType::JoinSynAck, option, detection.change.handshake_repeated);
    }
    void operator()(const MpJoinAck &option) const
    {
        if (!detection.segment.any_syn())
            detection.add(EventType::JoinAck, option, detection.change.handshake_repeated);
    }
    void operator()(const AddAddr &option) const
    {
        const auto address = host_address(detection.registry, detection.attribution, option);
        if (detection.connection().partial())
            detection.echoes.note_partial(address);
        bool repeated = false;
        if (option.echo)
            detection.echoes.echo(address, detection.segment.frame);
        else
            repeated = detection.echoes.announce(address, detection.segment.frame);
        detection.add(option.echo ? EventType::AddAddrEcho : EventType::AddAddr, option, repeated);
        if (option.echo && !detection.connection().partial() &&
            !detection.echoes.announcement_of(address, detection.segment.frame))
            detection.add(EventType::EchoUnmatched, option);
    }
    void operator()(const RemoveAddr &option) const
    {
        detection.add(EventType::RemoveAddr, option);
    }
    void operator()(const MpPrio &option) const
    {
        detection.add(EventType::Prio, option, false,
                      is_valid(option, detection.connection()) ? detection.ignored(EventType::Prio)
                                                               : Ignored::InvalidOption);
    }
    void operator()(const MpFail &option) const { detection.add(EventType::Fail, option); }
    void operator()(const MpFastclose &option) const
    {
        detection.add(EventType::Fastclose, option, detection.change.fastclose_repeated);
    }
    template <class Other> void operator()(const Other &) const {}
};

void add_options(const Detection &detection)
{
    for (const Option &option : detection.segment.options.mptcp)
        std::visit(AddOption{detection}, option);
}

void add_handshake(const Detection &detection)
{
    if (detection.change.was_reset)
        return;
    if (detection.changed(Change::Established))
        detection.add(EventType::Established);
    if (detection.changed(Change::OptionStripped))
        detection.add(EventType::JoinStripped);
    // RFC 8684 3.2: the fourth packet confirms the join to the initiator.
    if (detection.changed(Change::Joined))
        detection.add(EventType::JoinEstablished,
                      SubflowOutcome{detection.segment.time - detection.subflow().opened,
                                     std::nullopt, false});
}

// RFC 8684 3.1 and 3.3.1: the first byte of data of a host has the DSN IDSN + 1. Only the first
// byte of the initial subflow is checked, and only while there is no other subflow.
bool differs_from_idsn(const Detection &detection)
{
    const DssMapping *mapping = detection.segment.options.mapping();
    const auto idsn = detection.connection().hosts[detection.role()].idsn;
    if (!detection.changed(Change::FirstMapping) || mapping == nullptr || !idsn ||
        mapping->subflow_offset != 1 || mapping->length == 0 ||
        detection.subflow().kind != SubflowKind::Initial ||
        detection.connection().subflows.size() > 1)
        return false;
    const std::uint64_t expected = idsn->value + 1;
    return mapping->data_seq.value !=
           (mapping->data_seq.is_64_bit ? expected : static_cast<std::uint32_t>(expected));
}

// RFC 8684 3.3.3: the DATA_FIN occupies the last DSN of its mapping.
WireDataSeq dsn_of(const DssMapping &data_fin)
{
    WireDataSeq last = data_fin.data_seq;
    last.value += data_fin.length == 0 ? 0U : data_fin.length - 1U;
    if (!last.is_64_bit)
        last.value = static_cast<std::uint32_t>(last.value);
    return last;
}

void add_data_level(const Detection &detection)
{
    const SegmentOptions &options = detection.segment.options;
    if (differs_from_idsn(detection))
        detection.add(EventType::IdsnMismatch, options.mapping()->data_seq);
    if (detection.changed(Change::Fallback))
        detection.add(EventType::Fallback, detection.connection().fallback->reason);
    if (detection.changed(Change::UnmappedOnJoin))
        detection.add(EventType::DataUnmapped, ByteCount{detection.segment.payload});
    if (detection.changed(Change::DataFinSent) || detection.change.data_fin_repeated)
        detection.add(EventType::DataFin, dsn_of(*options.data_fin()),
                      detection.change.data_fin_repeated);
    if (detection.changed(Change::DataFinAcknowledged))
        detection.add(EventType::DataFinAcked, *options.data_ack());
    if (detection.changed(Change::Closed))
        detection.add(EventType::Closed);
}

// The listener refuses a subflow; its initiator cancels it.
EventType type_of_reset(const Detection &detection)
{
    const Subflow &subflow = detection.subflow();
    if (detection.change.ignored != Ignored::No || subflow.state() != SubflowState::Refused)
        return EventType::SubflowReset;
    return subflow.kind == SubflowKind::Join ? EventType::JoinRefused : EventType::Refused;
}

void add_reset(const Detection &detection)
{
    const Segment &segment = detection.segment;
    const bool repeated = detection.change.was_reset;
    const auto *reason = segment.options.find<MpTcpRst>();
    if (repeated && reason == nullptr)
        return;
    detection.add(type_of_reset(detection),
                  SubflowOutcome{segment.time - detection.subflow().opened,
                                 reason != nullptr ? std::optional{*reason} : std::nullopt,
                                 segment.has_ack()},
                  repeated);
}

// A later segment shows that an RST or a fallback did not take effect.
void revoke(const Detection &detection)
{
    const SubflowId subflow = detection.attribution.subflow;
    if (const std::uint32_t frame = detection.change.ignored_reset_frame; frame != 0) {
        for (const EventType type :
             {EventType::SubflowReset, EventType::JoinRefused, EventType::Refused})
            detection.log.change(frame, subflow, type, [](Event &event) {
                event.type = EventType::SubflowReset;
                event.ignored = Ignored::NotNext;
            });
        detection.log.change(frame, subflow, EventType::Fastclose,
                             [](Event &event) { event.ignored = Ignored::NotNext; });
    }
    if (const std::uint32_t frame = detection.change.revoked_fallback_frame; frame != 0)
        detection.log.change(frame, subflow, EventType::Fallback,
                             [](Event &event) { event.withdrawn = true; });
}

void add_end(const Detection &detection)
{
    if (detection.segment.fin() && !detection.change.was_reset)
        detection.add(EventType::SubflowFin, {}, detection.change.fin_repeated);
    if (detection.changed(Change::SubflowClosed))
        detection.add(EventType::SubflowClosed);
    if (detection.segment.rst())
        add_reset(detection);
}

// A gap is one event, in the frame of the first DATA_ACK that covers it. It may grow, and it
// shrinks where frames are not in order of time.
void add_unseen(const Detection &detection, const DataStream::Unseen &unseen)
{
    const SubflowId subflow{unseen.subflow};
    bool known = false;
    detection.log.change(unseen.frame, subflow, EventType::DataUnseen, [&](Event &event) {
        event.detail = ByteCount{unseen.bytes};
        event.withdrawn = unseen.bytes == 0;
        known = true;
    });
    if (!known && unseen.frame == detection.segment.frame)
        detection.add(EventType::DataUnseen, ByteCount{unseen.bytes});
}

// A burst is one event, in the frame that makes it one. It may grow.
void add_burst(const Detection &detection, const DataStream::Burst &burst)
{
    const BurstCount count{burst.since_frame, burst.packets, burst.bytes};
    if (burst.frame == detection.segment.frame)
        return detection.add(EventType::ReinjectionBurst, count);
    detection.log.change(burst.frame, SubflowId{burst.subflow}, EventType::ReinjectionBurst,
                         [&](Event &event) { event.detail = count; });
}

void add_data_change(const Detection &detection, const DataChange &change)
{
    if (change.mapping_contradicts)
        detection.add(EventType::MappingMismatch);
    if (change.mapping_before_start)
        detection.add(EventType::MappingInvalid);
    if (change.checksum_bad)
        detection.add(EventType::ChecksumBad);
    if (change.checksum_missing)
        detection.add(EventType::ChecksumMissing);
    if (change.checksum_unexpected)
        detection.add(EventType::ChecksumUnexpected);
    for (const DataStream::Unseen &unseen : change.unseen)
        add_unseen(detection, unseen);
    if (change.burst)
        add_burst(detection, *change.burst);
    if (change.window_closed)
        detection.add(EventType::WindowZero);
    if (change.window_reopened)
        detection.add(EventType::WindowOpen, *change.window_reopened);
}

// In the frame that shows it. The silent host sent that frame, or received the RST in it.
void add_silence(const Detection &detection)
{
    const auto &silence = detection.change.silence;
    if (!silence)
        return;
    detection.log.add({.frame = detection.segment.frame,
                       .type = EventType::PathSilent,
                       .sender = silence->end,
                       .subflow = detection.attribution.subflow,
                       .time = detection.segment.time,
                       .detail = silence->interval});
}

} // namespace

void EventDetector::detect(const Registry &registry, const Attribution &attribution,
                           const Segment &segment, const ConnectionChange &change,
                           const DataChange &data_change)
{
    const Detection detection{log_, echoes_, registry, attribution, segment, change};
    revoke(detection);
    add_silence(detection);
    add_options(detection);
    add_handshake(detection);
    add_data_level(detection);
    add_end(detection);
    add_data_change(detection, data_change);
}

std::optional<std::uint32_t> EventDetector::echo_in(const Registry &registry,
                                                    const Event &add_addr) const
{
    const auto &option = std::get<AddAddr>(add_addr.detail);
    return echoes_.echo_to(host_address(registry, {add_addr.subflow, add_addr.sender}, option),
                           add_addr.frame);
}

std::optional<std::uint32_t> EventDetector::echo_to(const Registry &registry,
                                                    const Event &echo) const
{
    const auto &option = std::get<AddAddr>(echo.detail);
    return echoes_.announcement_of(host_address(registry, {echo.subflow, echo.sender}, option),
                                   echo.frame);
}

} // namespace mptcp
