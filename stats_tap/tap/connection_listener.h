// SPDX-License-Identifier: GPL-2.0-or-later
//
// A tap listener for the packets of one connection.
#pragma once

#include <cstdint>
#include <string>

#include <wireshark.h>

#include <epan/tap.h>

#include "capture/tap.h"
#include "streams/followed_connection.h"
#include "tracker.h"

namespace mptcp {

class ConnectionListener {
public:
    // `connection` is the index of the connection.
    explicit ConnectionListener(std::uint32_t connection) : connection_(connection) {}
    ConnectionListener(const ConnectionListener &) = delete;
    ConnectionListener &operator=(const ConnectionListener &) = delete;
    virtual ~ConnectionListener() = default;

    // Registers the tap listener, whose data is a pointer to this class. `draw` and `finish` are
    // those of register_tap_listener(). Returns the error, or "".
    std::string listen(tap_draw_cb draw, tap_finish_cb finish);
    // Registers it, has all packets pass the taps again, and removes it. In Wireshark's window
    // only.
    std::string listen_once();

protected:
    std::uint32_t connection() const { return connection_; }
    // Whether the capture has a packet of the connection.
    bool seen() const { return seen_; }
    // Forgets the packets so far.
    virtual void reset() = 0;
    // Takes a packet of the connection.
    virtual void apply(const Tracker &tracker, const TapRecord &record,
                       FollowedConnection::Seen seen) = 0;

private:
    void add(const void *record);

    std::uint32_t connection_;
    bool seen_ = false;
};

} // namespace mptcp
