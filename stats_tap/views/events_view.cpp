// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/events_view.h"

#include "base/format.h"
#include "views/text_frame.h"
#include "views/text_table.h"

namespace mptcp {
namespace {

EventColumn column_at(std::size_t place) { return static_cast<EventColumn>(place); }

TextTable event_table()
{
    std::vector<TextColumn> columns;
    for (std::size_t place = 0; place < kEventColumns; ++place) {
        const EventColumn column = column_at(place);
        columns.push_back({title(column), is_number(column) ? Align::Right : Align::Left});
    }
    return TextTable{columns};
}

void fill(Cells &cells, const TimelineEntry &entry, Time origin)
{
    cells.clear();
    for (std::size_t place = 0; place < kEventColumns; ++place)
        cells.add(to_text(entry, column_at(place), origin));
}

} // namespace

std::string_view title(EventColumn column)
{
    constexpr std::string_view kTitles[kEventColumns] = {"Frame", "Time",     "Conn",  "Subflow",
                                                         "From",  "Severity", "Event", "Details"};
    return kTitles[static_cast<std::size_t>(column)];
}

bool is_number(EventColumn column) { return column <= EventColumn::Subflow; }

std::string to_text(const TimelineEntry &entry, EventColumn column, Time origin)
{
    switch (column) {
    case EventColumn::Frame:
        return std::to_string(entry.event.frame);
    case EventColumn::Since:
        return to_seconds(entry.event.time - origin, kTimeDigits);
    case EventColumn::Connection:
        return std::to_string(entry.connection);
    case EventColumn::Subflow:
        return std::to_string(entry.subflow);
    case EventColumn::From:
        return std::string{name(entry.from)};
    case EventColumn::Level:
        return std::string{name(entry.severity)};
    case EventColumn::What:
        return std::string{name(entry.event.type)};
    case EventColumn::Details:
        break;
    }
    return entry.details;
}

void write_events(const Analysis &analysis, const char *filter, const Output &out)
{
    TextTable table = event_table();
    Cells cells;
    for (const TimelineEntry &entry : analysis.timeline) {
        fill(cells, entry, analysis.origin);
        table.fit(cells);
    }
    write_framed(out, "MPTCP Events", filter, [&](const Output &lines) {
        std::string text;
        if (analysis.timeline.empty())
            text = "No event.";
        else
            table.append_header(text);
        lines(text + "\n");
        for (const TimelineEntry &entry : analysis.timeline) {
            fill(cells, entry, analysis.origin);
            text.clear();
            table.append_line(text, cells);
            lines(text + "\n");
        }
        lines("\nTotals: events " + std::to_string(analysis.timeline.size()) + "\n");
    });
}

} // namespace mptcp
