# SPDX-License-Identifier: GPL-2.0-or-later
"""Data sent at any offset of any subflow, in any order, any number of times, under any mapping.

`Subflow.data()` sends the next data of the stream at the next sequence number. The functions
here separate the two.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..roles import CLIENT, SERVER, other
from ..scenarios import traffic
from ..scenarios.traffic import A2, B2, V6_A2, V6_B2
from ..simulation import Capture, Connection, Scenario, Subflow
from ..wire import options
from ..wire.packets import ACK, PSH


@dataclass(frozen=True)
class Data:
    """A range of the data stream of one host."""

    role: str  # the sender
    dsn: int
    payload: bytes

    def part(self, begin: int, end: int | None = None) -> Data:
        return Data(self.role, (self.dsn + begin) % 2**64, self.payload[begin:end])

    def __len__(self) -> int:
        return len(self.payload)


def initial_subflow(scenario: Scenario, version: int, v6: bool = False,
                    keys: tuple[int, int] | None = None) -> Subflow:
    """The initial subflow of a new connection, before its SYN."""
    return traffic.initial_subflow(scenario, version, v6, keys, first_port=46000, ports=20)


def new_join(initial: Subflow, initiator: str = CLIENT) -> Subflow:
    """A join, before its SYN. It uses the IP version that the last subflow does not use."""
    connection = initial.connection
    number, port = len(connection.subflows), initial.ends[CLIENT][1]
    v6 = ":" not in connection.subflows[-1].ends[CLIENT][0]
    client, server = (V6_A2, V6_B2) if v6 else (A2, B2)
    if initiator == SERVER:
        return connection.join((client, port), (server, port + number), SERVER,
                               (number, 10 + number))
    return connection.join((client, port + number), (server, 443), CLIENT, (number, 10 + number))


def next_data(connection: Connection, role: str, length: int) -> Data:
    """Takes the next bytes of the data stream. They are not sent yet."""
    data = Data(role, connection.next_dsn[role], connection.capture.random.randbytes(length))
    connection.next_dsn[role] = (data.dsn + length) % 2**64
    return data


def reserve(subflow: Subflow, role: str, length: int) -> int:
    """Reserves sequence numbers of the subflow. Returns the offset of the first one."""
    offset = (subflow.seq[role] - subflow.isn[role]) % 2**32
    subflow.seq[role] = (subflow.seq[role] + length) % 2**32
    return offset


def dss(subflow: Subflow, data: Data, offset: int, *, acks: bool = False, ack64: bool = False,
        dsn64: bool = True, corrupt: bool = False) -> bytes:
    """A DSS option that maps all of `data` to `offset`; `acks`: with a DATA_ACK."""
    connection = subflow.connection
    checksum = None
    if connection.flags & options.CHECKSUM:
        checksum = options.dss_checksum(data.dsn, offset, len(data), data.payload) ^ corrupt
    ack = connection.next_dsn[other(data.role)] if acks else None
    return options.dss(ack=ack, ack64=ack64, dsn=data.dsn, dsn64=dsn64, offset=offset,
                       length=len(data), checksum=checksum)


def send_at(subflow: Subflow, data: Data, offset: int, option: bytes = b"", **sending) -> None:
    """Sends a segment with `data` at `offset`."""
    seq = (subflow.isn[data.role] + offset) % 2**32
    subflow.send(data.role, ACK | PSH, option, data.payload, seq=seq, **sending)


def send_mapped(subflow: Subflow, data: Data, **dss_arguments) -> int:
    """Sends a segment at the next offset with a mapping of its own. Returns the offset."""
    offset = reserve(subflow, data.role, len(data))
    send_at(subflow, data, offset, dss(subflow, data, offset, **dss_arguments))
    return offset


def send_mapping(subflow: Subflow, data: Data, offset: int) -> None:
    """Sends a mapping on an ACK without data."""
    subflow.send(data.role, ACK, dss(subflow, data, offset))


def pause(capture: Capture, milliseconds: int) -> None:
    capture.time += 1000 * milliseconds
