// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/connection_series.h"

#include "series/goodput.h"

namespace mptcp {

ConnectionSeries make_series(const DrawnViews &views)
{
    const DrawnConnection &drawn = views.whole();
    const Registry &registry = drawn.registry();
    ConnectionSeries series;
    series.is_known = true;
    series.endpoints = registry.endpoints_of(drawn.connection());
    for (const SubflowId id : drawn.connection().subflows) {
        const Subflow &subflow = registry[id];
        series.subflows.push_back(
            {{subflow.end(Role::Client).endpoint, subflow.end(Role::Server).endpoint}});
    }
    series.main_sender = main_sender(registry, drawn.counted(), drawn.connection());
    series.start = drawn.start();
    series.duration = views.duration();
    series.has_several_points = drawn.tracker().points().size() > 1;
    for (const Role sender : {Role::Client, Role::Server}) {
        const DrawnConnection &seen = views.near_host(sender);
        series.seen_at[sender] = seen.seen_at();
        series.sequence[sender] = make_sequence(seen, sender);
        series.round_trips[sender] = make_round_trips(seen, sender);
        series.in_flight[sender] = make_in_flight(seen, sender);
        series.delays[sender] = make_one_way_delays(drawn, sender);
    }
    series.paths = make_paths(views, series.sequence, std::nullopt, usual_width(series.duration));
    return series;
}

} // namespace mptcp
