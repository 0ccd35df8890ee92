// SPDX-License-Identifier: GPL-2.0-or-later
//
// The parts of the time that a clock recorded, so that what clocks that drift show at one time is
// not compared with what they show at another.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include "base/types.h"

namespace mptcp {

class TimeParts {
public:
    static constexpr std::size_t kCount = 64;

    void include(Time time)
    {
        begin_ = std::min(begin_, time);
        end_ = std::max(end_, time);
    }

    // Of the times included. Less than kCount.
    std::size_t find(Time time) const
    {
        const double part = (static_cast<double>(time) - static_cast<double>(begin_)) /
                            (static_cast<double>(end_) - static_cast<double>(begin_) + 1);
        const auto place = static_cast<std::size_t>(part * static_cast<double>(kCount));
        return std::min(place, kCount - 1);
    }
    Time begin() const { return begin_; }

private:
    Time begin_ = std::numeric_limits<Time>::max();
    Time end_ = std::numeric_limits<Time>::min();
};

} // namespace mptcp
