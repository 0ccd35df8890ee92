// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the packets of one connection carry beyond what the tracker keeps: their times, TCP's
// numbers, DATA_ACKs and windows. Series are made from these notes at the end of the capture, when
// the tracker knows which connection each subflow belongs to, which host is the client, and what
// became of each packet's data.
//
// Memory: 56 bytes for each packet of the connection. Before all packets were tracked, packets that
// may turn out to belong to it are noted too; if no connection is chosen yet, those are all.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "between/sightings.h"
#include "tracker.h"

namespace mptcp {

struct SegmentNote {
    Time time = 0;
    std::optional<WireDataSeq> data_ack; // RFC 8684 3.3.2
    std::uint32_t frame = 0;
    SubflowId subflow{};
    TcpSeq seq;
    TcpSeq ack; // valid with the flag ACK
    std::uint32_t payload = 0;
    std::uint16_t window = 0; // as sent: not scaled
    std::uint8_t flags = 0;
    Side sender{};

    bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

SegmentNote note_of(const Sighting &sighting);

class SegmentNotes {
public:
    // `connection` is the index of the connection; std::nullopt if it is chosen at the end.
    explicit SegmentNotes(std::optional<std::uint32_t> connection) : connection_(connection) {}

    // Notes a packet that the tracker has applied, unless it cannot belong to the connection. Call
    // it in capture order. Copies are left out. `all_tracked`: the tracker has applied all packets.
    void add(const Tracker &tracker, const Segment &segment, const Observation &observation,
             bool all_tracked);
    void reset();

    // The packets of the connection, in capture order. Call it after all packets were tracked.
    std::vector<SegmentNote> of(const Registry &registry, const Connection &connection) const;
    // Those of all connections, by index.
    std::vector<std::vector<SegmentNote>> by_connection(const Registry &registry) const;

private:
    bool may_belong(const Registry &registry, SubflowId id, bool all_tracked);

    std::optional<std::uint32_t> connection_;
    bool any_unresolved_ = false;
    std::vector<SegmentNote> notes_;
};

} // namespace mptcp
