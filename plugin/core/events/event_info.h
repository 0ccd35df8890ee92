// SPDX-License-Identifier: GPL-2.0-or-later
//
// Short descriptions of events for the Info column of the packet list and for the table of events,
// with the connection and subflow index. event_words.h provides the long descriptions.
#pragma once

#include <string>

#include "events/event.h"
#include "events/event_verdict.h"

namespace mptcp {

// Returns text such as "Join of connection 3 refused: lack of resources". The text is empty if
// the TCP dissector shows the same (FIN), or if another event covers it.
std::string info_words(const EventContext &context, const Event &event);

// The same for a table that has describe() in a column of its own, such as "Join of connection 3
// refused: lack of resources" or "Fallback to regular TCP". The text is never empty.
std::string table_words(const EventContext &context, const Event &event);

} // namespace mptcp
