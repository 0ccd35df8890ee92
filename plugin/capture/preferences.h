// SPDX-License-Identifier: GPL-2.0-or-later
//
// What users set under Preferences, Protocols, MPTCP Connection.
#pragma once

#include "events/event.h"
#include "sdk/compat.h"

namespace mptcp {

// Wireshark writes the values. Those of the enum are InfoEvents.
struct Preferences {
    enum InfoEvents { Nothing, Problems, Everything };

    // Show connection and subflow in the Info column, as in "[MPTCP 0.1] 80 → …".
    EpanBool info_column = false;
    // Show what a packet did to its connection, as in "[Backup now on] 80 → …".
    int info_events = Everything;
    // Replace Wireshark's own tables of MPTCP.
    EpanBool replaced_tables = true;
    // Dissect the data of a connection across its subflows: see upper/.
    EpanBool upper_protocols = true;
    // The clocks of capture points: see parse_clock_settings().
    const char *clocks = "";
    // Where figures are taken from: see parse_vantage_choice().
    const char *seen_at = "";

    bool shows_in_info(Severity severity) const
    {
        return info_events == Everything || (info_events == Problems && severity >= Severity::Note);
    }
};

// `protocol` is the ID of ours.
void register_preferences(int protocol, Preferences &preferences);

} // namespace mptcp
