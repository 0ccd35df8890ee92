// SPDX-License-Identifier: GPL-2.0-or-later
//
// Bytes in flight on the connection and on each subflow, and the receive window.
#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "graphs/graph.h"
#include "graphs/time_plot.h"
#include "views/gnuplot.h"
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
    // The window is the first, to be drawn behind all.
    std::map<std::pair<InFlightKind, std::uint32_t>, std::vector<const InFlightPoint *>,
             std::greater<>>
        by_kind;
    std::uint64_t in_flight = 1;
    std::uint64_t window = 0;
    for (const InFlightPoint &point : view.series.in_flight[view.sender]) {
        const bool is_subflow = point.kind == InFlightKind::Subflow;
        if (is_subflow && !view.shows(point.subflow))
            continue;
        by_kind[{point.kind, is_subflow ? point.subflow : 0}].push_back(&point);
        std::uint64_t &most = point.kind == InFlightKind::Window ? window : in_flight;
        most = std::max(most, point.bytes);
    }
    constexpr std::uint64_t kFar = 3; // a window that is far above does not squeeze the rest
    const bool is_window_shown = window / kFar <= in_flight;
    const std::uint64_t top = is_window_shown ? std::max(window, in_flight) : in_flight;
    const QString window_words =
        is_window_shown ? "receive window"
                        : QString("receive window, up to %1 bytes").arg(grouped(window));
    const AxisUnit unit = unit_of_bytes(top);
    std::vector<PlottedPacket> packets;
    for (const auto &[key, points] : by_kind) {
        const auto [kind, subflow] = key;
        QCPGraph *graph = add_graph(plot, kind, subflow, window_words);
        for (const InFlightPoint *point : points) {
            const double value = static_cast<double>(point->bytes) / unit.divisor;
            graph->addData(seconds(point->time), value);
            packets.push_back({seconds(point->time), value, point->frame, point->subflow, {}});
        }
        graph->addData(seconds(view.series.duration),
                       static_cast<double>(points.back()->bytes) / unit.divisor);
    }
    plot.add_packets(std::move(packets));
    constexpr double kAbove = 1.08;
    plot.set_whole({0, seconds(view.series.duration)},
                   {0, static_cast<double>(top) / unit.divisor * kAbove},
                   axis_title("Bytes in flight", unit.name));
}

} // namespace mptcp
