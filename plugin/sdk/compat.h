// SPDX-License-Identifier: GPL-2.0-or-later
//
// Differences between the versions of Wireshark that this project builds against.
#pragma once

#include <cstdint>
#include <string>

#include <wireshark.h>

#include <epan/conversation.h>
#include <epan/conversation_filter.h>
#include <epan/dfilter/dfilter.h>

#include "ws_version.h"

#define MPTCP_WIRESHARK_AT_LEAST(major, minor)                                                     \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                          \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

#if MPTCP_WIRESHARK_AT_LEAST(4, 4)
#include <wsutil/plugins.h>
#endif

namespace mptcp {

// plugins.h: since 4.4 a plugin declares its kinds.
#if MPTCP_WIRESHARK_AT_LEAST(4, 4)
inline constexpr std::uint32_t kPluginKinds =
    WS_PLUGIN_DESC_DISSECTOR | WS_PLUGIN_DESC_TAP_LISTENER;
#else
inline constexpr std::uint32_t kPluginKinds = 0;
#endif

// prefs.h, conversation_filter.h, wmem_map.h: gboolean before 4.4.
#if MPTCP_WIRESHARK_AT_LEAST(4, 4)
using EpanBool = bool;
#else
using EpanBool = gboolean;
#endif

// stat_tap_ui.h: since 4.6 the init callback returns whether it succeeded.
#if MPTCP_WIRESHARK_AT_LEAST(4, 6)
using StatStarted = bool;
#else
using StatStarted = void;
#endif

// conversation.h: endpoint_type became conversation_type in 4.0.
inline constexpr auto kTcpConversation = CONVERSATION_TCP;

// conversation_filter.h: the callbacks got user data in 4.2, and bool in 4.4.
template <bool (*kIsValid)(const packet_info *), char *(*kFilter)(const packet_info *)>
void add_conversation_filter(const char *title)
{
#if MPTCP_WIRESHARK_AT_LEAST(4, 2)
    register_conversation_filter(
        "mptcp_conn", title, [](packet_info *pinfo, void *) -> EpanBool { return kIsValid(pinfo); },
        [](packet_info *pinfo, void *) { return kFilter(pinfo); }, nullptr);
#else
    register_conversation_filter(
        "mptcp_conn", title, [](packet_info *pinfo) -> gboolean { return kIsValid(pinfo); },
        [](packet_info *pinfo) { return kFilter(pinfo); });
#endif
}

// dfilter.h: the error was a string before 4.2. Returns "" if the filter compiles.
inline std::string complaint_about_filter(const char *filter)
{
    dfilter_t *compiled = nullptr;
#if MPTCP_WIRESHARK_AT_LEAST(4, 2)
    df_error_t *error = nullptr;
    const bool good = dfilter_compile(filter, &compiled, &error);
    std::string words = error == nullptr ? "" : error->msg;
    df_error_free(&error);
#else
    char *error = nullptr;
    const bool good = dfilter_compile(filter, &compiled, &error);
    std::string words = error == nullptr ? "" : error;
    g_free(error);
#endif
    dfilter_free(compiled);
    return good ? "" : words;
}

} // namespace mptcp
