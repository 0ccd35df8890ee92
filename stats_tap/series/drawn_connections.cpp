// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/drawn_connections.h"

#include <utility>

namespace mptcp {

DrawnConnections::DrawnConnections(const Tracker &tracker, const Summary &counted,
                                   const SegmentNotes &notes, const Vantages &vantages,
                                   const Sightings &sightings)
    : tracker_(tracker),
      counted_(counted),
      vantages_(vantages),
      events_(events_by_connection(tracker)),
      notes_(notes.by_connection(tracker.registry()))
{
    for (const Vantage &vantage : vantages.all())
        seen_at_[&vantage] = packets_by_connection(tracker, vantage, sightings);
}

DrawnViews DrawnConnections::take(const Connection &connection)
{
    const std::uint32_t index = tracker_.registry().index_of(connection);
    DrawnConnection whole{tracker_,   counted_,
                          connection, std::move(notes_.at(index)),
                          {},         std::move(events_.at(index))};
    PerRole<std::optional<DrawnConnection>> near_host;
    for (const Role host : {Role::Client, Role::Server}) {
        const Vantages::View &view = vantages_.view(index, host);
        if (view.vantage != nullptr) // both hosts may have the same one
            near_host[host].emplace(whole.seen_from(view, seen_at_.at(view.vantage).at(index)));
    }
    return {std::move(whole), std::move(near_host)};
}

} // namespace mptcp
