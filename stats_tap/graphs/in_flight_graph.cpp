// SPDX-License-Identifier: GPL-2.0-or-later
//
// Bytes in flight on the connection and on each subflow, and the receive window.
#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "graphs/graph.h"
#include "graphs/time_plot.h"
#include "views/graph_style.h"
#include "window/localized.h"

namespace mptcp {
namespace {

// What is in flight on the connection is a thin line in front, as one subflow may carry all of it.
QCPGraph *add_graph(TimePlot &plot, InFlightKind kind, std::uint32_t subflow,
                    const QString &window_words)
{
    switch (kind) {
    case InFlightKind::DataLevel:
        return plot.add_steps(QPen(plot.text_color(), 1), "connection, not covered by a DATA_ACK");
    case InFlightKind::Subflow:
        return plot.add_steps(QPen(subflow_color(subflow), 2.5));
    case InFlightKind::Window:
        break;
    }
    return plot.add_steps(QPen(grey(), 1.5), window_words);
}

} // namespace

void draw_in_flight(TimePlot &plot, const GraphView &view)
{
    std::vector<InFlightPoint> shown;
    std::ranges::copy_if(view.series.in_flight[view.sender], std::back_inserter(shown),
                         [&](const InFlightPoint &point) {
                             return point.kind != InFlightKind::Subflow ||
                                    view.shows(point.subflow);
                         });
    const InFlightScale scale = scale_of(shown);
    const QString window_words =
        scale.is_window_shown
            ? "receive window"
            : QString("receive window, up to %1 bytes").arg(grouped(scale.window));
    const AxisUnit unit = unit_of_bytes(scale.top);
    std::vector<PlottedPacket> packets;
    for (const auto &[key, points] : in_flight_by_kind(shown)) {
        const auto [kind, subflow] = key;
        QCPGraph *graph = add_graph(plot, kind, subflow, window_words);
        for (const InFlightPoint &point : points) {
            const double value = static_cast<double>(point.bytes) / unit.divisor;
            graph->addData(seconds(point.time), value);
            packets.push_back({seconds(point.time), value, point.frame, point.subflow, {}});
        }
        graph->addData(seconds(view.series.duration),
                       static_cast<double>(points.back().bytes) / unit.divisor);
    }
    plot.add_packets(std::move(packets));
    constexpr double kAbove = 1.08;
    plot.set_whole({0, seconds(view.series.duration)},
                   {0, static_cast<double>(scale.top) / unit.divisor * kAbove},
                   axis_title("Bytes in flight", unit.name));
}

} // namespace mptcp
