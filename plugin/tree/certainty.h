// SPDX-License-Identifier: GPL-2.0-or-later
//
// Decides what may be shown in the first pass. A later packet may contradict the
// connection of a join whose token no connection has so far, or several have,
// and the version that a SYN offers. Later passes show both.
#pragma once

#include <wireshark.h>

#include <epan/packet.h>

#include "connections/connection.h"

namespace mptcp {

inline bool connection_is_known(const packet_info *pinfo, const Subflow &subflow)
{
    return !subflow.unresolved || pinfo->fd->visited;
}

inline bool version_is_known(const packet_info *pinfo, const Connection &connection)
{
    return connection.version && (connection.negotiated() || pinfo->fd->visited);
}

} // namespace mptcp
