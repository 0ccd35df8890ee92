// SPDX-License-Identifier: GPL-2.0-or-later
//
// From a segment to its subflow: by its 4-tuple, or a new subflow for a SYN with MP_CAPABLE
// or MP_JOIN, or for a segment with MPTCP options whose SYN is not in the capture.
#pragma once

#include <optional>

#include "connections/flow_table.h"
#include "connections/join_rules.h"
#include "connections/registry.h"
#include "wire/segment.h"

namespace mptcp {

class Demultiplexer {
public:
    // Both must live as long.
    Demultiplexer(Registry &registry, JoinRules &joins)
        : registry_(registry), joins_(joins), flows_(registry)
    {
    }

    // The subflow that the segment belongs to, and the end that sent it. None if the segment
    // is plain TCP, as far as the capture tells by now.
    std::optional<Attribution> attribute(const Segment &segment);

private:
    std::optional<SubflowId> subflow_of(const Segment &segment, std::optional<SubflowId> current);
    std::optional<SubflowId> on_syn(const Segment &segment, std::optional<SubflowId> current);
    std::optional<SubflowId> on_pending_reuse(const Segment &segment, const PendingReuse &reuse);
    void hand_over(const Segment &segment, std::optional<SubflowId> to);

    std::optional<SubflowId> open_by_syn(const Segment &segment);
    SubflowId open_initial(const Segment &segment);
    std::optional<SubflowId> open_midway(const Segment &segment);

    Registry &registry_;
    JoinRules &joins_;
    FlowTable flows_;
};

} // namespace mptcp
