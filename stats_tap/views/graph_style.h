// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the graphs of gnuplot and those of the window have in common: units, colors, and where in
// the lane of a subflow things are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/types.h"
#include "series/round_trips.h"

namespace mptcp {

// What to divide values by, so that axes have few digits.
struct AxisUnit {
    double divisor = 1;
    std::string_view name;
};
AxisUnit unit_of_time(Time longest); // from nanoseconds to µs, ms or s
AxisUnit unit_of_bytes(std::uint64_t most);
AxisUnit unit_of_rate(double bytes_per_second); // from bytes/s to bit/s, kbit/s, …

// Okabe and Ito's colors, which the color-blind can tell apart; the seventh subflow has that of
// the first one again.
std::string_view color_of(std::uint32_t subflow);
inline constexpr std::string_view kBlack = "#000000";
inline constexpr std::string_view kGrey = "#8c8c8c";
// Of the paths:
inline constexpr std::string_view kClientColor = "#0072b2";
inline constexpr std::string_view kServerColor = "#e69f00";
inline constexpr std::string_view kBlockedColor = "#d55e00";

// For the legend: "until the TCP ACK"
std::string_view legend_words(RoundTripKind kind);

// Within the lane of a subflow, which is 1 high and begins half below its middle.
inline constexpr double kHighestBar = 0.3;
inline constexpr double kLeastBar = 0.03;
inline constexpr double kBlockedTop = -0.34, kBlockedBottom = -0.42;
inline constexpr double kBackupHeight = 0.46; // above and below the middle

// The height of a bar of data. `most` are the bytes of the highest bar.
inline double bar_height(std::uint64_t bytes, std::uint64_t most)
{
    return std::max(kLeastBar,
                    kHighestBar * static_cast<double>(bytes) / static_cast<double>(most));
}

} // namespace mptcp
