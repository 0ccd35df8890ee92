// SPDX-License-Identifier: GPL-2.0-or-later
#include "connections/silence.h"

#include <algorithm>

namespace mptcp {

std::optional<Silence> silence_of(const Connection &connection, const Subflow &subflow, Side end)
{
    const SubflowEnd &silent = subflow.ends[end];
    if (silent.waiting_frame == 0)
        return std::nullopt;
    const Time duration = connection.hosts[subflow.role(end)].last_sent - silent.waiting_since;
    if (duration < kLeastSilence)
        return std::nullopt;
    return Silence{end, {silent.waiting_frame, duration}};
}

std::optional<Silence> note_silence(Connection &connection, Subflow &subflow, Side sender,
                                    const Segment &segment)
{
    SubflowEnd &from = subflow.ends[sender];
    SubflowEnd &peer = subflow.ends[other(sender)];
    const bool ends_other = segment.rst() && from.waiting_frame == 0;
    auto silence = silence_of(connection, subflow, ends_other ? other(sender) : sender);
    if (silence)
        silence->interval.duration = std::max(
            silence->interval.duration, segment.time - subflow.ends[silence->end].waiting_since);
    from.waiting_frame = 0;
    connection.hosts[subflow.role(sender)].last_sent = segment.time;
    if (segment.rst()) {
        peer.waiting_frame = 0;
    } else if (segment.payload > 0 && peer.sent && peer.waiting_frame == 0) {
        peer.waiting_frame = segment.frame;
        peer.waiting_since = segment.time;
    }
    return silence;
}

} // namespace mptcp
