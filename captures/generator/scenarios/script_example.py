# SPDX-License-Identifier: GPL-2.0-or-later
"""The example of the script that this project replaces: four connections of version 0.

The keys, and the nonces of the clients, are those of the script's published output.
"""

from __future__ import annotations

from itertools import cycle, islice

from ..roles import CLIENT, SERVER, other
from ..simulation import Scenario, Subflow

KEYS = ((2097874973131745533, 14232633393355152416),
        (983142155943229432, 6234784353306747016),
        (5823071776475689728, 4848392901692201259),
        (14199735500882309953, 3371602785583873677))
FIRST_JOINS = (2357207166, 1354074688, 2838627932, 572626761)  # nonces, by connection
SECOND_JOINS = {0: 2386802895, 3: 670726733}

SMALL = (400, 40_000)  # packets, bytes of payload
FULL = (132_789, 10_466_570)


def script_example() -> Scenario:
    """Version 0: four connections with the keys of the script that this project replaces, six
    joins, data on all ten subflows."""
    return build(*SMALL)


def build(packets: int, payload: int) -> Scenario:
    """`packets` and `payload` are exact totals."""
    scenario = Scenario("script_example")
    subflows: list[Subflow] = []
    for index, keys in enumerate(KEYS):
        connection = scenario.connection(0, ("123.123.123.1", 40001 + index), ("42.42.42.1", 80),
                                         keys)
        subflows.append(connection.initial().open())
    for index, connection in enumerate(scenario.connections):
        join = connection.join(("123.123.123.3", 40011 + index), ("42.42.42.3", 80), ids=(3, 3),
                               nonces=(FIRST_JOINS[index], scenario.random.getrandbits(32)))
        subflows.append(join.open())
    for index, nonce in SECOND_JOINS.items():
        join = scenario.connections[index].join(
            ("123.123.123.5", 40021 + index), ("42.42.42.5", 80), ids=(5, 5),
            nonces=(nonce, scenario.random.getrandbits(32)))
        subflows.append(join.open())

    closing = 4 * len(KEYS) + 3 * len(subflows)  # the packets of Connection.close()
    transfer(subflows, packets - len(scenario.packets) - closing, payload)
    for connection in scenario.connections:
        connection.close()
    return scenario


def transfer(subflows: list[Subflow], packets: int, payload: int) -> None:
    """Sends data on all subflows in turn, every fifth segment from the server, and its ACKs."""
    segments = (packets + 1) // 2
    size, longer = divmod(payload, segments)
    senders = cycle([CLIENT] * 4 + [SERVER])
    for number, subflow in enumerate(islice(cycle(subflows), segments)):
        sender = next(senders)
        subflow.data(sender, size + (number < longer))
        if number < packets - segments:
            subflow.ack_data(other(sender))
