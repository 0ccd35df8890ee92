# SPDX-License-Identifier: GPL-2.0-or-later
"""Data out of order, head-of-line blocking, and gaps (RFC 8684 3.3.1).

A packet is out of order if data before a new byte of it is missing when it arrives, unless that
data was acknowledged and never captured: then nothing is known of its order. Data is
blocked from the arrival of the first packet after a gap until the gap is filled; if another
gap follows, the data after it is blocked again. The sequence number of a DATA_FIN is not a
byte of data.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import groupby

from .data import DataAccounting
from .segments import CapturedSegment


@dataclass
class OrderCounters:
    packets: int = 0  # out of order
    bytes: int = 0  # in them
    blocked: list[tuple[int, int]] = field(default_factory=list)  # microseconds, bytes

    def as_json(self) -> dict:
        times = [time for time, _ in self.blocked]
        return {"out_of_order": {"packets": self.packets, "bytes": self.bytes},
                "blocked": {"times": len(times), "total": sum(times) / 1e6,
                            "longest": max(times, default=0) / 1e6,
                            "bytes": sum(size for _, size in self.blocked)}}


class OrderAccounting:
    """One direction of a connection; `reverse` are the segments of the other direction."""

    def __init__(self, data: DataAccounting, first_dsn: int,
                 reverse: Iterable[CapturedSegment]) -> None:
        self.first_dsn = first_dsn
        self.by_subflow = {subflow: OrderCounters() for subflow in data.subflows}
        self.total = OrderCounters()
        self.received: set[int] = set()  # relative DSNs, as everything below
        self.fins: set[int] = set()
        self.next_in_order = 0
        self.blocked_since: int | None = None
        self.acked = max((self._relative(segment.ack) for segment in reverse
                          if segment.ack is not None), default=0)
        unique: dict[int, list[int]] = {}  # by frame
        for frame, payload in groupby(data.payload_bytes(), key=lambda byte: byte.segment.frame):
            unique[frame] = [self._relative(byte.dsn) for byte in payload
                             if byte.kind == "unique" and byte.dsn is not None]
        # Packets out of order while no data before theirs followed: the first DSN, bytes, counters.
        self.unconfirmed: list[tuple[int, int, tuple[OrderCounters, ...]]] = []
        for segment in data.segments:
            self._receive(segment, set(unique.get(segment.frame, ())))
        for first, size, counters in self.unconfirmed:
            for counter in counters if first < self.acked else ():
                counter.packets -= 1
                counter.bytes -= size

    def _relative(self, dsn: int) -> int:
        return (dsn - self.first_dsn) % 2**64

    def _receive(self, segment: CapturedSegment, unique: set[int]) -> None:
        if segment.fin is not None:
            self.fins.add(self._relative(segment.fin))
        waiting, old_edge = set(self.received), self.next_in_order
        self.received |= unique
        while self.next_in_order in self.received or self.next_in_order in self.fins:
            self.next_in_order += 1
        counters = (self.total, self.by_subflow[segment.subflow])
        if unique:
            self.unconfirmed = [each for each in self.unconfirmed if each[0] <= min(unique)]
        if unique and max(unique) > self.next_in_order:
            self.unconfirmed.append((min(unique), len(unique), counters))
            for counter in counters:
                counter.packets += 1
                counter.bytes += len(unique)
        released = len(waiting.intersection(range(old_edge, self.next_in_order)))
        if released:
            assert self.blocked_since is not None
            for counter in counters:
                counter.blocked.append((segment.time - self.blocked_since, released))
            self.blocked_since = None
        if max(self.received, default=0) <= self.next_in_order:
            self.blocked_since = None
        elif self.blocked_since is None:
            self.blocked_since = segment.time

    def of_subflow(self, subflow: Hashable) -> dict:
        return self.by_subflow[subflow].as_json()

    def of_connection(self) -> dict:
        return self.total.as_json() | {"gaps": self._gaps()}

    def _gaps(self) -> dict:
        end = max(max(self.received | self.fins, default=-1) + 1, self.acked)
        missing = set(range(end)) - self.received - self.fins
        return {"count": sum(position - 1 not in missing for position in missing),
                "bytes": len(missing),
                "acknowledged": sum(position < self.acked for position in missing)}
