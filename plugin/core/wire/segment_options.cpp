// SPDX-License-Identifier: GPL-2.0-or-later
//
// The options of a TCP header that MPTCP analysis uses: kind 30 (MPTCP), kind 3 (window scale) and
// kind 8 (timestamps).
#include "wire/segment_options.h"

#include <algorithm>

#include "wire/tcp_options.h"

namespace mptcp {
namespace {

constexpr std::uint8_t kWindowScaleKind = 3;
constexpr std::uint8_t kTimestampsKind = 8;
constexpr std::size_t kTimestampsLength = 10; // bytes
constexpr std::uint8_t kMaxShift = 14;        // RFC 7323 2.3: a larger shift is treated as 14

bool is_known(const Option &option)
{
    return !std::holds_alternative<Malformed>(option) &&
           !std::holds_alternative<UnknownSubtype>(option);
}

TcpTimestamps parse_timestamps(ByteView bytes)
{
    Cursor fields{bytes.subspan(2)}; // after kind and length
    TcpTimestamps timestamps;
    timestamps.value = fields.u32();
    timestamps.echo_reply = fields.u32();
    return timestamps;
}

void add_option(ByteView bytes, SegmentOptions &to)
{
    if (bytes.front() == kMptcpOptionKind)
        to.mptcp.push_back(parse_option(bytes));
    else if (bytes.front() == kWindowScaleKind && bytes.size() == 3 && !to.window_scale.offered)
        to.window_scale = {true, std::min(bytes[2], kMaxShift)};
    else if (bytes.front() == kTimestampsKind && bytes.size() == kTimestampsLength &&
             !to.timestamps)
        to.timestamps = parse_timestamps(bytes);
}

// An option of kind 30 with an invalid length.
Malformed unreadable(TcpOptionWalk::Stop why)
{
    return {std::nullopt, why == TcpOptionWalk::Stop::TooShort
                              ? "option 30 shorter than two bytes"
                              : "option 30 longer than the TCP header"};
}

} // namespace

bool SegmentOptions::any() const { return std::ranges::any_of(mptcp, is_known); }

const DssMapping *SegmentOptions::mapping() const
{
    return first_of_dss([](const Dss &dss) { return dss.mapping ? &*dss.mapping : nullptr; });
}

const WireDataSeq *SegmentOptions::data_ack() const
{
    return first_of_dss([](const Dss &dss) { return dss.data_ack ? &*dss.data_ack : nullptr; });
}

const DssMapping *SegmentOptions::data_fin() const
{
    return first_of_dss(
        [](const Dss &dss) { return dss.data_fin && dss.mapping ? &*dss.mapping : nullptr; });
}

bool SegmentOptions::maps_data() const
{
    return std::ranges::any_of(mptcp,
                               [](const Option &option) {
                                   const auto *capable = std::get_if<MpCapable>(&option);
                                   return capable != nullptr && capable->data_length;
                               }) ||
           mapping() != nullptr;
}

bool SegmentOptions::infinite_mapping() const
{
    return first_of_dss([](const Dss &dss) {
               return dss.mapping && dss.mapping->length == 0 ? &dss : nullptr;
           }) != nullptr;
}

void parse_options(ByteView bytes, bool complete, SegmentOptions &to)
{
    to.mptcp.clear();
    to.window_scale = {};
    to.timestamps.reset();
    to.bytes = bytes;
    TcpOptionWalk walk{bytes};
    for (ByteView option = walk.next(); !option.empty(); option = walk.next())
        add_option(option, to);
    // The options that were not captured may include options of kind 30.
    to.truncated = !complete && (walk.why() == TcpOptionWalk::Stop::TooLong || walk.at_last_byte());
    if (walk.kind() == kMptcpOptionKind && walk.why() != TcpOptionWalk::Stop::End && !to.truncated)
        to.mptcp.emplace_back(unreadable(walk.why()));
}

} // namespace mptcp
