// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happens around the TCP dissector.
//
// The plugin replaces the entry for protocol 6 in the table "ip.proto". Its entry records the
// segment, gives it to the tracker, calls the TCP dissector that was there before, and has the data
// dissected that the segment delivers. It sees every TCP layer, in tunnels and reassembled
// fragments too, with the addresses of its own IP layer and with the options that the snapshot
// length left, before a dissector can throw. Segments quoted in ICMP errors are not traffic and are
// not recorded.
#pragma once

namespace mptcp {

// To be called when all protocols are registered: replaces the table's entry.
void hook_tcp();

} // namespace mptcp
