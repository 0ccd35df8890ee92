# SPDX-License-Identifier: GPL-2.0-or-later
"""The books about data: what each octet of payload was (RFC 8684 3.3), by brute
force, octet by octet, when all is captured.

An octet is unmapped if no mapping of the capture covers it, be it on an earlier
packet or a later one; else retransmitted, if its subflow has sent it before;
else reinjected, if the connection has; else unique. Where two mappings
contradict each other, the first one counts. The octets of an RST are none of
the stream's.

A checksum is verified with the octets that come with its mapping or behind it:
nobody keeps earlier ones. Where some of them are missing or cut, or the upper
half of the DSN is not told, it is unverified.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import options, packets, signals

if TYPE_CHECKING:
    from .session import Connection, Subflow

KINDS = ("unique", "reinjected", "reinjected_same_subflow", "retransmitted", "unmapped")
VERDICTS = ("good", "bad", "unverified")


@dataclass(frozen=True)
class Mapping:
    """Offsets are relative to the subflow's ISN. Without a length, it has no end."""

    offset: int
    dsn: int
    length: int | None  # octets
    announced: int  # with the DATA_FIN
    checksum: int | None
    wide: bool  # is the whole DSN in it?

    def verdict(self, data: bytes) -> str:
        pseudo = struct.pack("!QIHH", self.dsn, self.offset, self.announced, self.checksum)
        return "bad" if packets.ones_complement(pseudo + data) else "good"


@dataclass
class Passage:
    """A segment that was captured, as far as data goes."""

    subflow: Subflow
    role: str
    frame: int
    time: int
    offset: int  # of its first octet
    length: int
    kept: bytes  # the beginning of the payload that the capture has
    lost: bool  # RST: the octets are none of the stream's
    mappings: list[Mapping]
    fin: int | None  # the DSN of a DATA_FIN
    ack: int | None  # the DATA_ACK

    def offsets(self) -> range:
        return range(self.offset, self.offset + (0 if self.lost else self.length))


def passage(subflow: Subflow, role: str, frame: int, segment: bytes, kept: int) -> Passage:
    """`kept`: how many octets of the segment are in the capture."""
    connection = subflow.connection
    peer = {"client": "server", "server": "client"}[role]
    (seq,) = struct.unpack_from("!I", segment, 4)
    header, flags = 4 * (segment[12] >> 4), segment[13]
    kept = max(kept, 0)
    offset = (seq + bool(flags & packets.SYN) - subflow.isn[role]) % 2**32
    found = Passage(subflow, role, frame, connection.scene.time, offset, len(segment) - header,
                    segment[header:kept], bool(flags & packets.RST), [], None, None)
    for signal in signals.read(segment[20:min(header, kept)]):
        if signal.ack:
            found.ack = signal.ack.near(connection.next_dsn[peer])
        if not signal.maps:
            continue
        mapping = _mapping(signal, connection, role)
        found.mappings.append(mapping)
        if signal.fin and mapping.length is not None:
            found.fin = (mapping.dsn + mapping.length) % 2**64
    return found


def _mapping(signal: signals.Signal, connection: Connection, role: str) -> Mapping:
    if signal.dsn:
        dsn, wide = signal.dsn.near(connection.next_dsn[role]), signal.dsn.wide
    else:
        dsn, wide = connection.first_dsn(role), True
    length = signal.length - signal.fin if signal.length else None
    return Mapping(signal.offset, dsn, length, signal.length, signal.checksum, wide)


class Mapped:
    """What the mappings of one direction of a subflow say. Of each octet the first counts."""

    def __init__(self) -> None:
        self._dsns: dict[int, int] = {}
        self._endless: Mapping | None = None

    def add(self, mapping: Mapping) -> bool:
        """Does it cover anything that none did before?"""
        if mapping.length is None:
            self._endless = self._endless or mapping
            return True
        fresh = [step for step in range(mapping.length)
                 if self.dsn(mapping.offset + step) is None]
        for step in fresh:
            self._dsns[mapping.offset + step] = (mapping.dsn + step) % 2**64
        return bool(fresh)

    def dsn(self, offset: int) -> int | None:
        found = self._dsns.get(offset)
        if found is None and self._endless and offset >= self._endless.offset:
            return (self._endless.dsn + offset - self._endless.offset) % 2**64
        return found


@dataclass
class Octet:
    """Of payload, in the order of the capture."""

    passage: Passage
    dsn: int | None
    kind: str
    first: Passage | None = None  # of a reinjected one: who carried it first

    @property
    def on_same_subflow(self) -> bool:
        return self.first is not None and self.first.subflow is self.passage.subflow


class DataBooks:
    """Of one direction of a connection."""

    def __init__(self, connection: Connection, role: str, subflows: Iterable[Subflow]) -> None:
        self.connection, self.role = connection, role
        self.subflows = list(subflows)
        self.passages = sorted((each for subflow in self.subflows for each in subflow.passages
                                if each.role == role), key=lambda each: each.frame)
        self.mapped = {subflow: Mapped() for subflow in self.subflows}
        # Where each mapping that says anything new came for the first time.
        self.mappings: list[tuple[Passage, Mapping]] = []
        for each in self.passages:
            for mapping in each.mappings:
                if self.mapped[each.subflow].add(mapping):
                    self.mappings.append((each, mapping))
        self.kinds: dict[Subflow, Counter[str]] = {subflow: Counter() for subflow in self.subflows}
        for octet in self.octets():
            counts = self.kinds[octet.passage.subflow]
            counts[octet.kind] += 1
            counts["reinjected_same_subflow"] += octet.on_same_subflow

    @property
    def whole(self) -> bool:
        """Does the capture tell the upper half of DSNs?"""
        return self.connection.key_known(self.role) or any(m.wide for _, m in self.mappings)

    def octets(self) -> Iterator[Octet]:
        """Each with what it was."""
        carriers: dict[int, Passage] = {}  # by DSN: who was first
        sent: dict[Subflow, set[int]] = {subflow: set() for subflow in self.subflows}
        for each in self.passages:
            for _ in range(each.length if each.lost else 0):
                yield Octet(each, None, "unmapped")
            for offset in each.offsets():
                dsn = self.mapped[each.subflow].dsn(offset)
                repeated = offset in sent[each.subflow]
                sent[each.subflow].add(offset)
                if dsn is None:
                    yield Octet(each, None, "unmapped")
                elif repeated:
                    yield Octet(each, dsn, "retransmitted")
                elif dsn in carriers:
                    yield Octet(each, dsn, "reinjected", carriers[dsn])
                else:
                    carriers[dsn] = each
                    yield Octet(each, dsn, "unique")

    def of_subflow(self, subflow: Subflow) -> dict:
        return {kind: self.kinds[subflow][kind] for kind in KINDS}

    def expected(self) -> dict:
        total: Counter[str] = sum(self.kinds.values(), Counter())
        return {**{kind: total[kind] for kind in KINDS},
                "fin": any(each.fin is not None for each in self.passages),
                "checksums": self.checksums()}

    def checksums(self) -> dict:
        counts = Counter(self._verdicts())
        return {verdict: counts[verdict] for verdict in VERDICTS}

    def _verdicts(self) -> Iterator[str]:
        """Each mapping once; of DATA_FINs without data one a subflow."""
        connection = self.connection
        if "syn" in connection.seen and not connection.flags & options.CHECKSUM:
            return
        for subflow in self.subflows:
            alone = [mapping for each in self.passages if each.subflow is subflow
                     for mapping in each.mappings
                     if mapping.length == 0 and mapping.checksum is not None][:1]
            yield from (mapping.verdict(b"") if self.whole else "unverified"
                        for mapping in alone)
        for each, mapping in self.mappings:
            if mapping.checksum is None or not mapping.length:
                continue
            data = self._data(each, mapping)
            yield mapping.verdict(data) if self.whole and data is not None else "unverified"

    def _data(self, brought: Passage, mapping: Mapping) -> bytes | None:
        """All octets of a mapping, if all of them first came with it or later."""
        assert mapping.length is not None
        found: dict[int, int | None] = {}
        for each in self.passages:
            if each.subflow is not brought.subflow:
                continue
            for place, offset in enumerate(each.offsets()):
                usable = each.frame >= brought.frame and place < len(each.kept)
                found.setdefault(offset, each.kept[place] if usable else None)
        data = [found.get(mapping.offset + step) for step in range(mapping.length)]
        return None if None in data else bytes(data)  # type: ignore[arg-type]
