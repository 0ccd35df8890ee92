// SPDX-License-Identifier: GPL-2.0-or-later
//
// Turns what a segment changed, and the options that it carries, into events. What an event
// means, and whether an HMAC or a key in it is right, is left to event_words.h and
// event_verdict.h, since the capture may hold the keys later.
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
    // The segment was applied to the registry, and to the data level.
    void detect(const Registry &registry, const Attribution &attribution, const Segment &segment,
                const ConnectionChange &change, const DataChange &data_change);

    // In the order of the capture.
    EventLog::Events all() const { return log_.all(); }
    EventLog::Events of_frame(std::uint32_t frame) const { return log_.of_frame(frame); }

    // The frame of the echo that answers an ADD_ADDR, and of the ADD_ADDR that an echo
    // answers; none if it is not in the capture.
    std::optional<std::uint32_t> echo_in(const Registry &registry, const Event &add_addr) const;
    std::optional<std::uint32_t> echo_to(const Registry &registry, const Event &echo) const;

private:
    EventLog log_;
    AddAddrEchoes echoes_;
};

} // namespace mptcp
