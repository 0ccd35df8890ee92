// SPDX-License-Identifier: GPL-2.0-or-later
//
// 'Conversation Filter' and 'Colorize Conversation' of a right click on a
// packet: its MPTCP connection, or its subflow.
#pragma once

namespace mptcp {

void register_conversation_filters(); // when protocols are registered

} // namespace mptcp
