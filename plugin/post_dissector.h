// SPDX-License-Identifier: GPL-2.0-or-later
//
// The post-dissector: passes each TCP segment of a frame to the capture's tracker,
// queues the tap record, and adds the result to the packet's tree and to the Info
// column.
#pragma once

namespace mptcp {

void register_post_dissector(); // when protocols are registered
void hook_post_dissector();     // when all protocols are registered

} // namespace mptcp
