# SPDX-License-Identifier: GPL-2.0-or-later
"""A connection that is slower with two paths than with one."""

from __future__ import annotations

from ..roles import CLIENT, SERVER
from ..simulation import Scenario, Subflow
from .one_path import begin, open_join, wait

ROUND_TRIP = 0.1  # seconds
ROUNDS = 14


def path_use() -> Scenario:
    """An upload in a capture at the client, limited by its paths: first on one path, then on two, at
    half of the rate."""
    scenario = Scenario("path_use", events=True)
    initial = begin(scenario)
    transfer(initial)
    join = open_join(initial)
    for _ in range(ROUNDS):
        initial.data(CLIENT, 100)
        join.data(CLIENT, 100)
        wait(scenario, ROUND_TRIP)
        initial.ack_data(SERVER)
        join.ack_data(SERVER)
    initial.connection.close(initial, join)
    return scenario


def transfer(subflow: Subflow) -> None:
    for _ in range(ROUNDS):
        subflow.data(CLIENT, 400)
        wait(subflow.connection.capture, ROUND_TRIP)
        subflow.ack_data(SERVER)
