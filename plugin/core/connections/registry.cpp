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
void merge_host(Host &remaining, const Host &merged)
{
    if (remaining.data_fin == DataFin::NotSent)
        remaining.data_fin_end = merged.data_fin_end;
    remaining.data_fin = std::max(remaining.data_fin, merged.data_fin);
    remaining.mp_fail_sent |= merged.mp_fail_sent;
    remaining.fastclose_sent |= merged.fastclose_sent;
    if (!remaining.key && (merged.key || !remaining.token)) {
        remaining.key = merged.key;
        remaining.token = merged.token;
        remaining.idsn = merged.idsn;
    }
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
    return id;
}

void Registry::make_initial(SubflowId id, Side initiator)
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
}

RolesSwapped Registry::swap_roles(ConnectionId id)
{
    Connection &connection = (*this)[id];
    for (const SubflowId subflow : connection.subflows)
        (*this)[subflow].role_of_a = other((*this)[subflow].role_of_a);
    std::swap(connection.hosts.each[0], connection.hosts.each[1]);
    connection.roles_swapped = !connection.roles_swapped;
    return {id};
}

// Shortens the path for later calls.
Registry::CurrentHost Registry::current(ConnectionId id, Role role)
{
    Connection &first = (*this)[id];
    while (first.merged_into && (*this)[*first.merged_into].merged_into) {
        const Connection &next = (*this)[*first.merged_into];
        first.roles_swapped ^= next.roles_swapped;
        first.merged_into = next.merged_into;
    }
    const bool moved = first.merged_into.has_value();
    const ConnectionId last = first.merged_into.value_or(id);
    const bool swapped = first.roles_swapped != (moved && (*this)[last].roles_swapped);
    return {last, swapped ? other(role) : role};
}

void Registry::move_subflow(SubflowId id, ConnectionId to_id, Role initiator_role)
{
    Subflow &subflow = (*this)[id];
    Connection &from = (*this)[subflow.connection];
    Connection &to = (*this)[to_id];
    const Side initiator = subflow.initiator.value_or(Side::A);
    const Role role_of_server = convert(subflow.role(initiator), initiator_role);
    from.subflows.remove(id, is_initial(id));
    if (subflow.counted_open) {
        --from.open_subflows;
        ++to.open_subflows;
    }
    subflow.connection = to_id;
    subflow.role_of_a = initiator == Side::A ? initiator_role : other(initiator_role);
    to.subflows.add(id, is_initial(id));
    if (from.subflows.empty())
        retire(from, to_id, role_of_server);
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
    std::uint32_t first = first_subflow_of(connection).first_frame;
    if (connection.subflows.size() > 1)
        first = std::min(first, (*this)[connection.subflows[1]].first_frame);
    return first;
}

ConnectionsMerged Registry::merge(ConnectionId remaining_id, ConnectionId merged_id,
                                  Role role_of_server)
{
    Connection &remaining = (*this)[remaining_id];
    Connection &merged = (*this)[merged_id];
    std::vector<SubflowId> moved{merged.subflows.begin(), merged.subflows.end()};
    for (const SubflowId id : moved) {
        Subflow &subflow = (*this)[id];
        subflow.connection = remaining_id;
        if (role_of_server == Role::Client)
            subflow.role_of_a = other(subflow.role_of_a);
        remaining.subflows.add(id, is_initial(id));
    }
    merged.subflows.clear();
    remaining.open_subflows += std::exchange(merged.open_subflows, 0);
    retire(merged, remaining_id, role_of_server);
    return {remaining_id, merged_id, role_of_server, std::move(moved)};
}

// Adds the state of `merged` to the connection that remains, which keeps the lower of the two
// ordinals.
void Registry::retire(Connection &merged, ConnectionId into, Role role_of_server)
{
    Connection &remaining = (*this)[into];
    merge_host(remaining.hosts[role_of_server], merged.hosts[Role::Server]);
    merge_host(remaining.hosts[other(role_of_server)], merged.hosts[Role::Client]);
    remaining.fastclosed |= merged.fastclosed;
    remaining.roles_seen |= merged.roles_seen;
    remaining.grouped_by_data |= merged.grouped_by_data;
    if (!remaining.resolved_frame)
        remaining.resolved_frame = merged.resolved_frame;
    if (!remaining.evidence)
        remaining.evidence = merged.evidence;
    if (!remaining.fallback)
        remaining.fallback = merged.fallback;
    numbering_.retire(std::max(remaining.ordinal, merged.ordinal));
    remaining.ordinal = std::min(remaining.ordinal, merged.ordinal);
    remaining.first_frame = std::min(remaining.first_frame, merged.first_frame);
    // From the roles at creation of `merged` to those at creation of `remaining`.
    merged.roles_swapped ^= (role_of_server == Role::Client) != remaining.roles_swapped;
    merged.merged_into = into;
}

} // namespace mptcp
