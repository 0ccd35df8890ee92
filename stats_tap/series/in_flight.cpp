// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/in_flight.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/seq.h"
#include "series/sequence.h"

namespace mptcp {
namespace {

void add_in_flight(const DrawnConnection &drawn, const SegmentNote &note, std::uint64_t bytes,
                   InFlightKind kind, std::vector<InFlightPoint> &points)
{
    if (drawn.is_counted(note))
        points.push_back(
            {drawn.since_start(note.time), note.frame, drawn.index_of(note.subflow), bytes, kind});
}

// The tracker knows what was in flight after each data packet. Between them, DATA_ACKs lower it.
class DataLevelInFlight {
public:
    DataLevelInFlight(const DrawnConnection &drawn, std::vector<InFlightPoint> &points)
        : drawn_(drawn), points_(points)
    {
    }

    void send(const SegmentNote &note)
    {
        const DataLevel &data = drawn_.data();
        const DataPacket *packet = data.find(note.frame, note.subflow);
        if (packet == nullptr)
            return;
        data.visit_parts(*packet, [this](const MappedPart &part) {
            sent_end_ = std::max(sent_end_, part.dsn + part.length);
        });
        if (packet->in_flight_known)
            add_in_flight(drawn_, note, packet->in_flight, InFlightKind::DataLevel, points_);
    }

    void acknowledge(const Acknowledgment &ack)
    {
        acked_ = std::max(acked_, ack.dsn);
        const bool any_sent = sent_end_.value > 0;
        const bool all_acked = sent_end_ < acked_;
        if (any_sent)
            add_in_flight(drawn_, *ack.note, all_acked ? 0 : sent_end_.value - acked_.value,
                          InFlightKind::DataLevel, points_);
        if (ack.window)
            add_in_flight(drawn_, *ack.note, *ack.window, InFlightKind::Window, points_);
    }

private:
    const DrawnConnection &drawn_;
    std::vector<InFlightPoint> &points_;
    RelativeDsn sent_end_; // 0: nothing was sent
    RelativeDsn acked_;
};

// One direction of a subflow. RFC 9293 3.3.1: SND.NXT and SND.UNA, as far as they were captured.
class SubflowInFlight {
public:
    // True if this changes what is in flight.
    bool send(const SegmentNote &note)
    {
        const TcpSeq end = note.seq + (note.has(kSyn) ? 1 : 0) + note.payload;
        if (sent_ && !before(*sent_, end))
            return false;
        sent_ = end;
        return true;
    }
    bool acknowledge(const SegmentNote &note)
    {
        if (acked_ && !before(*acked_, note.ack))
            return false;
        acked_ = note.ack;
        return true;
    }

    // None if one of both is not known.
    std::optional<std::uint32_t> bytes() const
    {
        if (!sent_ || !acked_)
            return std::nullopt;
        return before(*acked_, *sent_) ? distance(*acked_, *sent_) : 0;
    }

private:
    std::optional<TcpSeq> sent_, acked_;
};

std::uint64_t most_bytes(const std::vector<InFlightPoint> &points, InFlightKind kind)
{
    std::uint64_t most = 0;
    for (const InFlightPoint &point : points)
        if (point.kind == kind)
            most = std::max(most, point.bytes);
    return most;
}

} // namespace

std::string_view name(InFlightKind kind)
{
    constexpr std::array<std::string_view, kInFlightKinds> kNames{"in_flight", "subflow_in_flight",
                                                                  "window"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::vector<InFlightPoint> make_in_flight(const DrawnConnection &drawn, Role sender)
{
    std::vector<InFlightPoint> points;
    DataLevelInFlight data_level{drawn, points};
    std::unordered_map<std::uint32_t, SubflowInFlight> subflows; // by SubflowId
    const auto acks = acknowledgments_of(drawn, sender);
    auto ack = acks.begin();
    for (const SegmentNote &note : drawn.notes()) {
        SubflowInFlight &subflow = subflows[static_cast<std::uint32_t>(note.subflow)];
        const bool sends = drawn.sender_of(note) == sender && note.payload > 0;
        if (sends)
            data_level.send(note);
        const bool changes = drawn.sender_of(note) == sender
                                 ? sends && subflow.send(note)
                                 : note.has(kAck) && subflow.acknowledge(note);
        if (const auto bytes = subflow.bytes(); bytes && (changes || sends))
            add_in_flight(drawn, note, *bytes, InFlightKind::Subflow, points);
        if (ack != acks.end() && ack->note == &note)
            data_level.acknowledge(*ack++);
    }
    return points;
}

InFlightByKind in_flight_by_kind(const std::vector<InFlightPoint> &points)
{
    InFlightByKind by_kind;
    for (const InFlightPoint &point : points)
        by_kind[{point.kind, point.kind == InFlightKind::Subflow ? point.subflow : 0}].push_back(
            point);
    return by_kind;
}

InFlightScale scale_of(const std::vector<InFlightPoint> &points)
{
    constexpr std::uint64_t kFar = 3;
    const std::uint64_t in_flight = std::max(most_bytes(points, InFlightKind::DataLevel),
                                             most_bytes(points, InFlightKind::Subflow));
    InFlightScale scale;
    scale.window = most_bytes(points, InFlightKind::Window);
    scale.is_window_shown = in_flight == 0 || scale.window / kFar <= in_flight;
    scale.top = std::max({in_flight, scale.is_window_shown ? scale.window : 0, scale.top});
    return scale;
}

} // namespace mptcp
