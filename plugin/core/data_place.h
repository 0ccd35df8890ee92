// SPDX-License-Identifier: GPL-2.0-or-later
//
// One segment on its way through the data level: for data_level.cpp,
// data_mappings.cpp and data_checksums.cpp alone.
#pragma once

#include <cstdint>

#include "data_level.h"

namespace mptcp {

constexpr Time kMicrosecond = 1'000;

constexpr Micros to_micros(Time time)
{
    return static_cast<Micros>(static_cast<std::uint64_t>(time / kMicrosecond));
}

// A part of one packet's payload: it fits.
constexpr std::uint32_t octets32(std::uint64_t count) { return static_cast<std::uint32_t>(count); }

struct DataLevel::Place {
    const Registry &registry;
    const Segment &segment;
    SubflowId id;
    Side sender;
    DataNews &news;
    DataStream *stream = nullptr; // of the sender
    SubflowData *flow = nullptr;
    Range payload; // offsets

    const Subflow &subflow() const { return registry[id]; }
    const Connection &connection() const { return registry[subflow().connection]; }
    Role role() const { return subflow().role(sender); }
    Micros now() const { return to_micros(segment.time); }
};

} // namespace mptcp
