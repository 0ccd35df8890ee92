// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/preferences.h"

#include <wireshark.h>

#include <epan/prefs.h>
#include <wsutil/report_message.h>

#include "between/clocks.h"
#include "between/vantage.h"
#include "capture/session.h"

namespace mptcp {
namespace {

const enum_val_t info_choices[] = {
    {"nothing", "Nothing", Preferences::Nothing},
    {"problems", "Problems", Preferences::Problems},
    {"everything", "All events", Preferences::Everything},
    {nullptr, nullptr, 0},
};

void complain_about_points()
{
    const char *clocks = session().preferences.clocks;
    if (!parse_clock_settings(clocks))
        report_failure(
            "MPTCP: \"%s\" does not set clocks of capture points. Points and seconds are "
            "needed, as in \"1 = 3600, 2 = -0.0215\".",
            clocks);
    const char *seen_at = session().preferences.seen_at;
    if (!parse_vantage_choice(seen_at))
        report_failure("MPTCP: \"%s\" is no place to see figures at. \"client\", \"server\" or "
                       "indexes of capture points are needed, as in \"0+3\", or nothing.",
                       seen_at);
}

} // namespace

void register_preferences(int protocol, Preferences &preferences)
{
    module_t *module = prefs_register_protocol(protocol, complain_about_points);
    prefs_register_bool_preference(
        module, "info_column", "Show connection and subflow in the Info column",
        "Start the Info column of each packet of a subflow with the indexes of the connection and "
        "the subflow, as in \"[MPTCP 0.1]\".",
        &preferences.info_column);
    prefs_register_enum_preference(
        module, "info_events", "Show MPTCP events in the Info column",
        "Start the Info column with the MPTCP events of the packet: joins and why they were "
        "refused, addresses, backup, reinjection, fallback, the end of the connection. Problems "
        "are notes, warnings and errors.",
        &preferences.info_events, info_choices, FALSE);
    prefs_register_bool_preference(
        module, "replaced_tables", "Replace Wireshark's own MPTCP conversations and endpoints",
        "Show one row for each connection in Statistics, Conversations, MPTCP, with all of its "
        "packets, instead of two one-way rows; and in Endpoints, one row for each address. Applies "
        "to -z conv,mptcp and -z endpoints,mptcp, too.",
        &preferences.replaced_tables);
    prefs_register_bool_preference(
        module, "upper_protocols", "Dissect upper protocols across subflows",
        "Put the data of each connection in order, whichever subflows carried it, and dissect it "
        "as that of one TCP connection. Otherwise, each subflow is dissected on its own.",
        &preferences.upper_protocols);
    prefs_register_string_preference(
        module, "clocks", "Clocks of capture points",
        "By how many seconds the clocks of capture points are ahead of that of point 0, as in "
        "\"1 = 3600, 2 = -0.0215\". What is not set follows from the packets.",
        &preferences.clocks);
    prefs_register_string_preference(
        module, "seen_at", "Figures as seen at",
        "If several capture points recorded a connection, where to take bytes in flight, "
        "acknowledgment latencies, round-trip times, out-of-order data and head-of-line blocking "
        "from: \"client\" or \"server\", for the points nearest to that host, or indexes of "
        "points, as in \"0+3\". If empty, each is taken where it is true: near the sender of the "
        "data, and those of order near its receiver.",
        &preferences.seen_at);
}

} // namespace mptcp
