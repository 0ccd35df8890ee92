// SPDX-License-Identifier: GPL-2.0-or-later
//
// Wireshark's functions for the dialogs with Qt (window_link.h).
#pragma once

#include "window/window_link.h"

namespace mptcp {

// Lives as long as the program.
const WindowHost &window_host();

// Whether the program is Wireshark, not tshark or sharkd.
bool is_in_window();

} // namespace mptcp
