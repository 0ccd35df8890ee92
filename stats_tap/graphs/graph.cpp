// SPDX-License-Identifier: GPL-2.0-or-later
#include "graphs/graph.h"

#include "views/graph_style.h"
#include "views/series_csv.h"
#include "window/texts.h"

namespace mptcp {

Time GraphView::width_of_bins() const
{
    const auto asked = width == 0 ? std::nullopt : std::optional{width};
    return mptcp::width_of_bins(series.duration, series.subflows.size(), asked);
}

Goodput GraphView::goodput() const
{
    return make_goodput(series.sequence[sender], series.duration, width_of_bins());
}

QColor subflow_color(std::uint32_t subflow) { return {to_qt(color_of(subflow))}; }
QColor grey() { return {to_qt(kGrey)}; }

QString axis_title(const QString &what, std::string_view unit)
{
    return QString("%1 (%2)").arg(what, to_qt(unit));
}

std::span<const Graph> graphs()
{
    static constexpr Graph kGraphs[] = {
        {SeriesType::Sequence, "Data Sequence", true, draw_sequence,
         [](const GraphView &view, const Output &out) {
             write_series_csv(view.series.sequence[view.sender], out);
         }},
        {SeriesType::Goodput, "Goodput", true, draw_goodput,
         [](const GraphView &view, const Output &out) { write_series_csv(view.goodput(), out); }},
        {SeriesType::Rtt, "Round-Trip Time", true, draw_round_trips,
         [](const GraphView &view, const Output &out) {
             write_series_csv(view.series.round_trips[view.sender], out);
         }},
        {SeriesType::Window, "In Flight and Window", true, draw_in_flight,
         [](const GraphView &view, const Output &out) {
             write_series_csv(view.series.in_flight[view.sender], out);
         }},
        {SeriesType::Paths, "Paths", false, draw_paths,
         [](const GraphView &view, const Output &out) {
             write_series_csv(view.series.paths, out);
         }},
        {SeriesType::Delay, "One-Way Delay", true, draw_delays,
         [](const GraphView &view, const Output &out) {
             write_series_csv(view.series.delays[view.sender], out);
         }},
    };
    return kGraphs;
}

} // namespace mptcp
