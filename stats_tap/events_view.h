// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,events`: what happened, a line for each event, in the order
// of the capture.
#pragma once

#include <string>

#include "chronicle.h"

namespace mptcp {

// `filter` as the user gave it, or nullptr.
std::string render_events(const Chronicle &chronicle, const char *filter);

} // namespace mptcp
