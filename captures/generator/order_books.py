# SPDX-License-Identifier: GPL-2.0-or-later
"""The books about the order of data: what came too early, what waited for it, and
what never came (RFC 8684 3.3.1), by brute force.

A packet is out of order if, behind it, data is missing before something new that
it brought. Data waits from the packet that came too early to the one that fills
the hole before it; where there is another hole behind, what is left waits anew.
The number of a DATA_FIN is no octet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from .data_books import DataBooks, Passage

if TYPE_CHECKING:
    from .session import Subflow


@dataclass
class Order:
    packets: int = 0  # out of order
    octets: int = 0
    waits: list[tuple[int, int]] = field(default_factory=list)  # microseconds, octets

    def expected(self) -> dict:
        times = [time for time, _ in self.waits]
        return {"out_of_order": {"packets": self.packets, "bytes": self.octets},
                "blocked": {"times": len(times), "total": sum(times) / 1e6,
                            "longest": max(times, default=0) / 1e6,
                            "bytes": sum(octets for _, octets in self.waits)}}


class OrderBooks:
    """Of one direction of a connection; `answers` are the packets of the other one."""

    def __init__(self, data: DataBooks, answers: Iterable[Passage]) -> None:
        self.data = data
        self.start = data.connection.first_dsn(data.role)
        self.order = {subflow: Order() for subflow in data.subflows}
        self.whole = Order()
        self.seen: set[int] = set()
        self.fins: set[int] = set()
        self.edge = 0  # all before it has passed
        self.since: int | None = None
        self.acked = max((self._place(each.ack) for each in answers if each.ack is not None),
                         default=0)
        fresh: dict[int, list[int]] = {}
        for frame, octets in groupby(data.octets(), key=lambda octet: octet.passage.frame):
            fresh[frame] = [self._place(octet.dsn) for octet in octets
                            if octet.kind == "unique" and octet.dsn is not None]
        for each in data.passages:
            self._pass(each, set(fresh.get(each.frame, ())))

    def _place(self, dsn: int) -> int:
        """In the stream, from 0."""
        return (dsn - self.start) % 2**64

    def _pass(self, each: Passage, fresh: set[int]) -> None:
        if each.fin is not None:
            self.fins.add(self._place(each.fin))
        had, before = set(self.seen), self.edge
        self.seen |= fresh
        while self.edge in self.seen or self.edge in self.fins:
            self.edge += 1
        counts = (self.whole, self.order[each.subflow])
        if fresh and max(fresh) > self.edge:
            for count in counts:
                count.packets += 1
                count.octets += len(fresh)
        released = len(had.intersection(range(before, self.edge)))
        if released:
            assert self.since is not None
            for count in counts:
                count.waits.append((each.time - self.since, released))
            self.since = None
        if max(self.seen, default=0) <= self.edge:
            self.since = None
        elif self.since is None:
            self.since = each.time

    def of_subflow(self, subflow: Subflow) -> dict:
        return self.order[subflow].expected()

    def expected(self) -> dict:
        return self.whole.expected() | {"gaps": self._gaps()}

    def _gaps(self) -> dict:
        end = max(max(self.seen | self.fins, default=-1) + 1, self.acked)
        missing = set(range(end)) - self.seen - self.fins
        return {"count": sum(place - 1 not in missing for place in missing),
                "bytes": len(missing),
                "acknowledged": sum(place < self.acked for place in missing)}
