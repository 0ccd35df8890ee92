// SPDX-License-Identifier: GPL-2.0-or-later
//
// The entry points that Wireshark's plugin loader looks for, and nothing else.
#include <wireshark.h>

#include <epan/proto.h>
#include <epan/tap.h>

#include "../stats_tap/menu.h"
#include "../stats_tap/statistics.h"
#include "fields.h"
#include "post_dissector.h"
#include "version.h"
#include "ws_version.h"

extern "C" {
WS_DLL_PUBLIC void plugin_register(void);
}
// A `const` in an extern "C" block stays internal; one such declaration each.
extern "C" WS_DLL_PUBLIC_DEF const char plugin_version[] = MPTCP_PLUGIN_VERSION;
extern "C" WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
extern "C" WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

void plugin_register(void)
{
    static proto_plugin protocol;
    protocol.register_protoinfo = [] {
        mptcp::register_post_dissector();
        mptcp::register_dialog();
        mptcp::register_menu(mptcp::fields.protocol);
    };
    protocol.register_handoff = mptcp::hook_post_dissector;
    proto_register_plugin(&protocol);

    static tap_plugin tap;
    tap.register_tap_listener = mptcp::register_statistics;
    tap_register_plugin(&tap);
}
