// SPDX-License-Identifier: GPL-2.0-or-later
//
// The connections of the open capture, by their indices.
#pragma once

#include <cstdint>
#include <optional>

namespace mptcp {

// 0 if no capture is open.
std::uint32_t connection_count();

// The connection of the outermost TCP segment of a frame. None if there is none, if it is not part
// of a connection, or if the frame was not dissected yet.
std::optional<std::uint32_t> connection_of_frame(std::uint32_t frame);

// Has Wireshark's window pass all packets through all taps again. Not while it reads a file or
// retaps.
void retap();

} // namespace mptcp
