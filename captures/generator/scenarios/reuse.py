# SPDX-License-Identifier: GPL-2.0-or-later
"""Tokens, keys and 4-tuples that occur more than once in a capture (RFC 8684 3.1, 3.2)."""

from __future__ import annotations

from ..roles import ROLES, SERVER
from ..simulation import Scenario
from ..wire import crypto
from ..wire.packets import ACK, FIN, PSH, RST, SYN
from .traffic import A1, A2, B1, exchange_data


def colliding_keys(version: int) -> tuple[int, ...]:
    """Two keys with the same token. By the birthday paradox, a few ten thousand attempts
    suffice."""
    seen: dict[int, int] = {}
    key = 0x1234_5678_0000_0000
    while True:
        key += 1
        known = seen.setdefault(crypto.token(version, key), key)
        if known != key:
            return known, key


def token_collision() -> Scenario:
    """Version 1: two open connections to one server whose server tokens are the same number. Only
    the HMACs show which join belongs to which."""
    scenario = Scenario("token_collision")
    keys = colliding_keys(1)
    connections = []
    for index, server_key in enumerate(keys):
        connection = scenario.connection(1, (A1, 41400 + index), (B1, 443),
                                         (scenario.random.getrandbits(64), server_key))
        connection.initial().open()
        connections.append(connection)
    # In this order, neither the newest nor the oldest connection is right for all joins.
    for index in (0, 1, 1, 0):
        connection = connections[index]
        port = 41410 + sum(len(c.subflows) for c in connections)
        exchange_data(connection.join((A2, port), (B1, 443), ids=(2, 0)).open())
    for connection in connections:
        connection.close()
    return scenario


def key_reuse() -> Scenario:
    """Version 0: two connections with the very same keys, one after the other, with a join each. A
    join belongs to the connection that is open."""
    scenario = Scenario("key_reuse")
    keys = (0x1111_2222_3333_4444, 0x5555_6666_7777_8888)
    for index in range(2):
        connection = scenario.connection(0, (A1, 41500 + index), (B1, 443), keys)
        initial = connection.initial().open()
        join = connection.join((A2, 41510 + index), (B1, 443), ids=(2, 0)).open()
        exchange_data(initial, join)
        connection.close()
    return scenario


def tuple_reuse() -> Scenario:
    """4-tuples used again: by a new MPTCP connection, by another connection's join, and by plain
    TCP, whose packets belong to no connection."""
    scenario = Scenario("tuple_reuse", streams=False)
    client, server, joiner = (A1, 41600), (B1, 443), (A2, 41601)
    for version in (0, 1):
        connection = scenario.connection(version, client, server)
        initial = connection.initial().open()
        join = connection.join(joiner, server, ids=(2, 0)).open()
        exchange_data(initial, join)
        connection.close()
    plain = scenario.record_plain_tcp
    plain(client, server, SYN, 1000, 0)
    plain(server, client, SYN | ACK, 2000, 1001)
    plain(client, server, ACK, 1001, 2001)
    plain(client, server, ACK | PSH, 1001, 2001, b"plain TCP")
    plain(server, client, ACK, 2001, 1010)
    plain(client, server, FIN | ACK, 1010, 2001)
    plain(server, client, FIN | ACK, 2001, 1011)
    plain(client, server, ACK, 1011, 2002)
    return scenario


def stray_syn() -> Scenario:
    """SYNs by another sender on the 4-tuple of an open subflow: plain ones and ones with
    MP_CAPABLE, unanswered and refused. The subflow continues."""
    scenario = Scenario("stray_syn", streams=False)
    plain = scenario.record_plain_tcp
    client, server = (A1, 41650), (B1, 443)
    connection = scenario.connection(1, client, server)
    initial = connection.initial().open()
    exchange_data(initial, rounds=1)
    plain(client, server, SYN, 1000, 0)
    exchange_data(initial, rounds=1)
    plain(client, server, SYN, 2000, 0)
    plain(server, client, RST | ACK, 0, 2001)
    exchange_data(initial, rounds=1)
    for refused in (False, True):
        stray = scenario.connection(1, client, server)
        subflow = stray.initial()
        subflow.syn()
        if refused:
            subflow.reset(SERVER)
        stray.state = "refused"
        stray.keys_known = dict.fromkeys(ROLES, False)
        exchange_data(initial, rounds=1)
    connection.close()
    return scenario
