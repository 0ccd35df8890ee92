// SPDX-License-Identifier: GPL-2.0-or-later
//
// Hand-overs: a subflow that had data in flight fell silent or ended, and the sender reinjected
// that data on other subflows. Reinjections of a subflow that still makes progress are none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/seq.h"

namespace mptcp {

// Times are since the start of the connection; subflows are indexes.
struct Handover {
    std::uint32_t from = 0; // had the data in flight
    std::uint32_t to = 0;   // sent it again first
    Time lost = 0;          // the last progress of `from`: see PathFlight::progress()
    Time reinjected = 0;    // the first reinjection
    // A DATA_ACK covers all that was handed over. None: not in the capture.
    std::optional<Time> recovered;
    std::uint32_t lost_frame = 0, reinjected_frame = 0, recovered_frame = 0;
    std::uint64_t bytes = 0; // reinjected, with repetitions
};

class Handovers {
public:
    explicit Handovers(std::size_t subflows) : last_of_(subflows) {}

    struct Reinjection {
        std::uint32_t to = 0; // subflow
        Time time = 0;
        std::uint32_t frame = 0;
        Range data;              // of the mapping
        std::uint64_t bytes = 0; // of it that were sent before
    };
    // Of data that `from` has in flight since `lost`. Cost: O(log n).
    void reinject(std::uint32_t from, Time lost, const Reinjection &reinjection);
    void acknowledge_data(std::uint64_t dsn, Time now, std::uint32_t frame); // O(log n), amortised

    // By the first reinjection. One for each time that a subflow stopped to make progress.
    std::vector<Handover> take() { return std::move(all_); }

private:
    std::vector<Handover> all_;
    std::vector<std::uint64_t> ends_;                 // by index in all_: what is to be covered
    std::vector<std::optional<std::size_t>> last_of_; // by subflow: index in all_
    std::set<std::pair<std::uint64_t, std::size_t>> open_; // those not recovered, by end
};

} // namespace mptcp
