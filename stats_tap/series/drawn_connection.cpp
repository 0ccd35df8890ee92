// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/drawn_connection.h"

#include <algorithm>
#include <utility>

namespace mptcp {
namespace {

PerRole<std::uint64_t> counted_payload(const Registry &registry, const Summary &counted,
                                       const Connection &connection)
{
    PerRole<std::uint64_t> payload{{0, 0}};
    for (const SubflowId id : connection.subflows)
        if (const SubflowCount *count = counted.find(id))
            for (const Role role : {Role::Client, Role::Server})
                payload[role] += count->sent[registry[id].side(role)].payload;
    return payload;
}

std::uint64_t place_key(std::uint32_t frame, SubflowId subflow)
{
    return segment_key(frame, static_cast<std::uint32_t>(subflow));
}

} // namespace

void SeenPackets::add(const Sighting &sighting)
{
    notes.push_back(note_of(sighting));
    originals.push_back(sighting.original);
}

SeenPackets packets_of(const Connection &connection, const Tracker &tracker, const Vantage &vantage,
                       const Sightings &sightings)
{
    SeenPackets packets;
    vantage.visit(tracker.points(), sightings, [&](const Sighting &sighting) {
        if (&tracker.registry().connection_of(sighting.subflow) == &connection)
            packets.add(sighting);
    });
    return packets;
}

std::vector<SeenPackets> packets_by_connection(const Tracker &tracker, const Vantage &vantage,
                                               const Sightings &sightings)
{
    const Registry &registry = tracker.registry();
    std::vector<SeenPackets> packets(registry.connections().size());
    vantage.visit(tracker.points(), sightings, [&](const Sighting &sighting) {
        packets[registry.index_of(registry.connection_of(sighting.subflow))].add(sighting);
    });
    return packets;
}

EventList events_of(const Tracker &tracker, const Connection &connection)
{
    EventList events;
    for (const Event &event : tracker.events().all())
        if (!event.withdrawn && &tracker.registry().connection_of(event.subflow) == &connection)
            events.push_back(&event);
    return events;
}

std::vector<EventList> events_by_connection(const Tracker &tracker)
{
    const Registry &registry = tracker.registry();
    std::vector<EventList> events(registry.connections().size());
    for (const Event &event : tracker.events().all())
        if (!event.withdrawn)
            events[registry.index_of(registry.connection_of(event.subflow))].push_back(&event);
    return events;
}

const Connection *choose_connection(const Tracker &tracker, const Summary &counted,
                                    const std::optional<std::uint32_t> &index)
{
    const std::vector<const Connection *> connections = tracker.registry().connections();
    if (index)
        return *index < connections.size() ? connections[*index] : nullptr;
    const auto most = std::ranges::max_element(connections, {}, [&](const Connection *connection) {
        const auto payload = counted_payload(tracker.registry(), counted, *connection);
        return payload[Role::Client] + payload[Role::Server];
    });
    return most == connections.end() ? nullptr : *most;
}

Role main_sender(const Registry &registry, const Summary &counted, const Connection &connection)
{
    const auto payload = counted_payload(registry, counted, connection);
    return payload[Role::Server] > payload[Role::Client] ? Role::Server : Role::Client;
}

DrawnConnection::DrawnConnection(const Tracker &tracker, const Summary &counted,
                                 const Connection &connection, std::vector<SegmentNote> notes,
                                 PointsReport points, EventList events)
    : tracker_(tracker),
      counted_(counted),
      connection_(connection),
      notes_(std::move(notes)),
      points_(std::move(points)),
      events_(std::move(events))
{
    note_extent();
}

void DrawnConnection::note_extent()
{
    if (notes_.empty())
        return;
    const auto [first, last] = std::ranges::minmax_element(notes_, {}, &SegmentNote::time);
    start_ = first->time;
    end_ = last->time;
}

DrawnConnection DrawnConnection::seen_from(const Vantages::View &view, SeenPackets packets) const
{
    DrawnConnection seen{tracker_, counted_, connection_, std::move(packets.notes), {}, events_};
    seen.vantage_ = view.vantage;
    seen.seen_at_ = view.points;
    seen.originals_ = std::move(packets.originals);
    for (std::size_t place = 0; place < seen.notes_.size(); ++place) {
        const SegmentNote &note = seen.notes_[place];
        for (const std::uint32_t frame : {seen.originals_[place], note.frame})
            seen.places_.try_emplace(place_key(frame, note.subflow), place);
    }
    return seen;
}

const SegmentNote *DrawnConnection::note_of(std::uint32_t frame, SubflowId subflow) const
{
    const auto place = places_.find(place_key(frame, subflow));
    return place == places_.end() ? nullptr : &notes_[place->second];
}

const DataStream *DrawnConnection::stream(Role sender) const
{
    const ConnectionId id = registry().first_subflow_of(connection_).connection;
    return data().stream(id, sender);
}

} // namespace mptcp
