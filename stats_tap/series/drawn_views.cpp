// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/drawn_views.h"

#include <algorithm>
#include <utility>

namespace mptcp {

DrawnViews::DrawnViews(DrawnConnection whole, const Vantages &vantages, const Sightings &sightings)
    : whole_(std::move(whole))
{
    const std::uint32_t index = whole_.registry().index_of(whole_.connection());
    for (const Role host : {Role::Client, Role::Server}) {
        const Vantages::View &view = vantages.view(index, host);
        if (view.vantage != nullptr)
            near_host_[host].emplace(whole_.seen_from(
                view, packets_of(whole_.connection(), whole_.tracker(), *view.vantage, sightings)));
    }
}

Time DrawnViews::duration() const
{
    return std::max(near_host(Role::Client).duration(), near_host(Role::Server).duration());
}

Time DrawnViews::since_start(std::uint32_t frame, SubflowId subflow, Time time) const
{
    for (const Role host : {Role::Client, Role::Server})
        if (const SegmentNote *note = near_host(host).note_of(frame, subflow))
            return near_host(host).since_start(note->time);
    return whole_.since_start(time);
}

} // namespace mptcp
