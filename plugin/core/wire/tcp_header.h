// SPDX-License-Identifier: GPL-2.0-or-later
//
// The TCP header (RFC 9293 3.1), with its options, from bytes to a Segment.
#pragma once

#include <cstddef>

#include "wire/bytes.h"
#include "wire/segment.h"

namespace mptcp {

// Parses the TCP segment at the front of `captured`, of which the wire had `length` bytes.
// Fills all of `to` but the frame, the time and the addresses; the payload's bytes are a
// view into `captured`.
//
// A snaplen may have cut the header: from the window on, what was not captured counts as
// zero, and the options as truncated. False, and nothing of `to` is to be used, if less
// than the flags was captured or the data offset is wrong.
bool parse_tcp(ByteView captured, std::size_t length, Segment &to);

} // namespace mptcp
