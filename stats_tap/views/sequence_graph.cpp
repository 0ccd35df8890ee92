// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>
#include <optional>
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

// Those with a place; of acknowledgments and windows, those that advance.
std::map<std::pair<SequenceKind, std::uint32_t>, SequencePoints>
points_by_kind(const Sequence &sequence)
{
    std::map<std::pair<SequenceKind, std::uint32_t>, SequencePoints> points;
    std::map<SequenceKind, std::int64_t> highest;
    for (const SequencePoint &point : sequence.points) {
        if (!point.place)
            continue;
        const bool is_data = point.kind < SequenceKind::DataAck;
        if (!is_data) {
            const auto [known, is_first] = highest.try_emplace(point.kind, *point.place);
            if (!is_first && *point.place <= known->second)
                continue;
            known->second = *point.place;
        }
        points[{point.kind, is_data ? point.subflow : 0}].push_back(point);
    }
    return points;
}

SequencePoints thin_sequence(const SequencePoints &points, Time duration)
{
    return thin(
        std::span{points}, {0, duration, kGraphColumns},
        [](const SequencePoint &point) { return point.time; },
        [](const SequencePoint &point) { return *point.place; },
        [](const SequencePoint &point) { return *point.place + point.bytes; });
}

// The stairs of DATA_ACKs and windows last until the end.
std::string sequence_rows(SequencePoints points, Time duration)
{
    if (points.back().kind >= SequenceKind::DataAck) {
        points.push_back(points.back());
        points.back().time = duration;
    }
    std::string rows;
    for (const SequencePoint &point : points)
        rows += gnuplot_row(point.time,
                            {static_cast<double>(*point.place), static_cast<double>(point.bytes)});
    return rows;
}

std::string in_colour(std::string_view colour) { return " lc rgb \"" + std::string{colour} + "\""; }

// Small segments are dots, large ones lines.
void plot_segments(GnuplotProgram &program, const std::string &block, std::string_view colour)
{
    program.plot(block + " using (x(1)):(y(2)):(0):(y(3)) with vectors nohead lw 3" +
                 in_colour(colour));
    program.plot(block + " using (x(1)):(y(2)+y(3)/2) with points pt 7 ps 0.35" +
                 in_colour(colour));
}

void plot_sequence(GnuplotProgram &program, SequenceKind kind, std::uint32_t subflow,
                   const std::string &block)
{
    const std::string place = block + " using (x(1)):(y(2)) ";
    switch (kind) {
    case SequenceKind::Unique:
        return plot_segments(program, block, colour_of(subflow));
    case SequenceKind::Reinjected:
        return program.plot(place + "with points pt 8 ps 0.9 lw 1.5" +
                            in_colour(colour_of(subflow)));
    case SequenceKind::Retransmitted:
        return program.plot(place + "with points pt 2 ps 0.8 lw 1.5" +
                            in_colour(colour_of(subflow)));
    case SequenceKind::Unmapped:
        return;
    case SequenceKind::DataAck:
        return program.plot(place + "with steps lw 1" + in_colour(kBlack));
    case SequenceKind::Window:
        return program.plot(place + "with steps lw 1.5" + in_colour(kGrey));
    }
}

void add_sequence_legend(GnuplotProgram &program, SequenceKind kind, bool is_window_shown)
{
    switch (kind) {
    case SequenceKind::Unique:
    case SequenceKind::Unmapped:
        return;
    case SequenceKind::Reinjected:
        return program.legend("reinjected", "with points pt 8 ps 0.9 lw 1.5" + in_colour(kBlack));
    case SequenceKind::Retransmitted:
        return program.legend("retransmitted by TCP",
                              "with points pt 2 ps 0.8 lw 1.5" + in_colour(kBlack));
    case SequenceKind::DataAck:
        return program.legend("DATA_ACK", "with lines lw 1" + in_colour(kBlack));
    case SequenceKind::Window:
        return program.legend(is_window_shown ? "right edge of the window"
                                              : "right edge of the window, above the graph",
                              "with lines lw 1.5" + in_colour(kGrey));
    }
}

// The highest place of data; the window may be far above it.
std::int64_t end_of_data(const Sequence &sequence)
{
    std::int64_t end = 1;
    for (const SequencePoint &point : sequence.points)
        if (point.place && point.kind != SequenceKind::Window)
            end = std::max(end, *point.place + point.bytes);
    return end;
}

// The first and the highest right edge of the window.
std::pair<std::int64_t, std::int64_t> window_edges(const Sequence &sequence)
{
    std::optional<std::int64_t> first;
    std::int64_t highest = 0;
    for (const SequencePoint &point : sequence.points)
        if (point.place && point.kind == SequenceKind::Window) {
            first = first.value_or(*point.place);
            highest = std::max(highest, *point.place);
        }
    return {first.value_or(0), highest};
}

std::uint64_t unmapped_bytes(const Sequence &sequence)
{
    std::uint64_t bytes = 0;
    for (const SequencePoint &point : sequence.points)
        bytes += point.place ? 0 : point.bytes;
    return bytes;
}

// A window that is far above the data does not squeeze it.
double top_of(const Sequence &sequence)
{
    const auto data = static_cast<double>(end_of_data(sequence));
    const auto window = static_cast<double>(window_edges(sequence).second);
    constexpr double kFar = 1.5;
    return std::max(data, std::min(window, kFar * data)) * 1.03;
}

void add_sequence_axes(GnuplotProgram &program, const Sequence &sequence, Time duration)
{
    const double top = top_of(sequence);
    const AxisUnit unit = unit_of_bytes(static_cast<std::uint64_t>(end_of_data(sequence)));
    program.time_axis(duration);
    program.line("y(column_number) = column(column_number) / " + gnuplot_number(unit.divisor));
    program.line("set yrange [" + gnuplot_number(-top / unit.divisor / 50) + ":" +
                 gnuplot_number(top / unit.divisor) + "]");
    program.label_y(sequence.zero == SequenceZero::FirstByte
                        ? "Data sequence"
                        : "Data sequence from the first captured byte",
                    unit.name);
}

} // namespace

void write_sequence_graph(const DrawnConnection &drawn, Role sender, std::string_view filter,
                          const Output &out)
{
    const Sequence sequence = make_sequence(drawn, sender);
    GnuplotProgram program{drawn, "Data sequence of the " + std::string{name(sender)}, filter};
    add_sequence_axes(program, sequence, drawn.duration());
    std::vector<std::uint32_t> subflows;
    std::vector<SequenceKind> kinds;
    for (const auto &[key, points] : points_by_kind(sequence)) {
        const auto [kind, subflow] = key;
        const std::string block =
            program.block(sequence_rows(thin_sequence(points, drawn.duration()), drawn.duration()));
        plot_sequence(program, kind, subflow, block);
        if (kind < SequenceKind::DataAck)
            subflows.push_back(subflow);
        if (kinds.empty() || kinds.back() != kind)
            kinds.push_back(kind);
    }
    std::ranges::sort(subflows);
    const auto repeated = std::ranges::unique(subflows);
    subflows.erase(repeated.begin(), repeated.end());
    program.legend_subflows(subflows, "with lines lw 4");
    const bool is_window_shown =
        static_cast<double>(window_edges(sequence).first) < top_of(sequence);
    for (const SequenceKind kind : kinds)
        add_sequence_legend(program, kind, is_window_shown);
    if (const std::uint64_t bytes = unmapped_bytes(sequence); bytes > 0)
        program.legend(std::to_string(bytes) + " bytes without a known place are not shown",
                       "with points pt -1");
    program.write(out);
}

} // namespace mptcp
