// SPDX-License-Identifier: GPL-2.0-or-later
//
// The entry point of the dissector module, which plugin.cpp calls. It registers the protocol and
// the statistics with Wireshark. No other file includes headers of both.
#include <wireshark.h>

#include <epan/proto.h>
#include <epan/tap.h>

#include "post_dissector.h"
#include "tap/follow.h"
#include "tap/menu.h"
#include "tap/statistics.h"
#include "tap/tap_session.h"
#include "tree/fields.h"

extern "C" WS_DLL_PUBLIC_DEF void mptcp_register()
{
    static proto_plugin protocol;
    protocol.register_protoinfo = [] {
        mptcp::begin_tap_session();
        mptcp::register_post_dissector();
        mptcp::register_dialog();
        mptcp::register_menu(mptcp::fields().protocol);
    };
    protocol.register_handoff = [] {
        mptcp::hook_post_dissector();
        mptcp::register_follow();
    };
    proto_register_plugin(&protocol);

    static tap_plugin tap;
    tap.register_tap_listener = mptcp::register_statistics;
    tap_register_plugin(&tap);
}
