# SPDX-License-Identifier: GPL-2.0-or-later
"""Data that goes out more than once: reinjected on the level of data (RFC 8684 3.3.5
and 3.3.6), retransmitted by TCP, or both."""

from __future__ import annotations

from collections.abc import Callable

from .pieces import Data, begin, carry, dss, new_join, pause, produce, put, reserve
from .session import ROLES, Scene, Subflow, other
from .talk import talk

Case = Callable[[Subflow, Subflow, str], None]


def reinjection() -> Scene:
    """Data that is sent again on another subflow, in whole and in part, of two packets at once,
    with something new; on the same subflow under a new mapping; twice; before and after the
    DATA_ACK; the repetition retransmitted by TCP, captured before the first copy, or mapped
    before it. Both versions, both hosts."""
    scene = Scene("reinjection", stories=True, orders=True)
    for version in (0, 1):
        for place, case in enumerate(CASES):
            role = ROLES[(place + version) % 2]
            initial = begin(scene, version, v6=place % 3 == 0).open()
            join = new_join(initial, other(role)).open()
            talk(initial, join, rounds=1)
            case(initial, join, role)
            initial.ack_data(other(role), wide_ack=True)
    return scene


def new(subflow: Subflow, role: str, length: int = 100) -> Data:
    return produce(subflow.connection, role, length)


def whole(first: Subflow, second: Subflow, role: str) -> None:
    """A lost packet, and one behind it that is not; lower halves of the DSN the second time."""
    data = new(first, role)
    carry(first, data)
    carry(first, new(first, role))
    pause(first.connection.scene, 200)
    carry(second, data, wide_dsn=False)


def part(first: Subflow, second: Subflow, role: str) -> None:
    """The middle of a packet, then its end, then its beginning."""
    data = new(first, role, 300)
    carry(first, data)
    for start, stop in ((100, 150), (150, 300), (0, 100)):
        carry(second, data.part(start, stop))


def of_two_packets(first: Subflow, second: Subflow, role: str) -> None:
    """Two packets of different subflows in one; then parts of both."""
    data = new(first, role, 200)
    carry(first, data.part(0, 80))
    carry(second, data.part(80))
    carry(second, data)
    carry(first, data.part(50, 120))


def with_something_new(first: Subflow, second: Subflow, role: str) -> None:
    """Before it, behind it, and around it."""
    data = new(first, role, 500)
    carry(first, data.part(50, 100))
    carry(second, data.part(0, 100))
    carry(second, data.part(80, 200))
    carry(first, data.part(300, 400))
    carry(second, data.part(200, 500))


def on_the_same_subflow(first: Subflow, _: Subflow, role: str) -> None:
    """Under a new mapping, and so with other sequence numbers of TCP."""
    data = new(first, role)
    carry(first, data)
    carry(first, data)
    carry(first, data.part(30, 60), wide_dsn=False)


def twice(first: Subflow, second: Subflow, role: str) -> None:
    """On two further subflows; the first packet is what both repeat."""
    third = new_join(first).open()
    data = new(first, role)
    carry(first, data)
    carry(second, data)
    carry(third, data)
    carry(second, data.part(0, 40))


def retransmitted(first: Subflow, second: Subflow, role: str) -> None:
    """TCP repeats the first copy and the second one."""
    data = new(first, role)
    carry(first, data)
    first.again()
    carry(second, data)
    second.again()
    first.again()


def retransmitted_with_something_new(first: Subflow, second: Subflow, role: str) -> None:
    """TCP puts what it sends again and what is reinjected into one segment."""
    data = new(first, role, 200)
    carry(first, data.part(100))
    offset = reserve(second, role, 200)
    put(second, data.part(0, 50), offset, dss(second, data, offset))
    put(second, data, offset, dss(second, data, offset))


def after_the_data_ack(first: Subflow, second: Subflow, role: str) -> None:
    """Nobody needs it any more."""
    data = new(first, role)
    carry(first, data)
    first.ack_data(other(role))
    carry(second, data)
    carry(first, data.part(50))
    second.ack_data(other(role))
    carry(second, data)


def the_second_copy_first(first: Subflow, second: Subflow, role: str) -> None:
    """The first copy was slow on its way to the capture: the order there counts."""
    data = new(first, role)
    offset = reserve(first, role, len(data))
    carry(second, data)
    put(first, data, offset, dss(first, data, offset))


def mapped_behind(first: Subflow, second: Subflow, role: str) -> None:
    """The first copy's mapping comes behind the repetition, which is one all the same."""
    first.connection.orders = False  # it may count as there from either packet on
    data = new(first, role)
    offset = reserve(first, role, len(data))
    put(first, data, offset)
    carry(second, data.part(10, 90))
    put(first, data, offset, dss(first, data, offset))
    carry(first, data.part(0, 30))


def over_two_others(first: Subflow, second: Subflow, role: str) -> None:
    """What is missing of three packets goes out on two other subflows."""
    data = new(first, role, 300)
    for start in (0, 100, 200):
        carry(first, data.part(start, start + 100))
    third = new_join(first).open()
    talk(third, rounds=1)
    carry(second, data.part(100, 250))
    carry(third, data.part(250))


CASES: tuple[Case, ...] = (
    whole, part, of_two_packets, with_something_new, on_the_same_subflow, twice, retransmitted,
    retransmitted_with_something_new, after_the_data_ack, the_second_copy_first, mapped_behind,
    over_two_others)
