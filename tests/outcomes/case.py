# SPDX-License-Identifier: GPL-2.0-or-later
"""A case: segments, and what is right about them. And rows that many cases share."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import pytest

from captures import ROOT

sys.path.insert(0, str(ROOT / "captures"))

from generator.segment_table import Row, capable, dss, join  # noqa: E402

# Client and server on the first path, and on the second one.
ADDRESSES = {False: (("10.0.0.1", "10.0.9.1"), ("10.0.1.1", "10.0.8.1")),
             True: (("2001:db8::1", "2001:db8:9::1"), ("2001:db8:1::1", "2001:db8:8::1"))}
SERVER_PORT = 8080

HAPPENED: dict = {}  # the member is an object, whatever is in it
ANY = None  # any number of events




@dataclass(frozen=True)
class More:
    """Another connection, after the first one. `reused`: with the ports of the first one."""

    segments: list[Row]
    reused: bool = False


@dataclass(frozen=True)
class Case:
    """`name` says what happens. `source` is a script in gtests/net/mptcp.

    right     members of the connection in the JSON; of each connection if it is a list
    events    for each type, the sender and frame of its events, without those that are
              repeated or ignored, or ANY. Other events may have the severities chat and note only.
    counters  by host, without the prefix MPTcpExt
    reused    the second path has the addresses and ports of the first one
    """

    name: str
    source: str
    segments: list[Row]
    right: dict | list
    events: dict[str, list[tuple[str, int]] | None] = field(default_factory=dict)
    counters: dict[str, dict[str, int]] = field(default_factory=dict)
    versions: tuple[int, ...] = (1,)
    ipv6: bool = False
    ids: tuple[int, int] = (1, 0)  # address IDs of client and server in the join
    backup: tuple[bool, bool] = (False, False)
    reused: bool = False
    more: More | None = None

    def parameters(self) -> list:
        return [pytest.param(self, version,
                             id=self.name if version == 1 else f"{self.name}-v{version}")
                for version in self.versions]


# Rows

HANDSHAKE: list[Row] = [("C", "S", 0, None, 0, capable()),
                        ("S", "S.", 0, 1, 0, capable()),
                        ("C", ".", 1, 1, 0, capable())]


def first_data(length: int) -> list[Row]:
    """The client's first data, with both keys, and its DATA_ACK."""
    return [("C", "P.", 1, 1, length, capable(length=length)),
            ("S", ".", 1, 1 + length, 0, dss(ack=1 + length))]


def joined(ack: int) -> list[Row]:
    """A join by the client on the second path. `ack`: the DATA_ACK in its fourth packet."""
    return [("C1", "S", 0, None, 0, join()),
            ("S1", "S.", 0, 1, 0, join()),
            ("C1", ".", 1, 1, 0, join()),
            ("S1", ".", 1, 1, 0, dss(ack=ack))]


def plain_data(seq: int = 1) -> list[Row]:
    """Data of both hosts without an option, and ACKs."""
    return [("S", "P.", 1, seq, 1000),
            ("C", ".", seq, 1001, 0),
            ("C", "P.", seq, 1001, 500),
            ("S", ".", 1001, seq + 500, 0)]


def end(how: str, sender: str, frame: int, reason: int | None = None) -> dict:
    """The member `end` of a subflow."""
    return {"how": how, "from": sender, "frame": frame, "reason": reason}
