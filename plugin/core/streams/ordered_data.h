// SPDX-License-Identifier: GPL-2.0-or-later
//
// Puts the data of one direction of a connection in order of its DSNs (RFC 8684 3.3.1), whichever
// subflow carried it. Data that arrives in order is passed on at once, without a copy. Data ahead
// of a hole is kept until the hole is filled or given up. Data that was passed on before
// (reinjections, retransmissions, overlaps) is dropped: the first packet with a byte counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/types.h"
#include "connections/subflow_list.h"
#include "containers/interval_set.h"
#include "wire/bytes.h"

namespace mptcp {

// A part of a packet's data, or a hole.
struct DataPart {
    Range dsns;              // relative DSNs; see data/data_stream.h
    std::uint32_t frame = 0; // of the packet; 0: a hole
    Time time = 0;           // of the packet, in nanoseconds since the epoch
    ByteView bytes;          // those captured: fewer than `dsns` if the snapshot length cut them
    SubflowId subflow{};     // of the packet
};

class OrderedData {
public:
    // Data before `start` is dropped. Without it, the stream starts at the first data that is
    // added.
    explicit OrderedData(std::optional<std::uint64_t> start = {}) : next_(start) {}

    // Adds data. Calls deliver(part) for each part that is then in order; its bytes are valid
    // during the call. Cost: O(log n) for each part kept or passed on.
    template <class Deliver> void add(const DataPart &part, Deliver deliver)
    {
        if (part.dsns.empty())
            return;
        if (!next_)
            next_ = part.dsns.begin;
        if (part.dsns.begin > *next_)
            return keep_and_bound(part, deliver);
        pass(part, deliver);
        pass_kept(deliver);
    }

    // The hole before the data that is kept. Empty if no data is kept.
    Range hole() const
    {
        return kept_.empty() ? Range{} : Range{*next_, kept_.begin()->second.dsns.begin};
    }
    // Gives the hole up: passes it on as a part without a packet, and then the data behind it.
    template <class Deliver> void skip_hole(Deliver deliver)
    {
        if (kept_.empty())
            return;
        deliver(DataPart{hole(), 0, kept_.begin()->second.time, {}});
        next_ = kept_.begin()->second.dsns.begin;
        pass_kept(deliver);
    }

    // How many parts were added since the data before the hole was passed on.
    std::uint32_t waited() const { return waited_; }
    // The time of the data behind the hole, if there is a hole.
    Time waiting_since() const { return kept_.begin()->second.time; }
    std::size_t memory() const { return memory_; }              // bytes, about
    std::optional<std::uint64_t> next() const { return next_; } // the next DSN to be passed on

    // If more memory is in use, the hole is given up: the data behind it exceeds the receive
    // windows of most hosts, so the capture does not have it.
    static constexpr std::size_t kMostKept = std::size_t{64} << 20; // bytes
    static constexpr std::size_t kOverhead = 128;                   // for each part kept, in bytes

private:
    struct Kept {
        Range dsns;
        std::uint32_t frame = 0;
        Time time = 0;
        std::vector<std::uint8_t> bytes;
        SubflowId subflow{};
    };

    static DataPart from(const DataPart &part, std::uint64_t begin);
    void keep(const DataPart &part);
    void keep_part(const DataPart &part);

    template <class Deliver> void keep_and_bound(const DataPart &part, Deliver deliver)
    {
        ++waited_;
        keep(part);
        while (memory_ > kMostKept)
            skip_hole(deliver);
    }
    template <class Deliver> void pass(const DataPart &part, Deliver deliver)
    {
        if (part.dsns.end <= *next_)
            return;
        deliver(from(part, *next_));
        next_ = part.dsns.end;
        waited_ = 0;
    }
    template <class Deliver> void pass_kept(Deliver deliver)
    {
        while (!kept_.empty() && kept_.begin()->first <= *next_) {
            const auto node = kept_.extract(kept_.begin());
            const Kept &kept = node.mapped();
            memory_ -= kept.bytes.size() + kOverhead;
            pass({kept.dsns, kept.frame, kept.time, kept.bytes, kept.subflow}, deliver);
        }
    }

    std::optional<std::uint64_t> next_;
    std::map<std::uint64_t, Kept> kept_; // by the first DSN; disjoint, all behind `next_`
    std::size_t memory_ = 0;
    std::uint32_t waited_ = 0;
};

} // namespace mptcp
