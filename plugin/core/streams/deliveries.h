// SPDX-License-Identifier: GPL-2.0-or-later
//
// What each packet delivers to the applications: the data of its connection that is in order once
// the packet has arrived, from it or from earlier packets, whichever subflows carried it.
// Dissectors of upper protocols get this data instead of the payload of the subflows.
//
// A packet delivers runs of data of one sender without a hole inside, each of which is dissected at
// once. What exceeds the limits waits for later packets of the connection.
//
// Memory: 32 bytes for each packet that delivers data. The data of earlier packets is kept, since a
// packet may be dissected again at any time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/types.h"
#include "containers/keyed_hash.h"
#include "points/observation.h"
#include "streams/followed_connection.h"
#include "tracker.h"
#include "wire/segment.h"

namespace mptcp {

// Data of one packet.
struct DeliveredPart {
    std::uint32_t frame = 0;
    std::uint32_t length = 0; // bytes on the wire
};

// A run that is not just a part of the payload of the packet that delivers it.
struct DeliveredRun {
    std::vector<DeliveredPart> parts; // in order
    std::vector<std::uint8_t> bytes;  // those captured: fewer if the snapshot length cut the last
    std::uint64_t missing = 0;        // bytes before the run that the capture does not have
    bool kept = true;                 // false: `bytes` were there for the first visit alone
};

struct Delivery {
    std::uint32_t frame = 0, layer = 0; // of the segment; `layer` counts those of a frame from 0
    // As if TCP had sent the data: relative sequence number of the first byte, from 1. Bytes that
    // the capture does not have count. Lower 32 bits.
    std::uint32_t seq = 0;
    std::uint32_t place = 0;  // of the first byte in the segment's payload, if there is no run
    std::uint32_t length = 0; // bytes on the wire
    std::uint32_t run = 0;    // 0: none; else 1 + its index
    ConnectionId connection{};
    Role sender{};     // its role at the first packet: see FollowedConnection
    bool ends = false; // no data, but the end of it: RFC 8684 3.3.3, DATA_FIN
};
static_assert(sizeof(Delivery) == 32);

class Deliveries {
public:
    // Applies a segment that the tracker has applied. Call it in capture order. Returns whether
    // the segment's payload is data of the connection, now or later. Otherwise it has to be
    // dissected as TCP's.
    bool apply(const Tracker &tracker, const Segment &segment, std::uint32_t layer,
               const Observation &observation);

    // The data that follows is TCP's, to be dissected by subflow. Returns false, without effect,
    // while data of the connection waits to be delivered.
    bool leave_to_tcp(ConnectionId id);
    bool is_left_to_tcp(ConnectionId id) const;

    // What apply() returned.
    bool took(std::uint32_t frame, std::uint32_t layer) const;
    // Indexes from `begin` to `end`.
    struct Found {
        std::size_t begin = 0, end = 0;
        bool empty() const { return begin == end; }
    };
    // Empty if the segment delivers nothing. Cost: O(log n).
    Found find(std::uint32_t frame, std::uint32_t layer) const;
    // Valid until apply() is called, which dissectors of data may do: TCP may be in a tunnel in
    // TCP.
    const Delivery &operator[](std::size_t index) const { return deliveries_[index]; }
    // nullptr if it delivers a part of its own payload.
    const DeliveredRun *run_of(const Delivery &delivery) const
    {
        return delivery.run == 0 ? nullptr : &runs_[delivery.run - 1];
    }
    // The frame that delivers the first data of an earlier packet that had to wait. None if it did
    // not wait, or if it still does.
    std::optional<std::uint32_t> delivered_in(std::uint32_t frame) const;

    // TCP's limit of a reassembled PDU is 1 MiB.
    static constexpr std::size_t kMostAtOnce = std::size_t{512} << 10; // bytes
    // Behind a hole, the data of each packet is a run of its own: a dissector finds the next
    // message at the beginning of a packet more often than inside of a run.
    static constexpr std::size_t kMostRuns = 8;                      // of a packet
    static constexpr std::size_t kMostKept = std::size_t{512} << 20; // bytes

private:
    // Data in order that waits for a packet which delivers it.
    struct Waiting {
        Role sender{};
        std::uint32_t frame = 0;  // 0: a hole, or the end
        std::uint64_t length = 0; // bytes; 0: the end of the stream
        bool behind_hole = false; // it waited for data that the capture does not have
        std::vector<std::uint8_t> bytes;
    };
    // Data of the packet that is being applied.
    struct Own {
        Role sender{};
        std::uint32_t place = 0, length = 0;
        bool complete = true; // all of it was captured
    };
    struct Stream {
        FollowedConnection followed{FollowedConnection::Needed::Soon};
        PerRole<std::uint32_t> next_seq{{1, 1}};
        PerRole<bool> ended{{false, false}};
        std::deque<Waiting> waiting;
        PerRole<bool> behind_hole{{false, false}}; // since the current packet skipped a hole
        bool takes = false;                        // false: plain TCP
    };

    Stream *stream_of(const Tracker &tracker, const Segment &segment, ConnectionId id);
    void add(Stream &stream, const Segment &segment, Role sender, const DataPart &part);
    static void add_ends(Stream &stream, const Tracker &tracker);
    void queue_own(Stream &stream, const Segment &segment);
    static Delivery deliver_own(const Own &own, Stream &stream, Delivery delivery);
    Delivery deliver_waiting(Stream &stream, Delivery delivery);
    void note_taken(std::uint32_t frame, std::uint32_t layer);
    void forget_unkept();

    std::unordered_map<ConnectionId, std::unique_ptr<Stream>, NumberHash> streams_;
    std::vector<Delivery> deliveries_; // by frame and layer
    std::deque<DeliveredRun> runs_;
    std::unordered_map<std::uint32_t, std::uint32_t, NumberHash> delivered_in_; // by frame
    std::vector<bool> taken_;                                                   // by frame
    std::unordered_set<std::uint64_t, NumberHash> taken_inner_;                 // frame and layer
    std::optional<Own> own_;
    std::size_t memory_ = 0; // of the runs' bytes
};

} // namespace mptcp
