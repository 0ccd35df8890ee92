# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that start late: each capture without its first 10, 20, 30, … frames.

The connections are those of the whole capture, as far as the frames that are left tell it. Data
tells it by numbers of 64 bits: two subflows belong together if both have data sequence numbers or
DATA_ACKs of the same sender's data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from captures import ROOT
from pcapng import Interface, read_pcap, section
from sharkd import Sharkd

STEP = 10  # frames
# Two connections have the same token. Without their keys, the joins of both look like one.
AMBIGUOUS = {"token_collision"}
CAPTURES = [path for path in sorted((ROOT / "captures").glob("*.pcap"))
            if path.stem not in AMBIGUOUS]

FIELDS = ("mptcp.conn", "mptcp.subflow", "mptcp.from_client", "mptcp.copy_of",
          "tcp.options.mptcp.rawdataseqno", "tcp.options.mptcp.rawdataack")


class Row(NamedTuple):
    """A frame of a subflow. `numbered`: whose data the 64-bit numbers of the frame are about."""

    conn: str
    subflow: str
    numbered: set[bool]


def rows_of(process: Sharkd, path: Path) -> list[Row | None]:
    """None for copies and for frames that are not of a subflow."""
    process.load(path)
    columns = {f"column{number}": f"{field}:1" for number, field in enumerate(FIELDS)}
    rows: list[Row | None] = []
    for frame in process.ask("frames", **columns):
        conn, subflow, from_client, copy_of, dsn, data_ack = frame["c"]
        numbered = {(from_client == "1") == own for own, number in ((True, dsn), (False, data_ack))
                    if number.isdigit() and int(number) >= 2**32}
        rows.append(None if copy_of or not conn else Row(conn, subflow, numbered))
    return rows


def tails(path: Path) -> Iterator[tuple[int, bytes]]:
    """The number of frames that are missing, and the rest as a pcapng file."""
    link_type, packets = read_pcap(path)
    for missing in range(STEP, len(packets), STEP):
        yield missing, section("<", link_type, [Interface()], packets[missing:])


def misgrouped(whole: list[Row | None], late: list[Row | None]) -> list[str]:
    """Compares the frames after the beginning that is missing."""
    frames = [(then, now) for then, now in zip(whole, late, strict=True) if then and now]
    whole_of: dict[str, set[str]] = defaultdict(set)
    late_of: dict[tuple[str, str], set[str]] = defaultdict(set)
    numbered: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for then, now in frames:
        subflow = then.conn, then.subflow
        whole_of[now.conn].add(then.conn)
        late_of[subflow].add(now.conn)
        numbered[subflow] |= then.numbered
    wrong = [f"connection {conn} has subflows of {', '.join(sorted(of))}"
             for conn, of in whole_of.items() if len(of) > 1]
    wrong += [f"subflow {subflow} is in {', '.join(sorted(of))}"
              for subflow, of in late_of.items() if len(of) > 1]
    wrong += [f"subflows {one} and {other} are apart"
              for one, other in combinations(sorted(late_of), 2)
              if one[0] == other[0] and numbered[one] & numbered[other]
              and late_of[one] != late_of[other]]
    return wrong


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_connections_are_those_of_the_whole(tshark, stage: Path, path: Path):
    late = stage / f"{path.stem}.late.pcapng"
    wrong = {}
    with Sharkd(tshark) as process:
        whole = stage / f"{path.stem}.whole.pcap"
        whole.write_bytes(path.read_bytes())
        whole.chmod(0o644)
        rows = rows_of(process, whole)
        for missing, data in tails(path):
            late.write_bytes(data)
            late.chmod(0o644)
            if found := misgrouped(rows[missing:], rows_of(process, late)):
                wrong[missing] = found
    assert wrong == {}
