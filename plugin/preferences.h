// SPDX-License-Identifier: GPL-2.0-or-later
//
// What users set under Preferences, Protocols, MPTCP Connection.
#pragma once

namespace mptcp {

// `protocol` is the ID of ours.
void register_preferences(int protocol);

// Begin the Info column with connection and subflow, as in "[MPTCP 0.1] 80 → …"?
bool info_column_wanted();

// End it with what went wrong, as in "… [The join is refused: …]"?
bool info_events_wanted();

} // namespace mptcp
