// SPDX-License-Identifier: GPL-2.0-or-later
#include "streams/followed_connection.h"

#include <algorithm>
#include <utility>

namespace mptcp {
namespace {

// How long to wait for data that a DATA_ACK covers, if it is needed soon. Programs that record
// several interfaces read each a few times a second.
struct Patience {
    std::uint32_t parts = 0; // that arrive meanwhile
    Time time = 0;
};
constexpr Patience kOneInterface{16, kSecond / 100};
constexpr Patience kSeveralInterfaces{1024, kSecond};
constexpr std::uint32_t kMostWaited = 1024; // parts, if data is not needed soon
constexpr std::size_t kMostPending = 256;   // packets

// The lowest DSN of the stream that any packet so far carried.
std::optional<std::uint64_t> lowest(const DataStream &stream)
{
    std::optional<std::uint64_t> first;
    stream.first_senders().visit({0, UINT64_MAX}, [&](const FirstSenderIndex::Entry &entry) {
        first = entry.begin;
        return false;
    });
    return first;
}

} // namespace

OrderedData &FollowedConnection::data_of(const DataStream &stream, Role sender, std::uint64_t first,
                                         Seen seen)
{
    auto &data = data_[sender];
    if (data)
        return *data;
    std::uint64_t start = first;
    if (const auto known = stream.start())
        start = known->value;
    else if (seen == Seen::Everything)
        start = lowest(stream).value_or(first);
    else if (stream.acknowledged_end() != 0)
        start = std::min(first, stream.acknowledged_end());
    return data.emplace(start);
}

// Returns false if a mapping may still follow for some of the payload.
bool FollowedConnection::add_mapped(const Tracker &tracker, const Unmapped &packet, ByteView bytes,
                                    Seen seen, const Deliver &deliver)
{
    const DataPacket *known = tracker.data().find(packet.frame, packet.subflow);
    const Role sender = at_first(tracker.registry()[packet.subflow].role(packet.sender));
    const DataStream *data = stream(tracker, sender);
    if (known == nullptr || data == nullptr)
        return false;
    tracker.data().visit_parts(*known, [&](const MappedPart &part) {
        const std::size_t begin = std::min<std::size_t>(part.place, bytes.size());
        const std::size_t length = std::min<std::size_t>(part.length, bytes.size() - begin);
        const Range dsns = range_from(part.dsn, part.length);
        data_of(*data, sender, dsns.begin, seen)
            .add({dsns, packet.frame, packet.time, bytes.subspan(begin, length), packet.subflow},
                 [&](const DataPart &delivered) { deliver(sender, delivered); });
    });
    const DataExtras *extras = tracker.data().extras(*known);
    return seen == Seen::Everything || extras == nullptr || extras->unmapped == 0;
}

void FollowedConnection::add_pending(const Tracker &tracker, Seen seen, const Deliver &deliver)
{
    std::erase_if(pending_, [&](const Unmapped &packet) {
        return add_mapped(tracker, packet, packet.bytes, seen, deliver);
    });
    if (pending_.size() > kMostPending)
        pending_.erase(pending_.begin(), pending_.end() - kMostPending);
}

// RFC 8684 B.2: the data of a SYN precedes the data sequence. The SYN/ACK accepts it.
void FollowedConnection::add_syn_data(const Tracker &tracker, const Deliver &deliver)
{
    const Subflow &subflow = tracker.registry()[syn_->subflow];
    if (!subflow.seen.has(SubflowSeen::SynAck))
        return;
    const Unmapped syn = *std::exchange(syn_, std::nullopt);
    const std::uint32_t accepted = subflow.accepted_syn_payload;
    if (accepted == 0 || std::exchange(syn_accepted_, true))
        return;
    const ByteView bytes = syn.bytes;
    deliver(at_first(subflow.role(syn.sender)),
            {{0, accepted},
             syn.frame,
             syn.time,
             bytes.first(std::min<std::size_t>(accepted, bytes.size())),
             syn.subflow});
}

bool FollowedConnection::waited_enough(const Tracker &tracker, const OrderedData &data,
                                       Time now) const
{
    if (needed_ == Needed::AtTheEnd)
        return data.waited() > kMostWaited;
    const Patience patience =
        tracker.points().several_interfaces() ? kSeveralInterfaces : kOneInterface;
    return tracker.registry()[connection_].open_subflows == 0 || data.waited() > patience.parts ||
           now - data.waiting_since() > patience.time;
}

void FollowedConnection::skip_holes(const Tracker &tracker, Role sender, Seen seen, Time now,
                                    const Deliver &deliver)
{
    auto &data = data_[sender];
    if (in_order(sender))
        return;
    const DataStream *known = stream(tracker, sender);
    if (known == nullptr)
        return;
    const auto is_lost = [&](const Range &hole) {
        if (seen == Seen::Everything)
            return known->count_unseen(hole) == hole.size() || data->waited() > kMostWaited;
        return hole.end <= known->acknowledged_end() && waited_enough(tracker, *data, now);
    };
    for (Range hole = data->hole(); !hole.empty() && is_lost(hole); hole = data->hole())
        data->skip_hole([&](const DataPart &part) { deliver(sender, part); });
}

void FollowedConnection::add_payload(const Tracker &tracker, const Segment &segment,
                                     const Observation &observation, Seen seen,
                                     const Deliver &deliver)
{
    const ByteView bytes = segment.payload_bytes;
    Unmapped packet{segment.frame, observation.subflow, observation.sender, segment.time, {}};
    if (!segment.syn() && add_mapped(tracker, packet, bytes, seen, deliver))
        return;
    packet.bytes = {bytes.begin(), bytes.end()};
    if (segment.syn())
        syn_ = std::move(packet);
    else
        pending_.push_back(std::move(packet));
}

void FollowedConnection::apply(const Tracker &tracker, const Segment &segment,
                               const Observation &observation, Seen seen, const Deliver &deliver)
{
    if (observation.is_copy())
        return;
    const Subflow &subflow = tracker.registry()[observation.subflow];
    connection_ = subflow.connection;
    const Connection &connection = tracker.registry()[connection_];
    if (!roles_swapped_at_first_)
        roles_swapped_at_first_ = connection.roles_swapped;
    roles_swapped_ = connection.roles_swapped != *roles_swapped_at_first_;
    if (connection.fallback && segment.fin())
        fin_[at_first(subflow.role(observation.sender))] = true;
    if (syn_)
        add_syn_data(tracker, deliver);
    if (!pending_.empty())
        add_pending(tracker, seen, deliver);
    if (segment.payload > 0 && !segment.rst()) // RFC 9293 3.5.3: that of an RST is no data
        add_payload(tracker, segment, observation, seen, deliver);
    for (const Role sender : {Role::Client, Role::Server})
        skip_holes(tracker, sender, seen, segment.time, deliver);
}

bool FollowedConnection::at_data_fin(const Tracker &tracker, Role sender) const
{
    const Host &host = tracker.registry()[connection_].hosts[at_first(sender)];
    if (host.data_fin == DataFin::NotSent)
        return false;
    const DataStream *known = stream(tracker, sender);
    if (known == nullptr || !known->end())
        return false;
    const auto delivered = next(sender);
    const auto place = delivered ? std::optional{RelativeDsn{*delivered}} : known->start();
    return !place || place == known->end();
}

bool FollowedConnection::ended(const Tracker &tracker, Role sender) const
{
    return (fin_[sender] && in_order(sender)) || at_data_fin(tracker, sender);
}

void FollowedConnection::finish(const Tracker &tracker, const Deliver &deliver)
{
    if (syn_)
        add_syn_data(tracker, deliver);
    add_pending(tracker, Seen::Everything, deliver);
    for (const Role sender : {Role::Client, Role::Server})
        if (auto &data = data_[sender])
            while (!data->hole().empty())
                data->skip_hole([&](const DataPart &part) { deliver(sender, part); });
}

} // namespace mptcp
