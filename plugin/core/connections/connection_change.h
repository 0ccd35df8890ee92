// SPDX-License-Identifier: GPL-2.0-or-later
//
// What one segment changed in what is known of its subflow and its connection: returned by
// the rules, by value, and handed on to the data level and to the event detector.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/enum_set.h"
#include "base/types.h"
#include "connections/connection.h"

namespace mptcp {

// The roles of a connection without a handshake were guessed the wrong way round.
struct RolesSwapped {
    ConnectionId connection{};
};

// A join belongs to another connection than was thought.
struct SubflowMoved {
    SubflowId subflow{};
};

// All of `part` belongs to `whole`, where the server of the part has the role
// `role_of_server`.
struct ConnectionsMerged {
    ConnectionId whole{};
    ConnectionId part{};
    Role role_of_server{};
    std::vector<SubflowId> subflows; // of the part
};

using Regrouping = std::variant<RolesSwapped, SubflowMoved, ConnectionsMerged>;

// What happened for the first time.
enum class Change : std::uint8_t {
    Established,    // the MP_CAPABLE handshake is complete
    OptionStripped, // the answer to MP_JOIN carries no MPTCP option
    Joined,         // RFC 8684 3.2: the fourth packet of a join
    FirstMapping,   // of the sender on this subflow
    Fallback,
    DataFinSent,
    DataFinAcknowledged,
    Closed,        // both DATA_FINs are acknowledged
    SubflowClosed, // both ends have sent a FIN
};

struct ConnectionChange {
    EnumSet<Change> changes;

    // Before the segment:
    std::optional<Version> version_before;
    bool handshake_repeated = false; // its SYN, SYN/ACK or third ACK with the option was seen
    bool fin_repeated = false;       // the sender had sent a FIN
    bool was_reset = false;          // the subflow

    std::vector<Regrouping> regroupings; // in their order
};

} // namespace mptcp
