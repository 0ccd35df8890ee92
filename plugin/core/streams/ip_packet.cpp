// SPDX-License-Identifier: GPL-2.0-or-later
#include "streams/ip_packet.h"

#include <cstddef>
#include <utility>

#include "data/dss_checksum.h"

namespace mptcp {
namespace {

constexpr std::size_t kIpv4Header = 20, kIpv6Header = 40, kTcpHeader = 20; // bytes
constexpr std::uint8_t kTcpProtocol = 6;
constexpr std::uint8_t kHops = 64;

// Appends numbers in network byte order.
class Builder {
public:
    Builder &u8(std::uint32_t value)
    {
        bytes.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }
    Builder &u16(std::uint32_t value) { return u8(value >> 8U).u8(value); }
    Builder &u32(std::uint32_t value) { return u16(value >> 16U).u16(value); }
    Builder &append(ByteView more)
    {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return *this;
    }
    void replace_u16(std::size_t place, std::uint16_t value)
    {
        bytes[place] = static_cast<std::uint8_t>(value >> 8U);
        bytes[place + 1] = static_cast<std::uint8_t>(value);
    }

    std::vector<std::uint8_t> bytes;
};

ByteView bytes_of(const Address &address)
{
    constexpr std::size_t kIpv4Length = 4;
    const ByteView all{address.bytes};
    return address.family == Family::IPv4 ? all.first(kIpv4Length) : all;
}

std::uint16_t checksum_of(std::uint64_t sum) { return static_cast<std::uint16_t>(~folded(sum)); }

// `length` is that of the TCP segment.
void add_ipv4(Builder &packet, const Segment &segment, std::size_t length)
{
    constexpr std::uint32_t kVersionAndLength = 0x45, kDontFragment = 0x4000;
    constexpr std::size_t kChecksumAt = 10;
    packet.u8(kVersionAndLength).u8(0).u16(static_cast<std::uint32_t>(kIpv4Header + length));
    packet.u16(0).u16(kDontFragment).u8(kHops).u8(kTcpProtocol).u16(0);
    packet.append(bytes_of(segment.source.address)).append(bytes_of(segment.destination.address));
    packet.replace_u16(kChecksumAt, checksum_of(sum_words(packet.bytes, 0)));
}

void add_ipv6(Builder &packet, const Segment &segment, std::size_t length)
{
    constexpr std::uint32_t kVersion = 0x60000000;
    packet.u32(kVersion).u16(static_cast<std::uint32_t>(length)).u8(kTcpProtocol).u8(kHops);
    packet.append(bytes_of(segment.source.address)).append(bytes_of(segment.destination.address));
}

} // namespace

std::vector<std::uint8_t> make_packet(const Segment &segment, ByteView options)
{
    constexpr std::size_t kChecksumAt = 16;
    const bool is_ipv4 = segment.source.address.family == Family::IPv4;
    const std::size_t header = kTcpHeader + options.size();
    const std::size_t length = header + segment.payload;
    const std::size_t tcp_at = is_ipv4 ? kIpv4Header : kIpv6Header;

    Builder packet;
    packet.bytes.reserve(tcp_at + header + segment.payload_bytes.size());
    if (is_ipv4)
        add_ipv4(packet, segment, length);
    else
        add_ipv6(packet, segment, length);
    packet.u16(segment.source.port).u16(segment.destination.port);
    packet.u32(segment.seq.value).u32(segment.ack.value);
    packet.u8(static_cast<std::uint32_t>(header / 4 << 4)).u8(segment.flags).u16(segment.window);
    packet.u32(0).append(options).append(segment.payload_bytes); // checksum, urgent pointer

    // RFC 9293 3.1: the pseudo-header has the addresses, the protocol and the length.
    std::uint64_t sum = kTcpProtocol + length;
    sum += sum_words(bytes_of(segment.source.address), 0);
    sum += sum_words(bytes_of(segment.destination.address), 0);
    sum += sum_words(ByteView{packet.bytes}.subspan(tcp_at), 0);
    packet.replace_u16(tcp_at + kChecksumAt, checksum_of(sum));
    return std::move(packet.bytes);
}

} // namespace mptcp
