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
    regroup(change.regroupings, segment.frame);
    const DataChange data_change = data_.apply(registry_, *attribution, segment);
    regroup(grouping_.apply(registry_, data_, *attribution, segment), segment.frame);
    events_.detect(registry_, *attribution, segment, change, data_change);
    return attribution;
}

void Tracker::regroup(const std::vector<Regrouping> &regroupings, std::uint32_t frame)
{
    for (const Regrouping &regrouping : regroupings) {
        data_.regroup(registry_, regrouping, frame);
        events_.regroup(regrouping);
    }
}

} // namespace mptcp
