// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the options 30 of one segment say, gathered for the tracker: of each
// subtype that it acts on, the first well-formed one.
#pragma once

#include <optional>

#include "option.h"
#include "segment.h"

namespace mptcp {

struct Signals {
    std::optional<MpCapable> capable;
    std::optional<MpJoinSyn> join_syn;
    std::optional<MpJoinSynAck> join_syn_ack;
    std::optional<MpJoinAck> join_ack;
    std::optional<MpFastclose> fastclose;
    bool any = false;        // some option 30 of a known subtype, well formed
    bool mapping = false;    // a DSS or MP_CAPABLE that maps data
    bool data_level = false; // a DSS at all: the connection is in use
    bool data_fin = false;
    bool infinite_mapping = false;
    bool truncated = false; // the snaplen may have cut further options

    // True if the segment was captured well enough to say that it has none.
    bool none() const { return !any && !truncated; }
};

Signals read_signals(const Segment &segment);

} // namespace mptcp
