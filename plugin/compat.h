// SPDX-License-Identifier: GPL-2.0-or-later
//
// What differs between the versions of Wireshark that this project builds
// against, and nothing else.
#pragma once

#include <wireshark.h>

#include <epan/conversation.h>

#include "ws_version.h"

#define MPTCP_WIRESHARK_AT_LEAST(major, minor)                                                     \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                          \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

namespace mptcp {

// prefs.h: a bool preference was a gboolean before 4.4.
#if MPTCP_WIRESHARK_AT_LEAST(4, 4)
using PrefBool = bool;
#else
using PrefBool = gboolean;
#endif

// conversation.h: endpoint_type became conversation_type in 4.0.
inline constexpr auto kTcpConversation = CONVERSATION_TCP;

} // namespace mptcp
