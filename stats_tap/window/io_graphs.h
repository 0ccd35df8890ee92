// SPDX-License-Identifier: GPL-2.0-or-later
//
// The interval of Wireshark's I/O Graphs. The dialog always opens with 1 s, which
// no preference and no file of a profile can change, and which shows a short
// capture as one or two points. With the profile MPTCP, it opens with 100 ms.
#pragma once

#include "window/window_link.h"

namespace mptcp {

// Sets the interval of each dialog that the Statistics menu opens from now on,
// while the profile MPTCP is in use. Dialogs that are open keep theirs. Without
// the main window, or in a Wireshark whose widgets have other names, it does
// nothing. Calling it again has no effect.
void hook_io_graphs(const WindowHost &host);

} // namespace mptcp
