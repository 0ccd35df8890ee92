// SPDX-License-Identifier: GPL-2.0-or-later
//
// Corrections of which subflows form a connection, and of its roles. The registry makes them; state
// that is kept by connection and role follows them.
#pragma once

#include <variant>
#include <vector>

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

// All subflows of `merged` were moved to `remaining`. The server of `merged` has the role
// `role_of_server` in `remaining`.
struct ConnectionsMerged {
    ConnectionId remaining{};
    ConnectionId merged{};
    Role role_of_server{};
    std::vector<SubflowId> subflows; // those that were moved

    Role new_role(Role role) const { return convert(role, role_of_server); }
};

using Regrouping = std::variant<RolesSwapped, SubflowMoved, ConnectionsMerged>;

} // namespace mptcp
