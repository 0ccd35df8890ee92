// SPDX-License-Identifier: GPL-2.0-or-later
//
// One-way delays of the packets of each subflow, from each point that recorded them to the next.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "graphs/graph.h"
#include "graphs/time_plot.h"
#include "views/graph_style.h"
#include "window/texts.h"

namespace mptcp {

void draw_delays(TimePlot &plot, const GraphView &view)
{
    constexpr QCPScatterStyle::ScatterShape kShapes[] = {
        QCPScatterStyle::ssDisc, QCPScatterStyle::ssCross, QCPScatterStyle::ssPlus,
        QCPScatterStyle::ssTriangle, QCPScatterStyle::ssDiamond};
    constexpr double kSize = 4, kAround = 1.05;
    std::vector<OneWayDelay> shown;
    std::ranges::copy_if(view.series.delays[view.sender], std::back_inserter(shown),
                         [&](const OneWayDelay &delay) { return view.shows(delay.subflow); });
    const Time most = most_delay(shown);
    const AxisUnit unit = unit_of_time(most);
    std::vector<PlottedPacket> packets;
    std::map<PointPair, QCPScatterStyle::ScatterShape> shapes;
    for (const auto &[key, delays] : delays_by_way(shown)) {
        const auto &[points, subflow] = key;
        const QString words = to_qt(way_in_words(points)); // shared by all
        const auto [shape, is_first] =
            shapes.try_emplace(points, kShapes[shapes.size() % std::size(kShapes)]);
        if (is_first)
            plot.add_points(shape->second, kSize, plot.text_color(), words);
        QCPGraph *graph = plot.add_points(shape->second, kSize, subflow_color(subflow));
        for (const OneWayDelay &delay : delays) {
            const double value = seconds(delay.delay) / unit.divisor;
            graph->addData(seconds(delay.time), value);
            packets.push_back({seconds(delay.time), value, delay.frame, subflow, words});
        }
    }
    plot.add_packets(std::move(packets));
    plot.set_whole({0, seconds(view.series.duration)}, {0, seconds(most) / unit.divisor * kAround},
                   axis_title("One-way delay", unit.name));
}

} // namespace mptcp
