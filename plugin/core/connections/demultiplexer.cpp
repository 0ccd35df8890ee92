// SPDX-License-Identifier: GPL-2.0-or-later
#include "connections/demultiplexer.h"

#include "base/seq.h"

namespace mptcp {
namespace {

bool repeats(const PendingReuse &reuse, const Segment &syn)
{
    return syn.seq == reuse.isn && syn.source == reuse.initiator;
}

bool repeats(const Subflow &subflow, const Segment &syn)
{
    const Side side = subflow.side_of(syn.source);
    return subflow.initiator.value_or(side) == side && subflow.ends[side].isn == syn.seq;
}

// RFC 9293 3.5: what follows a SYN stands at ISN + 1, and what answers it acknowledges
// ISN + 1, or more where the SYN carried data (RFC 7413).
bool fits(const PendingReuse &reuse, const Segment &segment)
{
    const bool from_initiator = segment.source == reuse.initiator;
    const TcpSeq number = from_initiator ? segment.seq : segment.ack;
    return (from_initiator || segment.has_ack()) &&
           distance(reuse.isn + 1, number) <= reuse.syn_payload;
}

} // namespace

std::optional<Attribution> Demultiplexer::attribute(const Segment &segment)
{
    const auto current = flows_.find(segment);
    if (current && !segment.syn() && !flows_.any_pending_reuse())
        return current;
    const auto id = subflow_of(segment, current ? std::optional{current->subflow} : std::nullopt);
    if (!id)
        return std::nullopt;
    return Attribution{*id, registry_[*id].side_of(segment.source)};
}

// `current` has the 4-tuple.
std::optional<SubflowId> Demultiplexer::subflow_of(const Segment &segment,
                                                   std::optional<SubflowId> current)
{
    if (segment.syn())
        return on_syn(segment, current);
    if (!current)
        return open_midway(segment);
    if (const PendingReuse *reuse = flows_.pending_reuse(*current);
        reuse != nullptr && fits(*reuse, segment))
        return on_pending_reuse(segment, *reuse);
    return current;
}

// The segment fits a SYN that is about to reuse the 4-tuple.
std::optional<SubflowId> Demultiplexer::on_pending_reuse(const Segment &segment,
                                                         const PendingReuse &reuse)
{
    // A SYN that is refused takes nothing away: the 4-tuple's subflow goes on.
    const auto subflow = reuse.subflow;
    if (segment.rst())
        return subflow;
    hand_over(segment, subflow);
    return subflow ? subflow : open_midway(segment);
}

std::optional<SubflowId> Demultiplexer::on_syn(const Segment &segment,
                                               std::optional<SubflowId> current)
{
    if (current && repeats(registry_[*current], segment))
        return current;
    if (const PendingReuse *reuse = current ? flows_.pending_reuse(*current) : nullptr;
        reuse != nullptr && repeats(*reuse, segment))
        return reuse->subflow;

    const auto opened = open_by_syn(segment);
    if (current && !registry_[*current].ended())
        flows_.set_pending_reuse(*current, {segment.seq, segment.source, opened, segment.payload});
    else
        hand_over(segment, opened);
    return opened;
}

// The 4-tuple of the segment goes to that subflow, or to plain TCP.
void Demultiplexer::hand_over(const Segment &segment, std::optional<SubflowId> to)
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

// A subflow whose SYN is not in the capture; none if the segment is plain TCP.
std::optional<SubflowId> Demultiplexer::open_midway(const Segment &segment)
{
    const SegmentOptions &options = segment.options;
    if (!options.any())
        return std::nullopt;
    const ConnectionId connection = registry_.add_connection(segment.frame);
    const SubflowId id = registry_.add_subflow(connection, segment, SubflowKind::Unknown);
    Subflow &subflow = registry_[id];
    if (segment.syn_ack()) {
        subflow.initiator = Side::B;
        subflow.ends[Side::B].isn = segment.ack - 1;
        if (options.has<MpJoinSynAck>()) {
            subflow.kind = SubflowKind::Join;
            subflow.unresolved = true; // reordering may have put the SYN behind it
        }
    } else if (options.has<MpJoinAck>() || options.has<MpCapable>()) {
        // The third ACK, and what repeats MP_CAPABLE, stands at ISN + 1.
        subflow.initiator = Side::A;
        subflow.ends[Side::A].isn = segment.seq - 1;
        if (options.has<MpJoinAck>())
            subflow.kind = SubflowKind::Join;
    }
    flows_.put(segment, id);
    return id;
}

} // namespace mptcp
