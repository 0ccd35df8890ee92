// SPDX-License-Identifier: GPL-2.0-or-later
//
// The rules by which a segment changes its subflow and its connection: the MP_CAPABLE handshake
// (RFC 8684 3.1), DATA_FIN (3.3.3), MP_FASTCLOSE (3.5), FIN and RST of a subflow. join_rules.h
// covers joins, fallback.h covers missing options, and data/ covers mappings and payload.
#pragma once

#include "connections/connection_change.h"
#include "connections/join_rules.h"
#include "connections/registry.h"
#include "wire/segment.h"

namespace mptcp {

class ConnectionRules {
public:
    // `registry` and `joins` must outlive this object.
    ConnectionRules(Registry &registry, JoinRules &joins) : registry_(registry), joins_(joins) {}

    // Applies the segment to its subflow and connection. The call may move the subflow to
    // another connection. Apply each segment once, in capture order.
    ConnectionChange apply(const Attribution &attribution, const Segment &segment);

private:
    void apply_handshake(SubflowId id, Side sender, const Segment &segment,
                         ConnectionChange &change);
    void apply_syn(SubflowId id, Side sender, const Segment &segment, ConnectionChange &change);
    void apply_syn_ack(SubflowId id, Side sender, const Segment &segment, ConnectionChange &change);
    void apply_ack(SubflowId id, Side sender, const Segment &segment, ConnectionChange &change);
    void apply_capable_syn(SubflowId id, Side sender, const MpCapable &capable,
                           ConnectionChange &change);
    void apply_capable_syn_ack(SubflowId id, Side sender, const Segment &segment,
                               ConnectionChange &change);
    void apply_capable_ack(SubflowId id, Side sender, const Segment &segment,
                           const MpCapable &capable, ConnectionChange &change);
    static void apply_plain_ack(Connection &connection, const Subflow &subflow,
                                const Segment &segment, ConnectionChange &change);
    static void ignore_capable_ack(Connection &connection, Subflow &subflow, const Segment &segment,
                                   ConnectionChange &change);
    void make_initial(SubflowId id, Side initiator, ConnectionChange &change);

    Registry &registry_;
    JoinRules &joins_;
};

// The state of the connection after the segments applied so far. Cost: O(subflows).
ConnectionState state_of(const Registry &registry, const Connection &connection);

} // namespace mptcp
