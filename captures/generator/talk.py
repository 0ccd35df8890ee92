# SPDX-License-Identifier: GPL-2.0-or-later
"""The addresses of all scenarios, and what their hosts say to each other."""

from __future__ import annotations

from .packets import ACK, PSH
from .session import ROLES, Subflow, other

A1, A2, B1, B2 = "10.0.1.1", "10.0.2.1", "10.0.1.2", "10.0.2.2"
V6_A1, V6_A2 = "2001:db8:1::1", "2001:db8:2::1"
V6_B1, V6_B2 = "2001:db8:1::2", "2001:db8:2::2"


def talk(*subflows: Subflow, rounds: int = 2, length: int = 200) -> None:
    """Data from both sides on each subflow, and its ACKs."""
    for _ in range(rounds):
        for subflow in subflows:
            for role in ROLES:
                subflow.data(role, length)
                subflow.ack_data(other(role))


def plain_talk(subflow: Subflow) -> None:
    """Data as plain TCP, and its end."""
    for role in ROLES:
        subflow.send(role, ACK | PSH, payload=bytes(120))
        subflow.send(other(role), ACK)
    subflow.fins()
