// SPDX-License-Identifier: GPL-2.0-or-later
//
// The context of one segment at the data level. Private to data_level.cpp, data_mappings.cpp and
// data_checksums.cpp.
#pragma once

#include <algorithm>
#include <cstdint>

#include "data/data_level.h"

namespace mptcp {

constexpr Micros to_micros(Time span)
{
    const Time micros = span / kMicrosecond;
    return micros < 0 ? 0 : static_cast<Micros>(std::min<Time>(micros, kNoMicros - 1));
}

// Stores the capture time in the fields that later hold the latency.
constexpr void note_sent(DataPacket &packet, Time time)
{
    const auto micros = static_cast<std::uint64_t>(time / kMicrosecond);
    packet.latency = static_cast<Micros>(micros);
    packet.sent_upper = static_cast<std::uint16_t>(micros >> 32);
}

// The time since note_sent(). Requires that the packet is not acknowledged.
constexpr Micros since_sent(const DataPacket &packet, Time now)
{
    constexpr int kUnused = 16; // bits of 64
    const std::uint64_t sent = std::uint64_t{packet.sent_upper} << 32 | packet.latency;
    const auto micros = static_cast<std::uint64_t>(now / kMicrosecond) - sent;
    return to_micros((static_cast<Time>(micros << kUnused) >> kUnused) * kMicrosecond);
}

// The count does not exceed the payload of a packet, so that it fits.
constexpr std::uint32_t bytes32(std::uint64_t count) { return static_cast<std::uint32_t>(count); }

struct DataLevel::SegmentContext {
    const Segment &segment;
    SubflowId id;
    Side sender;
    Role role; // the sender's
    const Subflow &subflow;
    const Connection &connection;
    DataStream &stream; // of the sender
    SubflowData &flow;
    Range payload; // subflow offsets
    DataChange &change;
};

} // namespace mptcp
