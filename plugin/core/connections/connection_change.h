// SPDX-License-Identifier: GPL-2.0-or-later
//
// The changes that one segment causes to the state of its subflow and its connection. The rules
// return them by value; the data level and the event detector read them.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/enum_set.h"
#include "base/types.h"
#include "connections/connection.h"

namespace mptcp {

// The roles of a connection that was captured without its SYN were corrected.
struct RolesSwapped {
    ConnectionId connection{};
};

// A join was moved to another connection.
struct SubflowMoved {
    SubflowId subflow{};
};

// All subflows of `part` were moved to `whole`. The server of `part` has the role
// `role_of_server` in `whole`.
struct ConnectionsMerged {
    ConnectionId whole{};
    ConnectionId part{};
    Role role_of_server{};
    std::vector<SubflowId> subflows; // those of `part`
};

using Regrouping = std::variant<RolesSwapped, SubflowMoved, ConnectionsMerged>;

// State transitions. Each occurs once.
enum class Change : std::uint8_t {
    Established,    // the MP_CAPABLE handshake is complete
    OptionStripped, // the response to MP_JOIN has no MPTCP option
    Joined,         // RFC 8684 3.2: the fourth packet of a join
    FirstMapping,   // the first mapping of the sender on this subflow
    Fallback,
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

    std::vector<Regrouping> regroupings; // in the order in which they apply
};

} // namespace mptcp
