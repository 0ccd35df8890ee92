// SPDX-License-Identifier: GPL-2.0-or-later
//
// The entry point of the core. The tracker processes the TCP segments of a capture, once each and
// in capture order, and maintains the state of all MPTCP connections:
//
//   registry()   connections and their subflows     RFC 8684 3.1, 3.2, 3.5 to 3.7
//   data()       the data level                     RFC 8684 3.3
//   events()     events in capture order
//   points()     where the packets were recorded
//
// A copy, which is a packet recorded again at another point, changes none of them.
//
// The tracker takes and returns plain values. It does not print, call back or read a clock. Memory
// grows with the number of connections, subflows and packets with payload. The time to process a
// segment is at most logarithmic in these, amortised. wire/ parses the segments.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "connections/backup_flags.h"
#include "connections/connection_rules.h"
#include "connections/demultiplexer.h"
#include "connections/join_rules.h"
#include "connections/registry.h"
#include "crypto/crypto.h"
#include "data/data_grouping.h"
#include "data/data_level.h"
#include "events/event_detector.h"
#include "events/event_verdict.h"
#include "points/copy_finder.h"
#include "points/observation.h"
#include "points/point_table.h"
#include "wire/segment.h"

namespace mptcp {

class Tracker {
public:
    Tracker() = default;
    Tracker(const Tracker &) = delete;
    Tracker &operator=(const Tracker &) = delete;

    // Returns the subflow of the segment and the end that sent it, or nothing if no MPTCP option
    // was seen on its 4-tuple so far. Says whether the segment is a copy, and by what its numbers
    // are shifted.
    std::optional<Observation> on_segment(const Segment &segment);

    const Registry &registry() const { return registry_; }
    const DataLevel &data() const { return data_; }
    const EventDetector &events() const { return events_; }
    const BackupFlags &backup_flags() const { return backup_flags_; }

    // Add marks before the first segment that has them.
    PointTable &points() { return points_; }
    const PointTable &points() const { return points_; }
    const CopyFinder &copies() const { return copies_; }

    const Crypto &crypto() const { return crypto_; }

    // For the functions in event_verdict.h, event_words.h and event_info.h.
    EventContext context() const { return {registry_, crypto_}; }

private:
    void regroup(const std::vector<Regrouping> &regroupings, std::uint32_t since);
    Observation on_copy(const Segment &segment, const Copy &copy);
    std::optional<Observation> on_packet(const Segment &segment,
                                         const std::optional<Attribution> &current,
                                         const NumberShift &shift);

    Crypto crypto_;
    Registry registry_;
    JoinRules joins_{registry_, crypto_};
    Demultiplexer demultiplexer_{registry_, joins_};
    ConnectionRules rules_{registry_, joins_};
    BackupFlags backup_flags_;
    DataLevel data_;
    DataGrouping grouping_;
    EventDetector events_;
    PointTable points_;
    CopyFinder copies_{registry_, points_};
};

} // namespace mptcp
