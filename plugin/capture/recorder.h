// SPDX-License-Identifier: GPL-2.0-or-later
//
// Records each TCP segment of a frame as the core's Segment.
//
// The plugin replaces the entry for protocol 6 in the table "ip.proto": its entry
// records the segment and calls the TCP dissector that was there before. This
// sees every TCP layer, in tunnels and reassembled fragments too, with the
// addresses of its own IP layer and with the options that the snaplen left,
// before a dissector can throw. Segments quoted in ICMP errors are not traffic
// and are not recorded.
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
// frame, valid while the frame is being dissected.
struct RecordedSegment {
    Segment segment;
    bool readable = false; // false: truncated or malformed before the end of the flags
    std::optional<Observation> observation; // set by the post-dissector; none: plain TCP
    bool is_first_visit = false;            // the frame is dissected for the first time
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

// To be called when all protocols are registered: replaces the table's entry.
void hook_segment_recorder();

// Turns recording on or off. It is off at first, and stays off where TCP is
// disabled.
void record_segments(bool wanted);

// Returns the segments of the current frame, in the order of its layers; an empty
// span when called again. They are valid until the next frame.
std::span<RecordedSegment> take_recorded_segments(const packet_info *pinfo);

} // namespace mptcp
