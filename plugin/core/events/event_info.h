// SPDX-License-Identifier: GPL-2.0-or-later
//
// Events in a few words, for the packet list: what this packet did, with the
// numbers that lead to the rest. event_words.h has the long form.
#pragma once

#include <string>

#include "events/event.h"
#include "events/event_verdict.h"

namespace mptcp {

// Such as "Join of connection 3 refused: lack of resources"; empty for what
// the packet list shows anyway (a FIN), or what an earlier event has said.
std::string info_words(const EventContext &context, const Event &event);

} // namespace mptcp
