// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/sequence.h"

#include <algorithm>
#include <array>

#include "analysis/data_report.h"
#include "base/seq.h"

namespace mptcp {
namespace {

// Where the bytes of a packet begin: those that it was the first to carry, and the others.
struct Places {
    std::optional<RelativeDsn> first_sent, repeated;
};

void note_place(std::optional<RelativeDsn> &place, std::uint64_t dsn)
{
    if (!place)
        place = RelativeDsn{dsn};
}

// Compares with the first sender of each byte.
void add_places(const DrawnConnection &drawn, const DataStream &stream, const DataPacket &packet,
                const Range &dsns, Places &places)
{
    const auto &packets = drawn.data().packets();
    stream.first_senders().visit(dsns, [&](const FirstSenderIndex::Entry &entry) {
        const bool own = &packets[entry.packet] == &packet;
        note_place(own ? places.first_sent : places.repeated, std::max(entry.begin, dsns.begin));
        return !(places.first_sent && places.repeated);
    });
}

Places places_of(const DrawnConnection &drawn, const DataStream &stream, const DataPacket &packet,
                 const ByteKinds &kinds)
{
    const bool mixed = kinds.unique > 0 && kinds.reinjected + kinds.retransmitted > 0;
    Places places;
    drawn.data().visit_parts(packet, [&](const MappedPart &part) {
        if (mixed)
            return add_places(drawn, stream, packet, range_from(part.dsn, part.length), places);
        note_place(places.first_sent, part.dsn.value);
        note_place(places.repeated, part.dsn.value);
    });
    return places;
}

// The relative DSN of the sender's first byte, IDSN + 1. If the listener did not accept MPTCP,
// there are no DSNs, although a SYN of version 0 has a key.
std::optional<RelativeDsn> first_byte(const Connection &connection, Role sender,
                                      const DataStream &stream)
{
    const auto idsn = connection.hosts[sender].idsn;
    const auto expected = stream.dsn_of(stream.expected());
    if (!idsn || !expected || (connection.fallback && connection.handshake() == Handshake::SynOnly))
        return std::nullopt;
    return stream.expected() - distance(*idsn + 1, *expected);
}

// Adds the points of one direction. Places count from `zero`.
struct SequenceBuilder {
    const DrawnConnection &drawn;
    const DataStream &stream;
    RelativeDsn zero;
    Sequence &sequence;

    // `packet` is a note or an event.
    SequencePoint point_of(const auto &packet, SequenceKind kind,
                           const std::optional<RelativeDsn> &dsn) const
    {
        SequencePoint point;
        point.time = drawn.since_start(packet.time);
        point.frame = packet.frame;
        point.subflow = drawn.index_of(packet.subflow);
        if (dsn)
            point.place = static_cast<std::int64_t>(dsn->value - zero.value);
        point.kind = kind;
        return point;
    }

    void add(const SegmentNote &note, SequenceKind kind, std::uint64_t bytes,
             const std::optional<RelativeDsn> &dsn) const
    {
        sequence.points.push_back(point_of(note, kind, dsn));
        sequence.points.back().bytes = bytes;
    }

    void add_data(const SegmentNote &note, const DataPacket &packet) const
    {
        const ByteKinds kinds = kinds_of(packet, drawn.data().extras(packet));
        const Places places = places_of(drawn, stream, packet, kinds);
        const auto add_kind = [&](SequenceKind kind, std::uint64_t bytes,
                                  const std::optional<RelativeDsn> &dsn) {
            if (bytes > 0)
                add(note, kind, bytes, dsn);
        };
        add_kind(SequenceKind::Retransmitted, kinds.retransmitted, places.repeated);
        add_kind(SequenceKind::Reinjected, kinds.reinjected, places.repeated);
        add_kind(SequenceKind::Unique, kinds.unique, places.first_sent);
        add_kind(SequenceKind::Unmapped, kinds.unmapped, std::nullopt);
    }

    void add_acknowledgment(const Acknowledgment &ack) const
    {
        if (!drawn.is_counted(*ack.note))
            return;
        add(*ack.note, SequenceKind::DataAck, 0, ack.dsn);
        if (ack.window)
            add(*ack.note, SequenceKind::Window, 0, ack.dsn + *ack.window);
    }

    void add_data_fin(const auto &packet) const
    {
        sequence.data_fins.push_back(point_of(packet, SequenceKind::DataFin, stream.end()));
    }
};

// Calls see(event) for the DATA_FINs of the sender.
template <class See> void visit_data_fins(const DrawnConnection &drawn, Role sender, See see)
{
    for (const Event *event : drawn.events())
        if (event->type == EventType::DataFin &&
            drawn.registry()[event->subflow].role(event->sender) == sender &&
            drawn.counted().counted(event->frame))
            see(*event);
}

RelativeDsn lowest_captured(const DrawnConnection &drawn, Role sender, const DataStream &stream,
                            const std::vector<Acknowledgment> &acks)
{
    RelativeDsn lowest = stream.end().value_or(RelativeDsn{UINT64_MAX});
    drawn.visit_data(sender, [&](const SegmentNote &, const DataPacket &packet) {
        drawn.data().visit_parts(
            packet, [&](const MappedPart &part) { lowest = std::min(lowest, part.dsn); });
    });
    for (const Acknowledgment &ack : acks)
        lowest = std::min(lowest, ack.dsn);
    return lowest;
}

// Like the tracker, does not believe a DATA_ACK 2^31 or more away from the highest DSN so far.
bool is_plausible(RelativeDsn dsn, RelativeDsn highest)
{
    constexpr std::uint64_t kHalf = std::uint64_t{1} << 31;
    return dsn < highest + kHalf && highest < dsn + kHalf;
}

std::int64_t end_of(const SequencePoint &point)
{
    return *point.place + static_cast<std::int64_t>(point.bytes);
}

bool is_near(const SequencePoint &a, const SequencePoint &b, std::int64_t row)
{
    return *b.place <= end_of(a) + row && *a.place <= end_of(b) + row;
}

} // namespace

std::string_view name(SequenceKind kind)
{
    constexpr std::array<std::string_view, kSequenceKinds> kNames{
        "unique", "reinjected", "retransmitted", "unmapped", "data_ack", "window", "data_fin"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::optional<std::uint32_t> window_of(const Registry &registry, const SegmentNote &note)
{
    Segment segment;
    segment.flags = note.flags;
    segment.window = note.window;
    return segment.rst() ? std::nullopt
                         : DataLevel::window_of(registry[note.subflow], note.sender, segment);
}

std::vector<Acknowledgment> acknowledgments_of(const DrawnConnection &drawn, Role sender)
{
    std::vector<Acknowledgment> acks;
    const DataStream *stream = drawn.stream(sender);
    if (stream == nullptr)
        return acks;
    const DataLevel &data = drawn.data();
    std::optional<RelativeDsn> highest; // so far; 4-byte DATA_ACKs are near it
    for (const SegmentNote &note : drawn.notes()) {
        if (drawn.sender_of(note) == sender) {
            const DataPacket *packet =
                note.payload > 0 ? data.find(note.frame, note.subflow) : nullptr;
            if (packet != nullptr)
                data.visit_parts(*packet, [&](const MappedPart &part) {
                    highest = std::max(highest.value_or(part.dsn), part.dsn + part.length);
                });
        } else if (note.data_ack) {
            const auto dsn = stream->place_of(*note.data_ack, highest);
            if (!dsn || !is_plausible(*dsn, highest.value_or(*dsn)))
                continue;
            highest = std::max(highest.value_or(*dsn), *dsn);
            acks.push_back({&note, *dsn, window_of(drawn.registry(), note)});
        }
    }
    return acks;
}

std::vector<SequencePoint> join_segments(const std::vector<SequencePoint> &points,
                                         const Columns &columns, std::int64_t row)
{
    std::vector<SequencePoint> joined;
    for (const SequencePoint &point : points) {
        if (joined.empty() || !is_near(joined.back(), point, row) ||
            columns.find(joined.back().time) != columns.find(point.time)) {
            joined.push_back(point);
            continue;
        }
        SequencePoint &last = joined.back();
        const std::int64_t end = std::max(end_of(last), end_of(point));
        last.place = std::min(*last.place, *point.place);
        last.bytes = static_cast<std::uint64_t>(end - *last.place);
    }
    return joined;
}

Sequence make_sequence(const DrawnConnection &drawn, Role sender)
{
    Sequence sequence;
    const DataStream *known = drawn.stream(sender);
    const DataStream nothing;
    const DataStream &stream = known != nullptr ? *known : nothing;
    const auto acks = acknowledgments_of(drawn, sender);
    const auto first = first_byte(drawn.connection(), sender, stream);
    sequence.zero = first ? SequenceZero::FirstByte : SequenceZero::FirstCaptured;
    const SequenceBuilder builder{
        drawn, stream, first ? *first : lowest_captured(drawn, sender, stream, acks), sequence};
    drawn.visit_data(sender, [&](const SegmentNote &note, const DataPacket &packet) {
        builder.add_data(note, packet);
    });
    for (const Acknowledgment &ack : acks)
        builder.add_acknowledgment(ack);
    visit_data_fins(drawn, sender, [&](const Event &event) {
        if (!drawn.is_at_vantage())
            builder.add_data_fin(event);
        else if (const SegmentNote *note = drawn.note_of(event.frame, event.subflow))
            builder.add_data_fin(*note);
    });
    std::ranges::stable_sort(sequence.points, {}, &SequencePoint::frame);
    return sequence;
}

SequenceByKind visible_points(const Sequence &sequence)
{
    SequenceByKind points;
    std::map<SequenceKind, std::int64_t> highest;
    for (const SequencePoint &point : sequence.points) {
        if (!point.place)
            continue;
        if (!is_data(point.kind)) {
            const auto [known, is_first] = highest.try_emplace(point.kind, *point.place);
            if (!is_first && *point.place <= known->second)
                continue;
            known->second = *point.place;
        }
        points[{point.kind, is_of_subflow(point.kind) ? point.subflow : 0}].push_back(point);
    }
    for (const SequencePoint &point : sequence.data_fins)
        if (point.place)
            points[{point.kind, point.subflow}].push_back(point);
    return points;
}

std::pair<std::int64_t, std::int64_t> window_edges(const Sequence &sequence)
{
    std::optional<std::int64_t> first;
    std::int64_t highest = 0;
    for (const SequencePoint &point : sequence.points)
        if (point.place && point.kind == SequenceKind::Window) {
            first = first.value_or(*point.place);
            highest = std::max(highest, *point.place);
        }
    return {first.value_or(0), highest};
}

std::int64_t end_of_data(const Sequence &sequence)
{
    std::int64_t end = 1;
    for (const SequencePoint &point : sequence.points)
        if (point.place && point.kind != SequenceKind::Window)
            end = std::max(end, *point.place + static_cast<std::int64_t>(point.bytes));
    for (const SequencePoint &point : sequence.data_fins)
        end = std::max(end, point.place.value_or(0));
    return end;
}

double top_of(const Sequence &sequence)
{
    const auto data = static_cast<double>(end_of_data(sequence));
    const auto window = static_cast<double>(window_edges(sequence).second);
    constexpr double kFar = 1.5;
    return std::max(data, std::min(window, kFar * data)) * 1.03;
}

bool is_window_shown(const Sequence &sequence)
{
    return static_cast<double>(window_edges(sequence).first) < top_of(sequence);
}

} // namespace mptcp
