// SPDX-License-Identifier: GPL-2.0-or-later
//
// The order in which a segment passes the parts of the core.
#include "tracker.h"

namespace mptcp {

std::optional<Attribution> Tracker::on_segment(const Segment &segment)
{
    const auto attribution = demultiplexer_.attribute(segment);
    if (!attribution)
        return std::nullopt;
    const ConnectionChange change = rules_.apply(*attribution, segment);
    for (const Regrouping &regrouping : change.regroupings)
        data_.regroup(regrouping, segment.frame);
    const DataChange data_change = data_.apply(registry_, *attribution, segment);
    events_.detect(registry_, *attribution, segment, change, data_change);
    return attribution;
}

} // namespace mptcp
