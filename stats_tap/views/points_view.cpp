// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/points_view.h"

#include <algorithm>
#include <string>

#include "base/format.h"
#include "views/points_words.h"
#include "views/text_frame.h"
#include "views/text_table.h"
#include "views/text_wrap.h"

namespace mptcp {
namespace {

constexpr int kMicroseconds = 3; // digits of milliseconds

TextTable point_table()
{
    return TextTable{{{"Point", Align::Right},
                      {"Packets", Align::Right},
                      {"Near", Align::Left},
                      {"Name", Align::Left}}};
}

struct PointAndSide {
    const PointRow &point;
    std::optional<Role> side;
};

void fill(Cells &cells, const PointAndSide &row)
{
    cells.clear();
    cells.add(std::uint64_t{row.point.point});
    cells.add(row.point.packets);
    cells.add(row.side ? name(*row.side) : kUnknown);
    cells.add(row.point.name);
}

std::vector<PointAndSide> with_sides(const std::vector<PointRow> &points,
                                     const PointsReport &report)
{
    std::vector<PointAndSide> rows;
    rows.reserve(points.size());
    for (const PointRow &point : points)
        rows.push_back({point, side_of(report, point.point)});
    return rows;
}

TextTable passage_table()
{
    return TextTable{{{"Points", Align::Left},
                      {"Conn", Align::Right},
                      {"Sender", Align::Left},
                      {"Both", Align::Right},
                      {"Lost", Align::Right},
                      {"Missed", Align::Right},
                      {"Unseen", Align::Right},
                      {"Late", Align::Right},
                      {"Min", Align::Right},
                      {"Median", Align::Right},
                      {"95 %", Align::Right},
                      {"Max", Align::Right},
                      {"Jitter", Align::Right}}};
}

void fill(Cells &cells, const Passage &passage)
{
    cells.clear();
    cells.add(points_in_words(passage));
    cells.add(std::uint64_t{passage.connection}, ".", std::uint64_t{passage.subflow});
    cells.add(name(passage.sender));
    cells.add(passage.both);
    cells.add(std::uint64_t{passage.lost_frames.size()});
    cells.add(passage.missed);
    cells.add(passage.unseen);
    cells.add(passage.reordered);
    const auto add = [&](Time time) {
        passage.delay ? cells.add(to_milliseconds(time, kMicroseconds)) : cells.add(kUnknown);
    };
    const Distribution delay = passage.delay.value_or(Distribution{});
    for (const Time time : {delay.least, delay.median, delay.p95, delay.most, passage.jitter})
        add(time);
}

template <class Row> std::string table_lines(TextTable table, const std::vector<Row> &rows)
{
    Cells cells;
    for (const Row &row : rows) {
        fill(cells, row);
        table.fit(cells);
    }
    std::string lines;
    table.append_header(lines);
    lines += "\n";
    for (const Row &row : rows) {
        fill(cells, row);
        table.append_line(lines, cells);
        lines += "\n";
    }
    return lines;
}

std::string frames_in_words(const std::vector<std::uint32_t> &frames)
{
    constexpr std::size_t kMost = 20;
    std::string words;
    for (std::size_t index = 0; index < std::min(frames.size(), kMost); ++index)
        words += (index > 0 ? ", " : "") + std::to_string(frames[index]);
    if (frames.size() > kMost)
        words += " and " + std::to_string(frames.size() - kMost) + " more";
    return words;
}

std::string passage_title(const Passage &passage)
{
    return "From point " + std::to_string(passage.from) + " to point " +
           std::to_string(passage.to) + ", subflow " + std::to_string(passage.connection) + "." +
           std::to_string(passage.subflow) + ", packets of the " +
           std::string{name(passage.sender)};
}

// Lost frames and changes.
std::string details_of(const Passage &passage)
{
    std::vector<std::string> lines;
    if (!passage.lost_frames.empty())
        lines.push_back(lost_in_words(passage) + ": frames " +
                        frames_in_words(passage.lost_frames));
    if (passage.duplicated > 0)
        lines.push_back(duplicated_in_words(passage));
    if (passage.resegmented_from + passage.resegmented_to > 0)
        lines.push_back(resegmented_in_words(passage));
    for (const HeaderChange &change : passage.changes)
        lines.push_back(in_words(change));
    if (lines.empty())
        return {};
    std::string text = "\n" + passage_title(passage) + ":\n";
    for (const std::string &line : lines) {
        text += "  ";
        append_wrapped(text, 2, line);
        text += "\n";
    }
    return text;
}

} // namespace

void write_points(const std::vector<PointRow> &points, const PointsReport &report,
                  const char *filter, const Output &out)
{
    write_framed(out, "MPTCP Points", filter, [&](const Output &write) {
        if (points.empty()) {
            write(std::string{kOnePoint} + "\n\n");
            return;
        }
        write(table_lines(point_table(), with_sides(points, report)) + "\n");
        if (report.passages.empty()) {
            write(std::string{kNoPassage} + "\n\n");
            return;
        }
        write(table_lines(passage_table(), report.passages) +
              "Min to Jitter: one-way delays in milliseconds.\n");
        const bool any_guess = std::ranges::any_of(
            report.passages, [](const Passage &passage) { return !passage.is_order_known; });
        if (any_guess)
            write("0 ? 1: nothing shows which point is nearer to the sender.\n");
        for (const Passage &passage : report.passages)
            write(details_of(passage));
        write("\n");
        for (const ClockOfPoints &clock : report.clocks)
            if (clock.is_first)
                write(in_words(clock) + "\n");
        if (!report.clocks.empty())
            write("\n");
    });
}

} // namespace mptcp
