// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/recorder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <epan/ipproto.h>

#include "capture/capture.h"
#include "sdk/frame_time.h"
#include "sdk/handle.h"
#include "wire/tcp_header.h"

namespace mptcp {
namespace {

dissector_handle_t tcp_handle = nullptr;

// The segments of the frame that is being dissected. Wireshark dissects one
// frame at a time, and ends each with the post-dissectors.
struct Recording {
    bool wanted = false;
    std::uint32_t frame = 0; // 0: they were taken
    std::vector<RecordedSegment> segments;
    std::size_t used = 0; // of them; the others are from earlier frames
};
Recording recording;

// False if it is neither IPv4's nor IPv6's.
bool read_address(const address &from, Address &to)
{
    if (from.type == AT_IPv4 && from.len == 4) {
        // Stored all at once: who reads them as words need not wait for the parts.
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

// Reads what the capture holds of the segment at the front of `tvb`; throws nothing, neither
// C++ exceptions nor epan's.
void read_segment(tvbuff_t *tvb, const packet_info *pinfo, RecordedSegment &recorded)
{
    Segment &segment = recorded.segment;
    segment.frame = pinfo->num;
    segment.time = to_time(pinfo->abs_ts);
    segment.payload = 0;
    const unsigned length = tvb_captured_length(tvb);
    recorded.readable = length > 0 && read_address(pinfo->src, segment.source.address) &&
                        read_address(pinfo->dst, segment.destination.address) &&
                        parse_tcp({tvb_get_ptr(tvb, 0, static_cast<int>(length)), length},
                                  tvb_reported_length(tvb), segment);
}

[[gnu::cold, gnu::noinline]] void make_room() { recording.segments.emplace_back(); }

void record(tvbuff_t *tvb, const packet_info *pinfo) noexcept
{
    if (recording.frame != pinfo->num) {
        recording.used = 0;
        recording.frame = pinfo->num;
    }
    if (recording.used == recording.segments.size())
        make_room();
    RecordedSegment &recorded = recording.segments[recording.used++];
    read_segment(tvb, pinfo, recorded);
}

int record_and_dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (recording.wanted && !pinfo->flags.in_error_pkt)
        record(tvb, pinfo);
    return call_dissector_only(tcp_handle, tvb, pinfo, tree, data);
}

} // namespace

void hook_segment_recorder()
{
    dissector_table_t ip_protocols = find_dissector_table("ip.proto");
    tcp_handle = dissector_get_uint_handle(ip_protocols, IP_PROTO_TCP);
    if (tcp_handle == nullptr)
        return; // somebody has taken TCP out; then there is nothing to record
    dissector_add_uint(
        "ip.proto", IP_PROTO_TCP,
        make_handle(record_and_dissect_tcp, "mptcp_conn_tcp", "TCP with MPTCP connections"));
}

void record_segments(bool wanted)
{
    const auto tcp_is_enabled = [] {
        const int tcp = dissector_handle_get_protocol_index(tcp_handle);
        return proto_is_protocol_enabled(find_protocol_by_id(tcp));
    };
    recording.wanted = wanted && tcp_handle != nullptr && tcp_is_enabled();
    recording.frame = 0; // nothing is left of the capture before
}

std::span<RecordedSegment> take_recorded_segments(const packet_info *pinfo)
{
    if (recording.frame != pinfo->num)
        recording.used = 0;
    recording.frame = 0;
    return std::span{recording.segments}.first(recording.used);
}

} // namespace mptcp
