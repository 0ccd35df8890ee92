// SPDX-License-Identifier: GPL-2.0-or-later
//
// All events of a capture, in its order; 80 bytes each.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "events/event.h"

namespace mptcp {

class EventLog {
public:
    // A part of the log. Valid until the next add().
    using Events = std::span<const Event>;

    // Its frame is not below that of any other event in the log.
    void add(const Event &event) { events_.push_back(event); }

    Events all() const { return events_; }
    // Cost: O(log n).
    Events of_frame(std::uint32_t frame) const
    {
        // Not equal_range: clang 14 does not compile libstdc++'s subrange.
        return {std::ranges::lower_bound(events_, frame, {}, &Event::frame),
                std::ranges::upper_bound(events_, frame, {}, &Event::frame)};
    }

private:
    std::vector<Event> events_;
};

} // namespace mptcp
