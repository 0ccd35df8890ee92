// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "series/round_trips.h"
#include "series/thinning.h"
#include "views/gnuplot.h"
#include "views/graphs.h"

namespace mptcp {
namespace {

// By kind and subflow.
std::map<std::pair<RoundTripKind, std::uint32_t>, std::vector<RoundTrip>>
samples_by_kind(const std::vector<RoundTrip> &samples)
{
    std::map<std::pair<RoundTripKind, std::uint32_t>, std::vector<RoundTrip>> by_kind;
    for (const RoundTrip &sample : samples)
        by_kind[{sample.kind, sample.subflow}].push_back(sample);
    return by_kind;
}

std::string round_trip_rows(const std::vector<RoundTrip> &samples, Time duration)
{
    const auto duration_of = [](const RoundTrip &sample) { return sample.duration; };
    const auto thinned = thin(
        std::span{samples}, {0, duration, kGraphColumns},
        [](const RoundTrip &sample) { return sample.time; }, duration_of, duration_of);
    std::string rows;
    for (const RoundTrip &sample : thinned)
        rows += gnuplot_row(sample.time,
                            {static_cast<double>(sample.duration) / static_cast<double>(kSecond)});
    return rows;
}

std::string_view style_of(RoundTripKind kind)
{
    switch (kind) {
    case RoundTripKind::Tcp:
        return "with points pt 7 ps 0.5";
    case RoundTripKind::Handshake:
        return "with points pt 13 ps 1.1";
    case RoundTripKind::DataAck:
        return "with points pt 1 ps 0.7";
    }
    return "";
}

void add_round_trip_axes(GnuplotProgram &program, const std::vector<RoundTrip> &samples,
                         Time duration)
{
    const auto [least, most, is_logarithmic] = scale_of(samples);
    const AxisUnit unit = unit_of_time(most);
    const auto on_axis = [&](Time time) {
        return static_cast<double>(time) / static_cast<double>(kSecond) / unit.divisor;
    };
    program.time_axis(duration);
    program.value_axis("Round-trip time", unit);
    if (is_logarithmic)
        program.line("set logscale y");
    program.line("set yrange [" + gnuplot_number(is_logarithmic ? on_axis(least) / 1.3 : 0) + ":" +
                 gnuplot_number(on_axis(most) * (is_logarithmic ? 1.3 : 1.05)) + "]");
}

} // namespace

void write_round_trip_graph(const DrawnConnection &drawn, Role sender, std::string_view filter,
                            const Output &out)
{
    const std::vector<RoundTrip> samples = make_round_trips(drawn, sender);
    GnuplotProgram program{drawn, "Round-trip times of data of the " + std::string{name(sender)},
                           filter};
    add_round_trip_axes(program, samples, drawn.duration());
    std::set<std::uint32_t> subflows;
    std::set<RoundTripKind> kinds;
    for (const auto &[key, own] : samples_by_kind(samples)) {
        const auto [kind, subflow] = key;
        const std::string block = program.block(round_trip_rows(own, drawn.duration()));
        program.plot(block + " using (x(1)):(y(2)) " + std::string{style_of(kind)} +
                     in_color(color_of(subflow)));
        subflows.insert(subflow);
        kinds.insert(kind);
    }
    program.legend_subflows({subflows.begin(), subflows.end()}, "with lines lw 4");
    for (const RoundTripKind kind : kinds)
        program.legend(legend_words(kind), std::string{style_of(kind)} + in_color(kBlack));
    program.write(out);
}

} // namespace mptcp
