// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/recorder.h"

#include <cstring>

#include "capture/marks_reader.h"
#include "capture/session.h"
#include "sdk/frame_time.h"
#include "sdk/ip_header.h"
#include "wire/tcp_header.h"

namespace mptcp {
namespace {

// False if it is neither IPv4's nor IPv6's.
bool read_address(const address &from, Address &to)
{
    const bool v4 = from.type == AT_IPv4 && from.len == 4;
    if (!v4 && !(from.type == AT_IPv6 && from.len == 16))
        return false;
    to = {v4 ? Family::IPv4 : Family::IPv6, {}};
    std::memcpy(to.bytes.data(), from.data, v4 ? 4 : 16);
    return true;
}

// Throws neither C++ exceptions nor epan's.
void read_segment(tvbuff_t *tvb, const packet_info *pinfo, const void *ip_header,
                  RecordedSegment &recorded)
{
    Segment &segment = recorded.segment;
    const IpHeader ip = read_ip_header(pinfo, ip_header);
    segment.ip_id = ip.id;
    segment.marks = read_marks(pinfo, ip.ttl, session().capture->points());
    segment.frame = pinfo->num;
    segment.time = to_time(pinfo->abs_ts);
    segment.payload = 0;
    const unsigned length = tvb_captured_length(tvb);
    recorded.readable = length > 0 && read_address(pinfo->src, segment.source.address) &&
                        read_address(pinfo->dst, segment.destination.address) &&
                        parse_tcp({tvb_get_ptr(tvb, 0, static_cast<int>(length)), length},
                                  tvb_reported_length(tvb), segment);
}

} // namespace

std::size_t record_segment(tvbuff_t *tvb, const packet_info *pinfo, const void *ip_header) noexcept
{
    Recorder &recorder = session().recorder;
    if (recorder.frame != pinfo->num) {
        recorder.used = 0;
        recorder.readable = 0;
        recorder.frame = pinfo->num;
    }
    if (recorder.used == recorder.segments.size())
        recorder.segments.emplace_back();
    RecordedSegment &recorded = recorder.segments[recorder.used];
    read_segment(tvb, pinfo, ip_header, recorded);
    recorded.layer = recorder.readable;
    recorder.readable += static_cast<std::uint32_t>(recorded.readable);
    recorded.is_first_visit = !pinfo->fd->visited; // epan sets it before it calls listeners
    return recorder.used++;
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
