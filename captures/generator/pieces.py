# SPDX-License-Identifier: GPL-2.0-or-later
"""Data in pieces: made at one time, put on subflows at others, in any order, once
or several times, under whatever mapping."""

from __future__ import annotations

from dataclasses import dataclass

from . import options
from .packets import ACK, PSH
from .session import CLIENT, SERVER, Connection, Endpoint, Scene, Subflow, other
from .talk import A1, A2, B1, B2, V6_A1, V6_A2, V6_B1, V6_B2

PORTS = 20  # for each connection


@dataclass(frozen=True)
class Data:
    """A stretch of what a host says on a connection."""

    role: str
    dsn: int
    octets: bytes

    def part(self, begin: int, end: int | None = None) -> Data:
        return Data(self.role, (self.dsn + begin) % 2**64, self.octets[begin:end])

    def __len__(self) -> int:
        return len(self.octets)


def begin(scene: Scene, version: int, v6: bool = False,
          keys: tuple[int, int] | None = None) -> Subflow:
    """A connection's initial subflow, before its SYN."""
    port = 46000 + PORTS * len(scene.connections)
    ends: tuple[Endpoint, Endpoint] = \
        ((V6_A1, port), (V6_B1, 443)) if v6 else ((A1, port), (B1, 443))
    return scene.connection(version, *ends, keys).initial()


def new_join(initial: Subflow, opener: str = CLIENT) -> Subflow:
    """A join, before its SYN. Over the other IP version than the last subflow."""
    connection = initial.connection
    number, port = len(connection.subflows), initial.ends[CLIENT][1]
    v6 = ":" not in connection.subflows[-1].ends[CLIENT][0]
    client, server = (V6_A2, V6_B2) if v6 else (A2, B2)
    if opener == SERVER:
        return connection.join((client, port), (server, port + number), SERVER,
                               (number, 10 + number))
    return connection.join((client, port + number), (server, 443), CLIENT, (number, 10 + number))


def produce(connection: Connection, role: str, length: int) -> Data:
    """What comes next in the stream."""
    data = Data(role, connection.next_dsn[role], connection.scene.random.randbytes(length))
    connection.next_dsn[role] = (data.dsn + length) % 2**64
    return data


def reserve(subflow: Subflow, role: str, length: int) -> int:
    """Room for so many octets on the subflow; gives the offset."""
    offset = (subflow.seq[role] - subflow.isn[role]) % 2**32
    subflow.seq[role] = (subflow.seq[role] + length) % 2**32
    return offset


def dss(subflow: Subflow, data: Data, offset: int, *, acks: bool = False, wide_ack: bool = False,
        wide_dsn: bool = True, spoilt: bool = False) -> bytes:
    """The mapping of all of `data`, to that offset."""
    connection = subflow.connection
    checksum = None
    if connection.flags & options.CHECKSUM:
        checksum = options.dss_checksum(data.dsn, offset, len(data), data.octets) ^ spoilt
    ack = connection.next_dsn[other(data.role)] if acks else None
    return options.dss(ack=ack, wide_ack=wide_ack, dsn=data.dsn, wide_dsn=wide_dsn, offset=offset,
                       length=len(data), checksum=checksum)


def put(subflow: Subflow, data: Data, offset: int, option: bytes = b"", **how) -> int:
    """A segment with the data at that offset. Gives the frame."""
    seq = (subflow.isn[data.role] + offset) % 2**32
    subflow.send(data.role, ACK | PSH, option, data.octets, seq=seq, **how)
    return len(subflow.connection.scene.captured)


def carry(subflow: Subflow, data: Data, **how) -> int:
    """A segment at the next offset, with its mapping. Gives the offset."""
    offset = reserve(subflow, data.role, len(data))
    put(subflow, data, offset, dss(subflow, data, offset, **how))
    return offset


def map_only(subflow: Subflow, data: Data, offset: int) -> None:
    """A mapping on an ACK without data."""
    subflow.send(data.role, ACK, dss(subflow, data, offset))


def pause(scene: Scene, milliseconds: int) -> None:
    scene.time += 1000 * milliseconds
