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
        acknowledge_tcp(*acknowledged, segment);
    if (segment.payload > 0 || segment.options.maps_data()) {
        SubflowData &flow = flow_of(flows[sender], subflow, id, sender, segment);
        const std::uint64_t begin = flow.offset_of(segment.seq) + (segment.any_syn() ? 1 : 0);
        const SegmentContext context{
            segment,
            id,
            sender,
            role,
            subflow,
            connection,
            stream_of(own_stream, subflow.connection, role, connection.hosts[role]),
            flow,
            {begin, begin + segment.payload},
            change};
        map_all(context);
        if (segment.payload > 0)
            pass_payload(context);
    }
    if (const WireDataSeq *data_ack = segment.options.data_ack())
        change.unseen =
            acknowledge_data(subflow, connection, sender, segment, peer_stream, *data_ack);
    return change;
}

const DataPacket *DataLevel::find(std::uint32_t frame, SubflowId subflow) const
{
    auto it = std::ranges::lower_bound(packets_, frame, {}, &DataPacket::frame);
    for (; it != packets_.end() && it->frame == frame; ++it)
        if (it->subflow == subflow)
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

void DataLevel::regroup(const Regrouping &regrouping, std::uint32_t frame)
{
    if (const auto *swapped = std::get_if<RolesSwapped>(&regrouping))
        streams_.swap(swapped->connection);
    else if (const auto *moved = std::get_if<SubflowMoved>(&regrouping))
        move(moved->subflow, frame);
    else
        merge(std::get<ConnectionsMerged>(regrouping), frame);
}

void DataLevel::move(SubflowId subflow, std::uint32_t frame)
{
    for (const Side side : {Side::A, Side::B})
        if (SubflowData *data = subflow_data_.find(subflow, side))
            data->forget_mappings(frame);
}

void DataLevel::merge(const ConnectionsMerged &merged, std::uint32_t frame)
{
    const auto has_stream = [this](ConnectionId id) {
        return stream(id, Role::Client) != nullptr || stream(id, Role::Server) != nullptr;
    };
    if (!has_stream(merged.part))
        return;
    if (!has_stream(merged.whole)) {
        streams_.move(merged.part, Role::Server, merged.whole, merged.role_of_server);
        streams_.move(merged.part, Role::Client, merged.whole, other(merged.role_of_server));
    } else {
        for (const SubflowId subflow : merged.subflows)
            move(subflow, frame);
    }
}

std::optional<DataSeq> DataLevel::data_seq(const DataPacket &packet, const Subflow &subflow) const
{
    const DataStream *own = stream(subflow.connection, subflow.role(packet.sender));
    const SubflowData *data = subflow_data(packet.subflow, packet.sender);
    if (!packet.mapped || own == nullptr || data == nullptr || data->moved_behind(packet.frame))
        return std::nullopt;
    return own->dsn_of(packet.dsn);
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

void DataLevel::acknowledge_tcp(SubflowData &acknowledged, const Segment &segment)
{
    const auto newest = acknowledged.acknowledge(acknowledged.offset_of(segment.ack));
    if (newest)
        packets_[newest->packet].round_trip = to_micros(segment.time - newest->sent);
}

// RFC 8684 3.3.2: the DATA_ACK acknowledges data of the peer. `known` is the stream of the peer,
// or nullptr if there is none so far.
std::uint64_t DataLevel::acknowledge_data(const Subflow &subflow, const Connection &connection,
                                          Side sender, const Segment &segment, DataStream *known,
                                          const WireDataSeq &ack)
{
    const Role peer = other(subflow.role(sender));
    const Host &host = connection.hosts[peer];
    if (known == nullptr && !host.idsn)
        return 0; // the first DSN is unknown
    DataStream &stream = stream_of(known, subflow.connection, peer, host);
    const bool seen = stream.has_data();
    const std::uint64_t unseen =
        stream.acknowledge(stream.relative_dsn(ack), [&](std::uint32_t at) {
            DataPacket &packet = packets_[at];
            if (packet.acknowledged)
                return;
            packet.acknowledged = true;
            packet.latency = since_sent(packet, segment.time);
        });
    if (const auto window = window_of(subflow, sender, segment))
        stream.note_window(*window);
    return seen ? unseen : 0;
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
        flow.forget_sent();
        std::uint64_t next = context.payload.begin; // the first byte not yet processed
        flow.pass(context.payload, [&](const Range &fresh) {
            pass_part(context, {next, fresh.begin}, number, true);
            pass_part(context, fresh, number, false);
            next = fresh.end;
        });
        pass_part(context, {next, context.payload.end}, number, true);
    }
    complete_checksums(context);

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
    const auto wait = [&](const Range &part) {
        make_extras(packets_[packet]).unmapped += bytes32(part.size());
        if (!context.connection.fallback) // no mapping follows a fallback
            context.flow.wait({part, packet, repeated, part.begin == context.payload.begin});
    };
    if (repeated) {
        const std::uint64_t mapped = context.flow.count_mapped(offsets);
        if (mapped > 0)
            make_extras(packets_[packet]).retransmitted += bytes32(mapped);
        if (mapped < offsets.size())
            context.flow.visit_unmapped(offsets, wait);
        return;
    }
    context.flow.visit(offsets, [&](const Range &part, const Mapping *mapping) {
        if (mapping == nullptr)
            return wait(part);
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
    packet.out_of_order |= passed.out_of_order;
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
}

} // namespace mptcp
