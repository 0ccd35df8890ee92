// SPDX-License-Identifier: GPL-2.0-or-later
//
// The connection that is drawn, as it was seen near each host: see between/vantage.h.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "between/vantage.h"
#include "series/drawn_connection.h"

namespace mptcp {

class DrawnViews {
public:
    // `vantages` and `sightings` must outlive it.
    DrawnViews(DrawnConnection whole, const Vantages &vantages, const Sightings &sightings);
    DrawnViews(DrawnConnection whole, PerRole<std::optional<DrawnConnection>> near_host)
        : whole_(std::move(whole)), near_host_(std::move(near_host))
    {
    }
    // Of a capture with one point.
    explicit DrawnViews(DrawnConnection whole) : whole_(std::move(whole)) {}

    // Each packet where it was recorded first.
    const DrawnConnection &whole() const { return whole_; }
    // What that host sends is seen as it is, and the order of what it receives. The whole, if it
    // is not known which points are near the host. Each view counts time from its own first packet.
    const DrawnConnection &near_host(Role host) const
    {
        return near_host_[host] ? *near_host_[host] : whole_;
    }

    Time duration() const; // of the longest of the views
    // When a packet was recorded in one of the views, since its start. `time` is that of the frame.
    Time since_start(std::uint32_t frame, SubflowId subflow, Time time) const;

private:
    DrawnConnection whole_;
    PerRole<std::optional<DrawnConnection>> near_host_;
};

} // namespace mptcp
