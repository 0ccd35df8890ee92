// SPDX-License-Identifier: GPL-2.0-or-later
//
// What Wireshark saw of each TCP segment of a frame, as core::Segment.
//
// Segments are recorded where IP hands TCP over: the entry for protocol 6 in
// the table "ip.proto" is ours, writes the segment down, and calls the TCP
// dissector that was there before. So every TCP layer is seen, in tunnels and
// reassembled fragments too, with the addresses of its own IP layer, and with
// the options as far as the snaplen kept them, before anything can throw.
// Segments quoted in ICMP errors are not traffic and are left out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <wireshark.h>

#include <epan/packet.h>

#include "tracker.h"

namespace mptcp {

// The segment's options and payload are views into Wireshark's buffer of the
// frame, and good as long as the frame is being dissected.
struct RecordedSegment {
    Segment segment;
    bool readable = false;                  // false: cut or broken before the flags end
    std::optional<Attribution> attribution; // the post-dissector's; none: plain TCP
};

// The segments of the current frame. Wireshark dissects one frame at a time, and
// ends each with the post-dissectors.
struct Recorder {
    dissector_handle_t tcp = nullptr; // the TCP dissector that was there before
    bool is_recording = false;
    std::uint32_t frame = 0; // 0: the segments were taken
    std::vector<RecordedSegment> segments;
    std::size_t used = 0; // of them; the others are from earlier frames
};

// To be called when all protocols are known: takes over the table's entry.
void hook_segment_recorder();

// Turns recording on or off. It is off at first, and stays off where TCP is
// disabled.
void record_segments(bool wanted);

// The segments of the frame that is being dissected, in the order of its
// layers. They are given once, and stay where they are until the next frame.
std::span<RecordedSegment> take_recorded_segments(const packet_info *pinfo);

} // namespace mptcp
