// SPDX-License-Identifier: GPL-2.0-or-later
//
// One direction of a connection at the data level, as its sender knows it (RFC 8684 3.3.2
// to 3.3.5): what is acknowledged by DATA_ACK, what the receiver has behind a hole, and its window.
// After a fallback there are no DATA_ACKs, and the window is that of TCP.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/seq.h"
#include "containers/interval_set.h"

namespace mptcp {

class DataFlight {
public:
    // Data is sent, for the first time or again.
    void send(const Range &dsns)
    {
        sent_begin_ = std::min(sent_begin_, dsns.begin);
        sent_end_ = std::max(sent_end_, dsns.end);
    }
    // TCP has acknowledged this data on some subflow. Cost: O(log n).
    void arrive(const Range &dsns);
    // True if it advances the DATA_ACK. Cost: O(log n), amortised.
    bool acknowledge(RelativeDsn dsn, const std::optional<std::uint32_t> &window);

    bool is_known() const { return acked_.has_value(); }
    std::uint64_t sent_begin() const { return sent_begin_; } // UINT64_MAX: nothing was sent
    std::uint64_t sent_end() const { return sent_end_; }     // 0: nothing was sent
    std::uint64_t acked() const { return acked_.value_or(0); }
    bool all_acked() const { return !acked_ || *acked_ >= sent_end_; }
    std::uint64_t outstanding() const { return all_acked() ? 0 : sent_end_ - *acked_; }
    // Bytes behind a hole. None if the DATA_ACK only lags behind what TCP acknowledges.
    std::uint64_t held() const
    {
        const bool is_hole = !held_.empty() && held_.begin()->first > acked();
        return is_hole ? held_bytes_ : 0;
    }

    // How many bytes may be sent before the right edge. None without a known window.
    std::optional<std::uint64_t> room() const;
    bool is_closed() const { return is_closed_; } // the last window was zero

private:
    std::uint64_t sent_begin_ = UINT64_MAX, sent_end_ = 0;
    std::optional<std::uint64_t> acked_;
    std::uint64_t edge_ = 0; // 0: no window is known
    bool is_closed_ = false;
    std::map<std::uint64_t, std::uint64_t> held_; // from begin to end, behind the DATA_ACK
    std::uint64_t held_bytes_ = 0;
};

} // namespace mptcp
