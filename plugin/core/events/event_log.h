// SPDX-License-Identifier: GPL-2.0-or-later
//
// All events of a capture, in capture order. An event takes 80 bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "containers/sorted.h"
#include "events/event.h"

namespace mptcp {

class EventLog {
public:
    // A view of the log, valid until the next call of add().
    using Events = std::span<const Event>;

    // Requires that no event in the log has a higher frame number.
    void add(const Event &event) { events_.push_back(event); }

    Events all() const { return events_; }
    // Cost: O(log n).
    Events of_frame(std::uint32_t frame) const { return with_key(events_, &Event::frame, frame); }

    // Calls change(event) for the events of a subflow and a type in an earlier frame.
    // Cost: O(log n + events of the frame).
    template <class Change>
    void change(std::uint32_t frame, SubflowId subflow, EventType type, Change change)
    {
        auto it = std::ranges::lower_bound(events_, frame, {}, &Event::frame);
        for (; it != events_.end() && it->frame == frame; ++it)
            if (it->subflow == subflow && it->type == type)
                change(*it);
    }

private:
    std::vector<Event> events_;
};

} // namespace mptcp
