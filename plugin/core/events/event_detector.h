// SPDX-License-Identifier: GPL-2.0-or-later
//
// Writes down what happens: after the tracker has taken a segment in, the
// journal compares what is known now with what was known before, looks at the
// options, and keeps an event for each thing worth telling. Most segments,
// data and its acknowledgements, are worth none, and it is not asked.
//
// A segment makes at most a dozen or two.
#pragma once

#include <cstdint>
#include <optional>

#include "connections/registry.h"
#include "data/data_level.h"
#include "events/add_addr_echoes.h"
#include "events/event_log.h"
#include "wire/segment.h"
#include "wire/segment_options.h"

namespace mptcp {

// What one segment can change, as it stands at a moment. Made where it is kept: to hand it on
// costs as much again.
struct Moment {
    // Of the subflow and its connection, what the sender of a segment can change.
    [[gnu::cold, gnu::noinline]] Moment(const Subflow &subflow, const Connection &connection,
                                        Side sender);

    Handshake handshake{};
    std::optional<Version> version;
    SubflowState state{};
    bool confirmed = false;
    bool syn_seen = false;     // of this subflow, with its option
    bool syn_ack_seen = false; // of this subflow
    bool ack_seen = false;
    bool plain_ack = false;
    bool mapped_data = false; // by this sender, on this subflow
    bool fin = false;         // from this sender
    bool fallback = false;
    bool data_fin = false;       // from this sender
    bool data_fin_acked = false; // by this sender
    bool closed = false;

    bool was_reset() const
    {
        return state == SubflowState::Reset || state == SubflowState::Refused;
    }
};

class Journal {
public:
    // Can this segment of that subflow be worth telling? Most cannot.
    static bool may_tell(const Subflow &subflow, const Connection &connection, Side sender,
                         const Segment &segment, const Signals &signals);

    // The segment of that subflow has been applied to the registry.
    [[gnu::cold, gnu::noinline]] void record(const Registry &registry, SubflowId id, Side sender,
                                             const Moment &before, const Segment &segment,
                                             const Signals &signals);

    // What it did at the data level.
    [[gnu::cold, gnu::noinline]] void record(SubflowId id, Side sender, const Segment &segment,
                                             const DataNews &news);

    // In the order of the capture.
    EventLog::Events events() const { return events_.all(); }
    EventLog::Events of_frame(std::uint32_t frame) const { return events_.of_frame(frame); }

    // The frame that answers an ADD_ADDR with its echo, or that an echo answers.
    std::optional<std::uint32_t> echo_in(const Registry &registry, const Event &announced) const;
    std::optional<std::uint32_t> echo_to(const Registry &registry, const Event &echo) const;

private:
    EventLog events_;
    Announcements announcements_;
};

} // namespace mptcp
