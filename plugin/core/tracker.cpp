// SPDX-License-Identifier: GPL-2.0-or-later
//
// The order in which a segment passes the parts of the core.
#include "tracker.h"

namespace mptcp {

Observation Tracker::on_copy(const Segment &segment, const Copy &copy)
{
    if (copy.is_new_four_tuple)
        demultiplexer_.add_four_tuple(segment, copy.observation);
    points_.separate(copy.original_marks, segment.marks);
    return copy.observation;
}

std::optional<Observation> Tracker::on_segment(const Segment &segment)
{
    const auto current = demultiplexer_.current(segment);
    if (const auto copy = copies_.find(segment, current))
        return on_copy(segment, *copy);
    if (!copies_.any_shift()) // nearly always
        return on_packet(segment, current, {});
    const NumberShift shift = copies_.shift_of(segment, demultiplexer_.newest(segment, current));
    Segment normalized = segment;
    shift.remove_from(normalized);
    return on_packet(normalized, current, shift);
}

// A packet that is no copy. `shift` has been removed from its numbers.
std::optional<Observation> Tracker::on_packet(const Segment &segment,
                                              const std::optional<Attribution> &current,
                                              const NumberShift &shift)
{
    const auto attribution = demultiplexer_.attribute(segment, current);
    if (!attribution)
        return std::nullopt;
    copies_.add(segment, *attribution, shift);
    points_.note(segment.marks);
    const ConnectionChange change = rules_.apply(*attribution, segment);
    backup_flags_.note(registry_, *attribution, segment, change);
    regroup(change.regroupings, segment.frame);
    const DataChange data_change = data_.apply(registry_, *attribution, segment);
    regroup(grouping_.apply(registry_, data_, *attribution, segment), segment.frame + 1);
    events_.detect(registry_, *attribution, segment, change, data_change);
    Observation observation{*attribution};
    observation.shift = shift;
    return observation;
}

void Tracker::regroup(const std::vector<Regrouping> &regroupings, std::uint32_t since)
{
    for (const Regrouping &regrouping : regroupings) {
        data_.regroup(registry_, regrouping, since);
        events_.regroup(regrouping);
    }
}

} // namespace mptcp
