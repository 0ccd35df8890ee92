// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a segment of a known subflow changes: handshakes (RFC 8684 3.1), DATA_FIN (3.3.3),
// MP_FASTCLOSE (3.5), the ends of subflows. Joins are left to join_rules.h, missing options
// to fallback.h, and data to the data level.
#pragma once

#include "connections/connection_change.h"
#include "connections/join_rules.h"
#include "connections/registry.h"
#include "wire/segment.h"

namespace mptcp {

class ConnectionRules {
public:
    // Both must live as long.
    ConnectionRules(Registry &registry, JoinRules &joins) : registry_(registry), joins_(joins) {}

    // Applies the segment to its subflow and connection. The subflow may belong to another
    // connection afterwards.
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
    void apply_capable_ack(SubflowId id, Side sender, const MpCapable &capable,
                           ConnectionChange &change);
    void make_initial(SubflowId id, Side initiator, ConnectionChange &change);

    Registry &registry_;
    JoinRules &joins_;
};

// What has become of the connection by now.
ConnectionState state_of(const Registry &registry, const Connection &connection);

} // namespace mptcp
