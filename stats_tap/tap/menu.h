// SPDX-License-Identifier: GPL-2.0-or-later
//
// The entry 'MPTCP' of Wireshark's Statistics menu, which opens the dialogs with
// Qt. Their module is loaded when Wireshark's window opens a capture, since it also
// changes the menu 'Analyze, Follow' and the I/O Graphs.
#pragma once

namespace mptcp {

// Is the module with the dialogs installed? tshark never loads it.
bool have_window();

// To be called when protocols are registered; `protocol` is the ID of ours.
void register_menu(int protocol);

} // namespace mptcp
