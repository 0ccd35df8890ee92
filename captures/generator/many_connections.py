# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture of any number of connections, 300 of them at a time.

It serves to measure what must not grow with the number of connections. Each connection is a
scenario of its own with 23 packets: two subflows, the second one opened by either host, data
in both directions, DATA_FINs and FINs. A scenario is kept only while it has packets left.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from .roles import CLIENT, ROLES, SERVER
from .simulation import NO_SNAPLEN, START, Scenario

PACKETS = 23  # of a connection
CONCURRENT = 300  # connections
PACKET_INTERVAL = 25  # microseconds
PORTS = 20_000  # of one client address
SEED = "crowd"  # any change of it changes all bytes of the captures


@dataclass(frozen=True)
class ExpectedConnection:
    tokens: dict[str, int]  # by role, as all that follows
    payload: dict[str, int]
    subflow_payload: list[dict[str, int]]  # of the initial subflow, and of the join

    @staticmethod
    def of(scenario: Scenario) -> ExpectedConnection:
        [connection] = scenario.connections
        return ExpectedConnection(
            {role: connection.token(role) for role in ROLES},
            {role: sum(s.traffic.payload[role] for s in connection.subflows) for role in ROLES},
            [subflow.traffic.payload for subflow in connection.subflows])


def build(number: int) -> Scenario:
    """The connection with this number. Versions and address families alternate."""
    scenario = Scenario(f"{SEED} {number}")
    block, port = divmod(number, PORTS)
    port += 20_000
    if number // 2 % 2 == 0:
        client, other_client, server = f"10.0.0.{block + 1}", f"10.0.1.{block + 1}", "10.1.0.1"
    else:
        client, other_client, server = f"fd00::{block + 1:x}", f"fd00::1:{block + 1:x}", "fd01::1"
    connection = scenario.connection(number % 2, (client, port), (server, 443))
    initial = connection.initial().open()
    initiator = SERVER if number % 3 == 0 else CLIENT
    join = connection.join((other_client, port), (server, 443), initiator).open()
    for subflow, sender, receiver in ((initial, CLIENT, SERVER), (join, SERVER, CLIENT),
                                      (join, CLIENT, SERVER)):
        subflow.data(sender, scenario.random.randrange(1, 200))
        subflow.ack_data(receiver)
    connection.close()
    return scenario


def interleaved(count: int, expected: list[ExpectedConnection]) -> Iterator[tuple[int, bytes, int]]:
    """The packets of `count` connections, as pcap.write() takes them. The expected results are
    appended to `expected` in the order of first packets."""
    rand = random.Random(SEED)
    unfinished: list[Iterator[tuple[int, bytes, int]]] = []
    time = START
    for number in range(count):
        scenario = build(number)
        expected.append(ExpectedConnection.of(scenario))
        packets = iter(scenario.packets)
        _, packet, _ = next(packets)
        time += PACKET_INTERVAL
        yield time, packet, NO_SNAPLEN
        unfinished.append(packets)
        # Connections end as fast as they begin, once CONCURRENT of them are open.
        last = number == count - 1
        while unfinished and (last or len(unfinished) >= CONCURRENT):
            index = rand.randrange(len(unfinished))
            if (following := next(unfinished[index], None)) is None:
                unfinished[index] = unfinished[-1]
                unfinished.pop()
                continue
            time += PACKET_INTERVAL
            yield time, following[1], NO_SNAPLEN
