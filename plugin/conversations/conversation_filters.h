// SPDX-License-Identifier: GPL-2.0-or-later
//
// Adds MPTCP connections and subflows to the menus 'Conversation Filter' and
// 'Colorize Conversation' of a packet.
#pragma once

namespace mptcp {

void register_conversation_filters(); // when protocols are registered

} // namespace mptcp
