// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data of a connection as that of one plain TCP connection (RFC 9293), for programs that know
// no MPTCP: the packets that TCP would have sent if the connection had had no subflows.
//
// - The endpoints are those of the first subflow.
// - A relative sequence number is the relative DSN + 1. Data in a SYN precedes it, as in
//   FollowedConnection. The ISNs are 0.
// - Data is sent when it is in order, with the time of the packet that completed it. Data that was
//   not captured leaves its sequence numbers out.
// - The handshake, acknowledgments without data, FINs (for DATA_FINs, RFC 8684 3.3.3) and the RST
//   (for MP_FASTCLOSE, RFC 8684 3.5) are synthetic, which the comment of the packet says.
//
// Memory: that of FollowedConnection. Packets are passed on as they are made.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/address.h"
#include "base/types.h"
#include "points/observation.h"
#include "streams/followed_connection.h"
#include "tracker.h"
#include "wire/bytes.h"
#include "wire/segment.h"

namespace mptcp {

struct ExportedPacket {
    ByteView bytes;           // from the IP header on, those captured; valid during the call
    std::uint32_t length = 0; // on the wire
    Time time = 0;            // at least that of the packet before
    std::string comment;
};

class TcpExport {
public:
    using Write = std::function<void(const ExportedPacket &packet)>;
    using Seen = FollowedConnection::Seen;

    // Applies a packet of the connection that the tracker has applied. Call it in capture order.
    // Nothing is written before the first data.
    void apply(const Tracker &tracker, const Segment &segment, const Observation &observation,
               Seen seen, const Write &write);

    // Writes what is kept behind holes, and the end. Call it after the last packet.
    void finish(const Tracker &tracker, const Write &write);

    bool has_data() const { return open_; }

    // A receiver acknowledges at least every so many bytes, with or without data of its own.
    static constexpr std::uint64_t kAcknowledgeEvery = std::uint64_t{64} << 10;

private:
    // A captured packet that ends the connection, or one direction.
    struct End {
        const char *what = nullptr; // "DATA_FIN"; nullptr: none
        std::uint32_t frame = 0;
        Time time = 0;
        Role sender{};
    };

    void note_handshake(const Segment &segment, Role sender);
    void note_ends(const Connection &connection, const Segment &segment, Role sender);
    void open(const Tracker &tracker, const Write &write);
    void add(const Tracker &tracker, Role sender, const DataPart &part, const Write &write);
    void add_fins(const Tracker &tracker, const Write &write);
    void add_reset(const Tracker &tracker, const Write &write);
    void acknowledge(Role receiver, const Write &write);
    void send(Role sender, std::uint8_t flags, const DataPart &part, std::string comment,
              const Write &write);
    std::string comment_on(const Tracker &tracker, const DataPart &part) const;

    FollowedConnection followed_;
    ConnectionId connection_{};
    PerRole<Endpoint> endpoints_;
    PerRole<std::uint32_t> next_;           // sequence numbers
    PerRole<std::uint64_t> unacknowledged_; // bytes
    PerRole<End> fins_;                     // seen
    PerRole<bool> finished_;                // a FIN was sent
    End reset_;
    // Times of the handshake of the first subflow, as far as it was captured.
    std::optional<Time> syn_, syn_ack_, third_ack_;
    bool open_ = false;
    std::uint32_t frame_ = 0; // of the packet that is being applied; 0: all were
    Time time_ = 0;           // of the next packet to be sent
    Time sent_ = 0;           // of the last one
};

} // namespace mptcp
