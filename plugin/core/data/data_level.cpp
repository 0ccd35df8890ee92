// SPDX-License-Identifier: GPL-2.0-or-later
//
// The processing of payload and acknowledgments at the data level (RFC 8684 3.3.2).
// data_mappings.cpp covers mappings, and data_checksums.cpp covers checksums.
#include "data/data_level.h"

#include <algorithm>
#include <utility>

#include "data/segment_context.h"
#include "wire/window.h"

namespace mptcp {
namespace {

// The number of earlier packets that one reinjection is compared with. The limit bounds the cost
// for data that was first sent in many small packets.
constexpr int kMaxFirstSenders = 256;

// The number of mappings in one packet that are kept. A segment of 64 KiB (TSO) has about 120 of an
// MSS of 536 bytes.
constexpr std::size_t kMostParts = 256;

// Keeps the earliest frame that carried the data.
void note_first(DataExtras &extras, std::uint32_t frame)
{
    if (extras.reinjection_of == 0 || frame < extras.reinjection_of)
        extras.reinjection_of = frame;
}

} // namespace

DataChange DataLevel::apply(const Registry &registry, const Attribution &attribution,
                            const Segment &segment)
{
    const auto [id, sender] = attribution;
    const Subflow &subflow = registry[id];
    const Connection &connection = registry[subflow.connection];
    const Role role = subflow.role(sender);
    const auto &flows = subflow_data_.find(id);
    const auto &streams = streams_.find(subflow.connection);
    DataStream *const own_stream = streams[role]; // before stream_of() may add a stream
    DataStream *const peer_stream = streams[other(role)];
    DataChange change;
    if (SubflowData *acknowledged = flows[other(sender)];
        acknowledged != nullptr && segment.has_ack())
        acknowledge_tcp(*acknowledged, peer_stream, segment);
    if (segment.payload > 0 || segment.options.maps_data()) {
        SubflowData &flow = flow_of(flows[sender], subflow, id, sender, segment);
        const std::uint64_t begin = flow.offset_of(segment.seq) + (segment.any_syn() ? 1 : 0);
        const SegmentContext context =
            context_of(registry, attribution, segment, {begin, begin + segment.payload}, own_stream,
                       flow, change);
        map_all(context);
        if (segment.payload > 0)
            pass_payload(context);
    }
    if (connection.fallback && connection.fallback->frame == segment.frame)
        imply_earlier(registry, attribution, segment, change);
    if (const WireDataSeq *data_ack = segment.options.data_ack())
        acknowledge_data(registry, attribution, segment, *data_ack, change);
    return change;
}

DataLevel::SegmentContext DataLevel::context_of(const Registry &registry,
                                                const Attribution &attribution,
                                                const Segment &segment, const Range &payload,
                                                DataStream *stream, SubflowData &flow,
                                                DataChange &change)
{
    const auto [id, sender] = attribution;
    const Subflow &subflow = registry[id];
    const Connection &connection = registry[subflow.connection];
    const Role role = subflow.role(sender);
    DataStream &own = stream_of(stream, subflow.connection, role, connection.hosts[role]);
    return {segment, id, sender, role, subflow, connection, own, flow, payload, change};
}

const DataPacket *DataLevel::find(std::uint32_t frame, SubflowId subflow) const
{
    const auto is_wanted = [&](const DataPacket &packet) {
        return packet.frame == frame && packet.subflow == subflow;
    };
    if (!packets_.empty() && is_wanted(packets_.back())) // often
        return &packets_.back();
    auto it = std::ranges::lower_bound(packets_, frame, {}, &DataPacket::frame);
    for (; it != packets_.end() && it->frame == frame; ++it)
        if (is_wanted(*it))
            return &*it;
    return nullptr;
}

const DataStream *DataLevel::stream(ConnectionId connection, Role sender) const
{
    return streams_.find(connection, sender);
}

const SubflowData *DataLevel::subflow_data(SubflowId subflow, Side sender) const
{
    return subflow_data_.find(subflow, sender);
}

std::optional<std::uint32_t> DataLevel::window_of(const Subflow &subflow, Side sender,
                                                  const Segment &segment)
{
    return mptcp::window_of(segment, subflow.ends[sender].window_scale,
                            subflow.ends[other(sender)].window_scale);
}

void DataLevel::regroup(const Registry &registry, const Regrouping &regrouping, std::uint32_t since)
{
    if (const auto *swapped = std::get_if<RolesSwapped>(&regrouping))
        streams_.swap(swapped->connection);
    else if (const auto *moved = std::get_if<SubflowMoved>(&regrouping))
        move(moved->subflow, since);
    else
        merge(registry, std::get<ConnectionsMerged>(regrouping), since);
}

void DataLevel::move(SubflowId subflow, std::uint32_t since)
{
    for (const Side side : {Side::A, Side::B})
        if (SubflowData *data = subflow_data_.find(subflow, side))
            data->discard_mappings(since);
}

void DataLevel::merge(const Registry &registry, const ConnectionsMerged &merged,
                      std::uint32_t since)
{
    if (combine(registry, merged, since))
        return;
    for (const SubflowId subflow : merged.subflows)
        move(subflow, since);
}

// Returns false, without effect, if the DSNs of a direction cannot be compared.
bool DataLevel::combine(const Registry &registry, const ConnectionsMerged &merged,
                        std::uint32_t since)
{
    PerRole<std::uint64_t> offsets;
    for (const Role role : {Role::Client, Role::Server}) {
        const DataStream *part = stream(merged.merged, role);
        const DataStream *remaining = stream(merged.remaining, merged.new_role(role));
        if (part == nullptr || remaining == nullptr)
            continue;
        const auto offset = remaining->offset_from(*part);
        if (!offset)
            return false;
        offsets[role] = *offset;
    }
    for (const Role role : {Role::Client, Role::Server}) {
        const Role new_role = merged.new_role(role);
        const DataStream *part = stream(merged.merged, role);
        if (part == nullptr)
            continue;
        if (DataStream *remaining = streams_.find(merged.remaining, new_role))
            absorb(*remaining, *part, offsets[role]);
        else
            streams_.move(merged.merged, role, merged.remaining, new_role);
    }
    for (const Role role : {Role::Client, Role::Server}) {
        if (offsets[role] == 0)
            continue;
        for (const SubflowId id : merged.subflows)
            if (SubflowData *data =
                    subflow_data_.find(id, registry[id].side(merged.new_role(role))))
                data->rebase(offsets[role], since);
    }
    return true;
}

void DataLevel::absorb(DataStream &remaining, const DataStream &merged, std::uint64_t offset)
{
    remaining.absorb(merged, offset, [&](const Range &dsns, std::uint32_t number) {
        DataExtras &extras = make_extras(packets_[number]);
        extras.reinjected += bytes32(dsns.size());
    });
}

std::optional<std::uint64_t> DataLevel::rebased_by(const DataPacket &packet) const
{
    const SubflowData *data = subflow_data(packet.subflow, packet.sender);
    if (data == nullptr || data->moved_after(packet.frame))
        return std::nullopt;
    return data->rebased_by(packet.frame);
}

std::optional<DataSeq> DataLevel::data_seq(const DataPacket &packet, const Subflow &subflow) const
{
    const DataStream *own = stream(subflow.connection, subflow.role(packet.sender));
    const auto offset = rebased_by(packet);
    if (!packet.mapped || own == nullptr || !offset)
        return std::nullopt;
    return own->dsn_of(packet.dsn + *offset);
}

DataStream &DataLevel::make_stream(DataStream *known, ConnectionId connection, Role sender,
                                   const Host &host)
{
    if (known == nullptr)
        known = &streams_.add(connection, sender, {});
    if (!known->is_64_bit() && host.idsn)
        known->learn_idsn(*host.idsn);
    return *known;
}

SubflowData &DataLevel::make_flow(SubflowData *known, const Subflow &subflow, SubflowId id,
                                  Side sender, const Segment &segment)
{
    const auto &isn = subflow.ends[sender].isn;
    if (known == nullptr)
        return subflow_data_.add(id, sender, SubflowData{segment.seq, isn});
    if (isn)
        known->learn_isn(*isn);
    return *known;
}

DataExtras &DataLevel::make_extras(DataPacket &packet)
{
    if (packet.extras == 0) {
        extras_.emplace_back();
        packet.extras = static_cast<std::uint32_t>(extras_.size());
    }
    return extras_[packet.extras - 1];
}

// Only for packets without an entry in parts_.
bool DataLevel::is_one_part(const DataPacket &packet) const
{
    const DataExtras *extra = extras(packet);
    return packet.mapped && (extra == nullptr || extra->unmapped == 0);
}

void DataLevel::note_part(const DataPacket &packet, const MappedPart &part)
{
    if (part.length == packet.payload)
        return;
    std::vector<MappedPart> &parts = parts_[{packet.frame, packet.subflow}];
    if (parts.size() < kMostParts)
        parts.push_back(part);
}

void DataLevel::note_parts(const SegmentContext &context, const Range &offsets,
                           std::uint32_t packet)
{
    context.flow.visit(offsets, [&](const Range &part, const Mapping *mapping) {
        if (mapping != nullptr)
            note_part(packets_[packet], {bytes32(part.begin - context.payload.begin),
                                         bytes32(part.size()), mapping->relative_dsn(part.begin)});
    });
}

void DataLevel::acknowledge_tcp(SubflowData &acknowledged, DataStream *stream,
                                const Segment &segment)
{
    const auto [newest, unseen] = acknowledged.acknowledge(acknowledged.offset_of(segment.ack));
    if (newest)
        packets_[newest->packet].round_trip = to_micros(segment.time - newest->sent);
    if (unseen > 0 && stream != nullptr)
        stream->note_tcp_unseen(unseen);
}

// RFC 8684 3.3.2: the DATA_ACK acknowledges data of the peer.
void DataLevel::acknowledge_data(const Registry &registry, const Attribution &attribution,
                                 const Segment &segment, const WireDataSeq &ack, DataChange &change)
{
    const auto [id, sender] = attribution;
    const Subflow &subflow = registry[id];
    const ConnectionId connection = subflow.connection;
    const Role peer = other(subflow.role(sender));
    DataStream &stream = stream_of(streams_.find(connection, peer), connection, peer,
                                   registry[connection].hosts[peer]);
    const bool has_data = stream.has_data();
    const RelativeDsn dsn = stream.relative_dsn(ack);
    const bool is_late = dsn.value < stream.acknowledged_end();
    const Range range = stream.acknowledge(dsn, [&](std::uint32_t at) {
        DataPacket &packet = packets_[at];
        if (packet.acknowledged)
            return;
        packet.acknowledged = true;
        packet.latency = since_sent(packet, segment.time);
    });
    if (const auto window = window_of(subflow, sender, segment); window && !segment.rst()) {
        const std::uint32_t frame = is_late ? 0 : segment.frame;
        change.window_reopened = stream.note_window(*window, frame, segment.time);
        change.window_closed = stream.window()->closed_frame == segment.frame;
    }
    const std::uint64_t unseen = range.empty() || !has_data ? 0 : stream.count_unseen(range);
    if (unseen == 0)
        return;
    for (const std::uint32_t packet : stream.take_unconfirmed(dsn))
        packets_[packet].out_of_order = false;
    const bool lost = stream.take_tcp_unseen(unseen);
    change.unseen.push_back(
        stream.note_unseen(range, {segment.frame, static_cast<std::uint32_t>(id), unseen}, lost));
}

// RFC 8684 3.7: a fallback continues the last mapping or, if there is none, starts the data
// sequence at the first byte of the subflow.
RelativeDsn DataLevel::implied_dsn(const SegmentContext &context, std::uint64_t offset) const
{
    if (const Mapping *last = context.flow.last_before(offset))
        return last->relative_dsn(offset);
    const bool from_start = context.stream.from_start();
    const RelativeDsn first = context.stream.unmapped_dsn();
    const std::uint32_t relative = 1 + context.subflow.syn_payload_before_data();
    const auto begin = context.flow.offset_of_relative(relative, offset);
    return from_start && begin && *begin <= offset ? first + (offset - *begin) : first;
}

void DataLevel::imply_mappings(const SegmentContext &context, const Range &offsets)
{
    std::vector<Range> unmapped;
    context.flow.visit_unmapped(offsets, [&](const Range &part) { unmapped.push_back(part); });
    for (const Range &part : unmapped)
        put_anywhere(context, {part.begin, part.end, implied_dsn(context, part.begin)});
}

// Maps the data that was sent before the fallback was detected.
void DataLevel::imply_earlier(const Registry &registry, const Attribution &attribution,
                              const Segment &segment, DataChange &change)
{
    const SubflowId id = attribution.subflow;
    const Subflow &subflow = registry[id];
    for (const Side sender : {Side::A, Side::B}) {
        SubflowData *flow = subflow_data_.find(id, sender);
        if (flow == nullptr || !flow->any_unmapped())
            continue;
        DataStream *stream = streams_.find(subflow.connection, subflow.role(sender));
        const SegmentContext context =
            context_of(registry, {id, sender}, segment, {}, stream, *flow, change);
        // RFC 8684 B.2: the data of a SYN has no place in the data sequence.
        const auto first =
            flow->offset_of_relative(1 + subflow.syn_payload_before_data(), flow->last());
        for (const Range &offsets : flow->unmapped())
            if (!first || offsets.begin >= *first)
                imply_mappings(context, offsets);
    }
}

// Payload of which the subflow has carried some or all before.
void DataLevel::pass_repeated(const SegmentContext &context, std::uint32_t number)
{
    context.flow.discard_unacknowledged();
    std::uint64_t next = context.payload.begin; // the first byte not yet processed
    context.flow.pass(context.payload, [&](const Range &fresh) {
        pass_part(context, {next, fresh.begin}, number, true);
        pass_part(context, fresh, number, false);
        next = fresh.end;
    });
    pass_part(context, {next, context.payload.end}, number, true);
}

void DataLevel::pass_payload(const SegmentContext &context)
{
    SubflowData &flow = context.flow;
    const auto number = static_cast<std::uint32_t>(packets_.size());
    DataPacket &packet = packets_.emplace_back();
    packet.frame = context.segment.frame;
    packet.payload = context.segment.payload;
    packet.subflow = context.id;
    packet.sender = context.sender;
    note_sent(packet, context.segment.time);
    if (context.segment.rst()) { // RFC 9293 3.5.3: the payload of an RST is not stream data
        make_extras(packet).unmapped = packet.payload;
        return;
    }
    note_checksum_faults(context, number);
    // RFC 8684 B.2: the data of a SYN has no place in the data sequence.
    if (context.connection.fallback && !context.segment.any_syn())
        imply_mappings(context, context.payload);
    const Mapping *first = flow.find(context.payload.begin);
    if (first != nullptr) {
        packet.dsn = first->relative_dsn(context.payload.begin);
        packet.mapped = true;
    }
    if (flow.in_order(context.payload)) {
        flow.sent({context.payload.end, context.segment.time, number});
        flow.pass(context.payload, [](const Range &) {});
        if (first != nullptr && context.payload.end <= first->end)
            pass_data(context, range_from(packet.dsn, packet.payload), number); // the usual case
        else
            pass_part(context, context.payload, number, false);
    } else {
        pass_repeated(context, number);
    }
    complete_checksums(context);
    if (const DataExtras *extra = extras(packet); extra != nullptr && extra->reinjected > 0)
        context.change.burst = context.stream.note_reinjection(
            context.segment.frame, static_cast<std::uint32_t>(context.id), extra->reinjected,
            context.segment.time);

    if (const auto in_flight = context.stream.note_in_flight()) {
        packet.in_flight = bytes32(std::min<std::uint64_t>(*in_flight, UINT32_MAX));
        packet.in_flight_known = true;
    }
}

void DataLevel::pass_part(const SegmentContext &context, const Range &offsets, std::uint32_t packet,
                          bool repeated)
{
    if (offsets.empty())
        return;
    note_parts(context, offsets, packet);
    const auto keep_unmapped = [&](const Range &part) {
        make_extras(packets_[packet]).unmapped += bytes32(part.size());
        context.flow.add_unmapped(
            {part, packet, repeated, bytes32(part.begin - context.payload.begin)});
    };
    if (repeated) {
        const std::uint64_t mapped = context.flow.count_mapped(offsets);
        if (mapped > 0) {
            make_extras(packets_[packet]).retransmitted += bytes32(mapped);
            note_useless_retransmission(context, offsets, packet);
        }
        if (mapped < offsets.size())
            context.flow.visit_unmapped(offsets, keep_unmapped);
        return;
    }
    context.flow.visit(offsets, [&](const Range &part, const Mapping *mapping) {
        if (mapping == nullptr)
            return keep_unmapped(part);
        const RelativeDsn dsn = mapping->relative_dsn(part.begin);
        pass_data(context, range_from(dsn, part.size()), packet);
    });
}

void DataLevel::pass_data(const SegmentContext &context, const Range &dsns, std::uint32_t number)
{
    if (const auto passed = context.stream.pass(dsns, number, context.segment.time))
        note_passed(context, dsns, number, *passed);
}

void DataLevel::note_passed(const SegmentContext &context, const Range &dsns, std::uint32_t number,
                            const DataStream::Passed &passed)
{
    DataPacket &packet = packets_[number];
    if (passed.out_of_order) {
        packet.out_of_order = true;
        context.stream.note_out_of_order({dsns.begin}, number);
    }
    for (const DataStream::Unseen &filled : context.stream.take_filled())
        context.change.unseen.push_back(filled);
    if (passed.blocked_time) {
        DataExtras &extras = make_extras(packet);
        extras.blocked_time = std::max<Time>(*passed.blocked_time, 0);
        extras.blocked_bytes = bytes32(passed.blocked_bytes);
    }
    if (!passed.repeated)
        return;
    const Range rest{passed.repeated->value, dsns.end};
    std::uint64_t count = dsns.size() - passed.fresh;
    if (number + 1 < packets_.size()) // the mapping came after later packets
        count -= take_over(context, rest, number);
    if (count > 0)
        note_reinjection(context, rest, number, count);
}

// Assigns the data to this packet, if later packets were recorded as its first sender because
// their mapping was captured earlier. The later packets are then reinjections. Returns the
// number of bytes reassigned.
std::uint64_t DataLevel::take_over(const SegmentContext &context, const Range &dsns,
                                   std::uint32_t number)
{
    std::uint64_t moved = 0;
    context.stream.first_senders().take_over(
        dsns, number, [&](const Range &part, std::uint32_t later) {
            DataPacket &repetition = packets_[later];
            const bool same = repetition.subflow == packets_[number].subflow;
            DataExtras &extras = make_extras(repetition);
            extras.reinjected += bytes32(part.size());
            extras.reinjected_same_subflow += same ? bytes32(part.size()) : 0;
            note_first(extras, packets_[number].frame);
            const std::uint32_t frame = repetition.frame;
            DataExtras &own = make_extras(packets_[number]);
            if (own.reinjected_in == 0)
                own.reinjected_in = frame;
            moved += part.size();
        });
    return moved;
}

void DataLevel::note_reinjection(const SegmentContext &context, const Range &dsns,
                                 std::uint32_t number, std::uint64_t count)
{
    std::uint64_t same = 0;
    std::uint32_t first = UINT32_MAX;
    int left = kMaxFirstSenders;
    context.stream.first_senders().visit(dsns, [&](const FirstSenderIndex::Entry &entry) {
        if (entry.packet == number)
            return true;
        DataPacket &earlier = packets_[entry.packet];
        first = std::min(first, earlier.frame);
        if (earlier.subflow == packets_[number].subflow)
            same += common(dsns, entry.range()).size();
        DataExtras &extras = make_extras(earlier);
        if (extras.reinjected_in == 0)
            extras.reinjected_in = context.segment.frame;
        return --left > 0;
    });
    DataExtras &extras = make_extras(packets_[number]);
    extras.reinjected += bytes32(count);
    extras.reinjected_same_subflow += bytes32(std::min(same, count));
    if (first != UINT32_MAX)
        note_first(extras, first);
    const std::uint64_t acknowledged = context.stream.acknowledged_end();
    if (const Range known = common(dsns, {0, acknowledged}); !known.empty())
        extras.useless += bytes32(std::min(known.size(), count));
}

// The data was received over this subflow, if TCP acknowledged it, or over another one, if a
// DATA_ACK covers it.
void DataLevel::note_useless_retransmission(const SegmentContext &context, const Range &offsets,
                                            std::uint32_t number)
{
    std::uint64_t useless = 0;
    context.flow.visit(offsets, [&](const Range &part, const Mapping *mapping) {
        const Range received = common(part, {0, context.flow.acknowledged_end()});
        std::uint64_t bytes = received.empty() ? 0 : received.size();
        if (mapping != nullptr) {
            const std::uint64_t begin = mapping->relative_dsn(part.begin).value;
            const Range known =
                common({begin, begin + part.size()}, {0, context.stream.acknowledged_end()});
            bytes = std::max(bytes, known.empty() ? 0 : known.size());
        }
        useless += bytes;
    });
    if (useless > 0)
        make_extras(packets_[number]).useless += bytes32(useless);
}

} // namespace mptcp
