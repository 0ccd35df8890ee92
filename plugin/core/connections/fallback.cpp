// SPDX-License-Identifier: GPL-2.0-or-later
//
// Detection of fallback to regular TCP (RFC 8684 3.7).
#include "connections/fallback.h"

#include "base/seq.h"

namespace mptcp {
namespace {

// The subflow sequence number after the data that the segment maps.
TcpSeq end_of_mapping(const SubflowEnd &end, const Segment &segment)
{
    const TcpSeq segment_end = segment.seq + segment.payload;
    if (!end.isn)
        return segment_end;
    TcpSeq mapped = segment_end;
    const auto *mapping = segment.options.mapping();
    const auto *capable = segment.options.find<MpCapable>();
    if (mapping != nullptr && mapping->subflow_offset != 0)
        mapped = *end.isn + mapping->subflow_offset + std::uint32_t{mapping->length};
    else if (capable != nullptr && capable->data_length) // RFC 8684 3.1: maps the first data
        mapped = *end.isn + 1 + std::uint32_t{*capable->data_length};
    return before(segment_end, mapped) ? mapped : segment_end;
}

void note_mapping(SubflowEnd &end, const Segment &segment)
{
    const TcpSeq mapped = end_of_mapping(end, segment);
    if (!end.mapped_end || before(*end.mapped_end, mapped))
        end.mapped_end = mapped;
    end.plain_end.reset();
}

// RFC 8684 3.7: a receiver that gets data without a mapping falls back if the connection has a
// single subflow; otherwise it resets the subflow. There are two cases:
// - The first data of a side has no mapping. Only the segment at ISN + 1 is checked, because a
//   later segment may follow a mapping that was not captured.
// - Data after the last mapping has no option, and is acknowledged without a DATA_ACK.
void watch_plain_data(Connection &connection, Subflow &subflow, Side sender, const Segment &segment,
                      ConnectionChange &change)
{
    SubflowEnd &end = subflow.ends[sender];
    const bool is_only_subflow = connection.open_subflows <= 1;
    const bool is_first = end.isn && segment.seq == *end.isn + 1 && !end.mapped_end;
    const bool follows_mappings = end.mapped_end && !before(segment.seq, *end.mapped_end);
    const bool plain_ack =
        subflow.seen.has(SubflowSeen::PlainThirdAck) && !subflow.seen.has(SubflowSeen::ThirdAck);
    if (is_first && is_only_subflow && subflow.kind == SubflowKind::Initial)
        fall_back(connection, segment,
                  plain_ack ? FallbackReason::ThirdAckWithoutMpCapable
                            : FallbackReason::FirstDataWithoutOption,
                  change);
    if ((is_first || follows_mappings) && !is_only_subflow && !connection.fallback &&
        !end.unmapped_told) {
        end.unmapped_told = true;
        change.changes.add(Change::UnmappedOnJoin);
    }
    if (follows_mappings)
        end.plain_end = segment.seq + segment.payload;
}

// After a fallback, neither host sends a DSS option. If both do, the receiver did not fall back.
void watch_dss(Connection &connection, Side sender, const Subflow &subflow, const Segment &segment,
               ConnectionChange &change)
{
    if (!connection.fallback || connection.fallback->frame == segment.frame ||
        !(segment.options.has<Dss>() || segment.options.maps_data()))
        return;
    connection.dss_after_fallback.add(subflow.role(sender));
    if (!connection.dss_after_fallback.has(Role::Client) ||
        !connection.dss_after_fallback.has(Role::Server))
        return;
    change.revoked_fallback_frame = connection.fallback->frame;
    connection.fallback.reset();
    connection.dss_after_fallback = {};
}

} // namespace

void fall_back(Connection &connection, const Segment &segment, FallbackReason reason,
               ConnectionChange &change)
{
    if (connection.fallback)
        return;
    connection.fallback = Fallback{segment.frame, reason};
    change.changes.add(Change::Fallback);
}

void fall_back_by_infinite_mapping(Connection &connection, Role sender, const Segment &segment,
                                   ConnectionChange &change)
{
    const bool after_mp_fail = connection.hosts[other(sender)].mp_fail_sent;
    fall_back(connection, segment,
              after_mp_fail ? FallbackReason::InfiniteMappingAfterMpFail
                            : FallbackReason::InfiniteMapping,
              change);
}

void watch_options(Connection &connection, Subflow &subflow, Side sender, const Segment &segment,
                   bool is_new, ConnectionChange &change)
{
    if (segment.any_syn() || segment.rst())
        return;
    if (segment.options.maps_data())
        note_mapping(subflow.ends[sender], segment);
    if (is_new)
        watch_dss(connection, sender, subflow, segment, change);
    if (!segment.options.none())
        return;
    if (segment.payload > 0)
        watch_plain_data(connection, subflow, sender, segment, change);
    const auto plain_end = subflow.ends[other(sender)].plain_end;
    if (plain_end && segment.has_ack() && !before(segment.ack, *plain_end) &&
        connection.open_subflows == 1)
        fall_back(connection, segment, FallbackReason::OptionsVanished, change);
}

} // namespace mptcp
