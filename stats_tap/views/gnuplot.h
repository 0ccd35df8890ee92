// SPDX-License-Identifier: GPL-2.0-or-later
//
// The parts of a program for gnuplot (version 5.4 or later) that all graphs have: terminal, title,
// blocks of data and the list of what is plotted.
//
// Text is in single quotes, in which gnuplot substitutes neither backquotes nor macros.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.h"
#include "series/drawn_connection.h"
#include "views/graph_style.h"
#include "views/output.h"

namespace mptcp {

// A text as gnuplot reads it. Line feeds and other control characters become spaces.
std::string gnuplot_text(std::string_view text);

// Between two such texts: a line feed.
inline constexpr std::string_view kNewLine = R"(."\n".)";

// "subflow 0: 10.0.0.1:4000 – 10.0.0.2:80", the client first.
std::string subflow_words(const DrawnConnection &drawn, std::uint32_t subflow);

// The columns of pixels that points are thinned out for.
inline constexpr std::uint32_t kGraphColumns = 2'000;

struct GraphSize {
    int width = 1200, height = 720; // pixels; a long legend adds to it
};

// Collects the lines of a program, in the order of its functions.
class GnuplotProgram {
public:
    // `what` is the first part of the title, such as "Data sequence of the client".
    GnuplotProgram(const DrawnConnection &drawn, std::string_view what, std::string_view filter,
                   const GraphSize &size = {});

    void line(const std::string &text) { text_ += text + "\n"; }
    // The time axis, and the function x(column) that scales a column of seconds to its unit.
    void time_axis(Time duration);
    // The title of the value axis, and the function y(column) that scales a column to its unit.
    void value_axis(std::string_view what, const AxisUnit &unit);

    // Adds a block of data. `rows` are lines. Returns its name, such as "$data3".
    std::string block(const std::string &rows);
    // Adds what is plotted, in gnuplot's words.
    void plot(const std::string &what) { plots_.push_back(what); }
    // Adds an entry to the legend, drawn as `how` says: "with points pt 2".
    void legend(std::string_view words, std::string_view how);
    // Adds the subflows to the legend, the first ones if there are many.
    void legend_subflows(const std::vector<std::uint32_t> &subflows, std::string_view style);

    // Writes it. Without any data, the graph says so.
    void write(const Output &out) const;

private:
    int height() const; // pixels, with the legend

    const DrawnConnection &drawn_;
    GraphSize size_;
    std::string text_;
    std::vector<std::string> plots_, legend_;
    int blocks_ = 0;
};

// The color of what is plotted, to be appended to its style.
std::string in_color(std::string_view color);

// A number as gnuplot reads it, in every locale.
std::string gnuplot_number(double number);

// Nanoseconds as seconds, and other numbers, with a space between them, and a line feed.
std::string gnuplot_row(Time time, const std::vector<double> &numbers);

} // namespace mptcp
