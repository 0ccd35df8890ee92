# SPDX-License-Identifier: GPL-2.0-or-later
"""Classic capture files of bare IP packets, with times in microseconds."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

LINKTYPE_RAW = 101
MAGIC = 0xa1b2c3d4


def write(path: Path, packets: Iterable[tuple[int, bytes, int]]) -> None:
    """`packets`: time in microseconds, the packet, and how much of it was kept."""
    with path.open("wb") as file:
        file.write(struct.pack("!IHHiIII", MAGIC, 2, 4, 0, 0, 262144, LINKTYPE_RAW))
        for time, packet, kept in packets:
            file.write(struct.pack("!IIII", time // 1_000_000, time % 1_000_000,
                                   min(kept, len(packet)), len(packet)))
            file.write(packet[:kept])
