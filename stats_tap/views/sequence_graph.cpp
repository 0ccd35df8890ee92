// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "series/sequence.h"
#include "series/thinning.h"
#include "views/gnuplot.h"
#include "views/graphs.h"

namespace mptcp {
namespace {

using SequencePoints = std::vector<SequencePoint>;

std::int64_t last_place(const SequencePoint &point)
{
    return *point.place + static_cast<std::int64_t>(point.bytes);
}

SequencePoints thin_sequence(const SequencePoints &points, Time duration, std::int64_t end)
{
    constexpr std::int64_t kRows = 1'000;
    const Columns columns{0, duration, kGraphColumns};
    const bool is_line = points.front().kind == SequenceKind::Unique;
    const SequencePoints joined = is_line ? join_segments(points, columns, end / kRows) : points;
    return thin(
        std::span{joined}, columns, [](const SequencePoint &point) { return point.time; },
        [](const SequencePoint &point) { return *point.place; }, last_place);
}

// Stairs last until the end.
std::string sequence_rows(const SequencePoints &points, Time duration)
{
    std::string rows;
    const auto add = [&rows](Time time, const SequencePoint &point) {
        rows += gnuplot_row(time,
                            {static_cast<double>(*point.place), static_cast<double>(point.bytes)});
    };
    for (const SequencePoint &point : points)
        add(point.time, point);
    if (!points.empty() && !is_of_subflow(points.back().kind))
        add(duration, points.back());
    return rows;
}

// Without a color.
std::string_view sequence_style(SequenceKind kind)
{
    switch (kind) {
    case SequenceKind::Unique:
    case SequenceKind::Unmapped: // has no place
        return "with points pt 7 ps 0.35";
    case SequenceKind::Reinjected:
        return "with points pt 8 ps 0.9 lw 1.5";
    case SequenceKind::Retransmitted:
        return "with points pt 2 ps 0.8 lw 1.5";
    case SequenceKind::DataAck:
        return "with steps lw 1";
    case SequenceKind::Window:
        return "with steps lw 1.5";
    case SequenceKind::DataFin:
        return "with points pt 12 ps 1.2 lw 1.5";
    }
    return "";
}

std::string_view sequence_color(SequenceKind kind, std::uint32_t subflow)
{
    switch (kind) {
    case SequenceKind::DataAck:
        return kBlack;
    case SequenceKind::Window:
        return kGrey;
    default:
        return color_of(subflow);
    }
}

void plot_sequence(GnuplotProgram &program, SequenceKind kind, std::uint32_t subflow,
                   const std::string &block)
{
    const std::string color = in_color(sequence_color(kind, subflow));
    std::string_view middle;
    if (kind == SequenceKind::Unique) { // a line where a segment is long enough to be one
        program.plot(block + " using (x(1)):(y(2)):(0):(y(3)) with vectors nohead lw 3" + color);
        middle = "+y(3)/2";
    }
    program.plot(block + " using (x(1)):(y(2)" + std::string{middle} + ") " +
                 std::string{sequence_style(kind)} + color);
}

void add_sequence_legend(GnuplotProgram &program, SequenceKind kind, bool is_window_shown)
{
    const auto add = [&](std::string_view words, std::string_view color) {
        program.legend(words, std::string{sequence_style(kind)} + in_color(color));
    };
    switch (kind) {
    case SequenceKind::Unique: // by subflow
    case SequenceKind::Unmapped:
        return;
    case SequenceKind::Reinjected:
        return add("reinjected", kBlack);
    case SequenceKind::Retransmitted:
        return add("retransmitted by TCP", kBlack);
    case SequenceKind::DataAck:
        return add("DATA_ACK", kBlack);
    case SequenceKind::Window:
        return add(is_window_shown ? "right edge of the window"
                                   : "right edge of the window, above the graph",
                   kGrey);
    case SequenceKind::DataFin:
        return add("DATA_FIN", kBlack);
    }
}

std::uint64_t unmapped_bytes(const Sequence &sequence)
{
    std::uint64_t bytes = 0;
    for (const SequencePoint &point : sequence.points)
        bytes += point.place ? 0 : point.bytes;
    return bytes;
}

void add_sequence_axes(GnuplotProgram &program, const Sequence &sequence, Time duration)
{
    const double top = top_of(sequence);
    const AxisUnit unit = unit_of_bytes(static_cast<std::uint64_t>(end_of_data(sequence)));
    program.time_axis(duration);
    program.value_axis(sequence.zero == SequenceZero::FirstByte
                           ? "Data sequence"
                           : "Data sequence from the first captured byte",
                       unit);
    program.line("set yrange [" + gnuplot_number(-top / unit.divisor / 50) + ":" +
                 gnuplot_number(top / unit.divisor) + "]");
}

} // namespace

void write_sequence_graph(const DrawnConnection &drawn, Role sender, std::string_view filter,
                          const Output &out)
{
    const Sequence sequence = make_sequence(drawn, sender);
    const Time duration = drawn.duration();
    GnuplotProgram program{drawn, "Data sequence of the " + std::string{name(sender)}, filter};
    add_sequence_axes(program, sequence, duration);
    std::set<std::uint32_t> subflows;
    std::set<SequenceKind> kinds;
    for (const auto &[key, points] : visible_points(sequence)) {
        const auto [kind, subflow] = key;
        const auto thinned = thin_sequence(points, duration, end_of_data(sequence));
        plot_sequence(program, kind, subflow, program.block(sequence_rows(thinned, duration)));
        kinds.insert(kind);
        if (is_of_subflow(kind))
            subflows.insert(subflow);
    }
    program.legend_subflows({subflows.begin(), subflows.end()}, "with lines lw 4");
    for (const SequenceKind kind : kinds)
        add_sequence_legend(program, kind, is_window_shown(sequence));
    if (const std::uint64_t bytes = unmapped_bytes(sequence); bytes > 0)
        program.legend(std::to_string(bytes) + " bytes without a known place are not shown",
                       "with points pt -1");
    program.write(out);
}

} // namespace mptcp
