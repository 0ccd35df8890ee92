// SPDX-License-Identifier: GPL-2.0-or-later
#include "preferences.h"

#include <wireshark.h>

#include <epan/prefs.h>

#include "compat.h"

namespace mptcp {
namespace {

PrefBool info_column = false;

} // namespace

void register_preferences(int protocol)
{
    module_t *module = prefs_register_protocol(protocol, nullptr);
    prefs_register_bool_preference(
        module, "info_column", "Show connection and subflow in the Info column",
        "Begin the Info column of each packet of a subflow with the connection's index and the "
        "subflow's, as in \"[MPTCP 0.1]\".",
        &info_column);
}

bool info_column_wanted() { return info_column; }

} // namespace mptcp
