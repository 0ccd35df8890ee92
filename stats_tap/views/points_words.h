// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happened between points, in words: of the text view and of the dialog.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "between/passages.h"

namespace mptcp {

inline constexpr char kOnePoint[] = "All packets were recorded at one point.";
inline constexpr char kNoPassage[] = "No packet was recorded at two points.";

// The host that a point is nearest to, if it is known.
std::optional<Role> side_of(const PointsReport &report, std::uint32_t point);

// The points, nearest to the sender first: "0 > 1", or "0 ? 1" if the order is a guess.
std::string points_in_words(const Passage &passage);

// "seen at point 0", "seen at points 0, 3 and 5"; "" without points.
std::string seen_at_in_words(const std::vector<std::uint32_t> &points);

// "lost: data 3, pure ACK 1"
std::string lost_in_words(const Passage &passage);
// "duplicated: packets 2"
std::string duplicated_in_words(const Passage &passage);
// "merged or split: packets 4, which are 2 at the second point"
std::string resegmented_in_words(const Passage &passage);
// "option 30 removed: packets 2, first in frame 7"
std::string in_words(const HeaderChange &change);
// The difference, its bounds and its drift.
std::string in_words(const ClockOfPoints &clock);

} // namespace mptcp
