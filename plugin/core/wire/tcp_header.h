// SPDX-License-Identifier: GPL-2.0-or-later
//
// The parser of a TCP header (RFC 9293 3.1). segment_options.h parses the options.
#pragma once

#include <cstddef>

#include "wire/bytes.h"
#include "wire/segment.h"

namespace mptcp {

// Parses the TCP segment at the start of `captured`. `length` is its length on the wire, in bytes.
// Sets all fields of `to` except the frame, the time, the addresses, the IP ID and the marks. The
// payload is a view into `captured`.
//
// If the snapshot length cut the header after the flags, the fields not captured are 0 and the
// options are marked as truncated. Returns false if the flags were not captured or the data
// offset is invalid; `to` is then unspecified.
bool parse_tcp(ByteView captured, std::size_t length, Segment &to);

} // namespace mptcp
