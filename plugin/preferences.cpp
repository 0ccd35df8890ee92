// SPDX-License-Identifier: GPL-2.0-or-later
#include "preferences.h"

#include <wireshark.h>

#include <epan/prefs.h>

#include "compat.h"

namespace mptcp {
namespace {

PrefBool info_column = false;
PrefBool info_events = true;

} // namespace

void register_preferences(int protocol)
{
    module_t *module = prefs_register_protocol(protocol, nullptr);
    prefs_register_bool_preference(
        module, "info_column", "Show connection and subflow in the Info column",
        "Begin the Info column of each packet of a subflow with the connection's index and the "
        "subflow's, as in \"[MPTCP 0.1]\".",
        &info_column);
    prefs_register_bool_preference(
        module, "info_events", "Show what went wrong in the Info column",
        "End the Info column with what the packet does to its MPTCP connection, where that is a "
        "note, a warning or an error: a join that is refused and why, fallback, a wrong HMAC.",
        &info_events);
}

bool info_column_wanted() { return info_column; }
bool info_events_wanted() { return info_events; }

} // namespace mptcp
