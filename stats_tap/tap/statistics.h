// SPDX-License-Identifier: GPL-2.0-or-later
//
// The statistics as Wireshark knows them: what `-z` takes and what the
// Statistics menu shows. Each listener has a summary of its own, so that
// several with different filters do not disturb each other.
#pragma once

namespace mptcp {

// When protocols are registered: the table for the window (and for sharkd).
void register_dialog();

// When tap listeners are registered: `-z mptcp,conn`, `-z mptcp,events`, `-z mptcp,json`. In
// the window, `-z mptcp,conn` is left to the dialog.
void register_statistics();

} // namespace mptcp
