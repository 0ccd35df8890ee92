// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data level of all connections (RFC 8684 3.3): what each byte of payload
// is, by mappings, and which packet brought it first. Fed by the tracker with
// each segment of a known subflow, once.
//
// Memory: a DataPacket and an entry of FirstSenderIndex for each packet with
// payload, 88 bytes; what is kept beside that for a connection and a subflow grows
// with what is outstanding (holes, mappings not acknowledged), not with what
// was sent.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "connections/connection_change.h"
#include "connections/registry.h"
#include "containers/pair_pool.h"
#include "data/data_packet.h"
#include "data/data_stream.h"
#include "data/subflow_data.h"
#include "wire/segment.h"

namespace mptcp {

// What one segment changed at the data level: returned by value, for the event detector.
struct DataChange {
    bool mapping_contradicts = false; // its mapping says other than an earlier one
    bool checksum_bad = false;        // it completes a mapping whose checksum is wrong
    std::uint64_t unseen = 0;         // bytes that its DATA_ACK covers and that were not captured
};

class DataLevel {
public:
    // A segment whose handshake, if it is part of one, was applied to the registry before.
    DataChange apply(const Registry &registry, const Attribution &attribution,
                     const Segment &segment);

    // What the segment in that frame told of the connections' borders.
    void regroup(const Regrouping &regrouping, std::uint32_t frame);

    // In the order of the capture.
    const std::deque<DataPacket> &packets() const { return packets_; }
    // Of one packet; nullptr if it has none.
    const DataExtras *extras(const DataPacket &packet) const
    {
        return packet.extras == 0 ? nullptr : &extras_[packet.extras - 1];
    }
    // In the order of the capture: of DATA_FINs without data.
    const std::vector<FinChecksum> &fin_checksums() const { return fins_; }
    Verdict fin_checksum(std::uint32_t frame, SubflowId subflow) const;

    // False: no subflow has an OpenChecksum, nor ever had one.
    bool any_open_checksums() const { return any_open_checksums_; }

    // The packet of that subflow and frame; nullptr if it has no payload.
    const DataPacket *find(std::uint32_t frame, SubflowId subflow) const;

    // nullptr where nothing is known of that direction.
    const DataStream *stream(ConnectionId connection, Role sender) const;
    const SubflowData *subflow_data(SubflowId subflow, Side sender) const;

    // The window that a segment grants, with the scale of both SYNs.
    static std::optional<std::uint32_t> window_of(const Subflow &subflow, Side sender,
                                                  const Segment &segment);

    // The DSN of the packet's first byte, if it is mapped and known in full.
    std::optional<DataSeq> data_seq(const DataPacket &packet, const Subflow &subflow) const;

private:
    struct Place; // one segment, and all that it concerns

    void move(SubflowId subflow, std::uint32_t frame);
    // If both carried data before, none of the part's is known to have been sent in the whole.
    void merge(const ConnectionsMerged &merged, std::uint32_t frame);

    // What there is already, or nullptr, comes in as `known`.
    DataStream &stream_of(DataStream *known, ConnectionId connection, Role sender, const Host &host)
    {
        const bool complete = known != nullptr && known->is_64_bit(); // nearly always
        return complete ? *known : make_stream(known, connection, sender, host);
    }
    DataStream &make_stream(DataStream *known, ConnectionId connection, Role sender,
                            const Host &host);
    SubflowData &flow_of(SubflowData *known, const Subflow &subflow, SubflowId id, Side sender,
                         const Segment &segment)
    {
        const bool complete = known != nullptr && known->isn_known(); // nearly always
        return complete ? *known : make_flow(known, subflow, id, sender, segment);
    }
    SubflowData &make_flow(SubflowData *known, const Subflow &subflow, SubflowId id, Side sender,
                           const Segment &segment);
    DataExtras &make_extras(DataPacket &packet);

    void acknowledge_tcp(SubflowData &acknowledged, const Segment &segment);
    // Gives how many bytes the DATA_ACK covers that were not captured.
    std::uint64_t acknowledge_data(const Subflow &subflow, const Connection &connection,
                                   Side sender, const Segment &segment, DataStream *known,
                                   const WireDataSeq &ack);
    void map_all(const Place &place);
    void map(const Place &place, const DssMapping &dss_mapping, bool data_fin);
    std::uint64_t put(const Place &place, const Mapping &mapping);
    std::uint64_t put_anywhere(const Place &place, const Mapping &mapping);
    void put_early(const Place &place);
    void map_in(const Place &place, const Mapping &mapping);
    void verify_fin(const Place &place, RelativeDsn dsn, const DssMapping &dss_mapping);
    void open_checksum(const Place &place, const Mapping &mapping, const DssMapping &dss_mapping);
    void pass_payload(const Place &place);
    void pass_part(const Place &place, const Range &offsets, std::uint32_t packet, bool repeated);
    void pass_data(const Place &place, const Range &dsns, std::uint32_t packet);
    void note_passed(const Place &place, const Range &dsns, std::uint32_t packet,
                     const DataStream::Passed &passed);
    std::uint64_t take_over(const Place &place, const Range &dsns, std::uint32_t packet);
    void note_reinjection(const Place &place, const Range &dsns, std::uint32_t packet,
                          std::uint64_t count);
    void complete_checksums(const Place &place);
    void note_checksum(std::uint32_t packet, Verdict status);

    PairPool<ConnectionId, Role, DataStream> streams_;
    PairPool<SubflowId, Side, SubflowData> subflow_data_;
    std::deque<DataPacket> packets_; // references stay valid when it grows
    std::deque<DataExtras> extras_;
    std::vector<FinChecksum> fins_;
    bool any_open_checksums_ = false;
};

} // namespace mptcp
