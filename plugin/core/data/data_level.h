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
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "connections/registry.h"
#include "connections/regrouping.h"
#include "containers/pair_pool.h"
#include "data/data_packet.h"
#include "data/data_stream.h"
#include "data/subflow_data.h"
#include "wire/segment.h"

namespace mptcp {

// The changes that one segment causes at the data level.
struct DataChange {
    bool mapping_contradicts = false;  // its mapping contradicts an earlier one
    bool mapping_before_start = false; // its mapping begins before the first byte of the subflow
    bool checksum_bad = false;         // it completes a mapping with a bad checksum
    // The first mapping of this direction of the subflow without a negotiated checksum, or with
    // one that was not negotiated.
    bool checksum_missing = false;
    bool checksum_unexpected = false;
    // Gaps that its DATA_ACK or its data changes: new ones, and earlier ones that grow or shrink.
    std::vector<DataStream::Unseen> unseen;
    std::optional<DataStream::Burst> burst;  // of reinjections, that it belongs to
    bool window_closed = false;              // RFC 8684 3.3.4: by its DATA_ACK
    std::optional<Interval> window_reopened; // how long the window had been closed
};

class DataLevel {
public:
    // Applies a segment that ConnectionRules has already applied to `registry`. Call it once per
    // segment, in capture order.
    DataChange apply(const Registry &registry, const Attribution &attribution,
                     const Segment &segment);

    // Call it after a regrouping of the registry. Frames from `since` on are applied afterwards.
    void regroup(const Registry &registry, const Regrouping &regrouping, std::uint32_t since);

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

    // Calls each(part) for the mapped parts of the payload. `dsn` is a relative DSN of the packet's
    // connection. No part is known if the subflow was moved to another connection after the packet.
    template <class Each> void visit_parts(const DataPacket &packet, Each each) const
    {
        const auto offset = rebased_by(packet);
        if (!offset)
            return;
        const auto found = parts_.find({packet.frame, packet.subflow});
        if (found != parts_.end())
            for (const MappedPart &part : found->second)
                each(MappedPart{part.place, part.length, part.dsn + *offset});
        else if (is_one_part(packet))
            each(MappedPart{0, packet.payload, packet.dsn + *offset});
    }

    // The DSN of the first byte. None if the byte is not mapped, if only the lower 32 bits of
    // the DSN are known, or if the subflow was moved to another connection after the packet.
    std::optional<DataSeq> data_seq(const DataPacket &packet, const Subflow &subflow) const;

private:
    struct SegmentContext; // see segment_context.h

    void move(SubflowId subflow, std::uint32_t since);
    // Moves the streams to the remaining connection, or combines those that both have. If the DSNs
    // cannot be compared, discards the mappings of the merged one instead.
    void merge(const Registry &registry, const ConnectionsMerged &merged, std::uint32_t since);
    bool combine(const Registry &registry, const ConnectionsMerged &merged, std::uint32_t since);
    void absorb(DataStream &remaining, const DataStream &merged, std::uint64_t offset);

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
    bool is_one_part(const DataPacket &packet) const;
    // What to add to the relative DSNs of the packet. None if they are not valid any more.
    std::optional<std::uint64_t> rebased_by(const DataPacket &packet) const;
    void note_part(const DataPacket &packet, const MappedPart &part);
    void note_parts(const SegmentContext &context, const Range &offsets, std::uint32_t packet);

    // `stream` is that of the sender, or nullptr.
    SegmentContext context_of(const Registry &registry, const Attribution &attribution,
                              const Segment &segment, const Range &payload, DataStream *stream,
                              SubflowData &flow, DataChange &change);

    // `stream` is that of the peer, or nullptr.
    void acknowledge_tcp(SubflowData &acknowledged, DataStream *stream, const Segment &segment);
    void acknowledge_data(const Registry &registry, const Attribution &attribution,
                          const Segment &segment, const WireDataSeq &ack, DataChange &change);
    void map_all(const SegmentContext &context);
    void map(const SegmentContext &context, const DssMapping &dss_mapping, bool data_fin);
    std::uint64_t put(const SegmentContext &context, const Mapping &mapping);
    std::uint64_t put_anywhere(const SegmentContext &context, const Mapping &mapping);
    void put_early(const SegmentContext &context);
    void map_in(const SegmentContext &context, const Mapping &mapping);
    void verify_fin(const SegmentContext &context, RelativeDsn dsn, const DssMapping &dss_mapping);
    void open_checksum(const SegmentContext &context, const Mapping &mapping,
                       const DssMapping &dss_mapping);
    // RFC 8684 3.7: after a fallback, data has an implied infinite mapping.
    void imply_mappings(const SegmentContext &context, const Range &offsets);
    RelativeDsn implied_dsn(const SegmentContext &context, std::uint64_t offset) const;
    void imply_earlier(const Registry &registry, const Attribution &attribution,
                       const Segment &segment, DataChange &change);
    void note_checksum_faults(const SegmentContext &context, std::uint32_t packet);
    void note_useless_retransmission(const SegmentContext &context, const Range &offsets,
                                     std::uint32_t packet);
    void pass_payload(const SegmentContext &context);
    void pass_repeated(const SegmentContext &context, std::uint32_t number);
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
    // Of packets whose payload is not mapped in one part.
    std::map<std::pair<std::uint32_t, SubflowId>, std::vector<MappedPart>> parts_;
    std::vector<FinChecksum> fins_;
    bool any_open_checksums_ = false;
};

} // namespace mptcp
