// SPDX-License-Identifier: GPL-2.0-or-later
//
// Makes the intervals of limit.h, which defines their kinds.
#pragma once

#include <vector>

#include "flight/moment.h"
#include "limits/limit.h"

namespace mptcp {

// What limited the data of the sender: in order, without gaps, from the first packet of the
// connection to its last. Two neighbours differ in kind or subflow. Empty if the connection has no
// packets. Cost: O(n log n) in the packets of the connection. No more intervals than packets.
std::vector<LimitInterval> make_limits(const Moments &moments);

} // namespace mptcp
