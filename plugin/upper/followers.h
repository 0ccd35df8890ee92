// SPDX-License-Identifier: GPL-2.0-or-later
//
// Follow TLS, HTTP, HTTP2 and whatever else selects the packets of one TCP stream: across subflows.
// The stream is that of the connection's first subflow, which the upper protocols see as the
// connection. Packets of other subflows that deliver data have the field mptcp.data.stream.
#pragma once

namespace mptcp {

// Registers these followers again, with filters of ours. To be called once, after all dissectors
// have registered.
void extend_followers();

} // namespace mptcp
