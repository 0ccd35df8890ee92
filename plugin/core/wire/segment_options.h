// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the options 30 of one segment say, gathered for the tracker: of each
// subtype that it acts on, the first well-formed one.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/option.h"
#include "wire/segment.h"

namespace mptcp {

struct Signals {
    Signals();

    // A bit each, so that to ask for several is one comparison: of each packet it
    // is asked what it does not have.
    using What = std::uint16_t;
    static constexpr What kAny = 1 << 0;             // an option 30 of a known subtype, well formed
    static constexpr What kSignalling = 1 << 1;      // some other than DSS
    static constexpr What kDataLevel = 1 << 2;       // a DSS at all: the connection is in use
    static constexpr What kMapsData = 1 << 3;        // a DSS or MP_CAPABLE that maps data
    static constexpr What kFirstMapping = 1 << 4;    // it begins with the subflow's first octet
    static constexpr What kDataFin = 1 << 5;         // a mapping that ends with a DATA_FIN
    static constexpr What kInfiniteMapping = 1 << 6; // RFC 8684 3.7
    static constexpr What kFail = 1 << 7;            // MP_FAIL
    static constexpr What kTruncated = 1 << 8;       // the snaplen may have cut further options
    void note(unsigned what) { what_ |= static_cast<What>(what); }

    bool any() const { return has(kAny); }
    bool signalling() const { return has(kSignalling); }
    bool data_level() const { return has(kDataLevel); }
    bool maps_data() const { return has(kMapsData); }
    bool infinite_mapping() const { return has(kInfiniteMapping); }
    bool fail() const { return has(kFail); }
    bool truncated() const { return has(kTruncated); }
    // True if the segment was captured well enough to say that it has none.
    bool none() const { return !has(kAny | kTruncated); }
    // Acknowledgements and mappings of data, and nothing else.
    bool routine() const
    {
        return (what_ & (kAny | kSignalling | kFirstMapping | kDataFin | kInfiniteMapping)) == kAny;
    }

    // Of a DSS.
    std::optional<DssMapping> mapping;
    std::optional<WireDataSeq> data_ack;
    unsigned mappings = 0; // of DSSs; there is room for two

    // What few segments have.
    struct Others {
        std::optional<MpCapable> capable;
        std::optional<MpJoinSyn> join_syn;
        std::optional<MpJoinSynAck> join_syn_ack;
        std::optional<MpJoinAck> join_ack;
        std::optional<MpFastclose> fastclose;
        std::optional<DssMapping> data_fin; // the mapping that ends with it
    };
    std::optional<Others> others;

    const std::optional<MpCapable> &capable() const { return other().capable; }
    const std::optional<MpJoinSyn> &join_syn() const { return other().join_syn; }
    const std::optional<MpJoinSynAck> &join_syn_ack() const { return other().join_syn_ack; }
    const std::optional<MpJoinAck> &join_ack() const { return other().join_ack; }
    const std::optional<MpFastclose> &fastclose() const { return other().fastclose; }
    const std::optional<DssMapping> &data_fin() const { return other().data_fin; }

private:
    static const Others no_others;

    bool has(unsigned some) const { return (what_ & some) != 0; }
    const Others &other() const { return others ? *others : no_others; }

    What what_ = 0;
};

inline const Signals::Others Signals::no_others{};

Signals read_signals(const Segment &segment);

} // namespace mptcp
