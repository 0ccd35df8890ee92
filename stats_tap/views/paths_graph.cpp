// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/format.h"
#include "series/paths.h"
#include "views/gnuplot.h"
#include "views/graphs.h"

namespace mptcp {
namespace {

constexpr std::size_t kMostLanes = 24;
constexpr std::size_t kMostListed = 36; // events

constexpr double kMark = 0.35;

double middle_of(std::uint32_t subflow) { return -static_cast<double>(subflow); }

double seconds_of(Time time) { return static_cast<double>(time) / static_cast<double>(kSecond); }

// A rectangle from `bottom` to `top` of the lane.
std::string box_row(const PathSpan &span, double bottom, double top)
{
    const double middle = middle_of(span.subflow);
    return gnuplot_row(span.begin, {seconds_of(span.end), middle + bottom, middle + top});
}

// Numbers of events of one lane.
struct PathMark {
    Time time = 0; // of the first one
    std::vector<std::size_t> numbers;
};

// Nothing for a mark without numbers.
std::string mark_row(const PathMark &mark, std::uint32_t lane)
{
    constexpr std::size_t kMostNumbers = 3;
    const std::vector<std::size_t> &numbers = mark.numbers;
    if (numbers.empty())
        return {};
    std::string words = std::to_string(numbers.front());
    if (numbers.size() > kMostNumbers)
        words += "…" + std::to_string(numbers.back());
    else
        for (std::size_t i = 1; i < numbers.size(); ++i)
            words += "," + std::to_string(numbers[i]);
    std::string row = gnuplot_row(mark.time, {middle_of(lane)});
    row.back() = ' ';
    return row + "\"" + words + "\"\n";
}

// The spans of the graph by kind, of the lanes that are shown.
class PathsDrawing {
public:
    PathsDrawing(GnuplotProgram &program, const std::vector<PathSpan> &spans, Time duration)
        : program_(program), spans_(spans), duration_(duration)
    {
    }

    void draw()
    {
        draw_boxes(
            PathKind::Backup, "#d9d9d9", "backup, as a host requests",
            [](const PathSpan &span) { return box_row(span, -kBackupHeight, kBackupHeight); });
        draw_lanes();
        const auto height = [most = most_data(spans_)](const PathSpan &span) {
            return bar_height(span.bytes, most);
        };
        draw_boxes(PathKind::ClientData, std::string{kClientColor}, "data of the client",
                   [&](const PathSpan &span) { return box_row(span, 0, height(span)); });
        draw_boxes(PathKind::ServerData, std::string{kServerColor}, "data of the server",
                   [&](const PathSpan &span) { return box_row(span, -height(span), 0); });
        draw_blocked();
        draw_marks();
    }

    // The events in the order of their numbers, from 1.
    const std::vector<const PathSpan *> &listed() const { return listed_; }

private:
    static bool is_shown(const PathSpan &span) { return span.subflow < kMostLanes; }

    template <class RowOf>
    void draw_boxes(PathKind kind, const std::string &color, std::string_view words, RowOf row_of)
    {
        std::string rows;
        for (const PathSpan &span : spans_)
            if (span.kind == kind && is_shown(span))
                rows += row_of(span);
        plot_boxes(rows, color, words);
    }

    void plot_boxes(const std::string &rows, const std::string &color, std::string_view words)
    {
        if (rows.empty())
            return;
        program_.plot(program_.block(rows) +
                      " using (x(1)):(($3+$4)/2):(x(1)):(x(2)):3:4 with boxxyerror"
                      " fs solid noborder" +
                      in_color(color));
        program_.legend(words, "with lines lw 10" + in_color(color));
    }

    void draw_lanes()
    {
        std::string rows;
        for (const PathSpan &span : spans_)
            if (span.kind == PathKind::Subflow && is_shown(span))
                rows += box_row(span, 0, 0);
        if (!rows.empty())
            program_.plot(program_.block(rows) +
                          " using (x(1)):3:(x(2)-x(1)):(0) with vectors nohead lw 2" +
                          in_color(kGrey));
    }

    // Spans that follow each other in the same column of pixels are one box.
    void draw_blocked()
    {
        std::string rows;
        for (const PathSpan &span : joined_blocks(spans_, duration_ / kGraphColumns))
            if (is_shown(span))
                rows += box_row(span, kBlockedBottom, kBlockedTop);
        plot_boxes(rows, std::string{kBlockedColor}, "head-of-line blocking");
    }

    // Numbers that would overlap share a mark.
    void draw_marks()
    {
        constexpr Time kMarks = 16;              // that have room beside each other
        std::vector<PathMark> marks(kMostLanes); // the last one of each lane
        std::string rows;
        for (const PathSpan &span : spans_) {
            if (!is_listed(span) || !is_shown(span) || listed_.size() == kMostListed)
                continue;
            listed_.push_back(&span);
            PathMark &mark = marks[span.subflow];
            if (span.begin > mark.time + duration_ / kMarks) {
                rows += mark_row(mark, span.subflow);
                mark = {span.begin, {}};
            } else if (mark.numbers.empty()) {
                mark.time = span.begin;
            }
            mark.numbers.push_back(listed_.size());
        }
        for (std::uint32_t lane = 0; lane < kMostLanes; ++lane)
            rows += mark_row(marks[lane], lane);
        plot_marks(rows);
    }

    void plot_marks(const std::string &rows)
    {
        if (rows.empty())
            return;
        const std::string block = program_.block(rows);
        const std::string height = gnuplot_number(kMark);
        program_.plot(block + " using (x(1)):2:(0):(" + height +
                      ") with vectors nohead lw 1 lc rgb \"#404040\"");
        program_.plot(block + " using (x(1)):($2+" + height +
                      "):3 with labels offset 0,0.4 font \",11\"");
    }

    GnuplotProgram &program_;
    const std::vector<PathSpan> &spans_;
    Time duration_;
    std::vector<const PathSpan *> listed_;
};

// The first characters of a text in UTF-8.
std::string shortened(const std::string &words, std::size_t most)
{
    if (words.size() <= most)
        return words;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xc0U) == 0x80U)
        --end;
    return words.substr(0, end) + "…";
}

void add_lane_names(GnuplotProgram &program, const DrawnConnection &drawn, std::size_t lanes)
{
    std::string tics;
    for (std::uint32_t subflow = 0; subflow < lanes; ++subflow) {
        const Subflow &known = drawn.registry()[drawn.connection().subflows[subflow]];
        tics += tics.empty() ? "" : ", ";
        tics += gnuplot_text("subflow " + std::to_string(subflow)) + std::string{kNewLine} +
                gnuplot_text(to_text(known.end(Role::Client).endpoint)) + std::string{kNewLine} +
                gnuplot_text(to_text(known.end(Role::Server).endpoint)) + " " +
                gnuplot_number(middle_of(subflow));
    }
    program.line("set ytics (" + tics + ") font \",11\" scale 0");
    program.line("set yrange [" + gnuplot_number(0.5 - static_cast<double>(lanes)) + ":0.55]");
    if (const std::size_t all = drawn.connection().subflows.size(); lanes < all)
        program.legend("and " + std::to_string(all - lanes) + " more subflows",
                       "with points pt -1");
}

// The list of events, right of the graph.
void add_event_list(GnuplotProgram &program, const std::vector<const PathSpan *> &listed,
                    std::size_t left_out, Time duration)
{
    constexpr std::size_t kMostCharacters = 84;
    constexpr int kDigits = 3;
    const AxisUnit unit = unit_of_time(duration);
    std::string list;
    std::size_t number = 0;
    const auto add = [&](const std::string &words) {
        list += list.empty() ? "" : kNewLine;
        list += gnuplot_text(shortened(words, kMostCharacters));
    };
    for (const PathSpan *span : listed) {
        // to_seconds() of a time that is scaled to the unit of the axis.
        const auto scaled = static_cast<Time>(static_cast<double>(span->begin) / unit.divisor);
        add(std::to_string(++number) + "   " + to_seconds(scaled, kDigits) + " " +
            std::string{unit.name} + "  [" + std::to_string(span->subflow) + "] " + span->words);
    }
    if (left_out > 0)
        add("and " + std::to_string(left_out) + " more events");
    if (!list.empty())
        program.line("set label " + list + " at graph 1.02, graph 1 left font \",11\"");
}

GraphSize size_for(std::size_t lanes, std::size_t events)
{
    constexpr int kLane = 90, kLine = 15, kAround = 190;
    const int rows = std::max(static_cast<int>(lanes) * kLane, static_cast<int>(events) * kLine);
    return {1500, std::max(400, rows + kAround)};
}

} // namespace

void write_paths_graph(const DrawnViews &views, const std::optional<Role> &sender, Time width,
                       std::string_view filter, const Output &out)
{
    const DrawnConnection &drawn = views.whole();
    const Time duration = views.duration();
    const std::vector<PathSpan> spans = make_paths(views, sender, width);
    const std::size_t lanes = std::min(drawn.connection().subflows.size(), kMostLanes);
    const auto events = static_cast<std::size_t>(std::ranges::count_if(spans, is_listed));
    const std::string what =
        "Paths" + (sender ? " of the " + std::string{name(*sender)} : std::string{});
    GnuplotProgram program{drawn, what, filter, size_for(lanes, std::min(events, kMostListed))};
    program.time_axis(duration);
    program.line("set rmargin at screen 0.64");
    add_lane_names(program, drawn, lanes);
    PathsDrawing drawing{program, spans, duration};
    drawing.draw();
    add_event_list(program, drawing.listed(), events - drawing.listed().size(), duration);
    program.write(out);
}

} // namespace mptcp
