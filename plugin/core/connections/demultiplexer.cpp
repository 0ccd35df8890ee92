// SPDX-License-Identifier: GPL-2.0-or-later
//
// Assignment of segments to subflows, including the reuse of 4-tuples (RFC 9293 3.4.3) and
// subflows whose SYN was not captured.
#include "connections/demultiplexer.h"

#include "base/seq.h"
#include "connections/roles.h"

namespace mptcp {
namespace {

bool repeats(const PendingReuse &reuse, const Segment &syn)
{
    return syn.seq == reuse.isn && syn.source == reuse.initiator;
}

// `sender` is the end of the subflow that sent the SYN.
bool repeats(const Subflow &subflow, Side sender, const Segment &syn)
{
    return subflow.initiator.value_or(sender) == sender && subflow.ends[sender].isn == syn.seq;
}

// RFC 9293 3.5: the segment after a SYN has the sequence number ISN + 1, and the response to
// the SYN acknowledges ISN + 1. RFC 7413: both may be higher by the length of the SYN's data.
bool fits(const PendingReuse &reuse, const Segment &segment)
{
    const bool from_initiator = segment.source == reuse.initiator;
    const TcpSeq number = from_initiator ? segment.seq : segment.ack;
    return (from_initiator || segment.has_ack()) &&
           within(number, reuse.isn + 1, reuse.syn_payload);
}

// The sender of the SYN that opened a subflow is its side A.
std::optional<Attribution> sent_by_initiator(const std::optional<SubflowId> &subflow)
{
    return subflow ? std::optional{Attribution{*subflow, Side::A}} : std::nullopt;
}

} // namespace

std::optional<Attribution> Demultiplexer::newest(const Segment &segment,
                                                 const std::optional<Attribution> &current) const
{
    const PendingReuse *reuse = current && segment.syn_ack() && flows_.any_pending_reuse()
                                    ? flows_.pending_reuse(current->subflow)
                                    : nullptr;
    if (reuse == nullptr || !reuse->subflow)
        return current;
    return Attribution{*reuse->subflow, segment.source == reuse->initiator ? Side::A : Side::B};
}

std::optional<Attribution> Demultiplexer::attribute(const Segment &segment,
                                                    const std::optional<Attribution> &current)
{
    if (segment.syn())
        return on_syn(segment, current);
    if (!current)
        return open_midway(segment);
    if (const PendingReuse *reuse =
            flows_.any_pending_reuse() ? flows_.pending_reuse(current->subflow) : nullptr;
        reuse != nullptr && fits(*reuse, segment))
        return on_pending_reuse(segment, *reuse);
    return current;
}

// The segment fits the SYN of the pending reuse, whose sender is side A of the new subflow.
std::optional<Attribution> Demultiplexer::on_pending_reuse(const Segment &segment,
                                                           const PendingReuse &reuse)
{
    // RFC 9293 3.5.2: an RST refuses the SYN, so the existing subflow keeps the 4-tuple.
    std::optional<Attribution> to;
    if (reuse.subflow)
        to = {*reuse.subflow, registry_[*reuse.subflow].side_of(segment.source)};
    if (segment.rst())
        return to;
    hand_over(segment, to);
    return to ? to : open_midway(segment);
}

std::optional<Attribution> Demultiplexer::on_syn(const Segment &segment,
                                                 const std::optional<Attribution> &current)
{
    if (current && repeats(registry_[current->subflow], current->sender, segment))
        return current;
    if (const PendingReuse *reuse = current ? flows_.pending_reuse(current->subflow) : nullptr;
        reuse != nullptr && repeats(*reuse, segment))
        return sent_by_initiator(reuse->subflow);

    const auto opened = open_by_syn(segment);
    if (current && !registry_[current->subflow].ended())
        flows_.set_pending_reuse(current->subflow,
                                 {segment.seq, segment.source, opened, segment.payload});
    else
        hand_over(segment, sent_by_initiator(opened));
    return sent_by_initiator(opened);
}

// Assigns the segment's 4-tuple to the subflow of `to`, or to plain TCP if `to` is empty.
void Demultiplexer::hand_over(const Segment &segment, const std::optional<Attribution> &to)
{
    if (to)
        flows_.put(segment, *to);
    else
        flows_.erase(segment);
}

std::optional<SubflowId> Demultiplexer::open_by_syn(const Segment &segment)
{
    if (segment.options.has<MpCapable>())
        return open_initial(segment);
    if (const auto *join = segment.options.find<MpJoinSyn>())
        return joins_.open(segment, *join);
    return std::nullopt;
}

SubflowId Demultiplexer::open_initial(const Segment &segment)
{
    const ConnectionId connection = registry_.add_connection(segment.frame);
    const SubflowId id = registry_.add_subflow(connection, segment, SubflowKind::Unknown);
    registry_.make_initial(id, Side::A);
    return id;
}

// Creates a subflow whose SYN was not captured. Returns nothing if the segment has no MPTCP
// option.
std::optional<Attribution> Demultiplexer::open_midway(const Segment &segment)
{
    const SegmentOptions &options = segment.options;
    if (!options.any())
        return std::nullopt;
    const ConnectionId connection = registry_.add_connection(segment.frame);
    const SubflowId id = registry_.add_subflow(connection, segment, SubflowKind::Unknown);
    Subflow &subflow = registry_[id];
    subflow.role_of_a = guess_role(segment.source, segment.destination);
    subflow.unresolved = true; // until its SYN, if the capture is reordered, or its data
    if (segment.syn_ack()) {   // RFC 9293 3.5: its receiver opened the subflow
        subflow.initiator = Side::B;
        subflow.role_of_a = Role::Server;
        subflow.ends[Side::B].isn = segment.ack - 1;
        if (options.has<MpJoinSynAck>())
            subflow.kind = SubflowKind::Join;
    } else if (options.has<MpJoinAck>() || options.has<MpCapable>()) {
        // RFC 8684 3.1, 3.2: the third ACK, and the first data with MP_CAPABLE, have the
        // sequence number ISN + 1.
        subflow.initiator = Side::A;
        subflow.role_of_a = Role::Client;
        registry_[connection].roles_seen = true;
        subflow.ends[Side::A].isn = segment.seq - 1;
        if (options.has<MpJoinAck>())
            subflow.kind = SubflowKind::Join;
    }
    const Attribution attribution{id, Side::A};
    flows_.put(segment, attribution);
    return attribution;
}

} // namespace mptcp
