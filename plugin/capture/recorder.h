// SPDX-License-Identifier: GPL-2.0-or-later
//
// Records each TCP segment of a frame as the core's Segment.
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
    bool readable = false;   // false: truncated or malformed before the end of the flags
    std::uint32_t layer = 0; // counts the readable segments of the frame from 0
    std::optional<Observation> observation; // none: plain TCP
    bool is_first_visit = false;            // the frame is dissected for the first time
    bool taken = false; // the payload is delivered to upper protocols: see streams/deliveries.h
};

// The segments of the current frame. Wireshark dissects one frame at a time, and
// ends each with the post-dissectors.
struct Recorder {
    dissector_handle_t tcp = nullptr; // the TCP dissector that was there before
    bool is_recording = false;
    std::uint32_t frame = 0; // 0: the segments were taken
    std::vector<RecordedSegment> segments;
    std::size_t used = 0;       // of them; the others are from earlier frames
    std::uint32_t readable = 0; // of those used
};

// Records the captured part of the segment at the start of `tvb`. `ip_header` is what IP passes to
// the dissector of its payload. Returns the segment's place in Recorder::segments.
std::size_t record_segment(tvbuff_t *tvb, const packet_info *pinfo, const void *ip_header) noexcept;

// Turns recording on or off. It is off at first, and stays off where TCP is
// disabled.
void record_segments(bool wanted);

// Returns the segments of the current frame, in the order of its layers; an empty
// span when called again. They are valid until the next frame.
std::span<RecordedSegment> take_recorded_segments(const packet_info *pinfo);

} // namespace mptcp
