// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/format.h"
#include "series/goodput.h"
#include "views/gnuplot.h"
#include "views/graphs.h"

namespace mptcp {
namespace {

// One of the areas that stand on each other: bytes by bin, those below included.
struct StackedArea {
    std::vector<std::uint64_t> tops;
    std::string_view color;
};

// The unique bytes of each subflow, and on top of them all others.
std::vector<StackedArea> stack(const Goodput &goodput)
{
    std::vector<StackedArea> areas;
    if (goodput.subflows.empty())
        return areas;
    std::vector<std::uint64_t> tops(goodput.subflows.front().bins.size());
    std::vector<std::uint64_t> others(tops.size());
    for (const SubflowBins &subflow : goodput.subflows) {
        for (std::size_t i = 0; i < tops.size(); ++i) {
            tops[i] += subflow.bins[i].unique;
            others[i] += subflow.bins[i].bytes - subflow.bins[i].unique;
        }
        areas.push_back({tops, color_of(subflow.subflow)});
    }
    if (std::ranges::max(others) > 0) {
        for (std::size_t i = 0; i < tops.size(); ++i)
            tops[i] += others[i];
        areas.push_back({std::move(tops), kGrey});
    }
    return areas;
}

// A step lasts until the next row, so the last bin has two.
std::string area_rows(const StackedArea &area, Time width)
{
    std::string rows;
    Time time = 0;
    for (const std::uint64_t bytes : area.tops) {
        rows += gnuplot_row(time, {static_cast<double>(bytes)});
        time += width;
    }
    return rows + gnuplot_row(time, {static_cast<double>(area.tops.back())});
}

std::vector<std::uint32_t> subflows_of(const Goodput &goodput)
{
    std::vector<std::uint32_t> subflows;
    for (const SubflowBins &subflow : goodput.subflows)
        subflows.push_back(subflow.subflow);
    return subflows;
}

std::string width_in_words(Time width)
{
    const AxisUnit unit = unit_of_time(width);
    return gnuplot_number(static_cast<double>(width) / (unit.divisor * 1e9)) + " " +
           std::string{unit.name};
}

void plot_area(GnuplotProgram &program, const StackedArea &area, Time width)
{
    const std::string block = program.block(area_rows(area, width));
    const std::string color = in_color(area.color);
    program.plot(block + " using (x(1)):(y(2)) with fillsteps fs solid noborder" + color);
    program.plot(block + " using (x(1)):(y(2)) with steps lw 1" + color);
}

} // namespace

void write_goodput_graph(const DrawnConnection &drawn, Role sender, Time width,
                         std::string_view filter, const Output &out)
{
    const Goodput goodput = make_goodput(make_sequence(drawn, sender), drawn.duration(), width);
    const std::vector<StackedArea> areas = stack(goodput);
    const double seconds = static_cast<double>(width) / static_cast<double>(kSecond);
    const double most =
        areas.empty() ? 0 : static_cast<double>(std::ranges::max(areas.back().tops)) / seconds;
    const AxisUnit unit = unit_of_rate(most);
    GnuplotProgram program{drawn, "Goodput of the " + std::string{name(sender)}, filter};
    program.time_axis(drawn.duration());
    program.value_axis("Goodput in intervals of " + width_in_words(width),
                       {seconds * unit.divisor, unit.name});
    program.line("set yrange [0:" + gnuplot_number(most > 0 ? most / unit.divisor * 1.05 : 1) +
                 "]");
    std::for_each(areas.rbegin(), areas.rend(), // the largest one is behind
                  [&](const StackedArea &area) { plot_area(program, area, width); });
    const std::vector<std::uint32_t> subflows = subflows_of(goodput);
    program.legend_subflows(subflows, "with lines lw 10");
    if (areas.size() > subflows.size())
        program.legend("sent again, or without a mapping", "with lines lw 10" + in_color(kGrey));
    program.write(out);
}

} // namespace mptcp
