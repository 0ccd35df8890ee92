// SPDX-License-Identifier: GPL-2.0-or-later
#include "flight/handovers.h"

#include <algorithm>

namespace mptcp {

void Handovers::reinject(std::uint32_t from, Time lost, const Reinjection &reinjection)
{
    std::optional<std::size_t> &last = last_of_[from];
    if (!last || all_[*last].lost != lost) {
        last = all_.size();
        all_.push_back({from, reinjection.to, lost, reinjection.time, std::nullopt, 0,
                        reinjection.frame, 0, 0});
        ends_.push_back(0);
    }
    Handover &own = all_[*last];
    own.bytes += reinjection.bytes;
    own.recovered.reset();
    open_.erase({ends_[*last], *last});
    ends_[*last] = std::max(ends_[*last], reinjection.data.end);
    open_.insert({ends_[*last], *last});
}

void Handovers::acknowledge_data(std::uint64_t dsn, Time now, std::uint32_t frame)
{
    while (!open_.empty() && open_.begin()->first <= dsn) {
        Handover &own = all_[open_.begin()->second];
        own.recovered = now;
        own.recovered_frame = frame;
        open_.erase(open_.begin());
    }
}

} // namespace mptcp
