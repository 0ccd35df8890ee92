// SPDX-License-Identifier: GPL-2.0-or-later
//
// The DSS checksum (RFC 8684 3.3): TCP's, over a pseudo-header of the mapping
// and over all of its data, which may come in several segments.
#pragma once

#include <cstdint>

#include "base/types.h"
#include "base/verdict.h"
#include "containers/interval_set.h"
#include "wire/bytes.h"

namespace mptcp {

// The sum of the 16-bit words of `bytes`, with zero padding, as if they stood
// `offset` bytes behind the beginning: at an odd place, an byte has the
// other half of its word. RFC 1071; not folded, good for 2^32 bytes.
std::uint64_t sum_words(ByteView bytes, std::uint64_t offset);

// What a sum comes to in 16 bits: 0xffff of all that a checksum covers and it.
std::uint16_t folded(std::uint64_t sum);

// One mapping, while its data comes in.
class DssChecksum {
public:
    // What is sent with the mapping. `length` counts a DATA_FIN, too.
    struct Announced {
        DataSeq data_seq;
        std::uint32_t subflow_offset = 0;
        std::uint16_t length = 0;
        std::uint16_t checksum = 0;
    };

    // `place`: where the mapping's data stands, in the subflow's offsets.
    DssChecksum(const Range &place, const Announced &announced);

    // Data passes at those offsets, of which `captured` is the beginning. What
    // is not this mapping's, and what has passed before, is left out.
    void add(const Range &offsets, ByteView captured);

    bool covers(const Range &offsets) const { return !common(place_, offsets).empty(); }
    bool complete() const { return missing_ == 0; }
    Verdict status() const;
    const Range &place() const { return place_; }

    // Something about it is not known: it cannot be verified.
    void spoil() { known_ = false; }

private:
    Range place_;
    std::uint64_t missing_;
    std::uint64_t sum_;
    bool known_ = true;
    IntervalSet passed_;
};

} // namespace mptcp
