// SPDX-License-Identifier: GPL-2.0-or-later
//
// Inference of the receiver's state from what it sent: RCV.NXT is at least the highest ACK number
// captured, and at most the end of the data that its peer sent.
#include "connections/acceptability.h"

#include "base/seq.h"
#include "wire/window.h"

namespace mptcp {
namespace {

// RFC 9293 3.4: SYN and FIN occupy one sequence number each.
std::uint32_t sequence_length(const Segment &segment)
{
    return segment.payload + (segment.any_syn() ? 1 : 0) + (segment.fin() ? 1 : 0);
}

TcpSeq end_of(const Segment &segment) { return segment.seq + sequence_length(segment); }

} // namespace

bool acknowledges_syn(const Segment &segment, const SubflowEnd &initiator)
{
    return segment.has_ack() && within(segment.ack, *initiator.isn + 1, initiator.syn_payload);
}

std::string_view describe(Ignored why)
{
    switch (why) {
    case Ignored::No:
        return "";
    case Ignored::OutsideWindow:
        return "ignored: outside the receive window";
    case Ignored::AlreadyReceived:
        return "ignored: sequence number already received";
    case Ignored::NotNext:
        return "ignored: the subflow went on";
    case Ignored::NoAnswerToSyn:
        return "ignored: the RST does not acknowledge the SYN";
    case Ignored::BothFinsSent:
        return "no effect: both ends had sent a FIN";
    case Ignored::SubflowClosed:
        return "ignored: the subflow was closed";
    case Ignored::InvalidOption:
        return "ignored: the option is invalid";
    }
    return "";
}

Ignored judge(const Subflow &subflow, Side sender, const Segment &segment)
{
    const SubflowEnd &from = subflow.ends[sender];
    const SubflowEnd &receiver = subflow.ends[other(sender)];
    if (segment.rst() && subflow.initiator == other(sender) && receiver.isn && !from.sent &&
        !acknowledges_syn(segment, receiver))
        return Ignored::NoAnswerToSyn;
    if (segment.any_syn() || !receiver.acknowledged || !from.sent)
        return Ignored::No;
    if (segment.rst() && subflow.ended() && !subflow.reset()) {
        const bool closed = from.acknowledged && !before(from.acked, receiver.sent_end);
        return closed ? Ignored::SubflowClosed : Ignored::BothFinsSent;
    }
    // If the sender's data up to that acknowledgment was not captured, frames may be out of order.
    const TcpSeq expected = receiver.acked;
    const bool in_order = !before(from.sent_end, expected);
    const TcpSeq end = end_of(segment);
    if (is_reset_at_fin(subflow, sender, segment) && expected == from.sent_end)
        return Ignored::No;
    if (in_order && (before(end, expected) || (end == expected && segment.seq != end)))
        return Ignored::AlreadyReceived;
    if (receiver.window != SubflowEnd::kUnknownWindow &&
        before(expected + receiver.window, segment.seq) && before(from.sent_end, segment.seq))
        return Ignored::OutsideWindow;
    return Ignored::No;
}

bool is_doubtful_reset(const Subflow &subflow, Side sender, const Segment &segment)
{
    const SubflowEnd &from = subflow.ends[sender];
    return segment.rst() && from.sent && before(from.sent_end, segment.seq);
}

bool is_reset_at_fin(const Subflow &subflow, Side sender, const Segment &segment)
{
    const SubflowEnd &from = subflow.ends[sender];
    return segment.rst() && from.closed == EndClosed::Fin && from.sent &&
           segment.seq + 1 == from.sent_end;
}

bool outlives_reset(const Subflow &subflow, Side sender, const Segment &segment)
{
    if (!subflow.reset() || segment.rst() || segment.any_syn())
        return false;
    const SubflowReset &reset = subflow.last_reset;
    if (sender == reset.sender)
        return !subflow.ends[other(sender)].acknowledged && before(reset.seq, end_of(segment));
    return segment.has_ack() && (reset.doubtful || before(reset.seq, segment.ack));
}

void note_sequence_numbers(Subflow &subflow, Side sender, const Segment &segment)
{
    if (segment.rst())
        return;
    SubflowEnd &from = subflow.ends[sender];
    const TcpSeq end = end_of(segment);
    if (!from.sent || before(from.sent_end, end))
        from.sent_end = end;
    from.sent = true;
    if (!segment.has_ack() || (from.acknowledged && before(segment.ack, from.acked)))
        return;
    from.acked = segment.ack;
    from.acknowledged = true;
    from.window = window_of(segment, from.window_scale, subflow.ends[other(sender)].window_scale)
                      .value_or(SubflowEnd::kUnknownWindow);
}

} // namespace mptcp
