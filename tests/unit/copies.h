// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packets that are recorded at several points. Marks are given by their index of PointTable.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {

inline Packet recorded_at(std::uint32_t marks, Packet packet)
{
    packet.segment.marks = marks;
    return packet;
}

// Shows the trace all originals, and their copies in the same order, each some packets later. The
// higher `distance`, the later. Returns what the trace tells of the originals.
inline std::vector<Observation> see_with_copies(Trace &trace, const std::vector<Packet> &originals,
                                                const std::vector<Packet> &copies,
                                                std::mt19937 &random, unsigned distance)
{
    std::vector<Observation> observations;
    std::size_t seen = 0; // copies
    const auto see_copy = [&] {
        const auto copy = trace.see(copies[seen++]);
        EXPECT_TRUE(copy && copy->is_copy()) << distance;
    };
    for (const Packet &packet : originals) {
        const auto original = trace.see(packet);
        EXPECT_TRUE(original && !original->is_copy()) << distance;
        observations.push_back(original.value_or(Observation{}));
        while (seen < observations.size() && random() % distance == 0)
            see_copy();
    }
    while (seen < copies.size())
        see_copy();
    return observations;
}

// Both traces have the same state, as far as the numbers of events and data packets tell it.
inline void expect_same_state(const Trace &one, const Trace &two)
{
    EXPECT_EQ(one.tracker().events().all().size(), two.tracker().events().all().size());
    EXPECT_EQ(one.tracker().data().packets().size(), two.tracker().data().packets().size());
}

} // namespace mptcp::test
