// SPDX-License-Identifier: GPL-2.0-or-later
#include "upper/followers.h"

#include <array>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <wireshark.h>

#include <epan/follow.h>
#include <epan/packet.h>

#include "capture/session.h"
#include "upper/upper_protocols.h"

namespace mptcp {
namespace {

constexpr std::size_t kMostFollowers = std::tuple_size_v<decltype(Session::followers)>;
constexpr char kStream[] = "tcp.stream eq ";

// Replaces the condition by one that also selects the packets of other subflows with data. Takes
// over the text, as Wireshark frees it.
char *extended(char *filter, unsigned stream)
{
    if (filter == nullptr)
        return nullptr;
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

// Wireshark's callbacks carry no user data: there is a pair for each place in Session::followers.
template <std::size_t Place> struct Extended {
    static char *of_packet(epan_dissect_t *edt, packet_info *pinfo, guint *stream,
                           guint *sub_stream)
    {
        packet_info info = *pinfo;
        set_endpoints_of_data(info);
        return extended(session().followers[Place].of_packet(edt, &info, stream, sub_stream),
                        *stream);
    }
    static char *of_index(guint stream, guint sub_stream)
    {
        return extended(session().followers[Place].of_index(stream, sub_stream), stream);
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

// follow.h: versions after 4.0 also ask for the number of streams, and for parts of streams.
template <class Follower, class Register>
void register_again(Follower *follower, const Callbacks &callbacks, Register register_stream)
{
    if constexpr (std::is_invocable_v<Register, int, const char *, follow_conv_filter_func,
                                      follow_index_filter_func, follow_address_filter_func,
                                      follow_port_to_display_func, tap_packet_cb>)
        register_stream(get_follow_proto_id(follower), get_follow_tap_string(follower),
                        callbacks.of_packet, callbacks.of_index, get_follow_address_func(follower),
                        get_follow_port_to_display(follower), get_follow_tap_handler(follower));
    else
        register_stream(get_follow_proto_id(follower), get_follow_tap_string(follower),
                        callbacks.of_packet, callbacks.of_index, get_follow_address_func(follower),
                        get_follow_port_to_display(follower), get_follow_tap_handler(follower),
                        get_follow_stream_count_func(follower),
                        get_follow_sub_stream_id_func(follower));
}

// The TCP dissector's own follower shows the TCP stream as it is.
bool goes_by_tcp_stream(register_follow_t *follower)
{
    static const int tcp = proto_get_id_by_filter_name("tcp");
    if (get_follow_proto_id(follower) == tcp)
        return false;
    char *filter = get_follow_index_func(follower)(0, 0);
    const bool found = filter != nullptr && std::string_view{filter}.starts_with(kStream);
    g_free(filter);
    return found;
}

std::vector<register_follow_t *> followers_by_tcp_stream()
{
    // wmem_map.h: gboolean, and bool since 4.4.
    using End = std::invoke_result_t<wmem_foreach_func, const void *, void *, void *>;
    std::vector<register_follow_t *> found;
    follow_iterate_followers(
        [](const void *, void *follower, void *list) -> End {
            auto *each = static_cast<register_follow_t *>(follower);
            if (goes_by_tcp_stream(each))
                static_cast<std::vector<register_follow_t *> *>(list)->push_back(each);
            return End{}; // go on
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
        session().followers[place] = {get_follow_conv_func(follower),
                                      get_follow_index_func(follower)};
        register_again(follower, kCallbacks[place], register_follow_stream);
        ++place;
    }
}

} // namespace mptcp
