# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that were recorded at several points."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from ..roles import CLIENT, ROLES, SERVER, other
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


class Middlebox:
    """A router that forwards packets, but does something else to the next one."""

    def __init__(self) -> None:
        self.next: Callable[[bytes], bytes | None] = packets.forwarded

    def change(self, segment: Callable[[bytes], bytes]) -> None:
        self.next = lambda packet: packets.forwarded(packet, change=segment)

    def lose(self) -> None:
        self.next = lambda packet: None

    def __call__(self, packet: bytes) -> bytes | None:
        forward, self.next = self.next, packets.forwarded
        return forward(packet)


def middlebox() -> Scenario:
    """Packets recorded before and behind a middlebox that loses data and an ACK, alters payload,
    and removes and alters MPTCP options. TCP sends the lost data again. Both versions."""
    scenario = Scenario("middlebox", streams=False)
    numbers = itertools.count(1)
    for version in (0, 1):
        subflow = initial_subflow(scenario, version)
        box = Middlebox()
        subflow.encapsulate = lambda packet: packets.with_identification(packet, next(numbers))
        subflow.further_points = [box]
        subflow.open()
        exchange_data(subflow)
        for role in ROLES:
            box.lose()
            subflow.data(role, 100)
            subflow.resend()
            box.lose()
            subflow.ack_data(other(role))
            box.change(packets.with_other_payload)
            subflow.data(role, 100)
            for change in (packets.without_mptcp, packets.without_mptcp, packets.with_other_mptcp):
                box.change(change)
                subflow.ack_data(other(role))
        subflow.connection.close()
    sent, passed = (sum(sum(of(connection.subflows[0]).values())
                        for connection in scenario.connections)
                    for of in (lambda subflow: subflow.traffic.packets, lambda subflow: subflow.copies))
    scenario.points = [{"point": 0, "name": "TTL 64", "packets": sent},
                       {"point": 1, "name": "TTL 63", "packets": passed}]
    return scenario
