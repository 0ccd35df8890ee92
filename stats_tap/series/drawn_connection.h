// SPDX-License-Identifier: GPL-2.0-or-later
//
// The connection that is drawn: its packets, and what a filter counts of them. Series contain only
// counted packets; what they need to know of the others, they take from all packets. These are
// all packets of the connection, or those that were seen at a vantage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/summary.h"
#include "between/passages.h"
#include "between/vantage.h"
#include "containers/keyed_hash.h"
#include "series/segment_notes.h"
#include "tracker.h"

namespace mptcp {

// The packets of a connection that were seen at a vantage.
struct SeenPackets {
    std::vector<SegmentNote> notes;
    std::vector<std::uint32_t> originals; // for each, the frame by which it is counted

    void add(const Sighting &sighting);
};
SeenPackets packets_of(const Connection &connection, const Tracker &tracker, const Vantage &vantage,
                       const Sightings &sightings);
// Of all connections, by index.
std::vector<SeenPackets> packets_by_connection(const Tracker &tracker, const Vantage &vantage,
                                               const Sightings &sightings);

// The connection with this index. Without an index, the one with the most counted payload; of
// several, the first. Returns nullptr if there is none.
const Connection *choose_connection(const Tracker &tracker, const Summary &counted,
                                    const std::optional<std::uint32_t> &index);

// The host that sent more counted payload; the client if both sent as much.
Role main_sender(const Registry &registry, const Summary &counted, const Connection &connection);

using EventList = std::vector<const Event *>; // in capture order
EventList events_of(const Tracker &tracker, const Connection &connection);
// Of all connections, by index.
std::vector<EventList> events_by_connection(const Tracker &tracker);

// All references must outlive it. `notes`, `points` and `events` are those of the connection.
class DrawnConnection {
public:
    DrawnConnection(const Tracker &tracker, const Summary &counted, const Connection &connection,
                    std::vector<SegmentNote> notes, PointsReport points = {})
        : DrawnConnection(tracker, counted, connection, std::move(notes), std::move(points),
                          events_of(tracker, connection))
    {
    }
    DrawnConnection(const Tracker &tracker, const Summary &counted, const Connection &connection,
                    std::vector<SegmentNote> notes, PointsReport points, EventList events);
    // The same connection, as it was seen there.
    DrawnConnection seen_from(const Vantages::View &view, SeenPackets packets) const;

    const Tracker &tracker() const { return tracker_; }
    const Registry &registry() const { return tracker_.registry(); }
    const DataLevel &data() const { return vantage_ ? vantage_->data() : tracker_.data(); }
    const Summary &counted() const { return counted_; }
    const Connection &connection() const { return connection_; }
    const std::vector<SegmentNote> &notes() const { return notes_; }
    const PointsReport &points() const { return points_; }
    const EventList &events() const { return events_; } // that were not withdrawn
    const DataStream *stream(Role sender) const;

    // The times of its first and last packet, counted or not. Series count time from the first one.
    Time start() const { return start_; }
    Time duration() const { return end_ - start_; }
    Time since_start(Time time) const { return time - start_; }

    std::uint32_t index_of(SubflowId id) const { return registry().index_of(id); }
    Role sender_of(const SegmentNote &note) const
    {
        return registry()[note.subflow].role(note.sender);
    }
    bool is_counted(const SegmentNote &note) const
    {
        const auto place = static_cast<std::size_t>(&note - notes_.data());
        return counted_.counted(originals_.empty() ? note.frame : originals_[place]);
    }
    bool is_at_vantage() const { return vantage_ != nullptr; }
    const std::vector<std::uint32_t> &seen_at() const { return seen_at_; } // points of the vantage
    // At a vantage, the recording there of the packet with this frame at any point. nullptr: it was
    // not seen there.
    const SegmentNote *note_of(std::uint32_t frame, SubflowId subflow) const;
    // The frame of such a packet among these packets. None if it was not seen there.
    std::optional<std::uint32_t> frame_here(std::uint32_t frame, SubflowId subflow) const
    {
        if (!is_at_vantage())
            return frame;
        const SegmentNote *note = note_of(frame, subflow);
        return note == nullptr ? std::nullopt : std::optional{note->frame};
    }

    // Calls each(note, packet) for each counted packet of the sender with payload.
    template <class Each> void visit_data(Role sender, Each each) const
    {
        for (const SegmentNote &note : notes_) {
            if (note.payload == 0 || sender_of(note) != sender || !is_counted(note))
                continue;
            if (const DataPacket *packet = data().find(note.frame, note.subflow))
                each(note, *packet);
        }
    }

private:
    void note_extent();

    const Tracker &tracker_;
    const Summary &counted_;
    const Connection &connection_;
    std::vector<SegmentNote> notes_;
    PointsReport points_;
    EventList events_;
    const Vantage *vantage_ = nullptr; // the members below are those of a vantage
    std::vector<std::uint32_t> seen_at_;
    std::vector<std::uint32_t> originals_; // by the place in notes_: the frame that is counted
    std::unordered_map<std::uint64_t, std::size_t, NumberHash> places_; // by frame and subflow
    Time start_ = 0;
    Time end_ = 0;
};

} // namespace mptcp
