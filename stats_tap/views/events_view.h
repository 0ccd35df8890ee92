// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,events`: what happened, a line for each event, in the order
// of the capture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/analysis.h"
#include "views/output.h"

namespace mptcp {

// `filter` as the user gave it, or nullptr.
// The columns of the table: name, alignment, and the words in a row.
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

std::string_view title(EventColumn column);
bool is_number(EventColumn column);
std::string to_text(const Occurrence &told, EventColumn column, Time origin);

void write_events(const Chronicle &chronicle, const char *filter, const Output &out);

} // namespace mptcp
