// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data level of all connections (RFC 8684 3.3): the DSNs of each payload byte, reinjections,
// retransmissions, data acknowledgments, head-of-line blocking and DSS checksums. The state of
// connections and subflows is in connections/; data_stream.h covers one direction of a
// connection, and subflow_data.h one direction of a subflow.
//
// Memory: 88 bytes for each packet with payload (a DataPacket and a FirstSenderIndex entry). The
// other state of a connection and a subflow grows with outstanding data (holes, mappings not
// acknowledged), not with the amount of data sent.
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

// The changes that one segment causes at the data level.
struct DataChange {
    bool mapping_contradicts = false; // its mapping contradicts an earlier one
    bool checksum_bad = false;        // it completes a mapping with a bad checksum
    std::uint64_t unseen = 0;         // bytes that its DATA_ACK covers but that were not captured
};

class DataLevel {
public:
    // Applies a segment that ConnectionRules has already applied to `registry`. Call it once per
    // segment, in capture order.
    DataChange apply(const Registry &registry, const Attribution &attribution,
                     const Segment &segment);

    // Applies a regrouping that the segment in `frame` caused. Call it before apply().
    void regroup(const Regrouping &regrouping, std::uint32_t frame);

    // All packets with payload, in capture order.
    const std::deque<DataPacket> &packets() const { return packets_; }
    // Returns nullptr if the packet has none.
    const DataExtras *extras(const DataPacket &packet) const
    {
        return packet.extras == 0 ? nullptr : &extras_[packet.extras - 1];
    }
    // The checksums of DATA_FINs without data, in capture order.
    const std::vector<FinChecksum> &fin_checksums() const { return fins_; }
    // Returns Absent if the frame has no such DATA_FIN. Cost: O(log n).
    Verdict fin_checksum(std::uint32_t frame, SubflowId subflow) const;

    // False if no subflow ever had an OpenChecksum.
    bool any_open_checksums() const { return any_open_checksums_; }

    // Returns nullptr if the segment has no payload. Cost: O(log n).
    const DataPacket *find(std::uint32_t frame, SubflowId subflow) const;

    // Return nullptr if no data, mapping or DATA_ACK of that direction was captured.
    const DataStream *stream(ConnectionId connection, Role sender) const;
    const SubflowData *subflow_data(SubflowId subflow, Side sender) const;

    // The receive window in bytes. See window.h.
    static std::optional<std::uint32_t> window_of(const Subflow &subflow, Side sender,
                                                  const Segment &segment);

    // The DSN of the first byte. None if the byte is not mapped, if only the lower 32 bits of
    // the DSN are known, or if the subflow was moved to another connection after the packet.
    std::optional<DataSeq> data_seq(const DataPacket &packet, const Subflow &subflow) const;

private:
    struct SegmentContext; // see data_place.h

    void move(SubflowId subflow, std::uint32_t frame);
    // Moves the streams of the part to the whole. If both have streams, the mappings of the part
    // are discarded instead.
    void merge(const ConnectionsMerged &merged, std::uint32_t frame);

    // `known` is the existing object, or nullptr.
    DataStream &stream_of(DataStream *known, ConnectionId connection, Role sender, const Host &host)
    {
        const bool complete = known != nullptr && known->is_64_bit(); // the usual case
        return complete ? *known : make_stream(known, connection, sender, host);
    }
    DataStream &make_stream(DataStream *known, ConnectionId connection, Role sender,
                            const Host &host);
    SubflowData &flow_of(SubflowData *known, const Subflow &subflow, SubflowId id, Side sender,
                         const Segment &segment)
    {
        const bool complete = known != nullptr && known->isn_known(); // the usual case
        return complete ? *known : make_flow(known, subflow, id, sender, segment);
    }
    SubflowData &make_flow(SubflowData *known, const Subflow &subflow, SubflowId id, Side sender,
                           const Segment &segment);
    DataExtras &make_extras(DataPacket &packet);

    void acknowledge_tcp(SubflowData &acknowledged, const Segment &segment);
    // Returns the number of bytes that the DATA_ACK covers but that were not captured.
    std::uint64_t acknowledge_data(const Subflow &subflow, const Connection &connection,
                                   Side sender, const Segment &segment, DataStream *known,
                                   const WireDataSeq &ack);
    void map_all(const SegmentContext &context);
    void map(const SegmentContext &context, const DssMapping &dss_mapping, bool data_fin);
    std::uint64_t put(const SegmentContext &context, const Mapping &mapping);
    std::uint64_t put_anywhere(const SegmentContext &context, const Mapping &mapping);
    void put_early(const SegmentContext &context);
    void map_in(const SegmentContext &context, const Mapping &mapping);
    void verify_fin(const SegmentContext &context, RelativeDsn dsn, const DssMapping &dss_mapping);
    void open_checksum(const SegmentContext &context, const Mapping &mapping,
                       const DssMapping &dss_mapping);
    void pass_payload(const SegmentContext &context);
    void pass_part(const SegmentContext &context, const Range &offsets, std::uint32_t packet,
                   bool repeated);
    void pass_data(const SegmentContext &context, const Range &dsns, std::uint32_t packet);
    void note_passed(const SegmentContext &context, const Range &dsns, std::uint32_t packet,
                     const DataStream::Passed &passed);
    std::uint64_t take_over(const SegmentContext &context, const Range &dsns, std::uint32_t packet);
    void note_reinjection(const SegmentContext &context, const Range &dsns, std::uint32_t packet,
                          std::uint64_t count);
    void complete_checksums(const SegmentContext &context);
    void note_checksum(std::uint32_t packet, Verdict status);

    PairPool<ConnectionId, Role, DataStream> streams_;
    PairPool<SubflowId, Side, SubflowData> subflow_data_;
    std::deque<DataPacket> packets_; // references stay valid when it grows
    std::deque<DataExtras> extras_;
    std::vector<FinChecksum> fins_;
    bool any_open_checksums_ = false;
};

} // namespace mptcp
