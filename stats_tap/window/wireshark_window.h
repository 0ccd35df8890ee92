// SPDX-License-Identifier: GPL-2.0-or-later
//
// Finds widgets and actions of Wireshark's main window that its plugin interface
// does not offer, by names that did not change from 3.0 to 4.6. Without a name,
// the dialogs lack one menu entry, or cannot see that Wireshark is busy or has a new filter,
// or the I/O Graphs keep Wireshark's interval.
#pragma once

class QAction;
class QMenu;
class QTimer;
class QWidget;

namespace mptcp {

// The parent of our dialogs; nullptr if there is none.
QWidget *wireshark_window();

// Whether it is reading a file or retapping. Meanwhile it handles events, but no
// tap may be added and no retap requested.
bool wireshark_is_busy();

// Starts the timer whenever Wireshark has applied a display filter, or has failed to.
void start_when_filter_is_applied(QTimer &timer);

// 'Analyze, Follow'; nullptr if it is not found.
QMenu *follow_menu();

// 'Analyze, Follow, TCP Stream'; nullptr if it is not found.
QAction *follow_tcp_action();

// 'Statistics, I/O Graphs'; nullptr if it is not found.
QAction *io_graphs_action();

} // namespace mptcp
