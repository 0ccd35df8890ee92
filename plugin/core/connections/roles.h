// SPDX-License-Identifier: GPL-2.0-or-later
//
// A guess of client and server for connections whose handshakes were not captured. The server is
// the end to which several subflows go or, failing that, the end with the well-known or registered
// port (RFC 6335 6). Who sent the first captured packet says nothing.
#pragma once

#include "connections/registry.h"

namespace mptcp {

// The role of the first endpoint of a flow.
Role guess_role(const Endpoint &of, const Endpoint &peer);

// True if the subflows of the connection suggest the opposite roles. Looks at the first subflows
// only, which bounds the cost.
bool roles_look_swapped(const Registry &registry, const Connection &connection);

} // namespace mptcp
