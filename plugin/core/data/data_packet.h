// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is kept of each packet with payload, of what its bytes are at the data
// level. Most are like any other, and take 40 bytes; those of which there is
// more to tell have extras.
#pragma once

#include <cstdint>
#include <limits>

#include "base/types.h"
#include "connections/connection.h"
#include "data/data_stream.h"
#include "data/dss_checksum.h"

namespace mptcp {

// Microseconds between two packets: up to 71 minutes. What took longer is
// listed as that, and where the clock went backwards, nothing has passed.
using Micros = std::uint32_t;
inline constexpr Micros kNoMicros = std::numeric_limits<Micros>::max();

struct DataPacket {
    RelativeDsn dsn; // of its first byte, if that is mapped
    std::uint32_t frame = 0;
    std::uint32_t payload = 0; // bytes
    SubflowId subflow{};
    Micros latency = 0;            // until a DATA_ACK, once acknowledged; before, see sent_upper
    Micros round_trip = kNoMicros; // until TCP's ACK
    std::uint32_t in_flight = 0;   // bytes at the data level, behind it
    std::uint32_t extras = 0;      // 0: none; else their place and 1
    Side sender : 1 = Side::A;
    bool mapped : 1 = false; // is its first byte?
    bool acknowledged : 1 = false;
    bool in_flight_known : 1 = false;
    bool out_of_order : 1 = false; // its new data overtook what is still missing
    Verdict checksum : 3 = Verdict::Absent;
    // Until it is acknowledged, when it was sent: microseconds modulo 2^48, with
    // `latency` as their lower half.
    std::uint16_t sent_upper = 0;
};
static_assert(sizeof(DataPacket) == 40);

// Of data that is not all new, or that others waited for.
struct DataExtras {
    std::uint32_t reinjected = 0;              // bytes
    std::uint32_t reinjected_same_subflow = 0; // of these, under a new mapping
    std::uint32_t retransmitted = 0;
    std::uint32_t unmapped = 0;
    std::uint32_t reinjection_of = 0; // the first frame that carried any of them
    std::uint32_t reinjected_in = 0;  // the first frame that repeats something of it
    std::uint32_t blocked_bytes = 0;  // bytes that had waited for this packet,
    Time blocked_time = 0;            // and for how long
    // Of further mappings that this packet completes.
    std::uint16_t good_checksums = 0, bad_checksums = 0, unverified_checksums = 0;
};

// The checksum of a DATA_FIN that came without data.
struct FinChecksum {
    std::uint32_t frame = 0;
    SubflowId subflow{};
    Side sender{};
    Verdict status{};
};

// Bytes that had not been sent before; `extras` may be nullptr.
constexpr std::uint32_t unique_bytes(const DataPacket &packet, const DataExtras *extras)
{
    return extras == nullptr
               ? packet.payload
               : packet.payload - extras->reinjected - extras->retransmitted - extras->unmapped;
}

} // namespace mptcp
