// SPDX-License-Identifier: GPL-2.0-or-later
//
// Stores connections and subflows, and assigns the indexes that users see. It creates, moves and
// merges records; the rules in connection_rules.h and join_rules.h decide when.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/container/stable_vector.hpp>

#include "connections/connection.h"
#include "connections/regrouping.h"
#include "containers/numbering.h"

namespace mptcp {

class Registry {
public:
    Connection &operator[](ConnectionId id) { return connections_[static_cast<std::size_t>(id)]; }
    const Connection &operator[](ConnectionId id) const
    {
        return connections_[static_cast<std::size_t>(id)];
    }
    Subflow &operator[](SubflowId id) { return subflows_[static_cast<std::size_t>(id)]; }
    const Subflow &operator[](SubflowId id) const
    {
        return subflows_[static_cast<std::size_t>(id)];
    }

    const Connection &connection_of(SubflowId id) const { return (*this)[(*this)[id].connection]; }
    // The subflow with index 0. Requires that the connection has subflows.
    const Subflow &first_subflow_of(const Connection &connection) const
    {
        return (*this)[connection.subflows.front()];
    }
    // The endpoints of a connection are those of its first subflow.
    PerRole<Endpoint> endpoints_of(const Connection &connection) const
    {
        const Subflow &first = first_subflow_of(connection);
        return {{first.end(Role::Client).endpoint, first.end(Role::Server).endpoint}};
    }

    std::size_t connection_records() const { return connections_.size(); }
    std::size_t subflow_count() const { return subflows_.size(); }
    std::uint32_t index_of(const Connection &connection) const
    {
        return numbering_.index_of(connection.ordinal);
    }
    // The index within the connection, from 0. Cost: O(log n).
    std::uint32_t index_of(SubflowId id) const
    {
        return connection_of(id).subflows.index_of(id, is_initial(id));
    }

    // Returns all connections in ascending order of index. Cost: O(n log n).
    std::vector<const Connection *> connections() const;

    // Adds a connection without subflows.
    ConnectionId add_connection(std::uint32_t first_frame);

    // Adds a subflow. The sender of `first` is side A.
    SubflowId add_subflow(ConnectionId connection, const Segment &first, SubflowKind kind);

    // Makes `id` the initial subflow of its connection, with index 0. Its roles do not change.
    void make_initial(SubflowId id, Side initiator);

    // Swaps client and server. Cost: O(subflows).
    RolesSwapped swap_roles(ConnectionId id);

    // The connection that a record and its merges lead to, and the role there of the host that
    // had `role` when the record was created. Cost: O(1), amortised.
    struct CurrentHost {
        ConnectionId connection{};
        Role role{};
    };
    CurrentHost current(ConnectionId id, Role role);

    // Moves a join to another connection, in which its initiator has `initiator_role`. A
    // connection that loses its only subflow is merged into `to`.
    void move_subflow(SubflowId id, ConnectionId to, Role initiator_role);

    // Moves all subflows of `merged` to `remaining`, in which the server of `merged` has the role
    // `role_of_server`. `merged` is then empty, has no index, and its `merged_into` is set.
    // Cost: O(log n) for each subflow of `merged`.
    ConnectionsMerged merge(ConnectionId remaining, ConnectionId merged, Role role_of_server);

private:
    bool is_initial(SubflowId id) const { return (*this)[id].kind == SubflowKind::Initial; }
    void retire(Connection &merged, ConnectionId into, Role role_of_server);
    void reorder(Connection &from, Connection &to);
    std::uint32_t first_frame_of(const Connection &connection) const;

    Numbering numbering_;
    // References stay valid when they grow.
    boost::container::stable_vector<Connection> connections_;
    boost::container::stable_vector<Subflow> subflows_;
};

} // namespace mptcp
