// SPDX-License-Identifier: GPL-2.0-or-later
//
// The record of a packet with payload at the data level (RFC 8684 3.3). A record takes 40 bytes.
// DataExtras holds the fields that most packets do not need. data_level.h fills both.
#pragma once

#include <cstdint>
#include <limits>

#include "base/types.h"
#include "connections/connection.h"
#include "data/data_stream.h"
#include "data/dss_checksum.h"

namespace mptcp {

// A time span in microseconds, up to 71 minutes. Longer spans are clamped to the maximum, and
// negative spans to 0.
using Micros = std::uint32_t;
inline constexpr Micros kNoMicros = std::numeric_limits<Micros>::max();

inline constexpr Time kMicrosecond = 1'000;
constexpr Time to_time(Micros micros) { return Time{micros} * kMicrosecond; }

struct DataPacket {
    RelativeDsn dsn; // of the first byte; valid if `mapped`
    std::uint32_t frame = 0;
    std::uint32_t payload = 0; // bytes
    SubflowId subflow{};
    Micros latency = 0;            // until the DATA_ACK, if `acknowledged`; else see sent_upper
    Micros round_trip = kNoMicros; // until the TCP ACK
    std::uint32_t in_flight = 0;   // bytes at the data level, after this packet
    std::uint32_t extras = 0;      // 0: none; else 1 + the index of the extras
    Side sender : 1 = Side::A;
    bool mapped : 1 = false; // the first byte is mapped
    bool acknowledged : 1 = false;
    bool in_flight_known : 1 = false;
    bool out_of_order : 1 = false; // data before its new data is missing
    Verdict checksum : 3 = Verdict::Absent;
    // Until `acknowledged`, bits 32 to 47 of the capture time in microseconds; `latency` holds
    // bits 0 to 31.
    std::uint16_t sent_upper = 0;
};
static_assert(sizeof(DataPacket) == 40);

// A part of a packet's payload that has a mapping of its own.
struct MappedPart {
    std::uint32_t place = 0;  // of its first byte in the payload
    std::uint32_t length = 0; // bytes
    RelativeDsn dsn;          // of its first byte
};

// Fields of a packet with unmapped or repeated data, or whose data ends head-of-line blocking.
struct DataExtras {
    std::uint32_t reinjected = 0;              // bytes
    std::uint32_t reinjected_same_subflow = 0; // of these, first sent on the same subflow
    std::uint32_t retransmitted = 0;           // bytes, at the TCP level
    std::uint32_t unmapped = 0;                // bytes
    std::uint32_t useless = 0; // bytes of the repeated ones that a DATA_ACK had covered before
    std::uint32_t reinjection_of = 0; // the first frame that carried the reinjected data; 0: none
    std::uint32_t reinjected_in = 0;  // the first frame that reinjects data of this one; 0: none
    std::uint32_t blocked_bytes = 0;  // bytes that this packet unblocks
    Time blocked_time = 0;            // head-of-line blocking time, in nanoseconds
    // Checksums of further mappings that this packet completes.
    std::uint16_t good_checksums = 0, bad_checksums = 0, unverified_checksums = 0;
    // RFC 8684 3.3.1: its mappings without a checksum although checksums were negotiated, and
    // those with one although they were not. The receiver resets the subflow.
    std::uint16_t missing_checksums = 0, unexpected_checksums = 0;
};

// The verdict on the checksum of a DATA_FIN without data.
struct FinChecksum {
    std::uint32_t frame = 0;
    SubflowId subflow{};
    Side sender{};
    Verdict status{};
};

// The number of bytes of data sent for the first time. `extras` may be nullptr.
constexpr std::uint32_t unique_bytes(const DataPacket &packet, const DataExtras *extras)
{
    return extras == nullptr
               ? packet.payload
               : packet.payload - extras->reinjected - extras->retransmitted - extras->unmapped;
}

} // namespace mptcp
