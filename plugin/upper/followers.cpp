// SPDX-License-Identifier: GPL-2.0-or-later
#include "upper/followers.h"

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <wireshark.h>

#include <epan/follow.h>
#include <epan/packet.h>

#include "capture/session.h"
#include "upper/upper_protocols.h"

namespace mptcp {
namespace {

constexpr std::size_t kMostFollowers = std::tuple_size_v<decltype(Session::replaced_followers)>;
constexpr char kStream[] = "tcp.stream eq ";

// Replaces the condition by one that also selects the packets of other subflows with data. Takes
// over the text, as Wireshark frees it.
char *extended(char *filter, unsigned stream)
{
    std::string text = filter;
    const std::string condition = kStream + std::to_string(stream);
    const std::size_t place = text.find(condition);
    if (place == std::string::npos || session().preferences.upper_protocols == 0)
        return filter;
    g_free(filter);
    text.replace(place, condition.size(),
                 "(" + condition + " or mptcp.data.stream eq " + std::to_string(stream) + ")");
    return g_strdup(text.c_str());
}

// Wireshark's callbacks carry no user data: there is a pair for each place in
// Session::replaced_followers.
template <std::size_t Place> struct Extended {
    static char *of_packet(epan_dissect_t *edt, packet_info *pinfo, guint *stream,
                           guint *sub_stream)
    {
        packet_info info = *pinfo;
        set_endpoints_of_data(info);
        char *filter =
            session().replaced_followers[Place].of_packet(edt, &info, stream, sub_stream);
        return filter == nullptr ? nullptr : extended(filter, *stream);
    }
    static char *of_index(guint stream, guint sub_stream)
    {
        return extended(session().replaced_followers[Place].of_index(stream, sub_stream), stream);
    }
};

struct Callbacks {
    follow_conv_filter_func of_packet;
    follow_index_filter_func of_index;
};

template <std::size_t... Places> constexpr auto make_callbacks(std::index_sequence<Places...>)
{
    return std::array<Callbacks, sizeof...(Places)>{
        {{Extended<Places>::of_packet, Extended<Places>::of_index}...}};
}

// The TCP dissector's own follower shows the TCP stream as it is.
bool goes_by_tcp_stream(register_follow_t *follower)
{
    if (get_follow_proto_id(follower) == proto_get_id_by_filter_name("tcp"))
        return false;
    char *filter = get_follow_index_func(follower)(0, 0);
    const bool found = filter != nullptr && std::string_view{filter}.starts_with(kStream);
    g_free(filter);
    return found;
}

std::vector<register_follow_t *> followers_by_tcp_stream()
{
    std::vector<register_follow_t *> found;
    follow_iterate_followers(
        [](const void *, void *follower, void *list) -> EpanBool {
            auto *each = static_cast<register_follow_t *>(follower);
            if (goes_by_tcp_stream(each))
                static_cast<std::vector<register_follow_t *> *>(list)->push_back(each);
            return EpanBool{}; // go on
        },
        &found);
    return found;
}

} // namespace

void extend_followers()
{
    constexpr auto kCallbacks = make_callbacks(std::make_index_sequence<kMostFollowers>{});
    std::size_t place = 0;
    for (register_follow_t *follower : followers_by_tcp_stream()) {
        if (place == kMostFollowers)
            break;
        FollowFunctions functions = functions_of(follower);
        session().replaced_followers[place] = functions;
        functions.of_packet = kCallbacks[place].of_packet;
        functions.of_index = kCallbacks[place].of_index;
        register_follower(get_follow_proto_id(follower), get_follow_tap_string(follower),
                          functions);
        ++place;
    }
}

} // namespace mptcp
