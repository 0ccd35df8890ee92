// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "series/in_flight.h"
#include "series/thinning.h"
#include "views/gnuplot.h"
#include "views/graphs.h"

namespace mptcp {
namespace {

// Each value lasts until the next one, the last one until the end.
std::string in_flight_rows(const std::vector<InFlightPoint> &points, Time duration)
{
    const auto bytes_of = [](const InFlightPoint &point) { return point.bytes; };
    const std::vector<InFlightPoint> thinned = thin(
        std::span{points}, {0, duration, kGraphColumns},
        [](const InFlightPoint &point) { return point.time; }, bytes_of, bytes_of);
    std::string rows;
    for (const InFlightPoint &point : thinned)
        rows += gnuplot_row(point.time, {static_cast<double>(point.bytes)});
    return rows + gnuplot_row(duration, {static_cast<double>(thinned.back().bytes)});
}

std::string line_style(std::string_view color, double width)
{
    return " lw " + gnuplot_number(width) + in_color(color);
}

// What is in flight on the connection is a thin line in front, as one subflow may carry all of it.
std::string style_of(InFlightKind kind, std::uint32_t subflow)
{
    switch (kind) {
    case InFlightKind::DataLevel:
        return line_style(kBlack, 1);
    case InFlightKind::Subflow:
        return line_style(color_of(subflow), 3);
    case InFlightKind::Window:
        return line_style(kGrey, 1.5);
    }
    return "";
}

void add_in_flight_axes(GnuplotProgram &program, const InFlightScale &scale, Time duration)
{
    const AxisUnit unit = unit_of_bytes(scale.top);
    program.time_axis(duration);
    program.value_axis("Bytes in flight", unit);
    program.line("set yrange [0:" +
                 gnuplot_number(static_cast<double>(scale.top) / unit.divisor * 1.08) + "]");
}

std::string words_of(InFlightKind kind, const InFlightScale &scale)
{
    if (kind == InFlightKind::DataLevel)
        return "connection, not covered by a DATA_ACK";
    return scale.is_window_shown
               ? "receive window"
               : "receive window, up to " + std::to_string(scale.window) + " bytes";
}

} // namespace

void write_in_flight_graph(const DrawnConnection &drawn, Role sender, std::string_view filter,
                           const Output &out)
{
    const std::vector<InFlightPoint> points = make_in_flight(drawn, sender);
    const InFlightScale scale = scale_of(points);
    GnuplotProgram program{drawn, "In flight from the " + std::string{name(sender)}, filter};
    add_in_flight_axes(program, scale, drawn.duration());
    std::vector<std::uint32_t> subflows;
    std::vector<InFlightKind> others;
    for (const auto &[key, own] : in_flight_by_kind(points)) {
        const auto [kind, subflow] = key;
        const std::string block = program.block(in_flight_rows(own, drawn.duration()));
        program.plot(block + " using (x(1)):(y(2)) with steps" + style_of(kind, subflow));
        if (kind == InFlightKind::Subflow)
            subflows.insert(subflows.begin(), subflow);
        else
            others.push_back(kind);
    }
    program.legend_subflows(subflows, "with lines lw 4");
    for (const InFlightKind kind : others)
        program.legend(words_of(kind, scale), "with lines" + style_of(kind, 0));
    program.write(out);
}

} // namespace mptcp
