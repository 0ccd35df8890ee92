# SPDX-License-Identifier: GPL-2.0-or-later
"""How data and subflows end: DATA_FIN, FIN, RST, silence (RFC 8684 3.3.3, 3.6)."""

from __future__ import annotations

from . import options
from .packets import ACK, FIN
from .session import CLIENT, ROLES, SERVER, Scene, Subflow, other
from .talk import A1, A2, B1, B2, V6_A1, V6_B1, talk

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
    subflow.told(kind, role, **members)


def closes() -> Scene:
    """DATA_FINs alone and behind data, their DSNs with 4 and 8 octets, repeated, crossing each
    other, of one host alone; FINs without one; subflows that are reset, with reasons, or fall
    silent, while the others go on. Both versions."""
    scene = Scene("closes", stories=True)
    for version in (0, 1):
        for length in (0, 100):
            data_fins(scene, version, length, wide_dsn=(version == 0) == (length > 0))
        crossing(scene, version)
        half_closed(scene, version)
        without_data_fin(scene, version)
        some_subflows_end(scene, version)
    return scene


def begin(scene: Scene, version: int) -> Subflow:
    place = 43200 + 10 * len(scene.connections)
    ends = ((V6_A1, place), (V6_B1, 443)) if version == 0 else ((A1, place), (B1, 443))
    return scene.connection(version, *ends).initial().open()


def join(initial: Subflow, opener: str = CLIENT) -> Subflow:
    number = len(initial.connection.subflows)
    port = initial.ends[CLIENT][1] + number
    if opener == CLIENT:
        ends = (A2, port), (B1, 443)
    else:
        ends = (A2, initial.ends[CLIENT][1]), (B2, port)
    return initial.connection.join(*ends, opener, (number, 0 if opener == CLIENT else 2)).open()


def data_fins(scene: Scene, version: int, length: int, wide_dsn: bool) -> None:
    """One after the other, each sent twice; the second is no news."""
    initial = begin(scene, version)
    talk(initial, rounds=1)
    for role in (SERVER, CLIENT):
        initial.data_fin(role, length, wide_dsn)
        initial.again()
        initial.ack_data(other(role))
        initial.again()
    initial.fins()
    initial.connection.state = initial.state = "closed"


def crossing(scene: Scene, version: int) -> None:
    """The server's DATA_FIN, on another subflow, acknowledges the client's."""
    initial = begin(scene, version)
    second = join(initial)
    talk(initial, second, rounds=1)
    initial.data_fin(CLIENT)
    second.data_fin(SERVER, 50)
    initial.ack_data(CLIENT, wide_ack=True)
    for subflow in (initial, second):
        subflow.fins()
    initial.connection.state = "closed"


def half_closed(scene: Scene, version: int) -> None:
    """The client has no more to say, the server has, and goes on after the client's FIN."""
    initial = begin(scene, version)
    initial.data_fin(CLIENT, 10)
    initial.ack_data(SERVER)
    initial.data(SERVER, 100)
    initial.ack_data(CLIENT)
    initial.send(CLIENT, FIN | ACK)
    initial.data(SERVER, 100)
    initial.send(CLIENT, ACK)
    initial.state = "half-closed"


def without_data_fin(scene: Scene, version: int) -> None:
    """FINs on all subflows, and nothing on the level of data."""
    initial = begin(scene, version)
    second = join(initial, SERVER)
    talk(initial, second, rounds=1)
    for subflow in (second, initial):
        subflow.fins()
        subflow.state = "closed"
    initial.connection.state = "closed"


def some_subflows_end(scene: Scene, version: int) -> None:
    """By RST with a reason of either host's, by FIN, by silence. A FIN behind an RST, and one
    more RST, are no news."""
    initial = begin(scene, version)
    joins = [join(initial, opener) for opener in (CLIENT, SERVER, CLIENT, SERVER)]
    talk(initial, *joins, rounds=1)
    busy, slow, finished, silent = joins
    reset(busy, CLIENT, reason=4 if version else None)
    busy.send(SERVER, FIN | ACK)
    busy.reset(CLIENT)
    reset(slow, SERVER, reason=5 if version else None, transient=True)
    slow.send(CLIENT, FIN | ACK)
    for role in ROLES:
        finished.send(role, FIN | ACK)
    talk(initial, rounds=1)
    initial.connection.close(initial)
    busy.state = slow.state = "reset"
    finished.state, silent.state = "closed", "open"
