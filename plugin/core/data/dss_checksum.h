// SPDX-License-Identifier: GPL-2.0-or-later
//
// The DSS checksum (RFC 8684 3.3.1): the TCP checksum over a pseudo-header of the mapping and all
// data of the mapping, which may span several segments. data_checksums.cpp decides which
// mappings are verified.
#pragma once

#include <cstdint>

#include "base/types.h"
#include "base/verdict.h"
#include "containers/interval_set.h"
#include "wire/bytes.h"

namespace mptcp {

// RFC 1071: the sum of the big-endian 16-bit words of data that contains `bytes` at `offset` and
// is otherwise zero. At an odd offset, the bytes of each word are swapped. The sum is not
// folded; it does not overflow for up to 2^32 bytes.
std::uint64_t sum_words(ByteView bytes, std::uint64_t offset);

// RFC 1071: the sum folded to 16 bits. It is 0xffff for data that includes a valid checksum.
std::uint16_t folded(std::uint64_t sum);

// The checksum of one mapping, whose data may arrive in any order.
class DssChecksum {
public:
    // The fields of the mapping, as sent. `length` includes a DATA_FIN.
    struct Announced {
        DataSeq data_seq;
        std::uint32_t subflow_offset = 0;
        std::uint16_t length = 0;
        std::uint16_t checksum = 0;
    };

    // `place` is the range of the mapping's data, in subflow offsets.
    DssChecksum(const Range &place, const Announced &announced);

    // Adds data at `offsets`. `captured` holds its first bytes, and may be shorter than the range.
    // Data outside the mapping, and data added before, is ignored.
    void add(const Range &offsets, ByteView captured);

    bool covers(const Range &offsets) const { return !common(place_, offsets).empty(); }
    bool complete() const { return missing_ == 0; }
    // Returns Unverified if the data is incomplete or part of it was not captured.
    Verdict status() const;
    const Range &place() const { return place_; }

    // Makes the checksum Unverified, because an input is unknown.
    void mark_unknown() { known_ = false; }

private:
    Range place_;
    std::uint64_t missing_;
    std::uint64_t sum_;
    bool known_ = true;
    IntervalSet passed_;
};

} // namespace mptcp
