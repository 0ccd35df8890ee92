// SPDX-License-Identifier: GPL-2.0-or-later
//
// The changes that one segment causes to the state of its subflow and its connection. The rules
// return them by value; the data level and the event detector read them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/enum_set.h"
#include "base/types.h"
#include "connections/acceptability.h"
#include "connections/connection.h"
#include "connections/regrouping.h"
#include "connections/silence.h"

namespace mptcp {

// State transitions. Each occurs once.
enum class Change : std::uint8_t {
    Established,    // the MP_CAPABLE handshake is complete
    OptionStripped, // the response to MP_JOIN has no MPTCP option
    Joined,         // RFC 8684 3.2: the fourth packet of a join
    FirstMapping,   // the first mapping of the sender on this subflow
    Fallback,
    UnmappedOnJoin, // RFC 8684 3.7: data without a mapping, while other subflows are open
    DataFinSent,
    DataFinAcknowledged,
    Closed,        // both DATA_FINs are acknowledged
    SubflowClosed, // both ends have sent a FIN
};

struct ConnectionChange {
    EnumSet<Change> changes;

    // The state before the segment:
    std::optional<Version> version_before;
    bool handshake_repeated = false; // a SYN, SYN/ACK or third ACK like this one was seen
    bool fin_repeated = false;       // the sender had already sent a FIN
    bool was_reset = false;          // the subflow was already reset
    bool key_offered_again = false;  // a repeated SYN/ACK with another key: SYN cookies
    bool data_fin_repeated = false;  // the sender had already sent a DATA_FIN
    bool fastclose_repeated = false; // the sender had already sent MP_FASTCLOSE

    Ignored ignored = Ignored::No;         // why the receiver ignores the segment or its option
    std::uint32_t ignored_reset_frame = 0; // the RST that the segment shows was ignored; 0: none
    // The frame of a fallback that the segment contradicts. 0: none.
    std::uint32_t revoked_fallback_frame = 0;

    std::optional<Silence> silence; // that the segment ends

    std::vector<Regrouping> regroupings; // in the order in which they apply
};

} // namespace mptcp
