// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happened in a capture, in the order of frames: the tracker's events with
// what is known at the end of the capture, and the events that only the end
// shows, such as a SYN without an answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/summary.h"
#include "events/event_words.h"
#include "tracker.h"

namespace mptcp {

struct TimelineEntry {
    Event event;
    std::uint32_t connection = 0; // their indexes
    std::uint32_t subflow = 0;
    Role from{};
    Severity severity{};
    Verdict verdict{};
    std::string details; // in words; may be empty
};

using Timeline = std::vector<TimelineEntry>;

// What happened between points, to all packets: see between/passages.h.
using EventsBetween = std::vector<Event>;

// Of the packets that `summary` counted.
Timeline make_timeline(const Tracker &tracker, const Summary &summary,
                       const EventsBetween &between = {});
// Of one connection.
Timeline make_timeline(const Tracker &tracker, const Summary &summary, const EventsBetween &between,
                       const Connection &connection);

// Events of one type, severity above chat and verdict, in one connection.
struct Problem {
    EventType type{};
    Severity severity{};
    Verdict verdict{};
    std::uint32_t count = 0;
    std::uint32_t first_frame = 0;
};

// By connection index: the most severe first, and then by frame. Of the packets that `summary`
// counted.
std::vector<std::vector<Problem>> find_problems(const Tracker &tracker, const Summary &summary,
                                                const EventsBetween &between = {});

// A backup flag that was sent after the subflow's handshake.
struct PriorityChange {
    std::uint32_t frame = 0;
    Time time = 0;
    Role from{};
    bool backup = false;
};

// How a subflow ended. A filter does not change it.
struct SubflowEnding {
    std::uint32_t frame = 0;
    Role from{};
    EventType how{}; // SubflowClosed, SubflowReset, JoinRefused or Refused
    std::optional<MpTcpRst> rst;
};

// An MP_PRIO of version 0 with an address ID applies to at most this many of the
// subflows that share the ID: the newest ones.
inline constexpr std::size_t kMostByAddress = 64;

struct SubflowHistory {
    std::vector<PriorityChange> priorities;
    std::optional<SubflowEnding> ending;
};

// By SubflowId.
std::vector<SubflowHistory> make_subflow_histories(const Tracker &tracker);

} // namespace mptcp
