# SPDX-License-Identifier: GPL-2.0-or-later
"""D"""

from __future__ import annotations

from ..roles import CLIENT, ROLES, SERVER, other
from ..scenarios.traffic import B1
from ..simulation import Scenario, Subflow
from .data_transfer import dss, initial_subflow, next_data, reserve, send_at, send_mapped


def mappings_late() -> Scenario:
    """Flows and joins without the beginning of their connections: where a subflow's numbers begin
    is told by its mappings, and DSNs of 4 octets have no upper half. One crosses 2^64, one 2^32.
    Both versions."""
    scenario = Scenario("mappings_late")
    for version in (0, 1):
        for role in ROLES:
            without_syn(scenario, version, role)
            for with_dss in (1, 2):
                over_segments_without_syn(scenario, version, role, with_dss)
            across_64_bits(scenario, version, role)
            of_unknown_halves(scenario, version, role)
    return scenario


def late_flow(scenario: Scenario, version: int, v6: bool = False) -> Subflow:
    """Its handshake was not captured."""
    flow = initial_subflow(scenario, version, v6).open(captured=False)
    flow.reported_kind, flow.reported_initiator = "unknown", None
    flow.ids = flow.backup = dict.fromkeys(ROLES)
    flow.connection.seen.clear()
    for role in ROLES:
        flow.data(role, 1000, captured=False)
    return flow


def sent_first(flow: Subflow, role: str) -> None:
    """Who sends a flow's first packet counts as its client: so the client does."""
    if role == SERVER:
        flow.ack_data(CLIENT)


def without_syn(scenario: Scenario, version: int, role: str) -> None:
    """Each segment with its mapping; retransmissions, one from before the capture."""
    flow = late_flow(scenario, version, v6=role == CLIENT)
    sent_first(flow, role)
    for _ in range(2):
        send_mapped(flow, next_data(flow.connection, role, 100), dsn64=role == CLIENT)
    flow.resend()
    earlier = next_data(flow.connection, role, 100)
    offset = send_mapped(flow, earlier)
    send_at(flow, earlier.part(50), offset + 50)
    flow.ack_data(other(role))


def over_segments_without_syn(scenario: Scenario, version: int, role: str, with_dss: int) -> None:
    """The first mapping is that of two segments, on one or both. It alone does not tell where
    it belongs: the next one does."""
    flow = late_flow(scenario, version)
    sent_first(flow, role)
    data = next_data(flow.connection, role, 200)
    offset = reserve(flow, role, 200)
    send_at(flow, data.part(0, 100), offset, dss(flow, data, offset))
    send_at(flow, data.part(100), offset + 100, dss(flow, data, offset) if with_dss == 2 else b"")
    send_mapped(flow, next_data(flow.connection, role, 100))
    flow.ack_data(other(role))


def across_64_bits(scenario: Scenario, version: int, role: str) -> None:
    """The last DSN of all is in the second segment."""
    flow = late_flow(scenario, version, v6=role == SERVER)
    flow.connection.next_dsn[role] = 2**64 - 150
    sent_first(flow, role)
    for dsn64 in (True, True, False, True):
        send_mapped(flow, next_data(flow.connection, role, 100), dsn64=dsn64)
        flow.ack_data(other(role), ack64=dsn64)


def of_unknown_halves(scenario: Scenario, version: int, role: str) -> None:
    """Two joins to an unknown token, with lower halves alone: they still agree on what was sent
    twice, beyond 2^32, too."""
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
