# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses, connections and exchanges of data that the scenarios share."""

from __future__ import annotations

from ..roles import CLIENT, ROLES, SERVER, other
from ..simulation import Connection, Endpoint, Scenario, Subflow
from ..wire.packets import ACK, PSH

A1, A2, B1, B2 = "10.0.1.1", "10.0.2.1", "10.0.1.2", "10.0.2.2"
V6_A1, V6_A2 = "2001:db8:1::1", "2001:db8:2::1"
V6_B1, V6_B2 = "2001:db8:1::2", "2001:db8:2::2"


def initial_subflow(scenario: Scenario, version: int, v6: bool = False,
                    keys: tuple[int, int] | None = None, first_port: int = 44000,
                    ports: int = 50) -> Subflow:
    """The initial subflow of a new connection, before its SYN. Each connection has `ports` port
    numbers of the client for itself."""
    port = first_port + ports * len(scenario.connections)
    ends: tuple[Endpoint, Endpoint] = \
        ((V6_A1, port), (V6_B1, 443)) if v6 else ((A1, port), (B1, 443))
    return scenario.connection(version, *ends, keys).initial()


def new_join(connection: Connection, initiator: str = CLIENT) -> Subflow:
    """A join over the IP version of the connection, before its SYN."""
    number = len(connection.subflows)
    port = connection.ends[CLIENT][1]
    v6 = ":" in connection.ends[CLIENT][0]
    client, server = (V6_A2, V6_B2) if v6 else (A2, B2)
    if initiator == SERVER:
        return connection.join((client, port), (server, port + number), SERVER, (1, 2))
    return connection.join((client, port + number), connection.ends[SERVER], CLIENT, (1, 0))


def exchange_data(*subflows: Subflow, rounds: int = 2, length: int = 200) -> None:
    """Each host sends data on each subflow, and its peer acknowledges it."""
    for _ in range(rounds):
        for subflow in subflows:
            for role in ROLES:
                subflow.data(role, length)
                subflow.ack_data(other(role))


def exchange_plain_data(subflow: Subflow) -> None:
    """Each host sends data without MPTCP options; then FINs."""
    for role in ROLES:
        subflow.send(role, ACK | PSH, payload=bytes(120))
        subflow.send(other(role), ACK)
    subflow.fins()
