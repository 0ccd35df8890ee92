// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/preferences.h"

#include <wireshark.h>

#include <epan/prefs.h>

namespace mptcp {
namespace {

const enum_val_t info_choices[] = {
    {"nothing", "Nothing", Preferences::Nothing},
    {"problems", "What went wrong", Preferences::Problems},
    {"everything", "All that it did", Preferences::Everything},
    {nullptr, nullptr, 0},
};

} // namespace

void register_preferences(int protocol, Preferences &preferences)
{
    module_t *module = prefs_register_protocol(protocol, nullptr);
    prefs_register_bool_preference(
        module, "info_column", "Show connection and subflow in the Info column",
        "Begin the Info column of each packet of a subflow with the connection's index and the "
        "subflow's, as in \"[MPTCP 0.1]\".",
        &preferences.info_column);
    prefs_register_enum_preference(
        module, "info_events", "In the Info column, show what a packet did to its connection",
        "Begin the Info column with what the packet did to its MPTCP connection: a join and "
        "whether it "
        "was refused and why, addresses, backup, reinjection, fallback, the end. What went "
        "wrong are notes, warnings and errors.",
        &preferences.info_events, info_choices, FALSE);
    prefs_register_bool_preference(
        module, "mended_tables", "Mend Wireshark's own MPTCP conversations and endpoints",
        "Show one row for each connection in Statistics, Conversations, MPTCP, with all of its "
        "packets, instead of two one-way rows; and in Endpoints, one for each address. So with "
        "-z conv,mptcp and -z endpoints,mptcp.",
        &preferences.replaced_tables);
}

} // namespace mptcp
