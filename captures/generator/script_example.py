# SPDX-License-Identifier: GPL-2.0-or-later
"""The capture that this project began with: four connections of version 0."""

from __future__ import annotations

from itertools import cycle, islice

from .session import CLIENT, SERVER, Scene, Subflow, other

KEYS = ((2097874973131745533, 14232633393355152416),
        (983142155943229432, 6234784353306747016),
        (5823071776475689728, 4848392901692201259),
        (14199735500882309953, 3371602785583873677))
FIRST_JOINS = (2357207166, 1354074688, 2838627932, 572626761)  # of connections 1 to 4
SECOND_JOINS = {0: 2386802895, 3: 670726733}  # of connections 1 and 4

SMALL = (400, 40_000)  # packets, octets of payload
FULL = (132_789, 10_466_570)


def play(packets: int, payload: int) -> Scene:
    """Exactly so many packets with exactly so many octets of payload in all."""
    scene = Scene("script_example")
    subflows: list[Subflow] = []
    for index, keys in enumerate(KEYS):
        connection = scene.connection(0, ("123.123.123.1", 40001 + index), ("42.42.42.1", 80), keys)
        subflows.append(connection.initial().open())
    for index, connection in enumerate(scene.connections):
        join = connection.join(("123.123.123.3", 40011 + index), ("42.42.42.3", 80), ids=(3, 3),
                               nonces=(FIRST_JOINS[index], scene.random.getrandbits(32)))
        subflows.append(join.open())
    for index, nonce in SECOND_JOINS.items():
        join = scene.connections[index].join(
            ("123.123.123.5", 40021 + index), ("42.42.42.5", 80), ids=(5, 5),
            nonces=(nonce, scene.random.getrandbits(32)))
        subflows.append(join.open())

    closing = 4 * len(KEYS) + 3 * len(subflows)  # what Connection.close() sends
    transfer(subflows, packets - len(scene.captured) - closing, payload)
    for connection in scene.connections:
        connection.close()
    return scene


def transfer(subflows: list[Subflow], packets: int, payload: int) -> None:
    """Data on all subflows in turn, a fifth of it from the server, and its ACKs."""
    segments = (packets + 1) // 2
    size, longer = divmod(payload, segments)
    senders = cycle([CLIENT] * 4 + [SERVER])
    for number, subflow in enumerate(islice(cycle(subflows), segments)):
        sender = next(senders)
        subflow.data(sender, size + (number < longer))
        if number < packets - segments:
            subflow.ack_data(other(sender))
