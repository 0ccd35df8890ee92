// SPDX-License-Identifier: GPL-2.0-or-later
//
// The functions that the plugin looks up in this module (window_link.h).
#include "version.h"
#include "window/connections_dialog.h"
#include "window/events_dialog.h"
#include "window/follow_menu.h"
#include "window/io_graphs.h"

MPTCP_EXPORT const char *mptcp_window_build() { return MPTCP_BUILD_NAME; }

MPTCP_EXPORT void mptcp_open_window(const mptcp::WindowHost *host, mptcp::WindowKind kind)
{
    switch (kind) { // the dialogs delete themselves when they are closed
    case mptcp::WindowKind::Connections:
        (new mptcp::ConnectionsDialog(*host))->show();
        break;
    case mptcp::WindowKind::Events:
        (new mptcp::EventsDialog(*host))->show();
        break;
    case mptcp::WindowKind::FollowStream:
        mptcp::follow_selected(*host);
        break;
    case mptcp::WindowKind::Graphs:
        mptcp::open_graphs_of_selected(*host);
        break;
    }
}

MPTCP_EXPORT void mptcp_hook_main_window(const mptcp::WindowHost *host)
{
    mptcp::hook_io_graphs(*host);
    mptcp::hook_follow_menu(*host);
}
