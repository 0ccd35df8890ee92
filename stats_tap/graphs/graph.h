// SPDX-License-Identifier: GPL-2.0-or-later
//
// The graphs of the dialog, by the types of -z mptcp,series. Each draws what the user chose to see
// of a connection.
#pragma once

#include <cstdint>
#include <set>
#include <span>

#include <QColor>
#include <QString>

#include "series/connection_series.h"
#include "series/goodput.h"
#include "series/series_type.h"
#include "views/output.h"

namespace mptcp {

class TimePlot;

struct GraphView {
    ConnectionSeries series;
    Role sender{};
    std::set<std::uint32_t> hidden; // subflows, by index
    Time width = 0;                 // of the bins of goodput; 0: chosen by the duration

    bool shows(std::uint32_t subflow) const { return !hidden.contains(subflow); }
    Time width_of_bins() const;
    Goodput goodput() const;
};

struct Graph {
    SeriesType type;
    const char *title;
    bool has_direction; // it shows one sender
    void (*draw)(TimePlot &plot, const GraphView &view);
    void (*write_csv)(const GraphView &view, const Output &out);
};

std::span<const Graph> graphs();

void draw_sequence(TimePlot &plot, const GraphView &view);
void draw_goodput(TimePlot &plot, const GraphView &view);
void draw_round_trips(TimePlot &plot, const GraphView &view);
void draw_in_flight(TimePlot &plot, const GraphView &view);
void draw_delays(TimePlot &plot, const GraphView &view);
void draw_paths(TimePlot &plot, const GraphView &view);

// Shared by the graphs:
inline double seconds(Time time)
{
    return static_cast<double>(time) / static_cast<double>(kSecond);
}
QColor subflow_color(std::uint32_t subflow);
QColor grey(); // of what no subflow has
QString axis_title(const QString &what, std::string_view unit);

} // namespace mptcp
