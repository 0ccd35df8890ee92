// SPDX-License-Identifier: GPL-2.0-or-later
//
// Records of connections and subflows. Every function keeps ordinals in order of the first frames
// of connections.
#include "connections/registry.h"

#include <algorithm>
#include <utility>

namespace mptcp {
namespace {

// Adds the state of a host of a merged connection.
void merge_host(Host &whole, const Host &part)
{
    if (whole.data_fin == DataFin::NotSent)
        whole.data_fin_end = part.data_fin_end;
    whole.data_fin = std::max(whole.data_fin, part.data_fin);
    whole.mp_fail_sent |= part.mp_fail_sent;
}

} // namespace

std::vector<const Connection *> Registry::connections() const
{
    std::vector<const Connection *> list;
    list.reserve(numbering_.in_use());
    for (const Connection &connection : connections_)
        if (!connection.merged_into)
            list.push_back(&connection);
    std::ranges::sort(list, {}, &Connection::ordinal);
    return list;
}

ConnectionId Registry::add_connection(std::uint32_t first_frame)
{
    const ConnectionId id{static_cast<std::uint32_t>(connections_.size())};
    Connection &connection = connections_.emplace_back();
    connection.ordinal = numbering_.issue();
    connection.first_frame = first_frame;
    return id;
}

SubflowId Registry::add_subflow(ConnectionId connection, const Segment &first, SubflowKind kind)
{
    const SubflowId id{static_cast<std::uint32_t>(subflows_.size())};
    Connection &owner = (*this)[connection];
    Subflow &subflow = subflows_.emplace_back();
    subflow.connection = connection;
    subflow.first_frame = first.frame;
    subflow.opened = first.time;
    subflow.kind = kind;
    subflow.ends[Side::A].endpoint = first.source;
    subflow.ends[Side::B].endpoint = first.destination;
    owner.subflows.add(id, kind == SubflowKind::Initial);
    ++owner.living_subflows;
    return id;
}

bool Registry::make_initial(SubflowId id, Side initiator)
{
    Subflow &subflow = (*this)[id];
    SubflowList &subflows = (*this)[subflow.connection].subflows;
    subflows.remove(id, is_initial(id));
    subflow.kind = SubflowKind::Initial;
    subflows.add(id, true);

    subflow.initiator = initiator;
    for (SubflowEnd &end : subflow.ends.each) {
        end.address_id = 0; // RFC 8684 3.2: the addresses of the initial subflow have ID 0
        end.backup = false;
    }
    const Role role_of_a = initiator == Side::A ? Role::Client : Role::Server;
    return std::exchange(subflow.role_of_a, role_of_a) != role_of_a;
}

void Registry::move_subflow(SubflowId id, ConnectionId to_id, Role initiator_role)
{
    Subflow &subflow = (*this)[id];
    Connection &from = (*this)[subflow.connection];
    Connection &to = (*this)[to_id];
    const Side initiator = subflow.initiator.value_or(Side::A);
    const Role role_of_client =
        subflow.role(initiator) == Role::Client ? initiator_role : other(initiator_role);
    from.subflows.remove(id, is_initial(id));
    if (!subflow.ended()) {
        --from.living_subflows;
        ++to.living_subflows;
    }
    subflow.connection = to_id;
    subflow.role_of_a = initiator == Side::A ? initiator_role : other(initiator_role);
    to.subflows.add(id, is_initial(id));
    if (from.subflows.empty())
        retire(from, to_id, other(role_of_client));
    else
        reorder(from, to);
}

// Restores the order of ordinals after a subflow was moved: the connection with the earlier
// first frame has the lower ordinal.
void Registry::reorder(Connection &from, Connection &to)
{
    from.first_frame = first_frame_of(from);
    to.first_frame = first_frame_of(to);
    if ((from.first_frame < to.first_frame) != (from.ordinal < to.ordinal))
        std::swap(from.ordinal, to.ordinal);
}

// The connection has a subflow. Subflows are in order of their first frames, except that the
// initial subflow always comes first.
std::uint32_t Registry::first_frame_of(const Connection &connection) const
{
    std::uint32_t first = (*this)[connection.subflows.front()].first_frame;
    if (connection.subflows.size() > 1)
        first = std::min(first, (*this)[connection.subflows[1]].first_frame);
    return first;
}

void Registry::merge(ConnectionId whole_id, ConnectionId part_id, Role role_of_server)
{
    Connection &whole = (*this)[whole_id];
    Connection &part = (*this)[part_id];
    for (const SubflowId id : part.subflows) {
        Subflow &subflow = (*this)[id];
        subflow.connection = whole_id;
        if (role_of_server == Role::Client)
            subflow.role_of_a = other(subflow.role_of_a);
        whole.subflows.add(id, is_initial(id));
    }
    part.subflows.clear();
    whole.living_subflows += std::exchange(part.living_subflows, 0);
    retire(part, whole_id, role_of_server);
}

// Adds the state of `part` to the connection that remains, which keeps the lower of the two
// ordinals.
void Registry::retire(Connection &part, ConnectionId into, Role role_of_server)
{
    Connection &remaining = (*this)[into];
    merge_host(remaining.hosts[role_of_server], part.hosts[Role::Server]);
    merge_host(remaining.hosts[other(role_of_server)], part.hosts[Role::Client]);
    remaining.fastclosed |= part.fastclosed;
    if (!remaining.fallback)
        remaining.fallback = part.fallback;
    numbering_.retire(std::max(remaining.ordinal, part.ordinal));
    remaining.ordinal = std::min(remaining.ordinal, part.ordinal);
    remaining.first_frame = std::min(remaining.first_frame, part.first_frame);
    part.merged_into = into;
}

} // namespace mptcp
