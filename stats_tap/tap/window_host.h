// SPDX-License-Identifier: GPL-2.0-or-later
//
// Wireshark, as the window's dialogs use it (window_link.h).
#pragma once

#include "window/window_link.h"

namespace mptcp {

// Lives as long as the program.
const WindowHost &window_host();

} // namespace mptcp
