// SPDX-License-Identifier: GPL-2.0-or-later
//
// The entry 'MPTCP' of Wireshark's Statistics menu, which opens the dialogs with
// Qt. Their module is loaded when the first one is opened; or when a capture is opened,
// if it then changes the menu 'Analyze, Follow' (Wireshark 4.0) or the I/O Graphs (the
// profile MPTCP).
#pragma once

namespace mptcp {

// Is the module with the dialogs installed? tshark never loads it.
bool have_window();

// To be called when protocols are registered; `protocol` is the ID of ours.
void register_menu(int protocol);

} // namespace mptcp
