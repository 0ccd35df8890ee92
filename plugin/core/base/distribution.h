// SPDX-License-Identifier: GPL-2.0-or-later
//
// Measured times in a few figures.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/types.h"

namespace mptcp {

// Percentiles by the nearest rank.
struct Distribution {
    std::uint64_t samples = 0;
    Time least = 0, median = 0, p95 = 0, most = 0;
};

// std::nullopt without samples. Reorders them. `to_time` converts a sample.
template <class Sample, class ToTime = std::identity>
std::optional<Distribution> distribution_of(std::vector<Sample> &samples, ToTime to_time = {})
{
    if (samples.empty())
        return std::nullopt;
    // Partly sorted: each step sorts only the samples behind the previous place.
    auto sorted = samples.begin();
    const auto at = [&](double part) {
        const double rank = std::ceil(part * static_cast<double>(samples.size()));
        const auto place = samples.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
        std::nth_element(sorted, place, samples.end());
        sorted = place;
        return to_time(*place);
    };
    Distribution distribution;
    distribution.samples = samples.size();
    distribution.least = to_time(std::ranges::min(samples));
    distribution.most = to_time(std::ranges::max(samples));
    distribution.median = at(0.5);
    distribution.p95 = at(0.95);
    return distribution;
}

} // namespace mptcp
