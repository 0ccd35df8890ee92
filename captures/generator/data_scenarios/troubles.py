# SPDX-License-Identifier: GPL-2.0-or-later
"""What makes a connection slow: a path that falls silent, bursts of reinjections, and a receive
window of zero (RFC 8684 3.3.4); and what only looks like it."""

from __future__ import annotations

from ..roles import ROLES, other
from ..scenarios.traffic import exchange_data
from ..simulation import Scenario, Subflow
from .data_transfer import initial_subflow, new_join, next_data, pause, send_mapped

BURST = 10  # reinjections
SECOND = 1000  # milliseconds


def troubles() -> Scenario:
    """Paths that fall silent while the connection goes on: until the end, until an answer, until an
    RST; paths that are idle, and connections that are silent as a whole. Bursts of reinjections, and
    less than a burst. A receive window that closes and opens. Both versions, both hosts."""
    scenario = Scenario("troubles", events=True)
    for version in (0, 1):
        for number, case in enumerate(CASES):
            role = ROLES[(number + version) % 2]
            initial = initial_subflow(scenario, version, v6=number % 3 == 2).open()
            second = new_join(initial, role).open()
            exchange_data(initial, second, rounds=1)
            case(initial, second, role)
            pause(initial.connection.capture, 5 * SECOND)
    return scenario


def go_on(subflow: Subflow, role: str, milliseconds: int) -> None:
    """Data and its acknowledgement, and again after this time."""
    for wait in (0, milliseconds):
        pause(subflow.connection.capture, wait)
        subflow.data(role, 100)
        subflow.ack_data(other(role))


def silent_for_a_time(initial: Subflow, second: Subflow, role: str) -> None:
    second.data(role, 100)
    asked = second.traffic.frames[-1]
    go_on(initial, role, 2 * SECOND)
    second.ack_data(other(role))
    second.expect_event("path_silent", other(role), since_frame=asked)


def silent_for_ever(initial: Subflow, second: Subflow, role: str) -> None:
    """The data is sent again, as TCP does."""
    second.data(role, 100)
    second.expect_event("path_silent", other(role), since_frame=second.traffic.frames[-1])
    pause(initial.connection.capture, 300)
    second.resend()
    go_on(initial, role, 3 * SECOND)


def silent_until_given_up(initial: Subflow, second: Subflow, role: str) -> None:
    second.data(role, 100)
    asked = second.traffic.frames[-1]
    go_on(initial, role, 2 * SECOND)
    second.reset(role)
    second.expect_event("path_silent", other(role), since_frame=asked)
    second.expect_event("subflow_reset", role)
    second.state = "reset"


def idle(initial: Subflow, second: Subflow, role: str) -> None:
    """Nothing is to be answered on the second path."""
    go_on(initial, role, 5 * SECOND)
    second.data(role, 100)
    second.ack_data(other(role))


def all_silent(_: Subflow, second: Subflow, role: str) -> None:
    """The connection does not go on."""
    second.data(role, 100)
    pause(second.connection.capture, 5 * SECOND)
    second.ack_data(other(role))


def reinjected(initial: Subflow, second: Subflow, role: str, count: int) -> None:
    """The first path's data is sent again on the second one."""
    pieces = [next_data(initial.connection, role, 100) for _ in range(count)]
    for piece in pieces:
        send_mapped(initial, piece)
    for number, piece in enumerate(pieces, 1):
        send_mapped(second, piece)
        if number == BURST:
            since = second.traffic.frames[-BURST]
            second.expect_event("reinjection_burst", role, since_frame=since, packets=count,
                                bytes=100 * count)
    second.ack_data(other(role))


def burst(initial: Subflow, second: Subflow, role: str) -> None:
    reinjected(initial, second, role, BURST + 3)


def less_than_a_burst(initial: Subflow, second: Subflow, role: str) -> None:
    reinjected(initial, second, role, BURST - 1)


def window_zero(initial: Subflow, second: Subflow, role: str) -> None:
    """The window closes on one subflow, is still zero on the other one, and opens there."""
    initial.data(role, 100)
    initial.ack_data(other(role), window=0)
    initial.expect_event("window_zero", other(role))
    closed = initial.traffic.frames[-1]
    second.data(role, 1)
    second.ack_data(other(role), window=0)
    pause(initial.connection.capture, 200)
    second.ack_data(other(role))
    second.expect_event("window_open", other(role), since_frame=closed)


CASES = (silent_for_a_time, silent_for_ever, silent_until_given_up, idle, all_silent, burst,
         less_than_a_burst, window_zero)
