// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/events_view.h"

#include "base/format.h"
#include "views/text_frame.h"
#include "views/text_table.h"
#include "views/text_wrap.h"

namespace mptcp {
namespace {

// The severity is in front of the details, and chat, the usual one, is left out.
TextTable event_table()
{
    return TextTable{{{"Frame", Align::Right},
                      {"Time", Align::Right},
                      {"Conn", Align::Right},
                      {"From", Align::Left},
                      {"Event", Align::Left},
                      {"Details", Align::Left}}};
}
constexpr std::size_t kDetails = 5; // their place in the table

// All cells but the details.
void fill(Cells &cells, const TimelineEntry &entry, const std::string &time)
{
    cells.clear();
    cells.add(std::uint64_t{entry.event.frame});
    cells.add(time);
    cells.add(std::uint64_t{entry.connection}, ".", std::uint64_t{entry.subflow});
    cells.add(name(entry.from));
    cells.add(name(entry.event.type));
    cells.add();
}

std::string details_of(const TimelineEntry &entry)
{
    if (entry.severity == Severity::Chat)
        return entry.details;
    std::string text{name(entry.severity)};
    if (!entry.details.empty())
        text += ": " + entry.details;
    return text;
}

} // namespace

std::string_view title(EventColumn column)
{
    constexpr std::string_view kTitles[kEventColumns] = {"Frame", "Time",     "Conn",  "Subflow",
                                                         "From",  "Severity", "Event", "Details"};
    return kTitles[static_cast<std::size_t>(column)];
}

std::string_view meaning(EventColumn column)
{
    constexpr std::string_view kMeanings[kEventColumns] = {
        "Number of the packet",
        "Time of the packet, in the format of the packet list",
        "Index of the connection",
        "Index of the subflow in its connection",
        "Sender of the packet",
        "Severity of the event: chat, note, warn or error",
        "What happened, in the words of the packet list",
        "What the packet says about it, and what that means",
    };
    return kMeanings[static_cast<std::size_t>(column)];
}

bool is_number(EventColumn column) { return column <= EventColumn::Subflow; }

std::string to_text(const TimelineEntry &entry, EventColumn column)
{
    switch (column) {
    case EventColumn::Frame:
        return std::to_string(entry.event.frame);
    case EventColumn::Since:
        break;
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
        return entry.details;
    }
    return {};
}

void write_events(const Analysis &analysis, const ShowEventTime &show_time, const char *filter,
                  const Output &out)
{
    TextTable table = event_table();
    Cells cells;
    const auto each_row = [&](auto see) {
        Time previous = analysis.origin;
        for (const TimelineEntry &entry : analysis.timeline) {
            fill(cells, entry, show_time(entry.event.time, previous));
            previous = entry.event.time;
            see(entry);
        }
    };
    each_row([&](const TimelineEntry &) { table.fit(cells); });
    const std::size_t details = table.begin_of(kDetails);
    write_framed(out, "MPTCP Events", filter, [&](const Output &lines) {
        std::string text;
        if (analysis.timeline.empty())
            text = "No event.";
        else
            table.append_header(text);
        lines(text + "\n");
        each_row([&](const TimelineEntry &entry) {
            text.clear();
            table.append_line(text, cells);
            if (const std::string words = details_of(entry); !words.empty()) {
                text.append(details - text.size(), ' ');
                append_wrapped(text, details, words);
            }
            lines(text + "\n");
        });
        lines("\nTotals: events " + std::to_string(analysis.timeline.size()) + "\n");
    });
}

} // namespace mptcp
