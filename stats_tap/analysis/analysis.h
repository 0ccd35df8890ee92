// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a capture shows beside the counts of the report: the timeline, the
// addresses of the hosts, priorities and ends of subflows, and the values that
// the kernels' counters should have.
#pragma once

#include <vector>

#include "analysis/address_table.h"
#include "analysis/counters.h"
#include "analysis/timeline.h"

namespace mptcp {

struct Analysis {
    Time origin = 0;                              // the time of the capture's first packet
    Timeline timeline;                            // of the packets that were counted
    std::vector<SubflowHistory> subflows;         // by SubflowId
    std::vector<PerRole<Endpoint>> endpoints;     // by connection index, of its first subflow
    std::vector<PerRole<AddressTable>> addresses; // by connection index
    std::vector<PerRole<Counters>> counters;      // by connection index, of the timeline
};

Analysis analyze(const Tracker &tracker, const Summary &summary, Time origin,
                 const EventsBetween &between = {});

} // namespace mptcp
