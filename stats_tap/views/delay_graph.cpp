// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "series/one_way_delays.h"
#include "series/thinning.h"
#include "views/gnuplot.h"
#include "views/graphs.h"

namespace mptcp {
namespace {

std::string delay_rows(const std::vector<OneWayDelay> &delays, Time duration)
{
    const auto delay_of = [](const OneWayDelay &delay) { return delay.delay; };
    const auto thinned = thin(
        std::span{delays}, {0, duration, kGraphColumns},
        [](const OneWayDelay &delay) { return delay.time; }, delay_of, delay_of);
    std::string rows;
    for (const OneWayDelay &delay : thinned)
        rows += gnuplot_row(delay.time,
                            {static_cast<double>(delay.delay) / static_cast<double>(kSecond)});
    return rows;
}

void add_delay_axes(GnuplotProgram &program, const std::vector<OneWayDelay> &delays, Time duration)
{
    const Time most = most_delay(delays);
    const AxisUnit unit = unit_of_time(most);
    program.time_axis(duration);
    program.value_axis("One-way delay", unit);
    program.line("set yrange [0:" +
                 gnuplot_number(static_cast<double>(most) / static_cast<double>(kSecond) /
                                unit.divisor * 1.05) +
                 "]");
}

} // namespace

void write_delay_graph(const DrawnConnection &drawn, Role sender, std::string_view filter,
                       const Output &out)
{
    constexpr int kFirstMark = 7, kMarks = 8; // gnuplot's points
    const std::vector<OneWayDelay> delays = make_one_way_delays(drawn, sender);
    GnuplotProgram program{drawn, "One-way delays of packets of the " + std::string{name(sender)},
                           filter};
    add_delay_axes(program, delays, drawn.duration());
    std::set<std::uint32_t> subflows;
    std::map<PointPair, std::string> styles;
    for (const auto &[key, own] : delays_by_way(delays)) {
        const auto &[points, subflow] = key;
        const int mark = kFirstMark + static_cast<int>(styles.size()) % kMarks;
        const auto style =
            styles.try_emplace(points, "with points ps 0.5 pt " + std::to_string(mark)).first;
        const std::string block = program.block(delay_rows(own, drawn.duration()));
        program.plot(block + " using (x(1)):(y(2)) " + style->second + in_color(color_of(subflow)));
        subflows.insert(subflow);
    }
    program.legend_subflows({subflows.begin(), subflows.end()}, "with lines lw 4");
    for (const auto &[points, style] : styles)
        program.legend(way_in_words(points), style + in_color(kBlack));
    program.write(out);
}

} // namespace mptcp
