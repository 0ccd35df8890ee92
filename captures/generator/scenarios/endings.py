# SPDX-License-Identifier: GPL-2.0-or-later
"""How data and subflows end: DATA_FIN, FIN, RST, silence (RFC 8684 3.3.3, 3.6)."""

from __future__ import annotations

from ..roles import CLIENT, ROLES, SERVER, other
from ..simulation import Scenario, Subflow
from ..wire import options
from ..wire.packets import ACK, FIN
from .traffic import A1, A2, B1, B2, V6_A1, V6_B1, exchange_data

# The registry "MPTCP MP_TCPRST Reason Codes" of RFC 8684 8.4.
REASONS = ("unspecified error", "MPTCP-specific error", "lack of resources",
           "administratively prohibited", "too much outstanding data",
           "unacceptable performance", "middlebox interference")


def reset(subflow: Subflow, role: str, kind: str = "subflow_reset", reason: int | None = None,
          transient: bool = False, before: bytes = b"") -> None:
    """Sends an RST, with MP_TCPRST if there is a reason. `before`: options before MP_TCPRST."""
    members: dict = {"reason": reason}
    if reason is not None:
        before += options.mp_tcprst(reason, transient)
        members["transient"] = transient
        if reason < len(REASONS):
            members["reason_in_words"] = REASONS[reason]
    subflow.reset(role, before)
    subflow.expect_event(kind, role, **members)


def closes() -> Scenario:
    """DATA_FINs alone and with data, with DSNs of 4 and 8 bytes, repeated, crossing each other, and
    by one host only; FINs without DATA_FIN; subflows that are reset, with reasons, or fall silent,
    while others continue. Both versions."""
    scenario = Scenario("closes", events=True)
    for version in (0, 1):
        for length in (0, 100):
            data_fins(scenario, version, length, dsn64=(version == 0) == (length > 0))
        crossing(scenario, version)
        half_closed(scenario, version)
        without_data_fin(scenario, version)
        some_subflows_end(scenario, version)
    return scenario


def new_connection(scenario: Scenario, version: int) -> Subflow:
    """Opens a connection, over IPv6 in version 0 and over IPv4 in version 1."""
    port = 43200 + 10 * len(scenario.connections)
    ends = ((V6_A1, port), (V6_B1, 443)) if version == 0 else ((A1, port), (B1, 443))
    return scenario.connection(version, *ends).initial().open()


def new_join(initial: Subflow, initiator: str = CLIENT) -> Subflow:
    """Opens a join over IPv4."""
    number = len(initial.connection.subflows)
    port = initial.ends[CLIENT][1] + number
    if initiator == CLIENT:
        ends, server_id = ((A2, port), (B1, 443)), 0
    else:
        ends, server_id = ((A2, initial.ends[CLIENT][1]), (B2, port)), 2
    return initial.connection.join(*ends, initiator, (number, server_id)).open()


def data_fins(scenario: Scenario, version: int, length: int, dsn64: bool) -> None:
    """One host after the other, each DATA_FIN sent twice."""
    initial = new_connection(scenario, version)
    exchange_data(initial, rounds=1)
    for role in (SERVER, CLIENT):
        initial.data_fin(role, length, dsn64)
        initial.resend()
        initial.expect_data_fin(role, dsn64, repeated=True)
        initial.ack_data(other(role))
        initial.resend()
    initial.fins()
    initial.connection.state = initial.state = "closed"


def crossing(scenario: Scenario, version: int) -> None:
    """The server's DATA_FIN, on another subflow, acknowledges the client's."""
    initial = new_connection(scenario, version)
    second = new_join(initial)
    exchange_data(initial, second, rounds=1)
    initial.data_fin(CLIENT)
    second.data_fin(SERVER, 50)
    initial.ack_data(CLIENT, ack64=True)
    for subflow in (initial, second):
        subflow.fins()
    initial.connection.state = "closed"


def half_closed(scenario: Scenario, version: int) -> None:
    """The client has sent all its data. The server continues, also after the client's FIN."""
    initial = new_connection(scenario, version)
    initial.data_fin(CLIENT, 10)
    initial.ack_data(SERVER)
    initial.data(SERVER, 100)
    initial.ack_data(CLIENT)
    initial.send(CLIENT, FIN | ACK)
    initial.data(SERVER, 100)
    initial.send(CLIENT, ACK)
    initial.state = "half-closed"


def without_data_fin(scenario: Scenario, version: int) -> None:
    """FINs on all subflows without DATA_FIN."""
    initial = new_connection(scenario, version)
    second = new_join(initial, SERVER)
    exchange_data(initial, second, rounds=1)
    for subflow in (second, initial):
        subflow.fins()
        subflow.state = "closed"
    initial.connection.state = "closed"


def some_subflows_end(scenario: Scenario, version: int) -> None:
    """By RST with a reason from either host, by FIN, by silence. A FIN or another RST after an RST
    is not an event."""
    initial = new_connection(scenario, version)
    joins = [new_join(initial, initiator) for initiator in (CLIENT, SERVER, CLIENT, SERVER)]
    exchange_data(initial, *joins, rounds=1)
    reset_by_client, reset_by_server, finished, silent = joins
    reset(reset_by_client, CLIENT, reason=4 if version else None)
    reset_by_client.send(SERVER, FIN | ACK)
    reset_by_client.reset(CLIENT)
    reset(reset_by_server, SERVER, reason=5 if version else None, transient=True)
    reset_by_server.send(CLIENT, FIN | ACK)
    for role in ROLES:
        finished.send(role, FIN | ACK)
    exchange_data(initial, rounds=1)
    initial.connection.close(initial)
    reset_by_client.state = reset_by_server.state = "reset"
    finished.state, silent.state = "closed", "open"
