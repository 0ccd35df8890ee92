// SPDX-License-Identifier: GPL-2.0-or-later
//
// The goodput of each subflow, one on the other, and on top what was sent again.
#include <algorithm>
#include <utility>
#include <vector>

#include "graphs/graph.h"
#include "graphs/time_plot.h"
#include "series/goodput.h"
#include "views/graph_style.h"
#include "window/texts.h"

namespace mptcp {
namespace {

QString width_in_words(Time width)
{
    const AxisUnit unit = unit_of_time(width);
    return QString("Throughput over %1 %2")
        .arg(seconds(width) / unit.divisor)
        .arg(to_qt(unit.name));
}

struct Stack {
    TimePlot &plot;
    Time width;
    double divisor; // from bytes in a bin to the axis
    QCPBars *below = nullptr;

    void add(const std::vector<std::uint64_t> &bytes, const QColor &color, const QString &words)
    {
        auto *bars = new QCPBars(plot.xAxis, plot.yAxis);
        bars->setWidth(seconds(width));
        bars->setAntialiased(false); // or there are gaps between them
        bars->setPen(Qt::NoPen);
        bars->setBrush(color);
        bars->setName(words);
        if (below != nullptr)
            bars->moveAbove(below);
        below = bars;
        QVector<double> middles, values;
        for (std::size_t bin = 0; bin < bytes.size(); ++bin) {
            middles << (static_cast<double>(bin) + 0.5) * seconds(width);
            values << static_cast<double>(bytes[bin]) / divisor;
        }
        bars->setData(middles, values, true);
    }
};

} // namespace

void draw_goodput(TimePlot &plot, const GraphView &view)
{
    const Goodput goodput = view.goodput();
    std::vector<std::uint64_t> others, sums;
    for (const SubflowBins &subflow : goodput.subflows) {
        if (!view.shows(subflow.subflow))
            continue;
        others.resize(subflow.bins.size());
        sums.resize(subflow.bins.size());
        for (std::size_t bin = 0; bin < subflow.bins.size(); ++bin) {
            sums[bin] += subflow.bins[bin].bytes;
            others[bin] += subflow.bins[bin].bytes - subflow.bins[bin].unique;
        }
    }
    const std::uint64_t most = sums.empty() ? 0 : std::ranges::max(sums);
    const double per_second = static_cast<double>(most) / seconds(goodput.width);
    const AxisUnit unit = unit_of_rate(per_second);
    Stack stack{plot, goodput.width, seconds(goodput.width) * unit.divisor};
    for (const SubflowBins &subflow : goodput.subflows) {
        if (!view.shows(subflow.subflow))
            continue;
        std::vector<std::uint64_t> unique;
        for (const ByteBin &bin : subflow.bins)
            unique.push_back(bin.unique);
        stack.add(unique, subflow_color(subflow.subflow),
                  QString("subflow %1").arg(subflow.subflow));
    }
    if (!others.empty() && std::ranges::max(others) > 0)
        stack.add(others, grey(), "sent again, or without a mapping");
    constexpr double kAbove = 1.05;
    const QString title = axis_title(width_in_words(goodput.width), unit.name);
    plot.set_whole({0, seconds(view.series.duration)},
                   {0, most == 0 ? 1 : per_second / unit.divisor * kAbove}, title);
}

} // namespace mptcp
