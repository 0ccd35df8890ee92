// SPDX-License-Identifier: GPL-2.0-or-later
//
// How one sender used the paths of a connection: how many subflows had data in flight at once, how
// often it changed between them, what it handed over after a failure, and whether several paths
// were faster than one.
//
// All is seen from the sender, and only known in a capture at its end (see capture_place.h): there,
// what is in flight is what the sender had in flight.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "flight/moment.h"
#include "limits/limit.h"

namespace mptcp {

// From one packet to another one. Times are since the start of the connection.
struct Concurrency {
    Time begin = 0;
    Time end = 0; // where the next one begins
    // How many have data in flight, which neither TCP nor a DATA_ACK acknowledged. None: not known,
    // as elsewhere than at the sender's end, or before the first ACK in a capture that began late.
    std::optional<std::uint32_t> subflows;
};

// In order, without gaps. Two neighbours differ. Empty if the connection has no packets.
std::vector<Concurrency> make_concurrency(const Moments &moments);

// What DATA_ACKs covered in a time.
struct AckedData {
    Time time = 0;
    std::uint64_t bytes = 0;

    std::uint64_t bytes_per_second() const // 0 of no time
    {
        return time > 0 ? static_cast<std::uint64_t>(static_cast<double>(bytes) *
                                                     static_cast<double>(kSecond) /
                                                     static_cast<double>(time))
                        : 0;
    }
};

struct PathUse {
    bool is_known = false;      // the capture was made at the sender's end; else all is empty
    std::uint64_t switches = 0; // unique data came on another subflow than the unique data before

    // The time with data in flight on some subflow, and of it that with data on several.
    Time in_flight = 0, in_flight_on_several = 0;

    // While one subflow had data in flight, by index, or several had, and the network or the
    // receiver limited the sender: not its application.
    std::vector<AckedData> alone;
    AckedData together;

    std::vector<Handover> handovers;
};

// `limits` are those of the same moments. Cost: O(n log n) in the packets.
PathUse make_path_use(const Moments &moments, const std::vector<LimitInterval> &limits);

} // namespace mptcp
