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

#include <span>

#include <wireshark.h>

#include <epan/packet.h>

#include "core/segment.h"

namespace mptcp {

// The segment's options and payload are views into Wireshark's buffer of the
// frame, and good as long as the frame is being dissected.
struct RecordedSegment {
    bool readable = false; // false: cut or broken before the flags end
    Segment segment;
};

// To be called when protocols are registered; `owner` is our protocol's ID.
void register_segment_recorder(int owner);

// To be called when all protocols are known: takes over the table's entry.
void hook_segment_recorder();

// The segments of the frame that is being dissected, in the order of its
// layers. They are given once, and are good as long as what they view.
std::span<const RecordedSegment> take_recorded_segments(const packet_info *pinfo);

} // namespace mptcp
