# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes pcap files of raw IP packets with timestamps in microseconds."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

LINKTYPE_RAW = 101
MAGIC = 0xa1b2c3d4


def write(path: Path, packets: Iterable[tuple[int, bytes, int]]) -> None:
    """`packets`: time in microseconds, packet, and how many bytes of it to keep."""
    with path.open("wb") as file:
        file.write(struct.pack("!IHHiIII", MAGIC, 2, 4, 0, 0, 262144, LINKTYPE_RAW))
        for time, packet, caplen in packets:
            file.write(struct.pack("!IIII", time // 1_000_000, time % 1_000_000,
                                   min(caplen, len(packet)), len(packet)))
            file.write(packet[:caplen])
