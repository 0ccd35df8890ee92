// SPDX-License-Identifier: GPL-2.0-or-later
//
// The post-dissector: brings each TCP segment of a frame to the capture's
// tracker and writes what is known of it into the packet's tree.
#pragma once

namespace mptcp {

void register_post_dissector(); // when protocols are registered
void hook_post_dissector();     // when all protocols are known

} // namespace mptcp
