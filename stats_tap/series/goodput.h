// SPDX-License-Identifier: GPL-2.0-or-later
//
// Throughput and goodput of one sender over time: the bytes of payload in bins of equal width, by
// subflow. The goodput is that of the unique bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "series/sequence.h"

namespace mptcp {

struct ByteBin {
    std::uint64_t bytes = 0; // payload
    std::uint64_t unique = 0;
};

struct SubflowBins {
    std::uint32_t subflow = 0; // index
    std::vector<ByteBin> bins; // by time: all subflows have the same number
};

struct Goodput {
    Time width = 0; // of a bin. The first one begins at the start of the connection
    std::vector<SubflowBins> subflows; // those that carried counted data, by index
};

inline constexpr std::uint64_t kUsualBins = 100;
inline constexpr std::uint64_t kMostBins = 100'000; // of all subflows

// The smallest width of 1, 2 or 5 times a power of ten, from a microsecond on, that makes at most a
// quarter more than kUsualBins.
Time usual_width(Time duration);

// The width that was asked for, if it makes no more than kMostBins, or kUsualBins for each of many
// subflows; else the least one that does. Without any, the usual one.
Time width_of_bins(Time duration, std::size_t subflows, const std::optional<Time> &asked);

// Of a connection that lasted `duration`.
Goodput make_goodput(const Sequence &sequence, Time duration, Time width);

} // namespace mptcp
