# SPDX-License-Identifier: GPL-2.0-or-later
"""IP, TCP, UDP and ICMP packets with right lengths and checksums, and tunnels around them."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Callable

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
TCP, ICMP, IPIP, SIXINFOUR, GRE, UDP, ICMPV6 = 6, 1, 4, 41, 47, 17, 58
VXLAN_PORT = 4789
TTL = 64  # in IPv6, the hop limit
WINDOW = 65535  # bytes; no host scales it


def ones_complement(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def pseudo_header(source: str, destination: str, protocol: int, length: int) -> bytes:
    addresses = (ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed)
    if len(addresses) == 8:
        return addresses + struct.pack("!BBH", 0, protocol, length)
    return addresses + struct.pack("!IHBB", length, 0, 0, protocol)


def ipv4(source: str, destination: str, protocol: int, payload: bytes, identification: int = 0,
         offset: int = 0, more: bool = False, ttl: int = TTL) -> bytes:
    """`offset`: of a fragment, in bytes; a multiple of 8. `more`: more fragments follow."""
    fragment = more << 13 | offset // 8
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), identification, fragment, ttl,
                         protocol, 0, ipaddress.ip_address(source).packed,
                         ipaddress.ip_address(destination).packed)
    checksum = ones_complement(header)
    return header[:10] + struct.pack("!H", checksum) + header[12:] + payload


def ipv6(source: str, destination: str, protocol: int, payload: bytes, ttl: int = TTL) -> bytes:
    return struct.pack("!IHBB16s16s", 6 << 28, len(payload), protocol, ttl,
                       ipaddress.ip_address(source).packed,
                       ipaddress.ip_address(destination).packed) + payload


def ip(source: str, destination: str, protocol: int, payload: bytes, ttl: int = TTL) -> bytes:
    build = ipv4 if ipaddress.ip_address(source).version == 4 else ipv6
    return build(source, destination, protocol, payload, ttl=ttl)


def tcp(source: tuple[str, int], destination: tuple[str, int], seq: int, ack: int, flags: int,
        options: bytes = b"", payload: bytes = b"", window: int = WINDOW) -> bytes:
    """A TCP segment. Options are padded with NOPs to a multiple of 4 bytes."""
    options += b"\x01" * (-len(options) % 4)
    if len(options) > 40:
        raise ValueError(f"{len(options)} bytes of TCP options")
    offset = (20 + len(options)) // 4 << 12
    segment = struct.pack("!HHIIHHHH", source[1], destination[1], seq & 0xffffffff,
                          ack & 0xffffffff, offset | flags, window, 0, 0) + options + payload
    pseudo = pseudo_header(source[0], destination[0], TCP, len(segment))
    checksum = ones_complement(pseudo + segment)
    return segment[:16] + struct.pack("!H", checksum) + segment[18:]


def udp(source: tuple[str, int], destination: tuple[str, int], payload: bytes) -> bytes:
    header = struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0)
    pseudo = pseudo_header(source[0], destination[0], UDP, len(header) + len(payload))
    return header[:6] + struct.pack("!H", ones_complement(pseudo + header + payload)) + payload


def port_unreachable(reporter: str, packet: bytes) -> bytes:
    """An ICMP error about an IPv4 packet, sent to its source."""
    body = struct.pack("!BBHI", 3, 3, 0, 0) + packet
    body = body[:2] + struct.pack("!H", ones_complement(body)) + body[4:]
    return ipv4(reporter, str(ipaddress.ip_address(packet[12:16])), ICMP, body)


def packet_too_big(reporter: str, packet: bytes, mtu: int = 1280) -> bytes:
    """An ICMPv6 error about an IPv6 packet, sent to its source."""
    source = str(ipaddress.ip_address(packet[8:24]))
    body = struct.pack("!BBHI", 2, 0, 0, mtu) + packet
    checksum = ones_complement(pseudo_header(reporter, source, ICMPV6, len(body)) + body)
    return ipv6(reporter, source, ICMPV6, body[:2] + struct.pack("!H", checksum) + body[4:])


def with_identification(packet: bytes, identification: int) -> bytes:
    """An IPv4 packet with this IP ID."""
    return _with_header(packet[:4] + struct.pack("!H", identification) + packet[6:20], packet[20:])


def without_mptcp(segment: bytes) -> bytes:
    """A TCP segment with NOPs in the place of options of kind 30."""
    return _with_mptcp(segment, lambda option: b"\x01" * len(option))


def with_other_mptcp(segment: bytes) -> bytes:
    """A TCP segment with the last bit of each option of kind 30 flipped."""
    return _with_mptcp(segment, lambda option: option[:-1] + bytes([option[-1] ^ 1]))


def with_other_payload(segment: bytes) -> bytes:
    return segment[:-1] + bytes([segment[-1] ^ 1])


def _with_mptcp(segment: bytes, change: Callable[[bytes], bytes]) -> bytes:
    at, end = 20, segment[12] >> 4 << 2
    while at < end and segment[at] != 0:
        length = 1 if segment[at] == 1 else segment[at + 1]
        if segment[at] == 30:
            segment = segment[:at] + change(segment[at:at + length]) + segment[at + length:]
        at += length
    return segment


def forwarded(packet: bytes, addresses: dict[tuple[str, int], tuple[str, int]] | None = None,
              change: Callable[[bytes], bytes] = lambda segment: segment) -> bytes:
    """A TCP packet as a router forwards it, with other addresses and ports if it does NAT, and as
    a middlebox changes the segment."""
    if packet[0] >> 4 == 6:
        return packet[:7] + bytes([packet[7] - 1]) + packet[8:]
    ends = [(str(ipaddress.ip_address(packet[at:at + 4])),
             int.from_bytes(packet[20 + port:22 + port], "big")) for at, port in ((12, 0), (16, 2))]
    ends = [(addresses or {}).get(end, end) for end in ends]
    header = (packet[:8] + bytes([packet[8] - 1]) + packet[9:12]
              + b"".join(ipaddress.ip_address(address).packed for address, _ in ends))
    segment = struct.pack("!HH", ends[0][1], ends[1][1]) + change(packet[20:])[4:]
    segment = segment[:16] + bytes(2) + segment[18:]
    checksum = ones_complement(pseudo_header(ends[0][0], ends[1][0], TCP, len(segment)) + segment)
    return _with_header(header, segment[:16] + struct.pack("!H", checksum) + segment[18:])


def _with_header(header: bytes, payload: bytes) -> bytes:
    header = header[:10] + bytes(2) + header[12:]
    return header[:10] + struct.pack("!H", ones_complement(header)) + header[12:] + payload


def in_ipip(packet: bytes) -> bytes:
    return ipv4("192.0.2.1", "192.0.2.2", IPIP if packet[0] >> 4 == 4 else SIXINFOUR, packet)


def in_gre(packet: bytes) -> bytes:
    ether_type = 0x0800 if packet[0] >> 4 == 4 else 0x86dd
    return ipv4("192.0.2.1", "192.0.2.2", GRE, struct.pack("!HH", 0, ether_type) + packet)


def in_vxlan(packet: bytes) -> bytes:
    ether_type = 0x0800 if packet[0] >> 4 == 4 else 0x86dd
    frame = bytes(12) + struct.pack("!H", ether_type) + packet
    datagram = udp(("192.0.2.1", 50000), ("192.0.2.2", VXLAN_PORT),
                   struct.pack("!II", 0x08000000, 42 << 8) + frame)
    return ipv4("192.0.2.1", "192.0.2.2", UDP, datagram)
