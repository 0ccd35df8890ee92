# SPDX-License-Identifier: GPL-2.0-or-later
"""Where TCP stands in the packets of captures."""

from __future__ import annotations

TCP = 6  # the protocol's number
IPV4, IPV6 = 20, 40  # octets, of the shortest header


def is_ipv4(packet: bytes, ip: int = 0) -> bool:
    """Of a packet whose IP header begins at `ip`."""
    return packet[ip] >> 4 == 4


def tcp_begin(packet: bytes, ip: int = 0) -> int | None:
    """Of the same: where its TCP header begins. None if that is not right behind an IP header,
    or the capture has not 20 octets of what is there."""
    held = len(packet) - ip
    if held >= IPV4 + 20 and is_ipv4(packet, ip) and packet[ip + 9] == TCP:
        return ip + 4 * (packet[ip] & 15)
    if held >= IPV6 + 20 and packet[ip] >> 4 == 6 and packet[ip + 6] == TCP:
        return ip + IPV6
    return None
