// SPDX-License-Identifier: GPL-2.0-or-later
//
// The TCP header (RFC 9293 3.1), which may be cut by the snapshot length.
#include "wire/tcp_header.h"

#include <algorithm>
#include <array>

namespace mptcp {
namespace {

constexpr std::size_t kFixedLength = 20; // bytes, without options
constexpr std::size_t kDataOffset = 12;  // the byte whose upper half is the data offset
constexpr std::size_t kFlags = 13;

// Parses the fixed part of the header.
void parse_fixed(std::span<const std::uint8_t, kFixedLength> header, Segment &to)
{
    Cursor fields{header};
    to.source.port = fields.u16();
    to.destination.port = fields.u16();
    to.seq = {fields.u32()};
    to.ack = {fields.u32()};
    fields.u8(); // data offset
    to.flags = fields.u8();
    to.window = fields.u16();
}

} // namespace

bool parse_tcp(ByteView captured, std::size_t length, Segment &to)
{
    if (captured.size() <= kFlags)
        return false;
    const std::size_t header_length = std::size_t{4} * (captured[kDataOffset] >> 4);
    if (header_length < kFixedLength || header_length > length)
        return false;

    std::array<std::uint8_t, kFixedLength> fixed{};
    std::ranges::copy(captured.first(std::min(captured.size(), kFixedLength)), fixed.begin());
    parse_fixed(fixed, to);
    const std::size_t captured_header = std::min(captured.size(), header_length);
    const ByteView options = captured_header > kFixedLength
                                 ? captured.subspan(kFixedLength, captured_header - kFixedLength)
                                 : ByteView{};
    parse_options(options, captured_header == header_length, to.options);
    to.payload = static_cast<std::uint32_t>(length - header_length);
    to.payload_bytes = captured.subspan(captured_header);
    return true;
}

} // namespace mptcp
