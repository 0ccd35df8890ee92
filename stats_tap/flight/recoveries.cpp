// SPDX-License-Identifier: GPL-2.0-or-later
#include "flight/recoveries.h"

namespace mptcp {

void Recoveries::begin(std::uint32_t subflow, Time begin, TcpSeq until)
{
    if (!open_[subflow])
        open_[subflow] = Open{begin, until};
}

void Recoveries::acknowledge(std::uint32_t subflow, TcpSeq ack, Time now)
{
    std::optional<Open> &own = open_[subflow];
    if (!own || before(ack, own->until))
        return;
    ended_.push_back({own->begin, now, subflow});
    own.reset();
}

std::vector<Recovery> Recoveries::take(Time now)
{
    for (std::uint32_t subflow = 0; subflow < open_.size(); ++subflow)
        if (open_[subflow])
            ended_.push_back({open_[subflow]->begin, now, subflow});
    return std::move(ended_);
}

} // namespace mptcp
