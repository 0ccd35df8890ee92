// SPDX-License-Identifier: GPL-2.0-or-later
//
// The one way into the core: a TCP segment in, the subflow it belongs to out. Fed with the
// segments of a capture in their order, each once, it keeps what is known of all MPTCP
// connections:
//
//   registry()   connections and their subflows     RFC 8684 3.1, 3.2, 3.5 to 3.7
//   data()       what each byte of payload is       RFC 8684 3.3
//   events()     what happened, segment by segment
//
// Plain values in, plain values out: no printing, no callbacks, no clock. Memory grows with
// connections, subflows and packets with payload; the work for a segment grows with none of
// these.
#pragma once

#include <optional>

#include "connections/connection_rules.h"
#include "connections/demultiplexer.h"
#include "connections/join_rules.h"
#include "connections/registry.h"
#include "crypto/crypto.h"
#include "data/data_level.h"
#include "events/event_detector.h"
#include "events/event_verdict.h"
#include "wire/segment.h"

namespace mptcp {

class Tracker {
public:
    Tracker() = default;
    Tracker(const Tracker &) = delete;
    Tracker &operator=(const Tracker &) = delete;

    // The subflow that the segment belongs to; none if it is plain TCP as far as the capture
    // tells by now.
    std::optional<Attribution> on_segment(const Segment &segment);

    const Registry &registry() const { return registry_; }
    const DataLevel &data() const { return data_; }
    const EventDetector &events() const { return events_; }

    const Crypto &crypto() const { return crypto_; }

    // For verdicts on events, and for words.
    EventContext context() const { return {registry_, crypto_}; }

private:
    Crypto crypto_;
    Registry registry_;
    JoinRules joins_{registry_, crypto_};
    Demultiplexer demultiplexer_{registry_, joins_};
    ConnectionRules rules_{registry_, joins_};
    DataLevel data_;
    EventDetector events_;
};

} // namespace mptcp
