// SPDX-License-Identifier: GPL-2.0-or-later
//
// What limited the data of one sender, over time: every moment of a connection has one kind.
//
// A moment reaches from one packet of the connection to the next one, and its packet is the one
// that ends it: the bytes of a kind are those that the sender could not send earlier because of it.
// All is seen from the sender: the data in flight on a subflow is what TCP has not acknowledged
// there (SND.NXT - SND.UNA in RFC 9293 3.3.1). Nothing is in flight at all if a DATA_ACK covers all
// data. Of several kinds that are true at once, the first one in this list is taken:
//
//   NotSeen        the packets that would tell were not captured: data that a DATA_ACK covers is
//                  missing since the last data packet before it. The whole time, if the capture
//                  has packets of one host only, or lacks more than a tenth of the data.
//   Handshake      until the first packet without SYN.
//   Closing        all subflows have ended, or the sender has sent its DATA_FIN or a FIN on each
//                  subflow, or either host MP_FASTCLOSE, and nothing is in flight.
//   Unknown        it is not known what is in flight on a subflow: before its first ACK in a
//                  capture that began late.
//   ReceiveWindow  the window is zero. See also below.
//   LossRecovery   of subflow N: from its first retransmission, or from the silence before one that
//                  no ACK caused (a retransmission timeout), until all that was in flight then is
//                  acknowledged (RFC 6582 3.2); or from the last progress of N until a DATA_ACK
//                  covers what another subflow sent in its place, if N had been silent for 200 ms,
//                  the least retransmission timeout of Linux, or has ended. Only while no other
//                  subflow has data in flight, while the window is full, or where the times of the
//                  data would tell of an idle sender: else the others go on.
//   HeadOfLine     by subflow N: the receiver has data behind a hole that N carries, and the other
//                  subflows have nothing in flight: they could send, but the buffers are full, or
//                  there is no more data. Or the window is full, and the receiver has at least half
//                  of what is not acknowledged by DATA_ACK. Blocking that stops nobody is no limit.
//   ReceiveWindow  the window is full: less than a segment, 1460 bytes, is free up to its right
//                  edge (RFC 9293 3.8.6.2.1: a sender does not send less).
//   Path           the data in flight is all that its acknowledgments allow (congestion window or
//                  pacing): the next data follows an ACK at once, and no ACK went without an answer
//                  for more than half a round-trip time. Or the data before was a full segment, so
//                  that there was more to send, and the next data follows an ACK at once, or within
//                  half a round-trip time. Also the way of the last data after the DATA_FIN. It has
//                  a subflow, if only that one has data in flight.
//   Application    nothing is in flight: the sender is idle. Or data is in flight, but the sender
//                  stopped although ACKs came back: the next data follows no ACK, and not within
//                  half a round-trip time.
//   Unknown        nothing of this is certain. For instance, data follows within half a round-trip
//                  time, but no ACK at once, and the segment before was not full.
//
// What follows a limit belongs to it in two cases. Data within half a round-trip time of other
// data, without an ACK between both, is of the same burst, or paced: it was free to go when the
// first data was. And after a window, a loss or a hole, the sender has a quarter of a round-trip
// time to react, or the time that is "at once", if that is shorter.
//
// "At once" is a millisecond, or an eighth of the round-trip time, if that is longer: the time for
// the host to process an ACK. Half a round-trip time is for what TCP collects to a larger segment
// (Linux waits for the next ACK, at most that long), and for delayed ACKs.
//
// Where the capture was not made at the sender's end (see capture_place.h), the data in flight is
// not what the sender knew, and a pause may be the wait for a timeout after a loss that nothing
// shows. There, HeadOfLine, Path and Application are Unknown, unless the sender never sends data; a
// loss is a hole in the sequence numbers of a subflow, and another subflow goes on if its data was
// captured in the last round-trip time. After a fallback, the sequence numbers and the window are
// those of TCP (RFC 8684 3.7).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/types.h"

namespace mptcp {

enum class LimitKind : std::uint8_t {
    Handshake,
    Application,
    ReceiveWindow,
    Path,
    LossRecovery,
    HeadOfLine,
    Closing,
    NotSeen,
    Unknown,
};
inline constexpr std::size_t kLimitKinds = static_cast<std::size_t>(LimitKind::Unknown) + 1;

std::string_view name(LimitKind kind); // "receive_window"

// The kind of a moment, and the index of the subflow that it is about.
struct Limit {
    LimitKind kind = LimitKind::Unknown;
    std::optional<std::uint32_t> subflow; // of Path, LossRecovery and HeadOfLine

    friend bool operator==(const Limit &, const Limit &) = default;
};

// Times are nanoseconds since the start of the connection.
struct LimitInterval {
    Time begin = 0;
    Time end = 0; // where the next one begins
    Limit limit;
    std::uint64_t bytes = 0; // unique ones of counted packets after `begin`, up to `end`
    // The packets at `begin` and at `end`.
    std::uint32_t begin_frame = 0, end_frame = 0;
};

struct LimitTotal {
    Limit limit;
    Time time = 0;
    double share = 0; // of the time of the connection, from 0 to 1
    std::uint64_t bytes = 0;
    std::size_t intervals = 0;
};

// The longest one first. By kind: without subflows. By subflow: for each kind and subflow.
std::vector<LimitTotal> totals_by_kind(const std::vector<LimitInterval> &intervals);
std::vector<LimitTotal> totals_by_subflow(const std::vector<LimitInterval> &intervals);

} // namespace mptcp
