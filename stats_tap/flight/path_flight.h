// SPDX-License-Identifier: GPL-2.0-or-later
//
// One direction of a subflow, as its sender knows it: the data in flight, the round-trip time
// (RFC 6298), and whether it recovers from a loss (RFC 6582).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/seq.h"
#include "containers/interval_set.h"
#include "series/segment_notes.h"

namespace mptcp {

class PathFlight {
public:
    // How a segment with payload continues the earlier ones.
    enum class Order : std::uint8_t { Next, Repeated, BehindHole };

    // Applies a packet of the sender. `now` is since the start of the connection.
    Order send(const SegmentNote &note, Time now);
    // The DSNs of a part of the last segment, if it is new.
    void add_part(const Range &dsns);

    // Applies an acknowledgment number of the peer. Calls arrived(dsns) for what it acknowledges.
    // True if less is in flight now.
    template <class Arrived> bool acknowledge(TcpSeq ack, Time now, Arrived arrived)
    {
        last_ack_ = now;
        if (acked_ && !before(*acked_, ack))
            return false;
        const bool lower = acked_.has_value();
        acked_ = ack;
        progress_ = now;
        for (; !sent_.empty() && !before(ack, sent_.front().end); sent_.pop_front()) {
            arrived(sent_.front().dsns);
            sample(sent_.front(), now);
        }
        return lower;
    }
    void end() { ended_ = true; }

    bool ended() const { return ended_; }
    bool fin_sent() const { return fin_sent_; }
    bool any_data() const { return largest_ > 0; }
    std::uint32_t largest() const { return largest_; } // payload
    bool is_known() const { return next_ && acked_; }
    bool in_flight() const { return !ended_ && is_known() && before(*acked_, *next_); }
    // The highest data sequence number sent, plus one. 0: none is known.
    std::uint64_t data_end() const { return data_end_; }
    std::optional<TcpSeq> next() const { return next_; }
    std::optional<TcpSeq> acked() const { return acked_; }

    Time round_trip() const { return round_trip_; } // smoothed; 0: unknown
    void learn_round_trip(Time time) { round_trip_ = time; }
    Time last_sent() const { return last_sent_; }
    Time last_ack() const { return last_ack_; }
    // When an ACK advanced last, or data was sent while nothing was in flight.
    Time progress() const { return progress_; }

private:
    struct Sent {
        TcpSeq end;
        Time time = 0;
        Range dsns; // empty: unknown
    };
    void sample(const Sent &segment, Time now);

    std::optional<TcpSeq> next_, acked_;
    std::optional<TcpSeq> no_sample_before_; // RFC 6298 3: segments that were sent again
    std::deque<Sent> sent_;                  // not acknowledged, by sequence number
    bool takes_parts_ = false;
    Time round_trip_ = 0;
    std::uint32_t largest_ = 0;
    std::uint64_t data_end_ = 0;
    Time last_sent_ = 0, last_ack_ = 0, progress_ = 0;
    bool ended_ = false;
    bool fin_sent_ = false;
};

} // namespace mptcp
