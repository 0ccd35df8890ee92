// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is found among the widgets of Wireshark's main window, where its plugin
// interface has nothing. It is looked up by names that did not change from 3.0
// to 4.6; a name that is not found costs one menu entry, or a little caution.
#pragma once

class QAction;
class QWidget;

namespace mptcp {

// The parent of our dialogs; nullptr if there is none.
QWidget *wireshark_window();

// Is it reading a file or retapping? While it does, it handles events too, but
// no tap may be added and no retap asked for.
bool wireshark_is_busy();

// 'Analyze, Follow, TCP Stream'; nullptr if it is not there.
QAction *follow_tcp_action();

} // namespace mptcp
