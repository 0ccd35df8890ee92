// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/connection_listener.h"

#include "capture/session.h"
#include "tap/listener.h"
#include "tap/open_capture.h"

namespace mptcp {

std::string ConnectionListener::listen(tap_draw_cb draw, tap_finish_cb finish)
{
    return listen_to_tap(
        this, nullptr,
        [](void *tap_data) {
            auto *self = static_cast<ConnectionListener *>(tap_data);
            self->seen_ = false;
            self->reset();
        },
        [](void *self, packet_info *, epan_dissect_t *, const void *record, tap_flags_t) {
            static_cast<ConnectionListener *>(self)->add(record);
            return TAP_PACKET_DONT_REDRAW;
        },
        draw, finish);
}

std::string ConnectionListener::listen_once()
{
    std::string error = listen(nullptr, nullptr);
    if (!error.empty())
        return error;
    retap();
    remove_tap_listener(this);
    return {};
}

void ConnectionListener::add(const void *record)
{
    const auto &packet = *static_cast<const TapRecord *>(record);
    const Capture *capture = session().capture.get();
    if (!packet.observation || capture == nullptr)
        return;
    const Registry &registry = capture->tracker().registry();
    if (registry.index_of(registry.connection_of(packet.observation->subflow)) != connection_)
        return;
    seen_ = true;
    apply(capture->tracker(), packet,
          packet.is_first_visit ? FollowedConnection::Seen::UpToThisPacket
                                : FollowedConnection::Seen::Everything);
}

} // namespace mptcp
