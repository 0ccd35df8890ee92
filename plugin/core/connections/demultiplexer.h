// SPDX-License-Identifier: GPL-2.0-or-later
//
// Finds the subflow of a segment by its 4-tuple. Creates a subflow for a SYN with MP_CAPABLE
// (RFC 8684 3.1) or MP_JOIN (3.2), and for a segment with MPTCP options whose SYN was not
// captured. connection_rules.h applies the segment to the subflow.
#pragma once

#include <optional>

#include "connections/flow_table.h"
#include "connections/join_rules.h"
#include "connections/registry.h"
#include "wire/segment.h"

namespace mptcp {

class Demultiplexer {
public:
    // `registry` and `joins` must outlive this object.
    Demultiplexer(Registry &registry, JoinRules &joins) : registry_(registry), joins_(joins) {}

    // Returns the subflow that uses the segment's 4-tuple, and the end that has the segment's
    // source, without regard to reuse.
    std::optional<Attribution> current(const Segment &segment) const
    {
        return flows_.find(segment);
    }

    // The same, but for a SYN/ACK the subflow of a SYN that is about to take over the 4-tuple.
    std::optional<Attribution> newest(const Segment &segment,
                                      const std::optional<Attribution> &current) const;

    // Returns the subflow of the segment and the end that sent it, or nothing if no MPTCP option
    // was seen on the 4-tuple so far. `current` is current(segment). Call it once per segment that
    // is not a copy, in capture order.
    std::optional<Attribution> attribute(const Segment &segment,
                                         const std::optional<Attribution> &current);

    // Assigns the segment's 4-tuple to a subflow that has other addresses at other points. `to` is
    // the attribution of the segment.
    void add_four_tuple(const Segment &segment, const Attribution &to) { flows_.put(segment, to); }

private:
    std::optional<Attribution> on_syn(const Segment &segment,
                                      const std::optional<Attribution> &current);
    std::optional<Attribution> on_pending_reuse(const Segment &segment, const PendingReuse &reuse);
    void hand_over(const Segment &segment, const std::optional<Attribution> &to);

    std::optional<SubflowId> open_by_syn(const Segment &segment);
    SubflowId open_initial(const Segment &segment);
    std::optional<Attribution> open_midway(const Segment &segment);

    Registry &registry_;
    JoinRules &joins_;
    FlowTable flows_;
};

} // namespace mptcp
