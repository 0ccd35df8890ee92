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
    Signals();

    std::optional<MpCapable> capable;
    std::optional<MpJoinSyn> join_syn;
    std::optional<MpJoinSynAck> join_syn_ack;
    std::optional<MpJoinAck> join_ack;
    std::optional<MpFastclose> fastclose;
    std::optional<DssMapping> mapping;   // of a DSS
    std::optional<DssMapping> data_fin;  // the one that ends with a DATA_FIN
    std::optional<WireDataSeq> data_ack; // of a DSS
    unsigned mappings = 0;               // of DSSs; there is room for two
    bool any = false;                    // some option 30 of a known subtype, well formed
    bool signalling = false;             // some other than DSS
    bool maps_data = false;              // a DSS or MP_CAPABLE that maps data
    bool data_level = false;             // a DSS at all: the connection is in use
    bool infinite_mapping = false;       // RFC 8684 3.7
    bool fail = false;                   // MP_FAIL
    bool truncated = false;              // the snaplen may have cut further options

    // True if the segment was captured well enough to say that it has none.
    bool none() const { return !any && !truncated; }
    // More than acknowledgements and mappings of data.
    bool notable() const { return signalling || data_fin || infinite_mapping; }
};

Signals read_signals(const Segment &segment);

} // namespace mptcp
