// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data that the applications of a connection exchanged, in the order in which they received it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/types.h"

namespace mptcp {

// What one packet brought, or a hole.
struct StreamPart {
    Role sender{};
    std::uint32_t frame = 0;   // 0: a hole
    std::uint32_t subflow = 0; // its index
    Time time = 0;             // of the packet, in nanoseconds since the epoch
    std::vector<std::uint8_t> bytes;
    std::uint64_t missing = 0; // bytes after them that the capture does not have
};

// A subflow that carried data.
struct StreamSubflow {
    std::uint32_t index = 0;
    PerRole<Endpoint> endpoints;
    std::uint64_t bytes = 0; // that it was the first to bring, of both directions
};

struct ConnectionStream {
    std::uint32_t connection = 0; // its index
    PerRole<Endpoint> endpoints;
    std::vector<StreamPart> parts;
    std::vector<StreamSubflow> subflows; // by index
    bool truncated = false;              // it has more data than kMostStreamBytes
};

// Wireshark's words for bytes that the capture does not have, without the brackets.
inline std::string missing_words(std::uint64_t bytes)
{
    return std::to_string(bytes) + " bytes missing in capture file";
}

inline constexpr std::uint64_t kMostStreamBytes = std::uint64_t{64} << 20;

} // namespace mptcp
