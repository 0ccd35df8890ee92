# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the TCP header in packets that begin with, or contain, an IP header."""

from __future__ import annotations

TCP = 6  # the protocol number
IPV4, IPV6 = 20, 40  # bytes; the length of the shortest header


def is_ipv4(packet: bytes, ip: int = 0) -> bool:
    """`ip` is the offset of the IP header."""
    return packet[ip] >> 4 == 4


def tcp_offset(packet: bytes, ip: int = 0) -> int | None:
    """The offset of the TCP header. None if TCP does not follow the IP header directly, or if the
    packet is too short for an IP header without options and 20 bytes of TCP."""
    length = len(packet) - ip
    if length >= IPV4 + 20 and is_ipv4(packet, ip) and packet[ip + 9] == TCP:
        return ip + 4 * (packet[ip] & 15)
    if length >= IPV6 + 20 and packet[ip] >> 4 == 6 and packet[ip + 6] == TCP:
        return ip + IPV6
    return None
