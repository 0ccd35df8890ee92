// SPDX-License-Identifier: GPL-2.0-or-later
//
// When the subflows of a connection recovered from losses. A recovery begins with a retransmission
// on the subflow, or with a reinjection on another one, and often looks back: to the silence
// before.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/seq.h"

namespace mptcp {

// Times are since the start of the connection.
struct Recovery {
    Time begin = 0;
    Time end = 0;
    std::uint32_t subflow = 0; // index
};

class Recoveries {
public:
    explicit Recoveries(std::size_t subflows) : by_tcp_(subflows), by_data_(subflows) {}

    // Until TCP acknowledges all before `until`. No effect during such a recovery.
    void begin(std::uint32_t subflow, Time begin, TcpSeq until);
    void acknowledge(std::uint32_t subflow, TcpSeq ack, Time now);

    // Until a DATA_ACK covers all before `until`, a relative DSN. Prolongs such a recovery.
    // Cost: O(log n).
    void begin_reinjection(std::uint32_t subflow, Time begin, std::uint64_t until);
    void acknowledge_data(std::uint64_t dsn, Time now); // Cost: O(log n), amortised

    // All, in no order. Those that did not end last until `now`.
    std::vector<Recovery> take(Time now);

private:
    struct ByTcp {
        Time begin = 0;
        TcpSeq until;
    };
    struct ByData {
        Time begin = 0;
        std::uint64_t until = 0;
    };

    std::vector<std::optional<ByTcp>> by_tcp_; // by subflow
    std::vector<std::optional<ByData>> by_data_;
    std::set<std::pair<std::uint64_t, std::uint32_t>> order_; // by_data_ by `until`: subflows
    std::vector<Recovery> ended_;
};

} // namespace mptcp
