// SPDX-License-Identifier: GPL-2.0-or-later
//
// Registers the statistics with Wireshark: the arguments of `-z`, and the fallback
// dialog. Each listener has a summary of its own, so several with different
// filters are independent.
#pragma once

#include "tap/listener.h"
#include "views/output.h"

namespace mptcp {

// `-z mptcp,json` of what was counted. For `notes`, see Listener::statements().
void write_document(const Listener &listener, const SegmentNotes *notes, const Output &out);

// When protocols are registered: the table for the window (and for sharkd).
void register_dialog();

// When tap listeners are registered: `-z mptcp,conn`, `-z mptcp,events`, `-z mptcp,points`,
// `-z mptcp,diagnosis`, `-z mptcp,json`, `-z mptcp,export`, `-z mptcp,series`, `-z mptcp,graph`. In
// the window, `-z mptcp,conn` opens the fallback dialog, and the next three open their dialogs.
void register_statistics();

} // namespace mptcp
