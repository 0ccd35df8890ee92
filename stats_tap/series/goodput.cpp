// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/goodput.h"

#include <algorithm>
#include <map>
#include <utility>

namespace mptcp {
namespace {

constexpr Time kLeastWidth = 1'000; // the precision of most captures

// The number of bins from 0 to `duration`, both included.
std::uint64_t bins_in(Time duration, Time width)
{
    return static_cast<std::uint64_t>(duration / width) + 1;
}

} // namespace

Time usual_width(Time duration)
{
    constexpr std::uint64_t kMost = kUsualBins + kUsualBins / 4;
    for (Time power = kLeastWidth;; power *= 10)
        for (const Time step : {1, 2, 5})
            if (bins_in(duration, step * power) <= kMost)
                return step * power;
}

Time width_of_bins(Time duration, std::size_t subflows, const std::optional<Time> &asked)
{
    const std::uint64_t most =
        std::max(kMostBins / std::max<std::uint64_t>(subflows, 1), kUsualBins);
    const Time least = duration / static_cast<Time>(most) + 1;
    return asked ? std::max(*asked, least) : usual_width(duration);
}

Goodput make_goodput(const Sequence &sequence, Time duration, Time width)
{
    std::map<std::uint32_t, std::vector<ByteBin>> by_subflow;
    for (const SequencePoint &point : sequence.points) {
        if (!is_data(point.kind))
            continue;
        std::vector<ByteBin> &bins = by_subflow[point.subflow];
        bins.resize(bins_in(duration, width));
        ByteBin &bin = bins[static_cast<std::size_t>(point.time / width)];
        bin.bytes += point.bytes;
        bin.unique += point.kind == SequenceKind::Unique ? point.bytes : 0;
    }
    Goodput goodput;
    goodput.width = width;
    for (auto &[subflow, bins] : by_subflow)
        goodput.subflows.push_back({subflow, std::move(bins)});
    return goodput;
}

} // namespace mptcp
