# SPDX-License-Identifier: GPL-2.0-or-later
"""Any number of connections, a few hundred of them at a time: for what must not
grow with their number.

Each connection is a scene of its own, of 23 packets: two subflows, the second
one opened by either host, data on both ways, and the end of everything. One is
played when its first packet is due, and forgotten after its last one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from .session import CLIENT, ROLES, SERVER, START, WHOLE, Scene

PACKETS = 23     # of a connection
AT_A_TIME = 300  # connections
TICK = 25        # microseconds between packets
PORTS = 20_000   # of one client's address


@dataclass(frozen=True)
class Member:
    """What must be said of one connection."""

    tokens: dict[str, int]
    payload: dict[str, int]
    subflow_payload: list[dict[str, int]]  # of the initial one, and of the join

    @staticmethod
    def of(scene: Scene) -> Member:
        [connection] = scene.connections
        return Member({role: connection.token(role) for role in ROLES},
                      {role: sum(s.books.payload[role] for s in connection.subflows)
                       for role in ROLES},
                      [subflow.books.payload for subflow in connection.subflows])


def play(number: int) -> Scene:
    """The connection with this number: of both versions and both families in turn."""
    scene = Scene(f"crowd {number}")
    block, port = divmod(number, PORTS)
    port += 20_000
    if number // 2 % 2 == 0:
        client, other_client, server = f"10.0.0.{block + 1}", f"10.0.1.{block + 1}", "10.1.0.1"
    else:
        client, other_client, server = f"fd00::{block + 1:x}", f"fd00::1:{block + 1:x}", "fd01::1"
    connection = scene.connection(number % 2, (client, port), (server, 443))
    first = connection.initial().open()
    opener = SERVER if number % 3 == 0 else CLIENT
    second = connection.join((other_client, port), (server, 443), opener).open()
    for subflow, sender, receiver in ((first, CLIENT, SERVER), (second, SERVER, CLIENT),
                                      (second, CLIENT, SERVER)):
        subflow.data(sender, scene.random.randrange(1, 200))
        subflow.ack_data(receiver)
    connection.close()
    return scene


def interleaved(connections: int, members: list[Member]) -> Iterator[tuple[int, bytes, int]]:
    """The packets of so many connections, as pcap.write() takes them. `members` is
    filled in the order of first packets."""
    draw = random.Random("crowd")
    living: list[Iterator[tuple[int, bytes, int]]] = []
    time = START
    for number in range(connections):
        scene = play(number)
        members.append(Member.of(scene))
        packets = iter(scene.captured)
        _, packet, _ = next(packets)
        time += TICK
        yield time, packet, WHOLE
        living.append(packets)
        # As many packets as a connection has, so that as many end as begin.
        last = number == connections - 1
        while living and (last or len(living) >= AT_A_TIME):
            place = draw.randrange(len(living))
            if (following := next(living[place], None)) is None:
                living[place] = living[-1]
                living.pop()
                continue
            time += TICK
            yield time, following[1], WHOLE
