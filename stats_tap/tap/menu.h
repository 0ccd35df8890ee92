// SPDX-License-Identifier: GPL-2.0-or-later
//
// The entry 'MPTCP' of Wireshark's Statistics menu, which opens the dialogs with Qt.
#pragma once

namespace mptcp {

// To be called when protocols are registered; `protocol` is the ID of ours.
void register_menu(int protocol);

} // namespace mptcp
