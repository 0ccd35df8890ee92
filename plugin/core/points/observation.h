// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is known of a segment of MPTCP: its subflow and sender, whether it is a copy, and whether a
// firewall changed its numbers.
#pragma once

#include <cstdint>

#include "base/seq.h"
#include "connections/connection.h"

namespace mptcp {

// An attribution in four bytes.
constexpr std::uint32_t pack(const Attribution &attribution)
{
    return static_cast<std::uint32_t>(attribution.subflow) << 1 |
           static_cast<std::uint32_t>(attribution.sender);
}
constexpr Attribution unpack(std::uint32_t packed)
{
    return {SubflowId{packed >> 1}, static_cast<Side>(packed & 1)};
}

// What a firewall that rewrites initial sequence numbers has added to the numbers of a packet.
struct NumberShift {
    std::uint32_t seq = 0;
    std::uint32_t ack = 0;

    bool any() const { return seq != 0 || ack != 0; }
    TcpSeq seq_of(const Segment &segment) const { return segment.seq - seq; }
    // RFC 9293 3.1: the number has no meaning without the flag.
    TcpSeq ack_of(const Segment &segment) const
    {
        return segment.has_ack() ? segment.ack - ack : segment.ack;
    }
    void remove_from(Segment &segment) const
    {
        segment.seq = seq_of(segment);
        segment.ack = ack_of(segment);
    }
    friend bool operator==(const NumberShift &, const NumberShift &) = default;
};

struct Observation : Attribution {
    Observation() = default;
    Observation(const Attribution &whose, std::uint32_t original = 0) // NOLINT: implicit
        : Attribution(whose), copy_of(original)
    {
    }

    // The frame of the same packet at the point that recorded it first; 0: the segment is not a
    // copy. A copy changes no state and is in no count but that of copies (copy_finder.h).
    std::uint32_t copy_of = 0;
    // In comparison to the point where the sender's numbers, or those of its peer, were first seen.
    NumberShift shift;

    bool is_copy() const { return copy_of != 0; }
    friend bool operator==(const Observation &, const Observation &) = default;
    friend bool operator==(const Observation &observation, const Attribution &whose)
    {
        return observation == Observation{whose};
    }
};

} // namespace mptcp
