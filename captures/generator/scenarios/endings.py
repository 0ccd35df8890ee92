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
    """RST, with MP_TCPRST where there is a reason; `before` are other options."""
    members: dict = {"reason": reason}
    if reason is not None:
        before += options.mp_tcprst(reason, transient)
        members["transient"] = transient
        if reason < len(REASONS):
            members["reason_in_words"] = REASONS[reason]
    subflow.reset(role, before)
    subflow.expect_event(kind, role, **members)


def closes() -> Scenario:
    """DATA_FINs alone and behind data, their DSNs with 4 and 8 octets, repeated, crossing each
    other, of one host alone; FINs without one; subflows that are reset, with reasons, or fall
    silent, while the others go on. Both versions."""
    scenario = Scenario("closes", events=True)
    for version in (0, 1):
        for length in (0, 100):
            data_fins(scenario, version, length, dsn64=(version == 0) == (length > 0))
        crossing(scenario, version)
        half_closed(scenario, version)
        without_data_fin(scenario, version)
        some_subflows_end(scenario, version)
    return scenario


def initial_subflow(scenario: Scenario, version: int) -> Subflow:
    place = 43200 + 10 * len(scenario.connections)
    ends = ((V6_A1, place), (V6_B1, 443)) if version == 0 else ((A1, place), (B1, 443))
    return scenario.connection(version, *ends).initial().open()


def join(initial: Subflow, initiator: str = CLIENT) -> Subflow:
    number = len(initial.connection.subflows)
    port = initial.ends[CLIENT][1] + number
    if initiator == CLIENT:
        ends = (A2, port), (B1, 443)
    else:
        ends = (A2, initial.ends[CLIENT][1]), (B2, port)
    return initial.connection.join(*ends, initiator, (number, 0 if initiator == CLIENT else 2)).open()


def data_fins(scenario: Scenario, version: int, length: int, dsn64: bool) -> None:
    """One after the other, each sent twice; the second is no news."""
    initial = initial_subflow(scenario, version)
    exchange_data(initial, rounds=1)
    for role in (SERVER, CLIENT):
        initial.data_fin(role, length, dsn64)
        initial.resend()
        initial.ack_data(other(role))
        initial.resend()
    initial.fins()
    initial.connection.state = initial.state = "closed"


def crossing(scenario: Scenario, version: int) -> None:
    """The server's DATA_FIN, on another subflow, acknowledges the client's."""
    initial = initial_subflow(scenario, version)
    second = join(initial)
    exchange_data(initial, second, rounds=1)
    initial.data_fin(CLIENT)
    second.data_fin(SERVER, 50)
    initial.ack_data(CLIENT, ack64=True)
    for subflow in (initial, second):
        subflow.fins()
    initial.connection.state = "closed"


def half_closed(scenario: Scenario, version: int) -> None:
    """The client has no more to say, the server has, and goes on after the client's FIN."""
    initial = initial_subflow(scenario, version)
    initial.data_fin(CLIENT, 10)
    initial.ack_data(SERVER)
    initial.data(SERVER, 100)
    initial.ack_data(CLIENT)
    initial.send(CLIENT, FIN | ACK)
    initial.data(SERVER, 100)
    initial.send(CLIENT, ACK)
    initial.state = "half-closed"


def without_data_fin(scenario: Scenario, version: int) -> None:
    """FINs on all subflows, and nothing on the level of data."""
    initial = initial_subflow(scenario, version)
    second = join(initial, SERVER)
    exchange_data(initial, second, rounds=1)
    for subflow in (second, initial):
        subflow.fins()
        subflow.state = "closed"
    initial.connection.state = "closed"


def some_subflows_end(scenario: Scenario, version: int) -> None:
    """By RST with a reason of either host's, by FIN, by silence. A FIN behind an RST, and one
    more RST, are no news."""
    initial = initial_subflow(scenario, version)
    joins = [join(initial, initiator) for initiator in (CLIENT, SERVER, CLIENT, SERVER)]
    exchange_data(initial, *joins, rounds=1)
    busy, slow, finished, silent = joins
    reset(busy, CLIENT, reason=4 if version else None)
    busy.send(SERVER, FIN | ACK)
    busy.reset(CLIENT)
    reset(slow, SERVER, reason=5 if version else None, transient=True)
    slow.send(CLIENT, FIN | ACK)
    for role in ROLES:
        finished.send(role, FIN | ACK)
    exchange_data(initial, rounds=1)
    initial.connection.close(initial)
    busy.state = slow.state = "reset"
    finished.state, silent.state = "closed", "open"
