// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/analysis.h"

#include "analysis/report.h"

namespace mptcp {
Analysis analyze(const Tracker &tracker, const Summary &summary, Time origin)
{
    Analysis analysis;
    analysis.origin = origin;
    analysis.timeline = make_timeline(tracker, summary);
    analysis.subflows = make_subflow_histories(tracker);
    for (const Connection *connection : tracker.registry().connections())
        analysis.endpoints.push_back(endpoints_of(tracker.registry(), *connection));
    analysis.addresses = make_address_tables(tracker);
    analysis.counters = count(tracker, analysis.timeline);
    return analysis;
}

} // namespace mptcp
