// SPDX-License-Identifier: GPL-2.0-or-later
//
// Mappings at the data level: from DSS (RFC 8684 3.3.1), and from MP_CAPABLE with the first data
// (3.1).
#include "data/segment_context.h"

namespace mptcp {
namespace {

// RFC 8684 3.7: an infinite mapping has no end. This length exceeds every offset.
constexpr std::uint64_t kInfinite = std::uint64_t{1} << 48;

} // namespace

void DataLevel::map_all(const SegmentContext &context)
{
    const std::uint32_t syn_payload = context.subflow.syn_payload_before_data();
    for (const Option &option : context.segment.options.mptcp) {
        const auto *dss = std::get_if<Dss>(&option);
        if (dss == nullptr || !dss->mapping)
            continue;
        context.flow.choose_numbering(dss->mapping->subflow_offset, dss->mapping->length,
                                      context.payload, syn_payload);
        map(context, *dss->mapping, dss->data_fin);
    }
    // RFC 8684 3.1: MP_CAPABLE with a data length maps the first data. RFC 7413: this data
    // follows the data in the SYN, if any.
    const auto *capable = context.segment.options.find<MpCapable>();
    const auto idsn = context.connection.hosts[context.role].idsn;
    if (capable != nullptr && capable->data_length && idsn)
        map(context,
            {{idsn->value + 1, true},
             1 + syn_payload - context.flow.not_counted(),
             *capable->data_length,
             capable->checksum},
            false);
}

void DataLevel::map(const SegmentContext &context, const DssMapping &dss_mapping, bool data_fin)
{
    // RFC 8684 3.3.3: a DATA_FIN occupies one DSN of the mapping, but no byte of payload.
    const bool infinite = dss_mapping.length == 0;
    if (infinite && context.segment.payload == 0)
        return; // RFC 8684 3.7: an infinite mapping comes with data
    const std::uint32_t length = dss_mapping.length - (data_fin && !infinite ? 1U : 0U);
    const RelativeDsn dsn = context.stream.relative_dsn(dss_mapping.data_seq);
    if (data_fin && !infinite) {
        context.stream.pass_fin(dsn + length);
        if (length == 0)
            verify_fin(context, dsn, dss_mapping);
    }
    if (length == 0 && !infinite)
        return;
    SubflowData &flow = context.flow;
    // RFC 8684 3.3.1: the first byte of the subflow has the relative number 1. 0 is that of an
    // infinite mapping.
    if (dss_mapping.subflow_offset == 0 && !infinite)
        context.change.mapping_before_start = true;
    if (!flow.isn_known() && context.segment.payload > 0 && !infinite)
        flow.infer_isn(dss_mapping.subflow_offset, length, context.payload);
    const std::uint64_t reach = infinite ? kInfinite : length;
    const auto begin = flow.offset_of_relative(dss_mapping.subflow_offset, context.payload.begin);
    if (!begin) {
        flow.keep_early({dss_mapping.subflow_offset, reach, dsn, context.payload.begin});
        return;
    }
    if (flow.any_early())
        put_early(context);
    const Mapping mapping{*begin, *begin + reach, dsn};
    const std::uint64_t fresh = put(context, mapping);
    if (dss_mapping.checksum && !infinite && fresh == length &&
        context.connection.checksums().value_or(true))
        open_checksum(context, mapping, dss_mapping);
}

// Applies the mappings that were captured before the ISN was known.
void DataLevel::put_early(const SegmentContext &context)
{
    for (const EarlyMapping &early : context.flow.take_early()) {
        const auto at = context.flow.offset_of_relative(early.relative, early.near).value_or(0);
        put_anywhere(context, {at, at + early.length, early.dsn});
    }
}

// Returns the number of bytes that had no mapping.
std::uint64_t DataLevel::put(const SegmentContext &context, const Mapping &mapping)
{
    if (!context.flow.any_unmapped() && context.flow.map_next(mapping)) // the usual case
        return mapping.offsets().size();
    return put_anywhere(context, mapping);
}

std::uint64_t DataLevel::put_anywhere(const SegmentContext &context, const Mapping &mapping)
{
    std::uint64_t fresh = 0;
    const bool contradicts = context.flow.map(mapping, [&](const Mapping &part) {
        fresh += part.offsets().size();
        if (context.flow.any_unmapped())
            map_in(context, part);
    });
    // RFC 8684 3.7: mappings have no effect after a fallback.
    if (contradicts && !context.connection.fallback)
        context.change.mapping_contradicts = true;
    return fresh;
}

// Assigns DSNs to payload that was captured before its mapping.
void DataLevel::map_in(const SegmentContext &context, const Mapping &mapping)
{
    for (const UnmappedPayload &pending : context.flow.take_unmapped(mapping.offsets())) {
        DataPacket &packet = packets_[pending.packet];
        const RelativeDsn dsn = mapping.relative_dsn(pending.offsets.begin);
        // rebased_by() is added whenever the DSN is read.
        const RelativeDsn noted{dsn.value - context.flow.rebased_by(packet.frame)};
        if (pending.first()) {
            packet.dsn = noted;
            packet.mapped = true;
        }
        make_extras(packet).unmapped -= bytes32(pending.offsets.size());
        note_part(packet, {pending.place, bytes32(pending.offsets.size()), noted});
        if (pending.repeated)
            make_extras(packet).retransmitted += bytes32(pending.offsets.size());
        else
            pass_data(context, range_from(dsn, pending.offsets.size()), pending.packet);
    }
}

} // namespace mptcp
