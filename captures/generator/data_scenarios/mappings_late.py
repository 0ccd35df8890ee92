# SPDX-License-Identifier: GPL-2.0-or-later
"""Mappings of subflows whose handshake was not captured.

The ISN follows from the mappings. DSNs of 4 bytes have no known upper half.
"""

from __future__ import annotations

from ..roles import CLIENT, ROLES, SERVER, other
from ..scenarios.traffic import B1
from ..simulation import Scenario, Subflow
from .data_transfer import dss, initial_subflow, next_data, reserve, send_at, send_mapped


def mappings_late() -> Scenario:
    """Flows and joins without the beginning of their connections: the ISN of a subflow follows from
    its mappings, and DSNs of 4 bytes have no upper half. One stream crosses 2^64. Both versions."""
    scenario = Scenario("mappings_late")
    for version in (0, 1):
        for role in ROLES:
            without_syn(scenario, version, role)
            for with_dss in (1, 2):
                over_segments_without_syn(scenario, version, role, with_dss)
            across_64_bits(scenario, version, role)
            unknown_upper_half(scenario, version, role)
    return scenario


def late_flow(scenario: Scenario, version: int, v6: bool = False) -> Subflow:
    """A flow whose handshake and first data were not captured."""
    flow = initial_subflow(scenario, version, v6).open(captured=False)
    flow.reported_kind, flow.reported_initiator = "unknown", None
    flow.ids = flow.backup = dict.fromkeys(ROLES)
    flow.connection.seen.clear()
    for role in ROLES:
        flow.data(role, 1000, captured=False)
    return flow


def client_sends_first(flow: Subflow, role: str) -> None:
    """Has the client send the first captured packet."""
    if role == SERVER:
        flow.ack_data(CLIENT)


def without_syn(scenario: Scenario, version: int, role: str) -> None:
    """Each segment with its own mapping; then retransmissions of a whole segment and of a part."""
    flow = late_flow(scenario, version, v6=role == CLIENT)
    client_sends_first(flow, role)
    for _ in range(2):
        send_mapped(flow, next_data(flow.connection, role, 100), dsn64=role == CLIENT)
    flow.resend()
    earlier = next_data(flow.connection, role, 100)
    offset = send_mapped(flow, earlier)
    send_at(flow, earlier.part(50), offset + 50)
    flow.ack_data(other(role))


def over_segments_without_syn(scenario: Scenario, version: int, role: str, with_dss: int) -> None:
    """The first mapping covers two segments, and one or both carry it. The ISN does not follow from
    it, but from the next mapping."""
    flow = late_flow(scenario, version)
    client_sends_first(flow, role)
    data = next_data(flow.connection, role, 200)
    offset = reserve(flow, role, 200)
    send_at(flow, data.part(0, 100), offset, dss(flow, data, offset))
    send_at(flow, data.part(100), offset + 100, dss(flow, data, offset) if with_dss == 2 else b"")
    send_mapped(flow, next_data(flow.connection, role, 100))
    flow.ack_data(other(role))


def across_64_bits(scenario: Scenario, version: int, role: str) -> None:
    """The second segment contains the last DSN before the wrap."""
    flow = late_flow(scenario, version, v6=role == SERVER)
    # Streams at the same place would be taken for one: only one of them crosses 2^64.
    number = 2 * version + ROLES.index(role)
    flow.connection.next_dsn[role] = 2**64 - 150 - (number << 56)
    client_sends_first(flow, role)
    for dsn64 in (True, True, False, True):
        send_mapped(flow, next_data(flow.connection, role, 100), dsn64=dsn64)
        flow.ack_data(other(role), ack64=dsn64)


def unknown_upper_half(scenario: Scenario, version: int, role: str) -> None:
    """Two joins with an unknown token, and DSNs without upper halves. Reinjections are still found,
    also beyond 2^32."""
    initial = initial_subflow(scenario, version).open(captured=False)
    connection = initial.connection
    connection.next_dsn[role] = 0x1234_ffff_ff80
    client, port = initial.ends[CLIENT]
    first, second = (connection.join((client, port + number), (B1, 443), ids=(number, 0)).open()
                     for number in (1, 2))
    for _ in range(2):
        data = next_data(connection, role, 100)
        send_mapped(first, data, dsn64=False)
        send_mapped(second, data.part(20), dsn64=False)
        first.ack_data(other(role))
