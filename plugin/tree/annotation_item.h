// SPDX-License-Identifier: GPL-2.0-or-later
//
// The item "Multipath TCP Connection" of one packet, and how to add fields to it.
#pragma once

#include <wireshark.h>

#include <epan/packet.h>

#include "capture/capture.h"
#include "sdk/frame_time.h"
#include "tracker.h"

namespace mptcp {

// A verdict in Wireshark's words, for fields that are shown by proto_checksum_vals.
constexpr unsigned checksum_status(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Good:
        return PROTO_CHECKSUM_E_GOOD;
    case Verdict::Bad:
    case Verdict::Leftmost: // the expert info says more
        return PROTO_CHECKSUM_E_BAD;
    case Verdict::Unverified:
        return PROTO_CHECKSUM_E_UNVERIFIED;
    case Verdict::Absent:
        break;
    }
    return PROTO_CHECKSUM_E_NOT_PRESENT;
}

// The arguments of all functions that add to a packet's tree. Owns no memory.
struct Annotation {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    proto_item *root;
    const Capture &capture;
    const Segment &segment;
    const Observation &attribution;
    const Subflow &subflow;
    const Connection &connection;

    const Tracker &tracker() const { return capture.tracker(); }
    Role sender() const { return subflow.role(attribution.sender); }
    Role receiver() const { return other(sender()); }

    proto_item *add_number(int field, std::uint32_t value) const
    {
        return mark(proto_tree_add_uint(tree, field, tvb, 0, 0, value));
    }
    proto_item *add_number64(int field, std::uint64_t value) const
    {
        return mark(proto_tree_add_uint64(tree, field, tvb, 0, 0, value));
    }
    proto_item *add_time(int field, Time time) const
    {
        const nstime_t interval = to_nstime(time);
        return mark(proto_tree_add_time(tree, field, tvb, 0, 0, &interval));
    }
    proto_item *add_flag(int field, bool value) const
    {
        return mark(proto_tree_add_boolean(tree, field, tvb, 0, 0, value));
    }

private:
    static proto_item *mark(proto_item *item)
    {
        proto_item_set_generated(item);
        return item;
    }
};

} // namespace mptcp
