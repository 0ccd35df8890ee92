// SPDX-License-Identifier: GPL-2.0-or-later
//
// Creates events from the options of a segment (RFC 8684 3.1 to 3.7) and from the state changes
// that it caused. event_verdict.h verifies HMACs and keys, and event_words.h describes events,
// both on request, because the keys may be captured later.
#pragma once

#include <cstdint>
#include <optional>

#include "connections/connection_change.h"
#include "connections/registry.h"
#include "data/data_level.h"
#include "events/add_addr_echoes.h"
#include "events/event_log.h"
#include "wire/segment.h"

namespace mptcp {

class EventDetector {
public:
    // Adds the events of a segment that was applied to the registry and to the data level. Call
    // it once per segment, in capture order.
    void detect(const Registry &registry, const Attribution &attribution, const Segment &segment,
                const ConnectionChange &change, const DataChange &data_change);

    // Applies a change of a connection, which may also precede detect() in the same frame.
    void regroup(const Regrouping &regrouping) { echoes_.regroup(regrouping); }

    // In capture order. The result is valid until the next call of detect().
    EventLog::Events all() const { return log_.all(); }
    EventLog::Events of_frame(std::uint32_t frame) const { return log_.of_frame(frame); }

    // echo_in() returns the frame of the echo of an ADD_ADDR event. echo_to() returns the frame
    // of the ADD_ADDR that an echo event answers. None if it was not captured. The event must
    // hold an AddAddr.
    std::optional<std::uint32_t> echo_in(const Registry &registry, const Event &add_addr) const;
    std::optional<std::uint32_t> echo_to(const Registry &registry, const Event &echo) const;

private:
    EventLog log_;
    AddAddrEchoes echoes_;
};

} // namespace mptcp
