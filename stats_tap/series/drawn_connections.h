// SPDX-License-Identifier: GPL-2.0-or-later
//
// All connections of a capture as they would be drawn, for what looks at each of them. Their
// packets are sorted by connection once.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "series/drawn_views.h"
#include "series/segment_notes.h"

namespace mptcp {

class DrawnConnections {
public:
    // All but `notes` must outlive it.
    DrawnConnections(const Tracker &tracker, const Summary &counted, const SegmentNotes &notes,
                     const Vantages &vantages, const Sightings &sightings);

    // Call it once for each connection: it gives the packets away.
    DrawnViews take(const Connection &connection);

private:
    const Tracker &tracker_;
    const Summary &counted_;
    const Vantages &vantages_;
    std::vector<EventList> events_;                               // by connection index
    std::vector<std::vector<SegmentNote>> notes_;                 // by connection index
    std::map<const Vantage *, std::vector<SeenPackets>> seen_at_; // by connection index
};

} // namespace mptcp
