// SPDX-License-Identifier: GPL-2.0-or-later
//
// The functions that the plugin looks up in this module (window_link.h).
#include "graphs/graphs_dialog.h"
#include "version.h"

MPTCP_EXPORT const char *mptcp_window_build() { return MPTCP_BUILD_NAME; }

MPTCP_EXPORT void mptcp_open_graphs(const mptcp::WindowHost *host, const mptcp::GraphChoice *choice)
{
    (new mptcp::GraphsDialog(*host, *choice))->show(); // it deletes itself when it is closed
}
