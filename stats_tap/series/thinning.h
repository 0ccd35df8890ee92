// SPDX-License-Identifier: GPL-2.0-or-later
//
// Thins out a series for a plot of limited width. Of the points in each column of pixels, the
// first, the last, the lowest and the highest remain: the picture is the same, and no extreme is
// lost (Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/types.h"

namespace mptcp {

// The part of the time that is drawn, and into how many columns. `begin` <= `end`.
struct Columns {
    Time begin = 0;
    Time end = 0; // included
    std::uint32_t count = 0;

    // None if the time is not drawn.
    std::optional<std::size_t> find(Time time) const
    {
        if (time < begin || time > end || count == 0)
            return std::nullopt;
        // A double may round the last part of a long time up to 1.
        const double part =
            static_cast<double>(time - begin) / (static_cast<double>(end - begin) + 1);
        return std::min<std::size_t>(static_cast<std::size_t>(part * count), count - 1);
    }
};

// Returns the points that remain, in their order: at most four in each column. `time_of` returns
// the time of a point, `low_of` and `high_of` the values that it spans. Cost: O(points).
template <class Point, class TimeOf, class LowOf, class HighOf>
std::vector<Point> thin(std::span<const Point> points, const Columns &columns, TimeOf time_of,
                        LowOf low_of, HighOf high_of)
{
    struct Extremes {
        std::size_t first, last, lowest, highest;
    };
    std::vector<std::optional<Extremes>> all(columns.count);
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto column = columns.find(time_of(points[i]));
        if (!column)
            continue;
        std::optional<Extremes> &extremes = all[*column];
        if (!extremes) {
            extremes = Extremes{i, i, i, i};
            continue;
        }
        extremes->last = i;
        if (low_of(points[i]) < low_of(points[extremes->lowest]))
            extremes->lowest = i;
        if (high_of(points[i]) > high_of(points[extremes->highest]))
            extremes->highest = i;
    }
    std::vector<std::size_t> kept;
    for (const auto &extremes : all)
        if (extremes)
            kept.insert(kept.end(),
                        {extremes->first, extremes->last, extremes->lowest, extremes->highest});
    std::ranges::sort(kept);
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    std::vector<Point> thinned;
    thinned.reserve(kept.size());
    for (const std::size_t i : kept)
        thinned.push_back(points[i]);
    return thinned;
}

} // namespace mptcp
