# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated capture. It knows packets, and nothing of MPTCP."""

from __future__ import annotations

import random

from ..wire import packets

Endpoint = tuple[str, int]  # address and port

START = 1_700_000_000_000_000  # microseconds since the epoch
PACKET_INTERVAL = 400  # microseconds
NO_SNAPLEN = 1 << 18  # bytes


class Capture:
    """The seed determines all keys, nonces, sequence numbers and payload.

    `events` and `order` say whether the expected JSON covers events and the order of data.
    """

    def __init__(self, seed: str, events: bool = False, order: bool = False) -> None:
        self.random = random.Random(seed)
        self.has_events = events
        self.has_order = order
        self.time = START
        self.packets: list[tuple[int, bytes, int]] = []  # time, packet, bytes captured of it
        self.tcp_packets = 0
        self._streams: dict[frozenset, int] = {}

    def record(self, packet: bytes, tcp: bool = True, caplen: int = NO_SNAPLEN) -> int:
        """Returns the frame number. `tcp`: Wireshark finds a TCP segment in this frame."""
        self.time += PACKET_INTERVAL
        self.packets.append((self.time, packet, caplen))
        self.tcp_packets += tcp
        return len(self.packets)

    def stream(self, *ends: Endpoint) -> int:
        """Wireshark's `tcp.stream`, if no 4-tuple is reused."""
        return self._streams.setdefault(frozenset(ends), len(self._streams))

    def record_plain_tcp(self, source: Endpoint, destination: Endpoint, flags: int, seq: int,
                         ack: int, payload: bytes = b"") -> None:
        """Records a segment that belongs to no MPTCP connection."""
        self.stream(source, destination)
        segment = packets.tcp(source, destination, seq, ack, flags, payload=payload)
        self.record(packets.ip(source[0], destination[0], packets.TCP, segment))
