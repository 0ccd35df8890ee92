// SPDX-License-Identifier: GPL-2.0-or-later
//
// What users set under Preferences, Protocols, MPTCP Connection.
#pragma once

#include "events/event.h"

namespace mptcp {

// `protocol` is the ID of ours.
void register_preferences(int protocol);

// Begin the Info column with connection and subflow, as in "[MPTCP 0.1] 80 → …"?
bool info_column_wanted();

// And then with what the packet did to its connection, as in "[Backup now on] 80 → …"?
bool info_wanted(Severity severity);

// Tell what we know in Wireshark's own tables of MPTCP?
bool mended_tables_wanted();

} // namespace mptcp
