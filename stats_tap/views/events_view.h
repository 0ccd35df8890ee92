// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,events`: the timeline as text for a terminal, a line for each event; and the
// columns of the dialog's table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "analysis/analysis.h"
#include "views/output.h"

namespace mptcp {

// The columns of the table: title, meaning, alignment, and the text in a row, but for the time. In
// the column What, the text is the event's identifier.
enum class EventColumn : std::uint8_t {
    Frame,
    Since,
    Connection,
    Subflow,
    From,
    Level,
    What,
    Details,
};
inline constexpr std::size_t kEventColumns = static_cast<std::size_t>(EventColumn::Details) + 1;

// Formats the time of an event; `previous` is that of the event before it, or of the capture's
// first packet.
using ShowEventTime = std::function<std::string(Time time, Time previous)>;

std::string_view title(EventColumn column);
std::string_view meaning(EventColumn column); // a sentence
bool is_number(EventColumn column);
std::string to_text(const TimelineEntry &entry, EventColumn column);

// `filter` as the user gave it, or nullptr.
void write_events(const Analysis &analysis, const ShowEventTime &show_time, const char *filter,
                  const Output &out);

} // namespace mptcp
