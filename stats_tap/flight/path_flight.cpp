// SPDX-License-Identifier: GPL-2.0-or-later
#include "flight/path_flight.h"

#include <algorithm>

namespace mptcp {

PathFlight::Order PathFlight::send(const SegmentNote &note, Time now)
{
    const bool syn = note.has(kSyn);
    const bool fin = note.has(kFin);
    fin_sent_ = fin_sent_ || fin;
    const TcpSeq end = note.seq + note.payload + (syn ? 1 : 0) + (fin ? 1 : 0);
    if (!in_flight())
        progress_ = now;
    const Order order = !next_ || note.seq == *next_ ? Order::Next
                        : before(note.seq, *next_)   ? Order::Repeated
                                                     : Order::BehindHole;
    const bool is_old = acked_ && !before(*acked_, end);
    if (order == Order::Repeated && note.payload > 0)
        no_sample_before_ = next_;
    if (note.payload > 0) {
        largest_ = std::max(largest_, note.payload);
        last_sent_ = now;
    }
    const bool is_new = !next_ || before(*next_, end);
    takes_parts_ = is_new && note.payload > 0;
    if (takes_parts_)
        sent_.push_back({end, now, {}});
    if (is_new)
        next_ = end;
    // What was acknowledged before is a duplicate, and no sign of a loss.
    return order == Order::Repeated && is_old ? Order::Next : order;
}

void PathFlight::add_part(const Range &dsns)
{
    data_end_ = std::max(data_end_, dsns.end);
    if (!takes_parts_)
        return;
    Sent &last = sent_.back();
    if (last.dsns.empty())
        last.dsns = dsns;
    else
        sent_.push_back({last.end, last.time, dsns});
}

void PathFlight::sample(const Sent &segment, Time now)
{
    if (no_sample_before_ && !before(*no_sample_before_, segment.end))
        return;
    const Time sample = now - segment.time;
    constexpr Time kWeight = 8; // RFC 6298 2.3
    round_trip_ = round_trip_ == 0 ? sample : round_trip_ + (sample - round_trip_) / kWeight;
}

} // namespace mptcp
