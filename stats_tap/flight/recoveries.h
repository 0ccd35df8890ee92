// SPDX-License-Identifier: GPL-2.0-or-later
//
// When the subflows of a connection recovered from losses by retransmission. A recovery often
// begins with the silence before that.
#pragma once

#include <cstdint>
#include <optional>
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
    explicit Recoveries(std::size_t subflows) : open_(subflows) {}

    // Until TCP acknowledges all before `until`. No effect during such a recovery.
    void begin(std::uint32_t subflow, Time begin, TcpSeq until);
    void acknowledge(std::uint32_t subflow, TcpSeq ack, Time now);

    // All, in no order. Those that did not end last until `now`.
    std::vector<Recovery> take(Time now);

private:
    struct Open {
        Time begin = 0;
        TcpSeq until;
    };

    std::vector<std::optional<Open>> open_; // by subflow
    std::vector<Recovery> ended_;
};

} // namespace mptcp
