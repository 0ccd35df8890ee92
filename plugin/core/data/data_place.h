// SPDX-License-Identifier: GPL-2.0-or-later
//
// One segment on its way through the data level: for data_level.cpp,
// data_mappings.cpp and data_checksums.cpp alone.
#pragma once

#include <algorithm>
#include <cstdint>

#include "data/data_level.h"

namespace mptcp {

constexpr Time kMicrosecond = 1'000;

constexpr Micros to_micros(Time span)
{
    const Time micros = span / kMicrosecond;
    return micros < 0 ? 0 : static_cast<Micros>(std::min<Time>(micros, kNoMicros - 1));
}

// When the packet was sent, in the room that its latency will take.
constexpr void note_sent(DataPacket &packet, Time time)
{
    const auto micros = static_cast<std::uint64_t>(time / kMicrosecond);
    packet.latency = static_cast<Micros>(micros);
    packet.sent_upper = static_cast<std::uint16_t>(micros >> 32);
}

constexpr Micros since_sent(const DataPacket &packet, Time now)
{
    constexpr int kUnused = 16; // bits of 64
    const std::uint64_t sent = std::uint64_t{packet.sent_upper} << 32 | packet.latency;
    const auto micros = static_cast<std::uint64_t>(now / kMicrosecond) - sent;
    return to_micros((static_cast<Time>(micros << kUnused) >> kUnused) * kMicrosecond);
}

// A part of one packet's payload: it fits.
constexpr std::uint32_t bytes32(std::uint64_t count) { return static_cast<std::uint32_t>(count); }

struct DataLevel::Place {
    const Segment &segment;
    SubflowId id;
    Side sender;
    Role role; // the sender's
    const Subflow &subflow;
    const Connection &connection;
    DataStream &stream; // of the sender
    SubflowData &flow;
    Range payload; // offsets
    DataChange &change;
};

} // namespace mptcp
