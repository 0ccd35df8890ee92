// SPDX-License-Identifier: GPL-2.0-or-later
//
// The functions that the plugin looks up in this module (window_link.h).
#include <QWidget>

#include "version.h"
#include "window/connections_dialog.h"
#include "window/events_dialog.h"
#include "window/io_graphs.h"

#if defined(_WIN32)
#define MPTCP_EXPORT extern "C" __declspec(dllexport)
#else
#define MPTCP_EXPORT extern "C" __attribute__((visibility("default")))
#endif

MPTCP_EXPORT const char *mptcp_window_build() { return MPTCP_BUILD_NAME; }

MPTCP_EXPORT void mptcp_open_window(const mptcp::WindowHost *host, mptcp::WindowKind kind)
{
    QWidget *dialog = nullptr; // it deletes itself when it is closed
    switch (kind) {
    case mptcp::WindowKind::Connections:
        dialog = new mptcp::ConnectionsDialog(*host);
        break;
    case mptcp::WindowKind::Events:
        dialog = new mptcp::EventsDialog(*host);
        break;
    }
    dialog->show();
}

MPTCP_EXPORT void mptcp_hook_io_graphs(const mptcp::WindowHost *host)
{
    mptcp::hook_io_graphs(*host);
}
