# SPDX-License-Identifier: GPL-2.0-or-later
"""What the options of one segment say of data: mappings, DATA_FIN, DATA_ACK
(RFC 8684 3.3), read back from the octets that the capture kept."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A data sequence number as it went over the wire."""

    value: int
    wide: bool  # in 8 octets, not in 4

    def near(self, expected: int) -> int:
        """The whole number: of those with this lower half the nearest to `expected`."""
        if self.wide:
            return self.value
        distance = (self.value - expected + 2**31) % 2**32 - 2**31
        return (expected + distance) % 2**64


@dataclass(frozen=True)
class Signal:
    """Of one option: a DSS, or an MP_CAPABLE that came with data. `length` is 0 where the
    mapping has no end, and counts a DATA_FIN, too."""

    ack: Number | None = None
    dsn: Number | None = None
    first: bool = False  # MP_CAPABLE: the DSN is that of the first octet
    offset: int = 0
    length: int = 0
    checksum: int | None = None
    fin: bool = False

    @property
    def maps(self) -> bool:
        return self.dsn is not None or self.first


def read(options: bytes) -> Iterator[Signal]:
    """Of each option that is whole and has the right length."""
    place = 0
    while place < len(options) and options[place] != 0:
        if options[place] == 1:
            place += 1
            continue
        length = options[place + 1] if place + 1 < len(options) else 0
        body = options[place:place + length]
        if length < 2 or len(body) < length:
            return
        if body[0] == 30 and length >= 4:
            signal = {0: _capable, 2: _dss}.get(body[2] >> 4, lambda body: None)(body)
            if signal:
                yield signal
        place += length


def _capable(body: bytes) -> Signal | None:
    """RFC 8684 3.1: with the first data, both keys and the length of its mapping."""
    if len(body) not in (22, 24) or body[2] & 15 == 0:
        return None
    (length,) = struct.unpack_from("!H", body, 20)
    checksum = struct.unpack_from("!H", body, 22)[0] if len(body) == 24 else None
    return Signal(first=True, offset=1, length=length, checksum=checksum)


def _dss(body: bytes) -> Signal | None:
    """RFC 8684 3.3: flags F, m, M, a, A from the left."""
    fin, wide_dsn, mapping, wide_ack, acks = (bool(body[3] & 1 << bit) for bit in (4, 3, 2, 1, 0))
    numbers = 4 + acks * (4 + 4 * wide_ack) + mapping * (4 + 4 * wide_dsn)
    if len(body) not in ((numbers + 6, numbers + 8) if mapping else (numbers,)):
        return None
    place = 4

    def take(form: str) -> int:
        nonlocal place
        (value,) = struct.unpack_from("!" + form, body, place)
        place += struct.calcsize(form)
        return value

    ack = Number(take("Q" if wide_ack else "I"), wide_ack) if acks else None
    if not mapping:
        return Signal(ack=ack)
    dsn = Number(take("Q" if wide_dsn else "I"), wide_dsn)
    offset, length = take("I"), take("H")
    checksum = take("H") if place < len(body) else None
    return Signal(ack, dsn, False, offset, length, checksum, fin)
