// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/analysis.h"

namespace mptcp {

Analysis analyze(const Tracker &tracker, const Summary &summary, Time origin,
                 const EventsBetween &between)
{
    Analysis analysis;
    analysis.origin = origin;
    analysis.timeline = make_timeline(tracker, summary, between);
    analysis.subflows = make_subflow_histories(tracker);
    for (const Connection *connection : tracker.registry().connections())
        analysis.endpoints.push_back(tracker.registry().endpoints_of(*connection));
    analysis.addresses = make_address_tables(tracker);
    analysis.counters = count(tracker, analysis.timeline);
    return analysis;
}

} // namespace mptcp
