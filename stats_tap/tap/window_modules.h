// SPDX-License-Identifier: GPL-2.0-or-later
//
// The modules for Wireshark's window: the dialogs, and the graphs, which need more libraries.
// tshark never loads them. Each is loaded when it is first used; that of the dialogs also when a
// capture is opened, if it then changes the menu 'Analyze, Follow' (Wireshark 4.0) or the I/O
// Graphs (the profile MPTCP).
#pragma once

#include <cstdint>

#include "window/window_link.h"

namespace mptcp {

// Whether the file is installed.
bool have_window();
bool have_graphs();

// Reports it if the module cannot be loaded.
void open_window(WindowKind kind);
// `connection` is the index of the connection.
void open_graphs(std::uint32_t connection);

// Called when a capture is opened, before which there is nothing to follow and no I/O Graphs. It is
// called after a change of the profile, too: Wireshark then dissects all packets again.
void hook_main_window() noexcept;

} // namespace mptcp
