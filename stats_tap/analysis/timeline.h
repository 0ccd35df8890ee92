// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happened in a capture, in the order of time: the tracker's events, told
// with what is known at the end, and those that only the end tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/summary.h"
#include "events/event_words.h"
#include "tracker.h"

namespace mptcp {

struct Occurrence {
    Event event;
    std::uint32_t connection = 0; // their indexes
    std::uint32_t subflow = 0;
    Role from{};
    Severity severity{};
    Verdict verdict{};
    std::string details; // in words; may be empty
};

using Story = std::vector<Occurrence>;

// Of the packets that `summary` counted.
Story make_story(const Tracker &tracker, const Summary &summary);

// A backup flag that came later than the subflow's handshake.
struct PriorityChange {
    std::uint32_t frame = 0;
    Time time = 0;
    Role from{};
    bool backup = false;
};

// How a subflow ended; nothing of it depends on a filter.
struct SubflowEnding {
    std::uint32_t frame = 0;
    Role from{};
    EventType how{}; // SubflowClosed, SubflowReset, JoinRefused or Refused
    std::optional<MpTcpRst> rst;
};

// An MP_PRIO of version 0 that names an address ID is noted on the newest few
// of the subflows that share it.
inline constexpr std::size_t kMostByAddress = 64;

struct SubflowStory {
    std::vector<PriorityChange> priorities;
    std::optional<SubflowEnding> ending;
};

// By SubflowId.
std::vector<SubflowStory> make_subflow_stories(const Tracker &tracker);

} // namespace mptcp
