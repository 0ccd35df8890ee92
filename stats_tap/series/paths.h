// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the paths of a connection did, over time: a lane for each subflow, when it carried data,
// when it was a backup, where data waited, and the events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/timeline.h"
#include "series/drawn_views.h"
#include "series/sequence.h"

namespace mptcp {

enum class PathKind : std::uint8_t {
    Subflow,    // from its first packet to its end
    ClientData, // the client's payload in an interval
    ServerData,
    Backup,  // a host asks to use it as a backup (RFC 8684 3.3.8)
    Blocked, // head-of-line blocking that ends with data on this subflow
    Event,
};
inline constexpr std::size_t kPathKinds = static_cast<std::size_t>(PathKind::Event) + 1;

std::string_view name(PathKind kind); // "subflow", "client_data"

struct PathSpan {
    Time begin = 0; // since the start of the connection
    Time end = 0;   // of an event: as `begin`
    std::uint32_t subflow = 0;
    std::uint32_t frame = 0; // of an event; else 0
    PathKind kind{};
    std::uint64_t bytes = 0; // of data, and of data that was blocked
    std::string words;
    Severity severity{}; // here and below: of an event
    EventType event{};
    bool is_repeated = false; // a retransmission or a duplicate
};

// Whether the list of events has it. It leaves out what every handshake has, echoes, and what only
// repeats another event.
bool is_listed(const PathSpan &span);

// The bytes of the interval with the most data, at least 1.
std::uint64_t most_data(const std::vector<PathSpan> &spans);

// The spans of head-of-line blocking. Those of a subflow that begin at most `gap` after the end of
// the one before are one.
std::vector<PathSpan> joined_blocks(const std::vector<PathSpan> &spans, Time gap);

// By time. With `sender`, only that host's data, blocking of its data, and its events and requests.
// `width` is that of the intervals of data.
std::vector<PathSpan> make_paths(const DrawnViews &views, const std::optional<Role> &sender,
                                 Time width);
// `sequences` are those of the hosts whose data is wanted, near each of them.
std::vector<PathSpan> make_paths(const DrawnViews &views, const PerRole<Sequence> &sequences,
                                 const std::optional<Role> &sender, Time width);

} // namespace mptcp
