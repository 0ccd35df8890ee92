// SPDX-License-Identifier: GPL-2.0-or-later
//
// The modules for Wireshark's window: the dialogs, and the graphs, which need more libraries.
// tshark never loads them. Each is loaded when it is first used; that of the dialogs also when a
// capture is opened, if it then changes the menu 'Analyze, Follow' (Wireshark 4.0) or the I/O
// Graphs (the profile MPTCP).
#pragma once

#include "window/window_link.h"

namespace mptcp {

// Whether the file is installed.
bool have_window();
bool have_graphs();

// Reports it if the module cannot be loaded.
// `filter` as in OpenWindow.
void open_window(const WindowHost &host, WindowKind kind, const char *filter = "");
void open_graphs(const WindowHost &host, const GraphChoice &choice);

// Changes the main window, if there is something to change in this version or profile. May be
// called again.
void hook_main_window(const WindowHost &host);

} // namespace mptcp
