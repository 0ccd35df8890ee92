// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/recorder.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <epan/ipproto.h>

#include "capture/session.h"
#include "sdk/frame_time.h"
#include "sdk/handle.h"

namespace mptcp {
namespace {

constexpr unsigned kShortestHeader = 20; // bytes, RFC 9293 3.1
constexpr unsigned kFlagsEnd = 14;       // ports, numbers, data offset and flags
constexpr std::size_t kDataOffset = 12;  // where these two stand
constexpr std::size_t kFlags = 13;

// False if it is neither IPv4's nor IPv6's.
bool read_address(const address &from, Address &to)
{
    if (from.type == AT_IPv4 && from.len == 4) {
        // One store: reading the address as words right after stalls otherwise.
        std::array<std::uint32_t, 4> words{};
        std::memcpy(words.data(), from.data, 4);
        to.family = Family::IPv4;
        std::memcpy(to.octets.data(), words.data(), 16);
        return true;
    }
    if (from.type == AT_IPv6 && from.len == 16) {
        to.family = Family::IPv6;
        std::memcpy(to.octets.data(), from.data, 16);
        return true;
    }
    return false;
}

// Ports, numbers, flags and window. The first 20 bytes of the header are captured.
[[gnu::always_inline]] inline void read_fields(ByteView header, Segment &segment)
{
    Cursor fields{header.first(kShortestHeader)};
    segment.source.port = fields.u16();
    segment.destination.port = fields.u16();
    segment.seq = {fields.u32()};
    segment.ack = {fields.u32()};
    segment.flags = header[kFlags];
    fields.u16(); // data offset and flags
    segment.window = fields.u16();
}

// For a header that the snaplen truncated: missing bytes read as zeros.
[[gnu::cold, gnu::noinline]] void read_cut_header(ByteView captured, Segment &segment)
{
    std::array<std::uint8_t, kShortestHeader> header{};
    std::ranges::copy(captured.first(std::min(captured.size(), header.size())), header.begin());
    read_fields(header, segment);
    segment.options_whole = false;
    segment.options = {};
    if (captured.size() > kShortestHeader)
        segment.options = captured.subspan(kShortestHeader);
    segment.octets = {};
}

// Reads the captured part of the header at the start of `tvb`. Throws neither C++
// exceptions nor epan's.
void read_header(tvbuff_t *tvb, const packet_info *pinfo, RecordedSegment &recorded)
{
    Segment &segment = recorded.segment;
    segment.frame = pinfo->num;
    segment.time = to_time(pinfo->abs_ts);
    segment.payload = 0;
    recorded.readable = false;
    const unsigned length = tvb_captured_length(tvb);
    const unsigned reported = tvb_reported_length(tvb);
    if (length < kFlagsEnd || !read_address(pinfo->src, segment.source.address) ||
        !read_address(pinfo->dst, segment.destination.address))
        return;
    const ByteView captured{tvb_get_ptr(tvb, 0, static_cast<int>(length)), length};
    const unsigned header_length = 4U * (captured[kDataOffset] >> 4);
    if (header_length < kShortestHeader || header_length > reported)
        return;
    recorded.readable = true;
    segment.payload = reported - header_length;
    if (length < header_length)
        return read_cut_header(captured, segment);
    read_fields(captured, segment);
    segment.options_whole = true;
    segment.options = captured.subspan(kShortestHeader, header_length - kShortestHeader);
    segment.octets = captured.subspan(header_length);
}

[[gnu::cold, gnu::noinline]] void make_room(Recorder &recorder)
{
    recorder.segments.emplace_back();
}

void record(Recorder &recorder, tvbuff_t *tvb, const packet_info *pinfo) noexcept
{
    if (recorder.frame != pinfo->num) {
        recorder.used = 0;
        recorder.frame = pinfo->num;
    }
    if (recorder.used == recorder.segments.size())
        make_room(recorder);
    RecordedSegment &recorded = recorder.segments[recorder.used++];
    read_header(tvb, pinfo, recorded);
}

int record_and_dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    Recorder &recorder = session().recorder;
    if (recorder.is_recording && !pinfo->flags.in_error_pkt)
        record(recorder, tvb, pinfo);
    return call_dissector_only(recorder.tcp, tvb, pinfo, tree, data);
}

} // namespace

void hook_segment_recorder()
{
    dissector_handle_t &tcp = session().recorder.tcp;
    tcp = dissector_get_uint_handle(find_dissector_table("ip.proto"), IP_PROTO_TCP);
    if (tcp == nullptr)
        return; // TCP was removed from the table: there is nothing to record
    dissector_add_uint(
        "ip.proto", IP_PROTO_TCP,
        make_handle(record_and_dissect_tcp, "mptcp_conn_tcp", "TCP with MPTCP connections"));
}

void record_segments(bool wanted)
{
    Recorder &recorder = session().recorder;
    const auto tcp_is_enabled = [&recorder] {
        const int tcp = dissector_handle_get_protocol_index(recorder.tcp);
        return proto_is_protocol_enabled(find_protocol_by_id(tcp));
    };
    recorder.is_recording = wanted && recorder.tcp != nullptr && tcp_is_enabled();
    recorder.frame = 0; // forgets the capture before
}

std::span<RecordedSegment> take_recorded_segments(const packet_info *pinfo)
{
    Recorder &recorder = session().recorder;
    if (recorder.frame != pinfo->num)
        recorder.used = 0;
    recorder.frame = 0;
    return std::span{recorder.segments}.first(recorder.used);
}

} // namespace mptcp
