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

void fill(Cells &cells, const Occurrence &told, Time origin)
{
    cells.clear();
    for (std::size_t place = 0; place < kEventColumns; ++place)
        cells.add(to_text(told, column_at(place), origin));
}

} // namespace

std::string_view title(EventColumn column)
{
    constexpr std::string_view kTitles[kEventColumns] = {"Frame", "Time",     "Conn",  "Subflow",
                                                         "From",  "Severity", "Event", "Details"};
    return kTitles[static_cast<std::size_t>(column)];
}

bool is_number(EventColumn column) { return column <= EventColumn::Subflow; }

std::string to_text(const Occurrence &told, EventColumn column, Time origin)
{
    switch (column) {
    case EventColumn::Frame:
        return std::to_string(told.event.frame);
    case EventColumn::Since:
        return to_seconds(told.event.time - origin, kTimeDigits);
    case EventColumn::Connection:
        return std::to_string(told.connection);
    case EventColumn::Subflow:
        return std::to_string(told.subflow);
    case EventColumn::From:
        return std::string{name(told.from)};
    case EventColumn::Level:
        return std::string{name(told.severity)};
    case EventColumn::What:
        return std::string{name(told.event.type)};
    case EventColumn::Details:
        break;
    }
    return told.details;
}

void write_events(const Chronicle &chronicle, const char *filter, const Output &out)
{
    TextTable table = event_table();
    Cells cells;
    for (const Occurrence &told : chronicle.story) {
        fill(cells, told, chronicle.origin);
        table.fit(cells);
    }
    write_framed(out, "MPTCP Events", filter, [&](const Output &lines) {
        std::string text;
        if (chronicle.story.empty())
            text = "No event.";
        else
            table.append_header(text);
        lines(text + "\n");
        for (const Occurrence &told : chronicle.story) {
            fill(cells, told, chronicle.origin);
            text.clear();
            table.append_line(text, cells);
            lines(text + "\n");
        }
        lines("\nTotals: events " + std::to_string(chronicle.story.size()) + "\n");
    });
}

} // namespace mptcp
