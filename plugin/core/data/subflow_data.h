// SPDX-License-Identifier: GPL-2.0-or-later
//
// One direction of a subflow at the data level: which of its octets have
// passed, and which data they are by the mappings of DSS (RFC 8684 3.3.1).
//
// Octets are told by their offset: their distance from the subflow's ISN in 64
// bits, so that it grows where sequence numbers wrap. Without the SYN, the ISN
// is what agrees with the mappings that came with data; until then offsets
// have another zero, and nothing is mapped.
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

// A mapping as a subflow keeps it: offsets from `begin` on are the data from
// `key` on.
struct Run {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    DataStream::Key key = 0;

    Range offsets() const { return {begin, end}; }
    DataStream::Key key_of(std::uint64_t offset) const { return key + (offset - begin); }
};

// A mapping that came while the ISN was not known.
struct EarlyMapping {
    std::uint32_t relative = 0; // to the ISN
    std::uint64_t length = 0;
    DataStream::Key key = 0;
    std::uint64_t near = 0; // the offset of its packet's payload
};

// Payload that no mapping covers so far.
struct Pending {
    Range offsets;
    std::uint32_t packet = 0;
    bool repeated = false;
    bool first = false; // does it begin with the packet's first octet?
};

// When data was sent that TCP has not acknowledged.
struct Unacknowledged {
    std::uint64_t end = 0; // offset
    Time sent = 0;
    std::uint32_t packet = 0;
};

class SubflowData {
public:
    // `seq` is that of any segment; `isn` if the capture tells it.
    SubflowData(TcpSeq seq, std::optional<TcpSeq> isn);
    SubflowData() = default; // of no use until it is given another one's value

    // The offset that is nearest to what passed last.
    std::uint64_t offset_of(TcpSeq seq) const;
    // Of a number relative to the ISN; none while that is not known.
    std::optional<std::uint64_t> offset_of_relative(std::uint32_t relative,
                                                    std::uint64_t near) const;

    bool isn_known() const { return isn_offset_ != kUnknown; }
    void learn_isn(TcpSeq isn) { isn_offset_ = offset_of(isn); }

    // A mapping of `length` octets came with that payload: where can the ISN
    // be? True once there is one place left.
    bool infer_isn(std::uint32_t relative, std::uint64_t length, const Range &payload);

    // The last few that wait for it; taken, they wait no more.
    void keep_early(const EarlyMapping &mapping);
    bool any_early() const { return rare_ && !rare_->early.empty(); }
    std::vector<EarlyMapping> take_early();

    // Puts a mapping in. What was mapped before stays as it was: true if the
    // mapping says otherwise. Calls mapped(run) for each part that is new.
    template <class Mapped> bool map(const Run &run, Mapped mapped)
    {
        const bool contradicts = run.begin < mapped_.end() && contradicted(run);
        mapped_.add(run.offsets(), [&](const Range &fresh) {
            const Run part{fresh.begin, fresh.end, run.key_of(fresh.begin)};
            keep(part);
            mapped(part);
        });
        return contradicts;
    }

    // The same for one that begins where all others end, so that all of it is new.
    // False, and nothing is put in, if it is none.
    bool map_next(const Run &run)
    {
        if (run.begin != mapped_.end())
            return false;
        mapped_.add(run.offsets());
        keep(run);
        return true;
    }

    // The mapping of that offset; nullptr if there is none, or it is not kept
    // any more. Good until the next one is put in.
    const Run *find(std::uint64_t offset) const;
    std::uint64_t count_mapped(const Range &offsets) const { return mapped_.count(offsets); }

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

    // Calls each(part, run) for the parts of the range, in order: run is
    // nullptr for what is not mapped.
    template <class Each> void visit(const Range &offsets, Each each) const
    {
        std::uint64_t next = offsets.begin;
        runs_.visit_from(next, [&](const Run &run) {
            const Range part = common(offsets, run.offsets());
            if (part.empty())
                return run.begin < offsets.end;
            if (next < part.begin)
                each(Range{next, part.begin}, nullptr);
            each(part, &run);
            next = part.end;
            return next < offsets.end;
        });
        if (next < offsets.end)
            each(Range{next, offsets.end}, nullptr);
    }

    // Payload passes; calls fresh(part) for what had not passed before.
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

    // What waits for its mapping: the last few.
    void wait(const Pending &pending);
    bool any_waits() const { return rare_ && !rare_->waiting.empty(); }
    std::vector<Pending> take_waiting(const Range &mapped);

    // Round trips at the TCP level (RFC 6298 3: not of what was sent twice).
    void sent(const Unacknowledged &segment);
    void forget_sent() { unacknowledged_.clear(); }
    // The newest segment that this is the first to acknowledge.
    std::optional<Unacknowledged> acknowledge(std::uint64_t offset);

    static constexpr std::uint32_t kNoPacket = UINT32_MAX;
    struct OpenChecksum {
        DssChecksum checksum;
        std::uint32_t packet = kNoPacket; // that brought the mapping
    };
    // Of mappings whose data is not complete.
    std::vector<OpenChecksum> &open_checksums() { return rare().checksums; }
    std::span<const OpenChecksum> checksums() const
    {
        return rare_ ? std::span<const OpenChecksum>{rare_->checksums}
                     : std::span<const OpenChecksum>{};
    }

    // Once: a DATA_FIN without data is here for the first time.
    bool first_fin() { return !std::exchange(fin_seen_, true); }

    // The connection turned out to be another one, from this frame on: the
    // keys of what passed before mean nothing there.
    void forget_mappings(std::uint32_t frame);
    bool moved_behind(std::uint32_t frame) const { return frame < moved_; }

private:
    void keep(const Run &part);
    bool contradicted(const Run &run) const;

    // What few subflows ever have.
    struct RareState {
        std::optional<Range> isn_candidates; // ends included
        std::vector<EarlyMapping> early;
        std::vector<Pending> waiting;
        std::vector<OpenChecksum> checksums;
    };
    RareState &rare()
    {
        if (!rare_)
            rare_ = std::make_unique<RareState>();
        return *rare_;
    }

    static constexpr std::uint64_t kUnknown = UINT64_MAX;

    TcpSeq zero_;             // the number whose offset is kZero
    std::uint32_t moved_ = 0; // the frame in which it came to its connection
    std::uint64_t last_ = 0;  // the offset behind what passed last
    std::uint64_t isn_offset_ = kUnknown;
    std::uint64_t acked_ = 0;
    IntervalSet passed_;
    IntervalSet mapped_;
    ChunkedSortedVector<Run> runs_;
    boost::container::devector<Unacknowledged> unacknowledged_; // oldest first
    bool fin_seen_ = false;
    std::unique_ptr<RareState> rare_; // nullptr: none
};

} // namespace mptcp
