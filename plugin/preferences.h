// SPDX-License-Identifier: GPL-2.0-or-later
//
// What users set under Preferences, Protocols, MPTCP Connection.
#pragma once

namespace mptcp {

// `protocol` is the ID of ours.
void register_preferences(int protocol);

// Begin the Info column with connection and subflow, as in "[0.1] 80 → …"?
bool info_column_wanted();

} // namespace mptcp
