// SPDX-License-Identifier: GPL-2.0-or-later
//
// The followers of Wireshark's "Follow Stream".
//
// follow.h: since 4.2, a follower also has the number of streams, and parts of streams; and the
// window makes its menu of what is registered.
#pragma once

#include <wireshark.h>

#include <epan/follow.h>

#include "sdk/compat.h"

namespace mptcp {

#if MPTCP_WIRESHARK_AT_LEAST(4, 2)
inline constexpr bool kFollowMenuIsFixed = false;
using CountStreams = follow_stream_count_func;
using FindSubStream = follow_sub_stream_id_func;
#else
inline constexpr bool kFollowMenuIsFixed = true;
using CountStreams = std::uint32_t (*)();
using FindSubStream = void (*)();
#endif

// What a follower is registered with.
struct FollowFunctions {
    follow_conv_filter_func of_packet = nullptr;
    follow_index_filter_func of_index = nullptr;
    follow_address_filter_func of_addresses = nullptr;
    follow_port_to_display_func port_to_display = nullptr;
    tap_packet_cb tap = nullptr;
    CountStreams count_streams = nullptr;
    FindSubStream find_sub_stream = nullptr;
};

inline FollowFunctions functions_of(register_follow_t *follower)
{
    FollowFunctions functions{get_follow_conv_func(follower), get_follow_index_func(follower),
                              get_follow_address_func(follower),
                              get_follow_port_to_display(follower),
                              get_follow_tap_handler(follower)};
#if MPTCP_WIRESHARK_AT_LEAST(4, 2)
    functions.count_streams = get_follow_stream_count_func(follower);
    functions.find_sub_stream = get_follow_sub_stream_id_func(follower);
#endif
    return functions;
}

// Replaces the follower that the protocol has.
inline void register_follower(int protocol, const char *tap, const FollowFunctions &functions)
{
    register_follow_stream(protocol, tap, functions.of_packet, functions.of_index,
                           functions.of_addresses, functions.port_to_display, functions.tap
#if MPTCP_WIRESHARK_AT_LEAST(4, 2)
                           ,
                           functions.count_streams, functions.find_sub_stream
#endif
    );
}

} // namespace mptcp
