// SPDX-License-Identifier: GPL-2.0-or-later
//
// Round-trip times of each subflow, and how long data waits for its DATA_ACK.
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
namespace {

struct RoundTripStyle {
    QCPScatterStyle::ScatterShape shape;
    double size;
};

RoundTripStyle style_of(RoundTripKind kind)
{
    switch (kind) {
    case RoundTripKind::Tcp:
        return {QCPScatterStyle::ssDisc, 4};
    case RoundTripKind::Handshake:
        return {QCPScatterStyle::ssDiamond, 9};
    case RoundTripKind::DataAck:
        break;
    }
    return {QCPScatterStyle::ssPlus, 6};
}

void scale(TimePlot &plot, bool is_logarithmic)
{
    plot.yAxis->setScaleType(is_logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (is_logarithmic)
        plot.yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>(new QCPAxisTickerLog));
    else
        plot.yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new QCPAxisTicker));
}

} // namespace

void draw_round_trips(TimePlot &plot, const GraphView &view)
{
    std::map<std::pair<RoundTripKind, std::uint32_t>, std::vector<RoundTrip>> by_kind;
    std::vector<RoundTrip> shown;
    std::ranges::copy_if(view.series.round_trips[view.sender], std::back_inserter(shown),
                         [&](const RoundTrip &sample) { return view.shows(sample.subflow); });
    for (const RoundTrip &sample : shown)
        by_kind[{sample.kind, sample.subflow}].push_back(sample);
    const auto [least, most, is_logarithmic] = scale_of(shown);
    const AxisUnit unit = unit_of_time(most);
    std::vector<PlottedPacket> packets;
    std::optional<RoundTripKind> in_legend;
    for (const auto &[key, samples] : by_kind) {
        const auto [kind, subflow] = key;
        const RoundTripStyle style = style_of(kind);
        const QString words = to_qt(legend_words(kind)); // shared by all
        if (std::exchange(in_legend, kind) != kind)
            plot.add_points(style.shape, style.size, plot.text_color(), words);
        QCPGraph *graph = plot.add_points(style.shape, style.size, subflow_color(subflow));
        for (const RoundTrip &sample : samples) {
            const double value = seconds(sample.duration) / unit.divisor;
            graph->addData(seconds(sample.time), value);
            packets.push_back({seconds(sample.time), value, sample.frame, subflow, words});
        }
    }
    plot.add_packets(std::move(packets));
    if (!is_logarithmic) // a range from 0 needs it before, a logarithmic scale needs a range
                         // without 0
        scale(plot, false);
    constexpr double kAround = 1.3;
    const double bottom = is_logarithmic ? seconds(least) / unit.divisor / kAround : 0;
    plot.set_whole({0, seconds(view.series.duration)},
                   {bottom, seconds(most) / unit.divisor * kAround},
                   axis_title("Round-trip time", unit.name));
    if (is_logarithmic)
        scale(plot, true);
}

} // namespace mptcp
