// SPDX-License-Identifier: GPL-2.0-or-later
//
// Follow MPTCP Stream: the data of one connection, in order, whichever subflows carried it. It is
// the statistic `-z follow,mptcp,MODE,N` of tshark, where N is the index of a connection, and in
// Wireshark 4.4 or later also an entry of *Analyze → Follow*.
#pragma once

namespace mptcp {

// To be called once, after the protocol "mptcp" of the TCP dissector was registered.
void register_follow();

} // namespace mptcp
