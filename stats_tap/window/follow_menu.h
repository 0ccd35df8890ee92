// SPDX-License-Identifier: GPL-2.0-or-later
//
// The ways to 'Follow MPTCP Stream', and to the graphs, from the selected packet.
#pragma once

#include "window/window_link.h"

namespace mptcp {

// Follows the connection of the selected packet; tells the user if it is not part of one.
void follow_selected(const WindowHost &host);

// Opens the graphs of that connection.
void open_graphs_of_selected(const WindowHost &host);

// Adds 'MPTCP Stream' to 'Analyze, Follow', unless Wireshark itself lists it there, as it does
// since 4.2. Without that menu, it does nothing. Calling it again has no effect.
void hook_follow_menu(const WindowHost &host);

} // namespace mptcp
