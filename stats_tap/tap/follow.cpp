// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/follow.h"

#include <memory>
#include <string>
#include <unordered_map>

#include <wireshark.h>

#include <epan/addr_resolv.h>
#include <epan/follow.h>
#include <epan/packet.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#include "analysis/connection_stream.h"
#include "capture/session.h"
#include "capture/tap.h"
#include "sdk/epan_address.h"
#include "sdk/follower.h"
#include "sdk/frame_time.h"
#include "streams/followed_connection.h"
#include "tap/open_capture.h"
#include "tap/tap_session.h"

namespace mptcp {

// What Wireshark follows at the moment. It owns the follow_info_t.
class Followers {
public:
    FollowedConnection &of(follow_info_t &info)
    {
        // Wireshark clears `seq` when it starts anew. Its other users are TCP's own functions.
        std::uint32_t &number = info.seq[FROM_CLIENT];
        auto &followed = each_[&info];
        if (followed.number != number || number == 0)
            followed = {++last_number_, FollowedConnection{}};
        number = followed.number;
        return followed.connection;
    }
    template <class Each> void visit(Each each)
    {
        for (auto &[info, followed] : each_)
            each(*info, followed.connection);
    }

private:
    struct Followed {
        std::uint32_t number = 0;
        FollowedConnection connection;
    };

    std::unordered_map<follow_info_t *, Followed> each_;
    std::uint32_t last_number_ = 0;
};

namespace {

void append(follow_info_t &info, Role sender, const DataPart &part, const void *bytes,
            std::size_t length)
{
    auto *record = g_new0(follow_record_t, 1); // follow_info_free() frees it
    record->is_server = sender == Role::Server;
    record->packet_num = part.frame;
    record->abs_ts = to_nstime(part.time);
    record->data = g_byte_array_sized_new(static_cast<guint>(length));
    g_byte_array_append(record->data, static_cast<const guint8 *>(bytes),
                        static_cast<guint>(length));
    info.payload = g_list_prepend(info.payload, record);
    info.bytes_written[sender == Role::Server ? FROM_SERVER : FROM_CLIENT] +=
        static_cast<guint>(length);
}

// Missing data is reported as Wireshark reports it for TCP.
void deliver(follow_info_t &info, Role sender, const DataPart &part)
{
    if (!part.bytes.empty())
        append(info, sender, part, part.bytes.data(), part.bytes.size());
    const std::uint64_t missing = part.dsns.size() - part.bytes.size();
    if (missing == 0)
        return;
    const std::string words = "[" + missing_words(missing) + "]";
    append(info, sender, part, words.data(), words.size());
}

FollowedConnection::Deliver deliver_to(follow_info_t &info)
{
    return [&info](Role sender, const DataPart &part) { deliver(info, sender, part); };
}

void set_endpoint(const Endpoint &endpoint, address &to, guint &port)
{
    const address from = to_epan(endpoint.address);
    copy_address(&to, &from);
    port = endpoint.port;
}

void set_endpoints(follow_info_t &info, const Tracker &tracker, SubflowId id)
{
    const Registry &registry = tracker.registry();
    const PerRole<Endpoint> ends = registry.endpoints_of(registry.connection_of(id));
    set_endpoint(ends[Role::Client], info.client_ip, info.client_port);
    set_endpoint(ends[Role::Server], info.server_ip, info.server_port);
}

// tshark does not tell its followers of the end of the file. It draws all listeners, the one that
// was registered last first.
void finish_before_drawing()
{
    static char tap_data; // any address
    const auto ignore = [](void *, packet_info *, epan_dissect_t *, const void *, tap_flags_t) {
        return TAP_PACKET_DONT_REDRAW;
    };
    const auto finish = [](void *) {
        if (tap_session().followers == nullptr || session().capture == nullptr)
            return;
        tap_session().followers->visit([](follow_info_t &info, FollowedConnection &connection) {
            connection.finish(session().capture->tracker(), deliver_to(info));
        });
    };
    GString *error = register_tap_listener(kTapName, &tap_data, nullptr, TL_REQUIRES_NOTHING,
                                           nullptr, ignore, finish, nullptr);
    if (error != nullptr)
        g_string_free(error, TRUE);
}

Followers &followers(bool is_first_pass)
{
    auto &each = tap_session().followers;
    if (each == nullptr) {
        each = std::make_shared<Followers>();
        if (is_first_pass)
            finish_before_drawing();
    }
    return *each;
}

tap_packet_status follow(void *tap_data, packet_info *, epan_dissect_t *, const void *data,
                         tap_flags_t)
{
    auto &info = *static_cast<follow_info_t *>(tap_data);
    const auto &record = *static_cast<const TapRecord *>(data);
    if (!record.observation || session().capture == nullptr)
        return TAP_PACKET_DONT_REDRAW;
    const Tracker &tracker = session().capture->tracker();
    if (info.client_port == 0)
        set_endpoints(info, tracker, record.observation->subflow);
    followers(record.is_first_visit)
        .of(info)
        .apply(tracker, record.segment, *record.observation,
               record.is_first_visit ? FollowedConnection::Seen::UpToThisPacket
                                     : FollowedConnection::Seen::Everything,
               deliver_to(info));
    return TAP_PACKET_DONT_REDRAW;
}

char *filter_of_index(guint stream, guint) { return g_strdup_printf("mptcp.conn eq %u", stream); }

// The filter for the connection of a packet; nullptr if the packet is not part of one.
char *filter_of_packet(epan_dissect_t *, packet_info *pinfo, guint *stream, guint *)
{
    const auto connection = connection_of_frame(pinfo->num);
    if (!connection)
        return nullptr;
    *stream = *connection;
    return filter_of_index(*stream, 0);
}

// The filter for the subflow with these endpoints.
char *filter_of_addresses(address *source, address *destination, int source_port,
                          int destination_port)
{
    const char *ip = source->type == AT_IPv6 ? "ipv6" : "ip";
    char *from = address_to_str(nullptr, source);
    char *to = address_to_str(nullptr, destination);
    char *filter = g_strdup_printf(
        "mptcp_conn and ((%s.src eq %s and tcp.srcport eq %d and %s.dst eq %s and tcp.dstport eq "
        "%d) or (%s.src eq %s and tcp.srcport eq %d and %s.dst eq %s and tcp.dstport eq %d))",
        ip, from, source_port, ip, to, destination_port, ip, to, destination_port, ip, from,
        source_port);
    wmem_free(nullptr, from);
    wmem_free(nullptr, to);
    return filter;
}

} // namespace

void register_follow()
{
    const int mptcp = proto_get_id_by_filter_name("mptcp");
    if (mptcp >= 0)
        register_follower(mptcp, kTapName,
                          {filter_of_packet, filter_of_index, filter_of_addresses,
                           tcp_port_to_display, follow, connection_count});
}

} // namespace mptcp
