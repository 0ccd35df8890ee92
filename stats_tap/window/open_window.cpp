// SPDX-License-Identifier: GPL-2.0-or-later
//
// The functions that the plugin looks up in this module (window_link.h).
#include "version.h"
#include "window/connections_dialog.h"
#include "window/events_dialog.h"
#include "window/follow_menu.h"
#include "window/io_graphs.h"
#include "window/points_dialog.h"
#include "window/summary_dialog.h"

namespace {

// The dialog deletes itself when it is closed.
void open(mptcp::StatisticsDialog *dialog, const char *filter)
{
    dialog->set_filter(QString::fromUtf8(filter));
    dialog->show();
}

} // namespace

MPTCP_EXPORT const char *mptcp_window_build() { return MPTCP_BUILD_NAME; }

MPTCP_EXPORT void mptcp_open_window(const mptcp::WindowHost *host, mptcp::WindowKind kind,
                                    const char *filter)
{
    switch (kind) {
    case mptcp::WindowKind::Summary:
        open(new mptcp::SummaryDialog(*host), filter);
        break;
    case mptcp::WindowKind::Connections:
        open(new mptcp::ConnectionsDialog(*host), filter);
        break;
    case mptcp::WindowKind::Events:
        open(new mptcp::EventsDialog(*host), filter);
        break;
    case mptcp::WindowKind::Points:
        open(new mptcp::PointsDialog(*host), filter);
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
