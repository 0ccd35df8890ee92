// SPDX-License-Identifier: GPL-2.0-or-later
#include "conversations/conversation_filters.h"

#include <optional>
#include <string>

#include <wireshark.h>

#include <epan/packet_info.h>

#include "capture/session.h"
#include "sdk/compat.h"

namespace mptcp {
namespace {

// The subflow of the packet; in tunnels, of its outermost segment.
std::optional<SubflowId> subflow_of(const packet_info *pinfo)
{
    const auto observation = outermost_observation(pinfo->num);
    return observation ? std::optional{observation->subflow} : std::nullopt;
}

bool is_of_a_connection(const packet_info *pinfo) { return subflow_of(pinfo).has_value(); }

std::string connection_filter(SubflowId id)
{
    const Tracker &tracker = session().capture->tracker();
    return "mptcp.conn == " +
           std::to_string(tracker.registry().index_of(tracker.registry().connection_of(id)));
}

char *filter_connection(const packet_info *pinfo)
{
    const auto id = subflow_of(pinfo);
    return id ? g_strdup(connection_filter(*id).c_str()) : nullptr;
}

char *filter_subflow(const packet_info *pinfo)
{
    const auto id = subflow_of(pinfo);
    if (!id)
        return nullptr;
    const std::uint32_t index = session().capture->tracker().registry().index_of(*id);
    const std::string filter =
        connection_filter(*id) + " && mptcp.subflow == " + std::to_string(index);
    return g_strdup(filter.c_str());
}

} // namespace

void register_conversation_filters()
{
    add_conversation_filter<is_of_a_connection, filter_connection>("MPTCP Connection");
    add_conversation_filter<is_of_a_connection, filter_subflow>("MPTCP Subflow");
}

} // namespace mptcp
