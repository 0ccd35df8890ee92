# SPDX-License-Identifier: GPL-2.0-or-later
"""A parser for the options that describe data: DSS (RFC 8684 3.3), and MP_CAPABLE with the
first data (RFC 8684 3.1). All other options are skipped."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class SequenceNumber:
    """A DSN or a DATA_ACK as sent."""

    value: int
    is_64_bit: bool

    def expand(self, expected: int) -> int:
        """The 64-bit number; of those with the same lower half, the nearest to `expected`."""
        if self.is_64_bit:
            return self.value
        distance = (self.value - expected + 2**31) % 2**32 - 2**31
        return (expected + distance) % 2**64


@dataclass(frozen=True)
class DataOption:
    """A DSS option or an MP_CAPABLE option with data."""

    ack: SequenceNumber | None = None
    dsn: SequenceNumber | None = None
    is_first_data: bool = False  # MP_CAPABLE: the DSN is IDSN + 1
    offset: int = 0  # relative to the ISN of the subflow
    length: int = 0  # the Data-Level Length: 0 for an infinite mapping; it counts a DATA_FIN
    checksum: int | None = None
    fin: bool = False

    @property
    def has_mapping(self) -> bool:
        return self.dsn is not None or self.is_first_data


def parse(options: bytes) -> Iterator[DataOption]:
    """`options` are the options of a TCP header, possibly truncated. An incomplete option ends
    them; an option with a wrong length is skipped."""
    position = 0
    while position < len(options) and options[position] != 0:
        if options[position] == 1:
            position += 1
            continue
        length = options[position + 1] if position + 1 < len(options) else 0
        body = options[position:position + length]
        if length < 2 or len(body) < length:
            return
        if body[0] == 30 and length >= 4:
            option = {0: _capable, 2: _dss}.get(body[2] >> 4, lambda body: None)(body)
            if option:
                yield option
        position += length


def _capable(body: bytes) -> DataOption | None:
    """RFC 8684 3.1: with the first data, both keys and the Data-Level Length."""
    if len(body) not in (22, 24) or body[2] & 15 == 0:
        return None
    (length,) = struct.unpack_from("!H", body, 20)
    checksum = struct.unpack_from("!H", body, 22)[0] if len(body) == 24 else None
    return DataOption(is_first_data=True, offset=1, length=length, checksum=checksum)


def _dss(body: bytes) -> DataOption | None:
    """RFC 8684 3.3: flags F, m, M, a, A from the left."""
    fin, dsn64, mapping, ack64, has_ack = (bool(body[3] & 1 << bit) for bit in (4, 3, 2, 1, 0))
    numbers = 4 + has_ack * (4 + 4 * ack64) + mapping * (4 + 4 * dsn64)
    if len(body) not in ((numbers + 6, numbers + 8) if mapping else (numbers,)):
        return None
    position = 4

    def take(form: str) -> int:
        nonlocal position
        (value,) = struct.unpack_from("!" + form, body, position)
        position += struct.calcsize(form)
        return value

    ack = SequenceNumber(take("Q" if ack64 else "I"), ack64) if has_ack else None
    if not mapping:
        return DataOption(ack=ack)
    dsn = SequenceNumber(take("Q" if dsn64 else "I"), dsn64)
    offset, length = take("I"), take("H")
    checksum = take("H") if position < len(body) else None
    return DataOption(ack, dsn, False, offset, length, checksum, fin)
