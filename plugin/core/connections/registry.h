// SPDX-License-Identifier: GPL-2.0-or-later
//
// Keeps the records of connections and subflows, and the order in which users
// see them: what is created, moved and merged, never why.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "connections/connection.h"
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

    std::size_t connection_records() const { return connections_.size(); }
    std::size_t subflow_count() const { return subflows_.size(); }
    std::uint32_t index_of(const Connection &connection) const
    {
        return numbering_.index_of(connection.ordinal);
    }
    // Within its connection.
    std::uint32_t index_of(SubflowId id) const
    {
        return connection_of(id).subflows.index_of(id, is_initial(id));
    }

    // All connections, by index.
    std::vector<const Connection *> connections() const;

    // A connection without subflows.
    ConnectionId add_connection(std::uint32_t first_frame);

    // The subflow of a segment, whose sender is side A.
    SubflowId add_subflow(ConnectionId connection, const Segment &first, SubflowKind kind);

    // Makes `id` the initial subflow, and so the first, of its connection. True if the roles
    // of its two ends were the other way round before.
    bool make_initial(SubflowId id, Side initiator);

    // A join turns out to belong to another connection: its initiator has
    // `initiator_role` there. A connection that loses its only subflow is merged
    // into the other one.
    void move_subflow(SubflowId id, ConnectionId to, Role initiator_role);

    // All of `part` turns out to belong to `whole`, where the host that `part`
    // calls its server has the role `role_of_server`. `part` is then empty,
    // has no index any more and says what it was merged into. Cost: the
    // subflows of the part.
    void merge(ConnectionId whole, ConnectionId part, Role role_of_server);

private:
    bool is_initial(SubflowId id) const { return (*this)[id].kind == SubflowKind::Initial; }
    void retire(Connection &part, ConnectionId into, Role role_of_server);
    void reorder(Connection &from, Connection &to);
    std::uint32_t first_frame_of(const Connection &connection) const;

    Numbering numbering_;
    std::deque<Connection> connections_; // references stay valid when it grows
    std::deque<Subflow> subflows_;
};

} // namespace mptcp
