// SPDX-License-Identifier: GPL-2.0-or-later
#include "path_use/path_use.h"

#include <algorithm>

#include "flight/subflow_states.h"

namespace mptcp {
namespace {

// The sender would have sent more, or recovered what it had sent.
bool is_by_network(LimitKind kind)
{
    return kind == LimitKind::Path || kind == LimitKind::LossRecovery ||
           kind == LimitKind::HeadOfLine || kind == LimitKind::ReceiveWindow;
}

// Calls each(i, states) for each moment but the first, with the states since the moment before.
template <class Each> void visit(const Moments &moments, Each each)
{
    SubflowStates states{moments};
    for (std::size_t i = 1; i < moments.all.size(); ++i) {
        states.apply(i - 1);
        each(i, states);
    }
}

std::uint64_t count_switches(const Moments &moments)
{
    std::uint64_t switches = 0;
    std::optional<std::uint32_t> last;
    for (const Moment &moment : moments.all)
        if (moment.bytes > 0) {
            switches += last && *last != moment.subflow ? 1 : 0;
            last = moment.subflow;
        }
    return switches;
}

} // namespace

std::vector<Concurrency> make_concurrency(const Moments &moments)
{
    std::vector<Concurrency> all;
    if (moments.all.size() == 1)
        all.emplace_back();
    visit(moments, [&](std::size_t i, const SubflowStates &states) {
        std::optional<std::uint32_t> subflows;
        if (moments.tell_flight() && !states.any_unknown())
            subflows = static_cast<std::uint32_t>(states.carrying());
        const Time begin = moments.all[i - 1].time;
        if (all.empty() || (all.back().subflows != subflows && moments.all[i].time > begin))
            all.push_back({begin, begin, subflows});
        all.back().end = moments.all[i].time;
    });
    return all;
}

PathUse make_path_use(const Moments &moments, const std::vector<LimitInterval> &limits)
{
    PathUse use;
    use.is_known = moments.tell_flight();
    if (!use.is_known)
        return use;
    use.switches = count_switches(moments);
    use.handovers = moments.handovers;
    use.alone.resize(moments.place.round_trips.size());
    auto limit = limits.begin();
    AckedData *acked = nullptr; // what the data was in flight for; packets of one time share it
    visit(moments, [&](std::size_t i, const SubflowStates &states) {
        const Moment &moment = moments.all[i];
        const Time time = moment.time - moments.all[i - 1].time;
        while (limit != limits.end() && limit->end < moment.time)
            ++limit;
        const bool is_in_flight = states.carrying() > 0 && !states.any_unknown();
        if (is_in_flight) {
            use.in_flight += time;
            use.in_flight_on_several += states.carrying() > 1 ? time : 0;
        }
        if (time > 0) {
            const bool counts =
                is_in_flight && limit != limits.end() && is_by_network(limit->limit.kind);
            const auto only = states.only_carrying();
            acked = !counts ? nullptr : only ? &use.alone[*only] : &use.together;
        }
        if (acked != nullptr) {
            acked->time += time;
            acked->bytes += moment.data_acked;
        }
    });
    return use;
}

} // namespace mptcp
