# SPDX-License-Identifier: GPL-2.0-or-later
"""Data that goes out more than once: reinjected on the level of data (RFC 8684 3.3.5
and 3.3.6), retransmitted by TCP, or both."""

from __future__ import annotations

from collections.abc import Callable

from ..roles import ROLES, other
from ..scenarios.traffic import exchange_data
from ..simulation import Scenario, Subflow
from .data_transfer import (Data, dss, initial_subflow, new_join, next_data, pause, reserve,
                            send_at, send_mapped)

Case = Callable[[Subflow, Subflow, str], None]


def reinjection() -> Scenario:
    """Data that is sent again on another subflow, in whole and in part, of two packets at once,
    with something new; on the same subflow under a new mapping; twice; before and after the
    DATA_ACK; the repetition retransmitted by TCP, captured before the first copy, or mapped
    before it. Both versions, both hosts."""
    scenario = Scenario("reinjection", events=True, order=True)
    for version in (0, 1):
        for place, case in enumerate(CASES):
            role = ROLES[(place + version) % 2]
            initial = initial_subflow(scenario, version, v6=place % 3 == 0).open()
            join = new_join(initial, other(role)).open()
            exchange_data(initial, join, rounds=1)
            case(initial, join, role)
            initial.ack_data(other(role), ack64=True)
    return scenario


def new(subflow: Subflow, role: str, length: int = 100) -> Data:
    return next_data(subflow.connection, role, length)


def whole(first: Subflow, second: Subflow, role: str) -> None:
    """A lost packet, and one behind it that is not; lower halves of the DSN the second time."""
    data = new(first, role)
    send_mapped(first, data)
    send_mapped(first, new(first, role))
    pause(first.connection.capture, 200)
    send_mapped(second, data, dsn64=False)


def part(first: Subflow, second: Subflow, role: str) -> None:
    """The middle of a packet, then its end, then its beginning."""
    data = new(first, role, 300)
    send_mapped(first, data)
    for start, stop in ((100, 150), (150, 300), (0, 100)):
        send_mapped(second, data.part(start, stop))


def of_two_packets(first: Subflow, second: Subflow, role: str) -> None:
    """Two packets of different subflows in one; then parts of both."""
    data = new(first, role, 200)
    send_mapped(first, data.part(0, 80))
    send_mapped(second, data.part(80))
    send_mapped(second, data)
    send_mapped(first, data.part(50, 120))


def with_something_new(first: Subflow, second: Subflow, role: str) -> None:
    """Before it, behind it, and around it."""
    data = new(first, role, 500)
    send_mapped(first, data.part(50, 100))
    send_mapped(second, data.part(0, 100))
    send_mapped(second, data.part(80, 200))
    send_mapped(first, data.part(300, 400))
    send_mapped(second, data.part(200, 500))


def on_the_same_subflow(first: Subflow, _: Subflow, role: str) -> None:
    """Under a new mapping, and so with other sequence numbers of TCP."""
    data = new(first, role)
    send_mapped(first, data)
    send_mapped(first, data)
    send_mapped(first, data.part(30, 60), dsn64=False)


def twice(first: Subflow, second: Subflow, role: str) -> None:
    """On two further subflows; the first packet is what both repeat."""
    third = new_join(first).open()
    data = new(first, role)
    send_mapped(first, data)
    send_mapped(second, data)
    send_mapped(third, data)
    send_mapped(second, data.part(0, 40))


def retransmitted(first: Subflow, second: Subflow, role: str) -> None:
    """TCP repeats the first copy and the second one."""
    data = new(first, role)
    send_mapped(first, data)
    first.resend()
    send_mapped(second, data)
    second.resend()
    first.resend()


def retransmitted_with_something_new(first: Subflow, second: Subflow, role: str) -> None:
    """TCP puts what it sends again and what is reinjected into one segment."""
    data = new(first, role, 200)
    send_mapped(first, data.part(100))
    offset = reserve(second, role, 200)
    send_at(second, data.part(0, 50), offset, dss(second, data, offset))
    send_at(second, data, offset, dss(second, data, offset))


def after_the_data_ack(first: Subflow, second: Subflow, role: str) -> None:
    """Nobody needs it any more."""
    data = new(first, role)
    send_mapped(first, data)
    first.ack_data(other(role))
    send_mapped(second, data)
    send_mapped(first, data.part(50))
    second.ack_data(other(role))
    send_mapped(second, data)


def the_second_copy_first(first: Subflow, second: Subflow, role: str) -> None:
    """The first copy was slow on its way to the capture: the order there counts."""
    data = new(first, role)
    offset = reserve(first, role, len(data))
    send_mapped(second, data)
    send_at(first, data, offset, dss(first, data, offset))


def mapped_behind(first: Subflow, second: Subflow, role: str) -> None:
    """The first copy's mapping comes behind the repetition, which is one all the same."""
    first.connection.has_order = False  # it may count as there from either packet on
    data = new(first, role)
    offset = reserve(first, role, len(data))
    send_at(first, data, offset)
    send_mapped(second, data.part(10, 90))
    send_at(first, data, offset, dss(first, data, offset))
    send_mapped(first, data.part(0, 30))


def over_two_others(first: Subflow, second: Subflow, role: str) -> None:
    """What is missing of three packets goes out on two other subflows."""
    data = new(first, role, 300)
    for start in (0, 100, 200):
        send_mapped(first, data.part(start, start + 100))
    third = new_join(first).open()
    exchange_data(third, rounds=1)
    send_mapped(second, data.part(100, 250))
    send_mapped(third, data.part(250))


CASES: tuple[Case, ...] = (
    whole, part, of_two_packets, with_something_new, on_the_same_subflow, twice, retransmitted,
    retransmitted_with_something_new, after_the_data_ack, the_second_copy_first, mapped_behind,
    over_two_others)
