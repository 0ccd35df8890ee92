// SPDX-License-Identifier: GPL-2.0-or-later
//
// One direction of a subflow at the data level: the payload captured so far, and the mappings of
// DSS that assign DSNs to it (RFC 8684 3.3.1). data_stream.h covers the DSNs.
//
// An offset identifies a byte. It is the 64-bit distance from the subflow's ISN plus a constant,
// so that offsets do not wrap. If the SYN was not captured, the ISN is inferred from mappings
// that came with payload; until then, offsets count from the first segment and no byte is mapped.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <boost/container/devector.hpp>

#include "base/types.h"
#include "containers/chunked_sorted_vector.h"
#include "containers/interval_set.h"
#include "data/data_stream.h"
#include "data/dss_checksum.h"

namespace mptcp {

// RFC 8684 3.3.1: assigns the DSNs from `dsn` on to the subflow offsets from `begin` to `end`.
struct Mapping {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    RelativeDsn dsn;

    Range offsets() const { return {begin, end}; }
    RelativeDsn relative_dsn(std::uint64_t offset) const { return dsn + (offset - begin); }
};

// A mapping that was captured before the ISN was known.
struct EarlyMapping {
    std::uint32_t relative = 0; // subflow sequence number, relative to the ISN
    std::uint64_t length = 0;   // bytes
    RelativeDsn dsn;
    std::uint64_t near = 0; // the offset of the payload that it came with
};

// Payload that no mapping covers yet.
struct UnmappedPayload {
    Range offsets;
    std::uint32_t packet = 0;
    bool repeated = false;   // a TCP retransmission
    std::uint32_t place = 0; // of the first byte in the payload of the packet

    bool first() const { return place == 0; } // starts with the first byte of the packet
};

// Data that no TCP ACK has acknowledged yet.
struct Unacknowledged {
    std::uint64_t end = 0; // offset
    Time sent = 0;
    std::uint32_t packet = 0;
};

class SubflowData {
public:
    // `seq` is the sequence number of any segment. `isn` is empty if the SYN was not captured.
    SubflowData(TcpSeq seq, std::optional<TcpSeq> isn);
    SubflowData() = default; // invalid until assigned

    // The offset of `seq` that is nearest to the last payload.
    std::uint64_t offset_of(TcpSeq seq) const;
    std::uint64_t last() const { return last_; } // the offset after the last payload
    // The offset nearest to `near` of a sequence number relative to the ISN. None if the ISN is
    // unknown.
    std::optional<std::uint64_t> offset_of_relative(std::uint32_t relative,
                                                    std::uint64_t near) const;

    // RFC 8684 3.3.1 and RFC 7413: relative subflow sequence numbers count the data of the SYN, but
    // Linux does not count it. Chooses the reading by which a mapping covers the payload that it
    // came with. `syn_payload` is the data of the SYN in bytes. Only the first choice counts.
    void choose_numbering(std::uint32_t relative, std::uint64_t length, const Range &payload,
                          std::uint32_t syn_payload);
    // The bytes of the SYN that relative subflow sequence numbers leave out.
    std::uint32_t not_counted() const { return not_counted_; }

    bool isn_known() const { return isn_offset_ != kUnknown; }
    void learn_isn(TcpSeq isn) { isn_offset_ = offset_of(isn); }

    // Narrows the candidates for the ISN with a mapping of `length` bytes that came with
    // `payload`. Returns true once the ISN is known.
    bool infer_isn(std::uint32_t relative, std::uint64_t length, const Range &payload);

    // Mappings that need the ISN. Only the latest are kept. take_early() removes them.
    void keep_early(const EarlyMapping &mapping);
    bool any_early() const { return rare_ && !rare_->early.empty(); }
    std::vector<EarlyMapping> take_early();

    // Adds a mapping. Bytes that were mapped before keep their mapping. Calls mapped(part) for
    // each part that is new. Returns true if the mapping contradicts an earlier one.
    template <class Mapped> bool map(const Mapping &mapping, Mapped mapped)
    {
        const bool contradicts = mapping.begin < mapped_.end() && contradicted(mapping);
        mapped_.add(mapping.offsets(), [&](const Range &fresh) {
            const Mapping part{fresh.begin, fresh.end, mapping.relative_dsn(fresh.begin)};
            keep(part);
            mapped(part);
        });
        return contradicts;
    }

    // Adds a mapping that starts where the highest mapping ends. Returns false, without effect,
    // for any other mapping. Cost: O(1).
    bool map_next(const Mapping &mapping)
    {
        if (mapping.begin != mapped_.end())
            return false;
        mapped_.add(mapping.offsets());
        keep(mapping);
        return true;
    }

    // Returns the mapping of the offset, or nullptr if there is none or it was discarded. The
    // pointer is valid until a mapping is added. Cost: O(log n).
    const Mapping *find(std::uint64_t offset) const;
    // The last mapping that begins at or before the offset, even if it ends before. nullptr if
    // there is none.
    const Mapping *last_before(std::uint64_t offset) const { return mappings_.find(offset); }
    std::uint64_t count_mapped(const Range &offsets) const { return mapped_.count(offsets); }

    // Calls each(part) in ascending order for the parts of `offsets` without a mapping.
    template <class Each> void visit_unmapped(const Range &offsets, Each each) const
    {
        std::uint64_t next = offsets.begin;
        mapped_.visit(offsets, [&](const Range &part) {
            if (next < part.begin)
                each(Range{next, part.begin});
            next = part.end;
        });
        if (next < offsets.end)
            each(Range{next, offsets.end});
    }

    // Calls each(part, mapping) in ascending order for all parts of `offsets`. `mapping` is
    // nullptr for a part without a mapping.
    template <class Each> void visit(const Range &offsets, Each each) const
    {
        std::uint64_t next = offsets.begin;
        mappings_.visit_from(next, [&](const Mapping &mapping) {
            const Range part = common(offsets, mapping.offsets());
            if (part.empty())
                return mapping.begin < offsets.end;
            if (next < part.begin)
                each(Range{next, part.begin}, nullptr);
            each(part, &mapping);
            next = part.end;
            return next < offsets.end;
        });
        if (next < offsets.end)
            each(Range{next, offsets.end}, nullptr);
    }

    // Adds payload. Calls fresh(part) for each part that was not seen before.
    template <class Fresh> void pass(const Range &payload, Fresh fresh)
    {
        passed_.add(payload, fresh);
        last_ = payload.end;
    }
    template <class Each> void visit_passed(const Range &offsets, Each each) const
    {
        passed_.visit(offsets, each);
    }
    bool in_order(const Range &payload) const { return payload.begin >= passed_.end(); }

    // Payload without a mapping. Only the latest is kept. take_unmapped() returns and removes the
    // parts within `mapped`.
    void add_unmapped(const UnmappedPayload &payload);
    bool any_unmapped() const { return rare_ && !rare_->unmapped.empty(); }
    std::vector<UnmappedPayload> take_unmapped(const Range &mapped);
    std::vector<Range> unmapped() const;

    // Round-trip times at the TCP level. RFC 6298 3: retransmitted segments give no sample.
    void sent(const Unacknowledged &segment);
    void discard_unacknowledged() { unacknowledged_.clear(); }
    struct Acknowledged {
        std::optional<Unacknowledged> newest; // the latest segment that is acknowledged
        std::uint64_t unseen = 0;             // bytes that were not captured
    };
    // Applies a TCP ACK. Returns what it is the first to acknowledge.
    Acknowledged acknowledge(std::uint64_t offset);
    std::uint64_t acknowledged_end() const { return acked_; }

    static constexpr std::uint32_t kNoPacket = UINT32_MAX;
    struct OpenChecksum {
        DssChecksum checksum;
        std::uint32_t packet = kNoPacket; // the packet with the mapping
    };
    // Checksums of mappings whose data is incomplete.
    std::vector<OpenChecksum> &open_checksums() { return rare().checksums; }
    std::span<const OpenChecksum> checksums() const
    {
        return rare_ ? std::span<const OpenChecksum>{rare_->checksums}
                     : std::span<const OpenChecksum>{};
    }

    // True on the first call only. Call it for a DATA_FIN without data.
    bool first_fin() { return !std::exchange(fin_seen_, true); }

    // True on the first call only. Call it for a mapping whose checksum is missing or unexpected.
    bool first_checksum_fault() { return !std::exchange(checksum_fault_seen_, true); }

    // The stream of the subflow became part of another one, in which its relative DSNs are
    // `offset` higher. Packets in frames before `since` keep the earlier DSNs.
    void rebase(std::uint64_t offset, std::uint32_t since);
    // What to add to the relative DSN of a packet in `frame`.
    std::uint64_t rebased_by(std::uint32_t frame) const;

    // Discards all mappings, because the subflow was moved to another connection. DSNs of packets
    // in frames before `since` are not valid there.
    void discard_mappings(std::uint32_t since);
    // True if the subflow was moved after `frame`.
    bool moved_after(std::uint32_t frame) const { return frame < moved_; }

private:
    void keep(const Mapping &part);
    bool contradicted(const Mapping &mapping) const;

    // State that most subflows do not need. It is allocated on first use.
    struct RareState {
        std::optional<Range> isn_candidates; // `end` included
        std::vector<EarlyMapping> early;
        std::vector<UnmappedPayload> unmapped;
        std::vector<OpenChecksum> checksums;
        std::vector<std::pair<std::uint32_t, std::uint64_t>> rebased; // frame, offset
    };
    RareState &rare()
    {
        if (!rare_)
            rare_ = std::make_unique<RareState>();
        return *rare_;
    }

    static constexpr std::uint64_t kUnknown = UINT64_MAX;

    TcpSeq zero_;             // the sequence number with the offset kZero
    std::uint32_t moved_ = 0; // the frame in which the subflow was moved; 0: never
    std::uint64_t last_ = 0;  // the offset after the last payload
    std::uint64_t isn_offset_ = kUnknown;
    std::uint64_t acked_ = 0; // the highest offset that a TCP ACK acknowledged
    IntervalSet passed_;
    IntervalSet mapped_;
    ChunkedSortedVector<Mapping> mappings_;
    boost::container::devector<Unacknowledged> unacknowledged_; // oldest first
    std::uint32_t not_counted_ = 0; // bytes of the SYN that the peer's numbering leaves out
    bool numbering_chosen_ = false;
    bool fin_seen_ = false;
    bool checksum_fault_seen_ = false;
    std::unique_ptr<RareState> rare_; // nullptr: none
};

} // namespace mptcp
