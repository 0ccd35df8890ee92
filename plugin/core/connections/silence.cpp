// SPDX-License-Identifier: GPL-2.0-or-later
#include "connections/silence.h"

#include <algorithm>

namespace mptcp {

std::optional<Interval> silence_of(const Connection &connection, const Subflow &subflow, Side end,
                                   Time now)
{
    const SubflowEnd &silent = subflow.ends[end];
    const Time elsewhere = connection.hosts[subflow.role(end)].last_sent;
    if (silent.waiting_frame == 0 || elsewhere - silent.waiting_since < kLeastSilence)
        return std::nullopt;
    return Interval{silent.waiting_frame, std::max(now, elsewhere) - silent.waiting_since};
}

void note_silence(Connection &connection, Subflow &subflow, Side sender, const Segment &segment)
{
    SubflowEnd &from = subflow.ends[sender];
    SubflowEnd &peer = subflow.ends[other(sender)];
    from.waiting_frame = 0;
    connection.hosts[subflow.role(sender)].last_sent = segment.time;
    if (segment.rst()) {
        peer.waiting_frame = 0;
    } else if (segment.payload > 0 && peer.sent && peer.waiting_frame == 0) {
        peer.waiting_frame = segment.frame;
        peer.waiting_since = segment.time;
    }
}

} // namespace mptcp
