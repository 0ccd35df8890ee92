// SPDX-License-Identifier: GPL-2.0-or-later
//
// DSS checksums at the data level (RFC 8684 3.3): mappings whose data is not complete, and
// DATA_FINs without data. dss_checksum.h computes the checksum.
#include <algorithm>
#include <utility>

#include "data/segment_context.h"

namespace mptcp {
namespace {

constexpr std::size_t kMaxOpen = 64; // open checksums for each direction of a subflow

DssChecksum::Announced announced(const DataStream &stream, RelativeDsn dsn,
                                 const DssMapping &dss_mapping)
{
    return {stream.dsn_of(dsn).value_or(DataSeq{}), dss_mapping.subflow_offset, dss_mapping.length,
            *dss_mapping.checksum};
}

} // namespace

Verdict DataLevel::fin_checksum(std::uint32_t frame, SubflowId subflow) const
{
    auto it = std::ranges::lower_bound(fins_, frame, {}, &FinChecksum::frame);
    for (; it != fins_.end() && it->frame == frame; ++it)
        if (it->subflow == subflow)
            return it->status;
    return Verdict::Absent;
}

// RFC 8684 3.3.3: the checksum of a DATA_FIN without data covers the pseudo-header only. Only the
// first one of each direction of a subflow is recorded.
void DataLevel::verify_fin(const SegmentContext &context, RelativeDsn dsn,
                           const DssMapping &dss_mapping)
{
    if (!dss_mapping.checksum || !context.connection.checksums().value_or(true) ||
        !context.flow.first_fin())
        return;
    DssChecksum checksum{Range{}, announced(context.stream, dsn, dss_mapping)};
    if (!context.stream.is_64_bit())
        checksum.mark_unknown();
    fins_.push_back({context.segment.frame, context.id, context.sender, checksum.status()});
    if (checksum.status() == Verdict::Bad)
        context.change.checksum_bad = true;
}

// RFC 8684 3.3.1: a mapping has a checksum if and only if checksums were negotiated. Otherwise the
// receiver must close the subflow with an RST.
void DataLevel::note_checksum_faults(const SegmentContext &context, std::uint32_t number)
{
    const auto negotiated = context.connection.checksums();
    if (!negotiated || context.connection.partial() || context.connection.fallback)
        return;
    const auto check = [&](std::uint16_t length, bool has_checksum) {
        if (length == 0 || has_checksum == *negotiated)
            return;
        DataExtras &extras = make_extras(packets_[number]);
        ++(*negotiated ? extras.missing_checksums : extras.unexpected_checksums);
        if (context.flow.first_checksum_fault())
            (*negotiated ? context.change.checksum_missing : context.change.checksum_unexpected) =
                true;
    };
    for (const Option &option : context.segment.options.mptcp)
        if (const auto *dss = std::get_if<Dss>(&option); dss != nullptr && dss->mapping)
            check(dss->mapping->length, dss->mapping->checksum.has_value());
        else if (const auto *capable = std::get_if<MpCapable>(&option);
                 capable != nullptr && capable->data_length)
            check(*capable->data_length, capable->checksum.has_value());
}

void DataLevel::open_checksum(const SegmentContext &context, const Mapping &mapping,
                              const DssMapping &dss_mapping)
{
    any_open_checksums_ = true;
    auto &open = context.flow.open_checksums();
    if (open.size() == kMaxOpen) {
        note_checksum(open.front().packet, Verdict::Unverified);
        open.erase(open.begin());
    }
    DssChecksum checksum{mapping.offsets(), announced(context.stream, mapping.dsn, dss_mapping)};
    if (!context.stream.is_64_bit())
        checksum.mark_unknown();
    // Payload that precedes the mapping in the capture was not stored.
    context.flow.visit_passed(mapping.offsets(),
                              [&](const Range &passed) { checksum.add(passed, {}); });
    // The packet of this segment is appended after its mappings.
    const bool has_packet = context.segment.payload > 0;
    open.push_back({std::move(checksum), has_packet ? static_cast<std::uint32_t>(packets_.size())
                                                    : SubflowData::kNoPacket});
}

// Adds the payload of this segment to the open checksums, and closes those that are complete.
void DataLevel::complete_checksums(const SegmentContext &context)
{
    if (context.flow.checksums().empty())
        return;
    auto &open = context.flow.open_checksums();
    for (auto it = open.begin(); it != open.end();) {
        if (it->checksum.covers(context.payload))
            it->checksum.add(context.payload, context.segment.payload_bytes);
        if (!it->checksum.complete()) {
            ++it;
            continue;
        }
        const Verdict status = it->checksum.status();
        note_checksum(static_cast<std::uint32_t>(packets_.size() - 1), status);
        if (status == Verdict::Bad)
            context.change.checksum_bad = true;
        it = open.erase(it);
    }
}

void DataLevel::note_checksum(std::uint32_t number, Verdict status)
{
    if (number >= packets_.size())
        return; // the mapping came without payload
    DataPacket &packet = packets_[number];
    if (packet.checksum == Verdict::Absent) {
        packet.checksum = status;
        return;
    }
    DataExtras &extras = make_extras(packet);
    if (status == Verdict::Good)
        ++extras.good_checksums;
    else if (status == Verdict::Bad)
        ++extras.bad_checksums;
    else
        ++extras.unverified_checksums;
}

} // namespace mptcp
