// SPDX-License-Identifier: GPL-2.0-or-later
#include "limits/recoveries.h"

#include <algorithm>

namespace mptcp {

void Recoveries::begin(std::uint32_t subflow, Time begin, TcpSeq until)
{
    if (!by_tcp_[subflow])
        by_tcp_[subflow] = ByTcp{begin, until};
}

void Recoveries::acknowledge(std::uint32_t subflow, TcpSeq ack, Time now)
{
    std::optional<ByTcp> &own = by_tcp_[subflow];
    if (!own || before(ack, own->until))
        return;
    ended_.push_back({own->begin, now, subflow});
    own.reset();
}

void Recoveries::begin_reinjection(std::uint32_t subflow, Time begin, std::uint64_t until)
{
    std::optional<ByData> &own = by_data_[subflow];
    if (own) {
        if (until <= own->until)
            return;
        order_.erase({own->until, subflow});
    }
    own = ByData{own ? own->begin : begin, until};
    order_.insert({until, subflow});
}

void Recoveries::acknowledge_data(std::uint64_t dsn, Time now)
{
    while (!order_.empty() && order_.begin()->first <= dsn) {
        const std::uint32_t subflow = order_.begin()->second;
        ended_.push_back({by_data_[subflow]->begin, now, subflow});
        by_data_[subflow].reset();
        order_.erase(order_.begin());
    }
}

std::vector<Recovery> Recoveries::take(Time now)
{
    for (std::uint32_t subflow = 0; subflow < by_tcp_.size(); ++subflow) {
        if (by_tcp_[subflow])
            ended_.push_back({by_tcp_[subflow]->begin, now, subflow});
        if (by_data_[subflow])
            ended_.push_back({by_data_[subflow]->begin, now, subflow});
    }
    return std::move(ended_);
}

} // namespace mptcp
