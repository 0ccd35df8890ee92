// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/segment_notes.h"

#include <algorithm>
#include <iterator>

namespace mptcp {
namespace {

SegmentNote note_of(const Segment &segment, const Attribution &attribution)
{
    SegmentNote note;
    note.time = segment.time;
    if (const WireDataSeq *data_ack = segment.options.data_ack())
        note.data_ack = *data_ack;
    note.frame = segment.frame;
    note.subflow = attribution.subflow;
    note.seq = segment.seq;
    note.ack = segment.ack;
    note.payload = segment.payload;
    note.window = segment.window;
    note.flags = segment.flags;
    note.sender = attribution.sender;
    return note;
}

} // namespace

SegmentNote note_of(const Sighting &sighting)
{
    return note_of(sighting.segment(), sighting.attribution());
}

void SegmentNotes::add(const Tracker &tracker, const Segment &segment,
                       const Observation &observation, bool all_tracked)
{
    if (!observation.is_copy() && may_belong(tracker.registry(), observation.subflow, all_tracked))
        notes_.push_back(note_of(segment, observation));
}

void SegmentNotes::reset()
{
    any_unresolved_ = false;
    notes_.clear();
}

// As long as the connection of any subflow may still change, indexes may change too: connections
// are numbered by their first packets.
bool SegmentNotes::may_belong(const Registry &registry, SubflowId id, bool all_tracked)
{
    if (!connection_)
        return true;
    any_unresolved_ = any_unresolved_ || (!all_tracked && registry[id].unresolved);
    return any_unresolved_ || registry.index_of(registry.connection_of(id)) == *connection_;
}

std::vector<SegmentNote> SegmentNotes::of(const Registry &registry,
                                          const Connection &connection) const
{
    std::vector<SegmentNote> own;
    std::ranges::copy_if(notes_, std::back_inserter(own), [&](const SegmentNote &note) {
        return &registry.connection_of(note.subflow) == &connection;
    });
    return own;
}

std::vector<std::vector<SegmentNote>> SegmentNotes::by_connection(const Registry &registry) const
{
    std::vector<std::vector<SegmentNote>> sorted(registry.connections().size());
    for (const SegmentNote &note : notes_)
        sorted[registry.index_of(registry.connection_of(note.subflow))].push_back(note);
    return sorted;
}

} // namespace mptcp
