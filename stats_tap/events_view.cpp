// SPDX-License-Identifier: GPL-2.0-or-later
#include "events_view.h"

#include "core/format.h"
#include "text_frame.h"
#include "text_table.h"

namespace mptcp {
namespace {

constexpr int kTimeDigits = 6;

TextTable event_table()
{
    return TextTable{{{"Frame", Align::Right},
                      {"Time", Align::Right},
                      {"Conn", Align::Right},
                      {"Subflow", Align::Right},
                      {"From", Align::Left},
                      {"Severity", Align::Left},
                      {"Event", Align::Left},
                      {"Details", Align::Left}}};
}

std::vector<std::string> cells_of(const Occurrence &told, Time origin)
{
    const Event &event = told.event;
    return {std::to_string(event.frame),     to_seconds(event.time - origin, kTimeDigits),
            std::to_string(told.connection), std::to_string(told.subflow),
            std::string{name(told.from)},    std::string{name(told.severity)},
            std::string{name(event.type)},   told.details};
}

} // namespace

std::string render_events(const Chronicle &chronicle, const char *filter)
{
    TextTable table = event_table();
    for (const Occurrence &told : chronicle.story)
        table.add(cells_of(told, chronicle.origin));
    std::string lines = table.rows() == 0 ? "No event.\n" : table.header() + "\n";
    for (std::size_t i = 0; i < table.rows(); ++i)
        lines += table.row(i) + "\n";
    lines += "\nTotals: events " + std::to_string(table.rows()) + "\n";
    return framed("MPTCP Events", filter, lines);
}

} // namespace mptcp
