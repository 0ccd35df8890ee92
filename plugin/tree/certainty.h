// SPDX-License-Identifier: GPL-2.0-or-later
//
// In one pass, what a later packet may contradict is not shown yet: where a
// join belongs whose token several connections have, or none so far, and the
// version that a SYN offers. Later passes know how it ended.
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
