# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that were recorded at several points."""

from __future__ import annotations

import itertools

from ..roles import CLIENT, ROLES, SERVER
from ..simulation import Scenario, Subflow
from ..wire import packets
from .traffic import A2, B1, exchange_data, initial_subflow

OUTSIDE = "192.0.2.9"  # the address of the router that does NAT


def repeat(subflow: Subflow) -> None:
    """Data that TCP retransmits, and data that the network duplicates before the first point."""
    for role in ROLES:
        subflow.data(role, 150)
        subflow.resend()
        subflow.data(role, 150, times=2)


def points() -> Scenario:
    """Packets recorded at several points: before and behind a router that does NAT, and inside and
    outside of a GRE tunnel. TCP retransmits some, and the network duplicates some. Each packet
    counts once. Both versions."""
    scenario = Scenario("points", streams=False)
    numbers = itertools.count(1)

    def numbered(packet: bytes) -> bytes:
        return packets.with_identification(packet, next(numbers))

    for version in (0, 1):
        initial = initial_subflow(scenario, version)
        connection = initial.connection
        client, server = connection.ends[CLIENT], connection.ends[SERVER]
        outside = (OUTSIDE, 61000 + version)
        initial.encapsulate = numbered
        initial.further_points = [
            lambda packet, inside=client, outside=outside:
                packets.forwarded(packet, {inside: outside, outside: inside})]
        initial.also = [{"point": 1, "client": {"address": outside[0], "port": outside[1]},
                         "server": {"address": server[0], "port": server[1]}}]
        join = connection.join((A2, 43100 + version), (B1, 443), ids=(2, 0))
        join.encapsulate = numbered
        join.further_points = [packets.in_gre]
        for subflow in (initial, join):
            subflow.open()
        exchange_data(initial, join)
        repeat(initial)
        repeat(join)
        connection.close()
    copies = [sum(sum(connection.subflows[place].copies.values())
                  for connection in scenario.connections) for place in (0, 1)]
    scenario.points = [{"point": 0, "name": "TTL 64", "packets": sum(copies)},
                       {"point": 1, "name": "TTL 63", "packets": copies[0]},
                       {"point": 2, "name": "in GRE", "packets": copies[1]}]
    return scenario
