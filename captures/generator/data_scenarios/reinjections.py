# SPDX-License-Identifier: GPL-2.0-or-later
"""Data sent more than once: reinjected (RFC 8684 3.3.5, 3.3.6), retransmitted by TCP, or both."""

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
    with new data; on the same subflow under a new mapping; twice; before and after the DATA_ACK;
    the reinjection retransmitted by TCP, captured before the first copy, or mapped before it. Both
    versions, both hosts."""
    scenario = Scenario("reinjection", events=True, order=True)
    for version in (0, 1):
        for number, case in enumerate(CASES):
            role = ROLES[(number + version) % 2]
            initial = initial_subflow(scenario, version, v6=number % 3 == 0).open()
            join = new_join(initial, other(role)).open()
            exchange_data(initial, join, rounds=1)
            case(initial, join, role)
            initial.ack_data(other(role), ack64=True)
    return scenario


def new(subflow: Subflow, role: str, length: int = 100) -> Data:
    return next_data(subflow.connection, role, length)


def whole(first: Subflow, second: Subflow, role: str) -> None:
    """A lost packet is reinjected with a DSN of 4 bytes; the packet after it is not."""
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


def with_new_data(first: Subflow, second: Subflow, role: str) -> None:
    """New data before it, after it, and on both sides."""
    data = new(first, role, 500)
    send_mapped(first, data.part(50, 100))
    send_mapped(second, data.part(0, 100))
    send_mapped(second, data.part(80, 200))
    send_mapped(first, data.part(300, 400))
    send_mapped(second, data.part(200, 500))


def on_the_same_subflow(first: Subflow, _: Subflow, role: str) -> None:
    """Under a new mapping, and so with other TCP sequence numbers."""
    data = new(first, role)
    send_mapped(first, data)
    send_mapped(first, data)
    send_mapped(first, data.part(30, 60), dsn64=False)


def twice(first: Subflow, second: Subflow, role: str) -> None:
    """On two other subflows. Both reinject the first packet."""
    third = new_join(first).open()
    data = new(first, role)
    send_mapped(first, data)
    send_mapped(second, data)
    send_mapped(third, data)
    send_mapped(second, data.part(0, 40))


def retransmitted(first: Subflow, second: Subflow, role: str) -> None:
    """TCP retransmits the first copy and the second one."""
    data = new(first, role)
    send_mapped(first, data)
    first.resend()
    send_mapped(second, data)
    second.resend()
    first.resend()


def retransmitted_with_new_data(first: Subflow, second: Subflow, role: str) -> None:
    """TCP sends a retransmission and a reinjection in one segment."""
    data = new(first, role, 200)
    send_mapped(first, data.part(100))
    offset = reserve(second, role, 200)
    send_at(second, data.part(0, 50), offset, dss(second, data, offset))
    send_at(second, data, offset, dss(second, data, offset))


def after_the_data_ack(first: Subflow, second: Subflow, role: str) -> None:
    """Such a reinjection is useless."""
    data = new(first, role)
    send_mapped(first, data)
    first.ack_data(other(role))
    send_mapped(second, data)
    send_mapped(first, data.part(50))
    second.ack_data(other(role))
    send_mapped(second, data)


def second_copy_first(first: Subflow, second: Subflow, role: str) -> None:
    """The first copy is captured after the reinjection. The order of the capture counts."""
    data = new(first, role)
    offset = reserve(first, role, len(data))
    send_mapped(second, data)
    send_at(first, data, offset, dss(first, data, offset))


def mapped_later(first: Subflow, second: Subflow, role: str) -> None:
    """The mapping of the first copy follows the other copy, which still is the reinjection."""
    first.connection.has_order = False  # the data may count as received at either packet
    data = new(first, role)
    offset = reserve(first, role, len(data))
    send_at(first, data, offset)
    send_mapped(second, data.part(10, 90))
    send_at(first, data, offset, dss(first, data, offset))
    send_mapped(first, data.part(0, 30))


def on_two_other_subflows(first: Subflow, second: Subflow, role: str) -> None:
    """The missing part of three packets is sent on two other subflows."""
    data = new(first, role, 300)
    for start in (0, 100, 200):
        send_mapped(first, data.part(start, start + 100))
    third = new_join(first).open()
    exchange_data(third, rounds=1)
    send_mapped(second, data.part(100, 250))
    send_mapped(third, data.part(250))


CASES: tuple[Case, ...] = (
    whole, part, of_two_packets, with_new_data, on_the_same_subflow, twice, retransmitted,
    retransmitted_with_new_data, after_the_data_ack, second_copy_first, mapped_later,
    on_two_other_subflows)
