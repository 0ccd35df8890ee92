# SPDX-License-Identifier: GPL-2.0-or-later
"""The kind of each payload byte and the verdict on each DSS checksum (RFC 8684 3.3).

After a fallback, the data of each subflow has an implied infinite mapping (RFC 8684 3.7).
A byte is unmapped if no mapping in the capture covers it, whether the mapping precedes or
follows the byte. Otherwise it is retransmitted if its subflow has carried it before,
reinjected if another byte of the connection had the same DSN before, and unique if neither.
Where mappings of a subflow contradict each other, the first one counts. The payload of an RST
is not part of the stream.

A checksum is verified with the bytes that arrive with its mapping or later. It is unverified
if some of these are missing or cut, or if the upper half of the DSN is unknown.

Data out of order is left to `order`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from .segments import CapturedSegment, Mapping

KINDS = ("unique", "reinjected", "reinjected_same_subflow", "retransmitted", "unmapped")
VERDICTS = ("good", "bad", "unverified")


class MappingTable:
    """The mappings of one direction of a subflow. The first mapping of a byte counts."""

    def __init__(self) -> None:
        self._dsns: dict[int, int] = {}  # by offset
        self._infinite: Mapping | None = None

    def add(self, mapping: Mapping) -> bool:
        """Returns whether the mapping covers a byte that no earlier one covers."""
        if mapping.length is None:
            self._infinite = self._infinite or mapping
            return True
        new_bytes = [position for position in range(mapping.length)
                     if self.dsn(mapping.offset + position) is None]
        for position in new_bytes:
            self._dsns[mapping.offset + position] = (mapping.dsn + position) % 2**64
        return bool(new_bytes)

    def dsn(self, offset: int) -> int | None:
        dsn = self._dsns.get(offset)
        if dsn is None and self._infinite and offset >= self._infinite.offset:
            return (self._infinite.dsn + offset - self._infinite.offset) % 2**64
        return dsn

    def implied_dsn(self, offset: int, first_dsn: int | None) -> int | None:
        """After a fallback: continues the last mapping or, without one, begins with `first_dsn`."""
        last = max((mapped for mapped in self._dsns if mapped < offset), default=None)
        if last is not None:
            return (self._dsns[last] + offset - last) % 2**64
        return None if first_dsn is None else (first_dsn + offset - 1) % 2**64


@dataclass
class PayloadByte:
    segment: CapturedSegment
    dsn: int | None
    kind: str
    first: CapturedSegment | None = None  # of a reinjected byte: the first segment that had it

    @property
    def on_same_subflow(self) -> bool:
        return self.first is not None and self.first.subflow is self.segment.subflow


class DataAccounting:
    """One direction of a connection.

    `segments` are those of this direction. `key_known`: the capture has the sender's key, and
    so the upper half of its DSNs. `verify_checksums`: checksums may be in use. `fell_back`: to
    regular TCP. `first_dsn`: of the data sequence; None if the hosts did not agree on MPTCP.
    """

    def __init__(self, subflows: Iterable[Hashable], segments: Iterable[CapturedSegment],
                 key_known: bool, verify_checksums: bool, fell_back: bool,
                 first_dsn: int | None) -> None:
        self.subflows = list(subflows)
        self.segments = sorted(segments, key=lambda segment: segment.frame)
        self.verify_checksums = verify_checksums
        self.fell_back = fell_back
        self.first_dsn = first_dsn
        self.tables = {subflow: MappingTable() for subflow in self.subflows}
        # Mappings that cover new bytes, each with the segment that carried it first.
        self.mappings: list[tuple[CapturedSegment, Mapping]] = []
        for segment in self.segments:
            for mapping in segment.mappings:
                if self.tables[segment.subflow].add(mapping):
                    self.mappings.append((segment, mapping))
        self.is_64_bit = key_known or any(mapping.dsn64 for _, mapping in self.mappings)
        self.counts: dict[Hashable, Counter[str]] = {
            subflow: Counter() for subflow in self.subflows}
        for byte in self.payload_bytes():
            counts = self.counts[byte.segment.subflow]
            counts[byte.kind] += 1
            counts["reinjected_same_subflow"] += byte.on_same_subflow

    def payload_bytes(self) -> Iterator[PayloadByte]:
        """All payload bytes in the order of the capture."""
        first_senders: dict[int, CapturedSegment] = {}  # by DSN
        sent: dict[Hashable, set[int]] = {subflow: set() for subflow in self.subflows}
        for segment in self.segments:
            for _ in range(segment.length if segment.is_reset else 0):
                yield PayloadByte(segment, None, "unmapped")
            for offset in segment.offsets():
                dsn = self.tables[segment.subflow].dsn(offset)
                repeated = offset in sent[segment.subflow]
                sent[segment.subflow].add(offset)
                if dsn is None and self.fell_back:
                    implied = self.tables[segment.subflow].implied_dsn(offset, self.first_dsn)
                    yield PayloadByte(segment, implied, "retransmitted" if repeated else "unique")
                elif dsn is None:
                    yield PayloadByte(segment, None, "unmapped")
                elif repeated:
                    yield PayloadByte(segment, dsn, "retransmitted")
                elif dsn in first_senders:
                    yield PayloadByte(segment, dsn, "reinjected", first_senders[dsn])
                else:
                    first_senders[dsn] = segment
                    yield PayloadByte(segment, dsn, "unique")

    def of_subflow(self, subflow: Hashable) -> dict:
        return {kind: self.counts[subflow][kind] for kind in KINDS}

    def of_connection(self) -> dict:
        total: Counter[str] = sum(self.counts.values(), Counter())
        return {**{kind: total[kind] for kind in KINDS},
                "fin": any(segment.fin is not None for segment in self.segments),
                "checksums": self.checksums()}

    def checksums(self) -> dict:
        counts = Counter(self._verdicts())
        return {verdict: counts[verdict] for verdict in VERDICTS}

    def _verdicts(self) -> Iterator[str]:
        """Each mapping counts once; of DATA_FINs without data, one for each subflow."""
        if not self.verify_checksums:
            return
        for subflow in self.subflows:
            data_fins = [mapping for segment in self.segments if segment.subflow is subflow
                         for mapping in segment.mappings
                         if mapping.length == 0 and mapping.checksum is not None][:1]
            yield from (mapping.checksum_verdict(b"") if self.is_64_bit else "unverified"
                        for mapping in data_fins)
        for segment, mapping in self.mappings:
            if mapping.checksum is None or not mapping.length:
                continue
            data = self._data(segment, mapping)
            yield (mapping.checksum_verdict(data) if self.is_64_bit and data is not None
                   else "unverified")

    def _data(self, carrier: CapturedSegment, mapping: Mapping) -> bytes | None:
        """The bytes of a mapping; None unless all of them first came with it or later."""
        assert mapping.length is not None
        captured: dict[int, int | None] = {}  # by offset
        for segment in self.segments:
            if segment.subflow is not carrier.subflow:
                continue
            for position, offset in enumerate(segment.offsets()):
                usable = segment.frame >= carrier.frame and position < len(segment.captured)
                captured.setdefault(offset, segment.captured[position] if usable else None)
        data = [captured.get(mapping.offset + position) for position in range(mapping.length)]
        return None if None in data else bytes(data)  # type: ignore[arg-type]
