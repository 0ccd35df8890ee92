// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data level of all connections (RFC 8684 3.3): what each octet of payload
// is, by mappings, and which packet brought it first. Fed by the tracker with
// each segment of a known subflow, once.
//
// Memory: a DataPacket and an entry of FirstSenderIndex for each packet with
// payload, 56 bytes; what is kept beside that for a connection and a subflow grows
// with what is outstanding (holes, mappings not acknowledged), not with what
// was sent.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "connections/registry.h"
#include "containers/pair_pool.h"
#include "data/data_packet.h"
#include "data/data_stream.h"
#include "data/subflow_data.h"
#include "wire/segment.h"
#include "wire/segment_options.h"

namespace mptcp {

// What one segment did that is worth an event.
struct DataNews {
    bool contradiction = false;   // its mapping says other than an earlier one
    bool bad_checksum = false;    // it completes a mapping whose checksum is wrong
    std::uint64_t never_seen = 0; // octets that its DATA_ACK covers and that were not captured
};

class DataLevel {
public:
    // True if there is news.
    bool on_segment(SubflowId id, const Subflow &subflow, const Connection &connection, Side sender,
                    const Segment &segment, const Signals &signals);
    // Of the last segment; there is some.
    DataNews take_news() { return *std::exchange(news_, std::nullopt); }

    // In the order of the capture.
    const std::deque<DataPacket> &packets() const { return packets_; }
    // Of one packet; nullptr if it has none.
    const DataExtras *extras(const DataPacket &packet) const
    {
        return packet.extras == 0 ? nullptr : &extras_[packet.extras - 1];
    }
    // In the order of the capture: of DATA_FINs without data.
    const std::vector<FinChecksum> &fin_checksums() const { return fins_; }
    ChecksumStatus fin_checksum(std::uint32_t frame, SubflowId subflow) const;

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

    // Roles of a connection without a handshake were the other way round.
    void swap_roles(ConnectionId connection);
    // The subflow belongs to another connection from that frame on.
    void move(SubflowId subflow, std::uint32_t frame);
    // All of `part` belongs to `whole`, where its server has that role. If
    // both carried data before that was known, none of the part's is known to
    // have been sent in the whole.
    void merge(ConnectionId whole, const Connection &part, ConnectionId part_id,
               Role role_of_server, std::uint32_t frame);

    // The DSN of the packet's first octet, if it is mapped and known in full.
    std::optional<DataSeq> data_seq(const DataPacket &packet, const Subflow &subflow) const;

private:
    struct Place; // one segment, and all that it concerns

    // What there is already, or nullptr, comes in as `known`.
    DataStream &stream_of(DataStream *known, ConnectionId connection, Role sender, const Host &host)
    {
        const bool complete = known != nullptr && known->whole(); // nearly always
        return complete ? *known : make_stream(known, connection, sender, host);
    }
    [[gnu::cold, gnu::noinline]] DataStream &make_stream(DataStream *known, ConnectionId connection,
                                                         Role sender, const Host &host);
    SubflowData &flow_of(SubflowData *known, const Subflow &subflow, SubflowId id, Side sender,
                         const Segment &segment)
    {
        const bool complete = known != nullptr && known->isn_known(); // nearly always
        return complete ? *known : make_flow(known, subflow, id, sender, segment);
    }
    [[gnu::cold, gnu::noinline]] SubflowData &make_flow(SubflowData *known, const Subflow &subflow,
                                                        SubflowId id, Side sender,
                                                        const Segment &segment);
    [[gnu::cold, gnu::noinline]] DataExtras &make_extras(DataPacket &packet);
    [[gnu::cold, gnu::noinline]] DataNews &news() { return news_ ? *news_ : news_.emplace(); }

    void acknowledge_tcp(SubflowData &acknowledged, const Segment &segment);
    void acknowledge_data(const Subflow &subflow, const Connection &connection, Side sender,
                          const Segment &segment, DataStream *known, const WireDataSeq &ack);
    void map_all(const Place &place, const Signals &signals);
    void map(const Place &place, const DssMapping &mapping, bool data_fin);
    std::uint64_t put(const Place &place, const Run &run);
    [[gnu::cold, gnu::noinline]] std::uint64_t put_anywhere(const Place &place, const Run &run);
    [[gnu::cold, gnu::noinline]] void put_early(const Place &place);
    [[gnu::cold, gnu::noinline]] void map_in(const Place &place, const Run &run);
    [[gnu::cold, gnu::noinline]] void verify_fin(const Place &place, DataStream::Key key,
                                                 const DssMapping &mapping);
    void open_checksum(const Place &place, const Run &run, const DssMapping &mapping);
    void pass_payload(const Place &place);
    [[gnu::cold, gnu::noinline]] void pass_part(const Place &place, const Range &offsets,
                                                std::uint32_t packet, bool repeated);
    void pass_data(const Place &place, const Range &keys, std::uint32_t packet);
    [[gnu::cold, gnu::noinline]] void note_passed(const Place &place, const Range &keys,
                                                  std::uint32_t packet,
                                                  const DataStream::Passed &passed);
    [[gnu::cold, gnu::noinline]] std::uint64_t take_over(const Place &place, const Range &keys,
                                                         std::uint32_t packet);
    [[gnu::cold, gnu::noinline]] void note_reinjection(const Place &place, const Range &keys,
                                                       std::uint32_t packet, std::uint64_t count);
    void complete_checksums(const Place &place);
    void note_checksum(std::uint32_t packet, ChecksumStatus status);

    PairPool<ConnectionId, Role, DataStream> streams_;
    PairPool<SubflowId, Side, SubflowData> subflow_data_;
    std::deque<DataPacket> packets_; // references stay valid when it grows
    std::deque<DataExtras> extras_;
    std::vector<FinChecksum> fins_;
    bool any_open_checksums_ = false;
    std::optional<DataNews> news_; // of the last segment
};

} // namespace mptcp
