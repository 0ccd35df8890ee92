// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/gnuplot.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/format.h"
#include "views/points_words.h"

namespace mptcp {
namespace {

constexpr std::size_t kMostInLegend = 12;

std::string endpoints_in_words(const PerRole<Endpoint> &endpoints, std::string_view client,
                               std::string_view server)
{
    return to_text(endpoints[Role::Client]) + std::string{client} + " – " +
           to_text(endpoints[Role::Server]) + std::string{server};
}

} // namespace

std::string gnuplot_text(std::string_view text)
{
    std::string quoted = "'";
    for (const char c : text) {
        const bool is_control = static_cast<unsigned char>(c) < ' ';
        quoted += c == '\'' ? "''" : std::string{is_control ? ' ' : c};
    }
    return quoted + "'";
}

std::string subflow_words(const DrawnConnection &drawn, std::uint32_t subflow)
{
    const Subflow &known = drawn.registry()[drawn.connection().subflows[subflow]];
    const PerRole<Endpoint> endpoints{
        {known.end(Role::Client).endpoint, known.end(Role::Server).endpoint}};
    return "subflow " + std::to_string(subflow) + ": " + endpoints_in_words(endpoints, "", "");
}

std::string in_color(std::string_view color) { return " lc rgb \"" + std::string{color} + "\""; }

std::string gnuplot_number(double number)
{
    std::array<char, 32> text{};
    constexpr int kDigits = 15; // of which all are exact
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number,
                                   std::chars_format::general, kDigits)
                         .ptr;
    return {text.data(), end};
}

std::string gnuplot_row(Time time, const std::vector<double> &numbers)
{
    constexpr int kNanosecondDigits = 9;
    std::string row = to_seconds(time, kNanosecondDigits);
    for (const double number : numbers)
        row += " " + gnuplot_number(number);
    return row + "\n";
}

GnuplotProgram::GnuplotProgram(const DrawnConnection &drawn, std::string_view what,
                               std::string_view filter, const GraphSize &size)
    : drawn_(drawn), size_(size)
{
    const std::uint32_t index = drawn.registry().index_of(drawn.connection());
    const std::string heading = std::string{what} + ", MPTCP connection " + std::to_string(index);
    std::string hosts = endpoints_in_words(drawn.registry().endpoints_of(drawn.connection()),
                                           " (client)", " (server)");
    if (const std::string place = seen_at_in_words(drawn.seen_at()); !place.empty())
        hosts += ", " + place;
    if (!filter.empty())
        hosts += ", filter: " + std::string{filter};
    line("set terminal @terminal");
    line("set termoption noenhanced");
    line("set encoding utf8");
    line("set title " + gnuplot_text(heading) + std::string{kNewLine} + gnuplot_text(hosts));
    line("set border 3 lc rgb \"#404040\"");
    line("set tics nomirror out");
    line("set grid lc rgb \"#e0e0e0\" lt 1 lw 0.5");
    line("set key below Left reverse samplen 2 width 1");
}

void GnuplotProgram::time_axis(Time duration)
{
    const AxisUnit unit = unit_of_time(duration);
    const double most = static_cast<double>(duration) / static_cast<double>(kSecond);
    line("x(column_number) = column(column_number) / " + gnuplot_number(unit.divisor));
    // The empty line keeps the legend away.
    line("set xlabel " +
         gnuplot_text("Time since the first packet of the connection (" + std::string{unit.name} +
                      ")") +
         std::string{kNewLine} + gnuplot_text(" "));
    // A margin for the marks at both ends.
    const double end = most > 0 ? most / unit.divisor : 1;
    line("set xrange [" + gnuplot_number(-end / 100) + ":" + gnuplot_number(end * 1.01) + "]");
}

void GnuplotProgram::value_axis(std::string_view what, const AxisUnit &unit)
{
    line("y(column_number) = column(column_number) / " + gnuplot_number(unit.divisor));
    line("set ylabel " + gnuplot_text(std::string{what} + " (" + std::string{unit.name} + ")"));
}

std::string GnuplotProgram::block(const std::string &rows)
{
    std::string name = "$data" + std::to_string(blocks_++);
    text_ += name + " << EOD\n" + rows + "EOD\n";
    return name;
}

void GnuplotProgram::legend(std::string_view words, std::string_view how)
{
    legend_.push_back("keyentry " + std::string{how} + " title " + gnuplot_text(words));
}

void GnuplotProgram::legend_subflows(const std::vector<std::uint32_t> &subflows,
                                     std::string_view style)
{
    const std::size_t shown = std::min(subflows.size(), kMostInLegend);
    for (const std::uint32_t subflow : std::span{subflows}.first(shown))
        legend(subflow_words(drawn_, subflow), std::string{style} + in_color(color_of(subflow)));
    if (shown < subflows.size())
        legend("and " + std::to_string(subflows.size() - shown) + " more subflows",
               "with points pt -1");
}

// The legend has as many columns as its longest entry allows. What it needs beyond the usual three
// rows makes the picture higher, so that the graph does not become flat.
int GnuplotProgram::height() const
{
    constexpr int kCharacter = 8, kLine = 20, kUsualRows = 3; // pixels
    constexpr std::size_t kAround = 40;                       // characters of a command
    std::size_t longest = 1;
    for (const std::string &entry : legend_)
        longest = std::max(longest, entry.size() - std::min(entry.size(), kAround));
    const int columns = std::max(1, size_.width / kCharacter / static_cast<int>(longest));
    const int rows = static_cast<int>(legend_.size()) / columns + 1;
    return size_.height + kLine * std::max(0, rows - kUsualRows);
}

void GnuplotProgram::write(const Output &out) const
{
    out("# A program for gnuplot 5.4 or later: gnuplot FILE > graph.svg\n"
        "# For another format: gnuplot -e \"terminal='pngcairo size 1200,720'\" FILE\n"
        "if (!exists(\"terminal\")) terminal = 'svg size " +
        std::to_string(size_.width) + "," + std::to_string(height()) +
        " dynamic font \"sans-serif,14\" background \"white\"'\n");
    out(text_);
    if (plots_.empty())
        out("set yrange [0:1]\nunset ytics\n"
            "set label 'There is no data to draw.' at graph 0.5, graph 0.5 center\n");
    std::string list = plots_.empty() ? "NaN notitle" : "";
    for (const std::string &plot : plots_)
        list += (list.empty() ? "" : ", \\\n     ") + plot + " notitle";
    for (const std::string &entry : legend_)
        list += ", \\\n     " + entry;
    out("plot " + list + "\n");
}

} // namespace mptcp
