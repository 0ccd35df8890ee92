# SPDX-License-Identifier: GPL-2.0-or-later
"""Captured segments and their mappings (RFC 8684 3.3) as plain values.

Everything is parsed from the bytes that the capture kept. Which payload byte is of which
kind is decided in `data`.
"""

from __future__ import annotations

import struct
from collections.abc import Hashable
from dataclasses import dataclass, field

from ..roles import other
from ..wire import data_options, packets


@dataclass(frozen=True)
class Mapping:
    """A mapping with a 64-bit DSN. Offsets are relative to the ISN of the subflow."""

    offset: int
    dsn: int
    length: int | None  # bytes of data; None for an infinite mapping
    data_level_length: int  # as sent: it includes the DATA_FIN
    checksum: int | None
    dsn64: bool  # was the DSN sent with 64 bits?

    def checksum_verdict(self, data: bytes) -> str:
        """RFC 8684 3.3.1: the checksum covers a pseudo-header and the data."""
        pseudo_header = struct.pack("!QIHH", self.dsn, self.offset, self.data_level_length,
                                    self.checksum)
        return "bad" if packets.ones_complement(pseudo_header + data) else "good"


@dataclass
class CapturedSegment:
    """What a captured segment says about data."""

    subflow: Hashable
    role: str  # of its sender
    frame: int
    time: int  # microseconds
    offset: int  # of its first payload byte
    length: int  # of the payload on the wire
    captured: bytes  # the payload up to the snaplen
    is_reset: bool  # the payload of an RST is not part of the stream
    mappings: list[Mapping] = field(default_factory=list)
    fin: int | None = None  # the DSN of a DATA_FIN
    ack: int | None = None  # the DATA_ACK

    def offsets(self) -> range:
        return range(self.offset, self.offset + (0 if self.is_reset else self.length))


@dataclass(frozen=True)
class SenderState:
    """What a segment's sender knows that the segment does not carry in full."""

    isn: int
    first_dsn: int
    next_dsn: dict[str, int]  # by role: expands DSNs and DATA_ACKs of 32 bits


def parse(segment: bytes, caplen: int, subflow: Hashable, role: str, frame: int, time: int,
          sender: SenderState) -> CapturedSegment:
    """`segment` begins with the TCP header; the capture has `caplen` bytes of it."""
    (seq,) = struct.unpack_from("!I", segment, 4)
    header, flags = 4 * (segment[12] >> 4), segment[13]
    caplen = max(caplen, 0)
    offset = (seq + bool(flags & packets.SYN) - sender.isn) % 2**32
    parsed = CapturedSegment(subflow, role, frame, time, offset, len(segment) - header,
                             segment[header:caplen], bool(flags & packets.RST))
    for option in data_options.parse(segment[20:min(header, caplen)]):
        if option.ack:
            parsed.ack = option.ack.expand(sender.next_dsn[other(role)])
        if not option.has_mapping:
            continue
        mapping = _mapping(option, sender.next_dsn[role], sender.first_dsn)
        parsed.mappings.append(mapping)
        if option.fin and mapping.length is not None:
            parsed.fin = (mapping.dsn + mapping.length) % 2**64
    return parsed


def _mapping(option: data_options.DataOption, next_dsn: int, first_dsn: int) -> Mapping:
    if option.dsn:
        dsn, dsn64 = option.dsn.expand(next_dsn), option.dsn.is_64_bit
    else:
        dsn, dsn64 = first_dsn, True
    length = option.length - option.fin if option.length else None
    return Mapping(option.offset, dsn, length, option.length, option.checksum, dsn64)
