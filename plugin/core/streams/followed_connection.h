// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data that the applications of one connection exchanged, in order, as its packets go by. It
// uses the DSNs that the tracker knows, and can follow a connection at any time after its packets
// were tracked.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/types.h"
#include "points/observation.h"
#include "streams/ordered_data.h"
#include "tracker.h"
#include "wire/segment.h"

namespace mptcp {

class FollowedConnection {
public:
    // Takes data in the order in which the application received it. A part without a packet is a
    // hole. The bytes are valid during the call. Here and below, a host has the role that it had
    // at the first packet: see at_first().
    using Deliver = std::function<void(Role sender, const DataPart &part)>;

    // How much of the capture the tracker has seen.
    enum class Seen : std::uint8_t {
        UpToThisPacket, // what is missing may follow
        Everything
    };

    // When the data is needed, which says how long to wait for data that a DATA_ACK covers: the
    // application received it, so either the capture does not have it, or its packets are not in
    // order.
    enum class Needed : std::uint8_t {
        AtTheEnd, // wait also for files that were appended to each other
        Soon      // wait a moment, as the packets of several interfaces may not be in order of time
    };
    explicit FollowedConnection(Needed needed = Needed::AtTheEnd) : needed_(needed) {}

    // Applies a packet of the connection that the tracker has applied. Call it in capture order.
    // Copies, retransmissions and reinjections are recognized.
    void apply(const Tracker &tracker, const Segment &segment, const Observation &observation,
               Seen seen, const Deliver &deliver);

    // Delivers what is kept behind holes. Call it after the last packet.
    void finish(const Tracker &tracker, const Deliver &deliver);

    // Converts the role that a host has now to the one that it had at the first packet, and back.
    // They differ if the roles were guessed, and corrected since.
    Role at_first(Role role) const { return roles_swapped_ ? other(role) : role; }

    // The relative DSN after the data delivered so far. None before the first mapped data.
    std::optional<std::uint64_t> next(Role sender) const
    {
        return data_[sender] ? data_[sender]->next() : std::nullopt;
    }
    // False if data is kept behind a hole.
    bool in_order(Role sender) const { return !data_[sender] || data_[sender]->hole().empty(); }
    // True if data of either sender is kept, until a hole is filled or a mapping follows.
    bool keeps_data() const
    {
        return !in_order(Role::Client) || !in_order(Role::Server) || !pending_.empty() || syn_;
    }
    // Whether all data of the sender was delivered, or it sent none, and its end was seen: a
    // DATA_FIN (RFC 8684 3.3.3), or a FIN after a fallback, when there is one subflow.
    bool ended(const Tracker &tracker, Role sender) const;

private:
    // A packet with payload. Its bytes are kept only if its mapping may follow: RFC 8684 3.3.1, a
    // DSS may be sent later than the data that it maps.
    struct Unmapped {
        std::uint32_t frame = 0;
        SubflowId subflow{};
        Side sender{};
        Time time = 0;
        std::vector<std::uint8_t> bytes;
    };

    bool add_mapped(const Tracker &tracker, const Unmapped &packet, ByteView bytes, Seen seen,
                    const Deliver &deliver);
    void add_pending(const Tracker &tracker, Seen seen, const Deliver &deliver);
    void add_payload(const Tracker &tracker, const Segment &segment, const Observation &observation,
                     Seen seen, const Deliver &deliver);
    void add_syn_data(const Tracker &tracker, const Deliver &deliver);
    void skip_holes(const Tracker &tracker, Role sender, Seen seen, Time now,
                    const Deliver &deliver);
    bool waited_enough(const Tracker &tracker, const OrderedData &data, Time now) const;
    bool at_data_fin(const Tracker &tracker, Role sender) const;
    const DataStream *stream(const Tracker &tracker, Role sender) const
    {
        return tracker.data().stream(connection_, at_first(sender));
    }
    OrderedData &data_of(const DataStream &stream, Role sender, std::uint64_t first, Seen seen);

    Needed needed_;
    PerRole<std::optional<OrderedData>> data_;
    PerRole<bool> fin_{{false, false}}; // after a fallback
    ConnectionId connection_{};
    std::optional<bool> roles_swapped_at_first_; // Connection::roles_swapped
    bool roles_swapped_ = false;                 // since then
    std::vector<Unmapped> pending_;              // in capture order
    std::optional<Unmapped> syn_; // RFC 7413: the SYN with data, until it is accepted
    bool syn_accepted_ = false;
};

} // namespace mptcp
