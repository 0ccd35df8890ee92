// SPDX-License-Identifier: GPL-2.0-or-later
#include "flight/data_flight.h"

#include <algorithm>

namespace mptcp {

// What arrives twice is kept once, if it begins at the same DSN: the sum is for comparisons only.
void DataFlight::arrive(const Range &dsns)
{
    if (!acked_ || dsns.empty() || dsns.end <= *acked_)
        return;
    const std::uint64_t begin = std::max(dsns.begin, *acked_);
    const auto [known, is_first] = held_.try_emplace(begin, begin);
    held_bytes_ += dsns.end > known->second ? dsns.end - known->second : 0;
    known->second = std::max(known->second, dsns.end);
}

bool DataFlight::acknowledge(RelativeDsn dsn, const std::optional<std::uint32_t> &window)
{
    const bool advances = !acked_ || *acked_ < dsn.value;
    acked_ = std::max(acked_.value_or(dsn.value), dsn.value);
    while (!held_.empty() && held_.begin()->first < *acked_) {
        const auto [begin, end] = *held_.begin();
        held_.erase(held_.begin());
        held_bytes_ -= end - begin;
        arrive({begin, end});
    }
    if (!window)
        return advances;
    edge_ = std::max(edge_, dsn.value + *window);
    // An older DATA_ACK that arrives late says nothing of the window now.
    if (dsn.value == *acked_)
        is_closed_ = *window == 0;
    return advances;
}

std::optional<std::uint64_t> DataFlight::room() const
{
    if (edge_ == 0)
        return std::nullopt;
    const std::uint64_t next = std::max(sent_end_, acked());
    return edge_ > next ? edge_ - next : 0;
}

} // namespace mptcp
