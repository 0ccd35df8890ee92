// SPDX-License-Identifier: GPL-2.0-or-later
//
// All that is told of the connections' lives, beside the counts of the report:
// what happened, the addresses of the hosts, how subflows fared, and what the
// kernels will have counted.
#pragma once

#include <vector>

#include "analysis/address_table.h"
#include "analysis/counters.h"
#include "analysis/timeline.h"

namespace mptcp {

struct Chronicle {
    Time origin = 0;                              // of the capture's first packet
    Story story;                                  // of the packets that were counted
    std::vector<SubflowStory> subflows;           // by SubflowId
    std::vector<PerRole<AddressTable>> addresses; // by connection index
    std::vector<PerRole<Counters>> counters;      // by connection index, of the story
};

Chronicle make_chronicle(const Tracker &tracker, const Summary &summary, Time origin);

} // namespace mptcp
