# SPDX-License-Identifier: GPL-2.0-or-later
"""The order in which data arrives over several subflows (RFC 8684 3.3.1, 3.3.2): out of order,
head-of-line blocked, missing."""

from __future__ import annotations

from collections.abc import Callable

from ..roles import CLIENT, ROLES, other
from ..scenarios.traffic import exchange_data
from ..simulation import PACKET_INTERVAL, Scenario, Subflow
from ..wire import options
from ..wire.packets import ACK
from .data_transfer import (Data, dss, initial_subflow, new_join, next_data, pause, reserve,
                            send_at, send_mapped)

Case = Callable[[Subflow, Subflow, str], None]


def data_order() -> Scenario:
    """Data that overtakes other data on another subflow and is blocked until the gap before it is
    filled: one gap, several, one filled in parts, by packets with more data or with data already
    received; gaps that are never filled, acknowledged or not; DATA_ACKs of data that was not
    captured; DATA_FINs that arrive before data. Both versions, both hosts."""
    scenario = Scenario("data_order", events=True, order=True)
    for version in (0, 1):
        for number, case in enumerate(CASES):
            role = ROLES[(number + version) % 2]
            slow = initial_subflow(scenario, version, v6=number % 3 == 2).open()
            fast = new_join(slow, role).open()
            exchange_data(slow, rounds=1)
            case(slow, fast, role)
    return scenario


def next_pieces(subflow: Subflow, role: str, *lengths: int) -> list[Data]:
    """Takes the next ranges of the data stream. They are not sent yet."""
    return [next_data(subflow.connection, role, length) for length in lengths]


def expect_order(subflow: Subflow, role: str, out_of_order: tuple[int, int] = (0, 0),
                 blocked: tuple[int, ...] = (), released: int = 0,
                 gaps: tuple[int, int, int] = (0, 0, 0)) -> None:
    """States the expected results independently of the accounting. `blocked`: the duration of each
    blocking in microseconds."""
    subflow.connection.stated_order[role] = {
        "out_of_order": dict(zip(("packets", "bytes"), out_of_order)),
        "blocked": {"times": len(blocked), "total": sum(blocked) / 1e6,
                    "longest": max(blocked, default=0) / 1e6, "bytes": released},
        "gaps": dict(zip(("count", "bytes", "acknowledged"), gaps))}


def ack_all(subflow: Subflow, role: str) -> None:
    """The peer of `role` sends a DATA_ACK of all its data."""
    subflow.ack_data(other(role), ack64=role == CLIENT)


def in_turn(slow: Subflow, fast: Subflow, role: str) -> None:
    """On both subflows in turn, without blocking."""
    for subflow in (slow, fast, slow, fast):
        send_mapped(subflow, *next_pieces(subflow, role, 100))
    ack_all(fast, role)
    expect_order(slow, role)


def one_gap(slow: Subflow, fast: Subflow, role: str) -> None:
    """Three packets are blocked by one."""
    late, *early = next_pieces(slow, role, 100, 50, 60, 70)
    for data in early:
        send_mapped(fast, data)
    pause(slow.connection.capture, 30)
    send_mapped(slow, late)
    ack_all(slow, role)
    expect_order(slow, role, (3, 180), (30_000 + 3 * PACKET_INTERVAL,), 180)


def two_gaps(slow: Subflow, fast: Subflow, role: str) -> None:
    """The first gap is filled. The data after the second gap is then blocked for a second time."""
    first, second, third, fourth = next_pieces(slow, role, 100, 50, 60, 70)
    send_mapped(fast, second)
    send_mapped(fast, fourth)
    pause(slow.connection.capture, 10)
    send_mapped(slow, first)
    pause(slow.connection.capture, 20)
    send_mapped(slow, third)
    ack_all(slow, role)
    expect_order(slow, role, (2, 120), (10_000 + 2 * PACKET_INTERVAL, 20_000 + PACKET_INTERVAL),
                 120)


def second_gap_first(slow: Subflow, fast: Subflow, role: str) -> None:
    first, second, third, fourth = next_pieces(slow, role, 100, 50, 60, 70)
    send_mapped(fast, fourth)
    send_mapped(fast, second)
    send_mapped(slow, third)
    pause(slow.connection.capture, 5)
    send_mapped(slow, first)
    ack_all(fast, role)
    expect_order(slow, role, (3, 180), (5_000 + 3 * PACKET_INTERVAL,), 180)


def filled_in_three_parts(slow: Subflow, fast: Subflow, role: str) -> None:
    """The gap is filled on both subflows, its end before its middle."""
    late, early = next_pieces(slow, role, 300, 100)
    send_mapped(fast, early)
    send_mapped(slow, late.part(0, 100))
    send_mapped(fast, late.part(200, 300))
    send_mapped(slow, late.part(100, 200))
    ack_all(slow, role)
    expect_order(slow, role, (2, 200), (3 * PACKET_INTERVAL,), 200)


def filled_by_reinjection(slow: Subflow, fast: Subflow, role: str) -> None:
    """Lost data is reinjected on the other subflow. The late copy on its own subflow has no
    effect."""
    late, early = next_pieces(slow, role, 100, 100)
    offset = reserve(slow, role, len(late))
    send_mapped(fast, early)
    pause(slow.connection.capture, 200)
    send_mapped(fast, late)
    send_at(slow, late, offset, dss(slow, late, offset))
    ack_all(slow, role)
    expect_order(slow, role, (1, 100), (200_000 + PACKET_INTERVAL,), 100)


def on_one_subflow(slow: Subflow, _: Subflow, role: str) -> None:
    """TCP loses a segment and retransmits it."""
    late, early = next_pieces(slow, role, 100, 100)
    offset = reserve(slow, role, len(late))
    send_mapped(slow, early)
    send_at(slow, late, offset, dss(slow, late, offset))
    ack_all(slow, role)
    expect_order(slow, role, (1, 100), (PACKET_INTERVAL,), 100)


def filled_with_blocked_data(slow: Subflow, fast: Subflow, role: str) -> None:
    """The packet that fills the gap also has some of the blocked data."""
    data, = next_pieces(slow, role, 300)
    send_mapped(fast, data.part(100, 300))
    send_mapped(slow, data.part(0, 150))
    ack_all(slow, role)
    expect_order(slow, role, (1, 200), (PACKET_INTERVAL,), 200)


def filled_with_more_data(slow: Subflow, fast: Subflow, role: str) -> None:
    """The packet that fills the gap has all of the blocked data, and more after it."""
    data, = next_pieces(slow, role, 400)
    send_mapped(fast, data.part(100, 200))
    send_mapped(slow, data)
    ack_all(slow, role)
    expect_order(slow, role, (1, 100), (PACKET_INTERVAL,), 100)


def out_of_order_twice(slow: Subflow, fast: Subflow, role: str) -> None:
    """A reinjection of blocked data is not out of order again; with new data it is."""
    late, data = next_pieces(slow, role, 100, 200)
    send_mapped(fast, data.part(0, 100))
    send_mapped(slow, data.part(0, 100))
    send_mapped(slow, data.part(50, 200))
    send_mapped(fast, late)
    ack_all(fast, role)
    expect_order(slow, role, (2, 200), (3 * PACKET_INTERVAL,), 200)


def never_filled(slow: Subflow, fast: Subflow, role: str) -> None:
    """Two gaps that no DATA_ACK covers."""
    _, second, _, fourth = next_pieces(slow, role, 100, 50, 60, 70)
    send_mapped(fast, second)
    send_mapped(fast, fourth)
    expect_order(slow, role, (2, 120), gaps=(2, 160, 0))


def acknowledged(slow: Subflow, fast: Subflow, role: str) -> None:
    """DATA_ACKs show that the data in two gaps was sent and not captured. The first DATA_ACK covers
    one gap and a part of the other; the second one adds the rest to what is reported."""
    _, second, third, fourth = next_pieces(slow, role, 100, 50, 60, 70)
    send_mapped(fast, second)
    send_mapped(fast, fourth)
    slow.send(other(role), ACK, options.dss(ack=third.dsn + 40))
    slow.expect_event("data_unseen", other(role), bytes=160)
    ack_all(slow, role)
    expect_order(slow, role, gaps=(2, 160, 160))


def acknowledged_beyond_the_end(slow: Subflow, fast: Subflow, role: str) -> None:
    """A DATA_ACK beyond all captured data. Some of that data is captured later, and is not
    reported."""
    data, late = next_pieces(slow, role, 100, 100)
    send_mapped(fast, data)
    ack_all(slow, role)
    slow.expect_event("data_unseen", other(role), bytes=60)
    ack_all(fast, role)
    send_mapped(slow, late.part(60))
    expect_order(slow, role, gaps=(1, 60, 60))


def data_fin_first(slow: Subflow, fast: Subflow, role: str) -> None:
    """A DATA_FIN overtakes data. This is not blocking: a DATA_FIN is not a byte."""
    data, = next_pieces(slow, role, 100)
    fast.data_fin(role)
    pause(slow.connection.capture, 10)
    send_mapped(slow, data)
    ack_all(slow, role)
    expect_order(slow, role)


def data_fin_before_a_gap(slow: Subflow, fast: Subflow, role: str) -> None:
    """Blocking begins with the arrival of the data, not of the DATA_FIN."""
    first, late, early = next_pieces(slow, role, 30, 100, 100)
    fast.data_fin(role)
    send_mapped(slow, first)
    pause(slow.connection.capture, 10)
    send_mapped(fast, early)
    send_mapped(slow, late)
    ack_all(slow, role)
    expect_order(slow, role, (1, 100), (PACKET_INTERVAL,), 100)


def both_hosts(slow: Subflow, fast: Subflow, role: str) -> None:
    """A gap in each direction."""
    peer = other(role)
    late, early = next_pieces(slow, role, 100, 100)
    peers_late, peers_early = next_pieces(slow, peer, 30, 40)
    send_mapped(fast, early)
    send_mapped(slow, peers_early)
    send_mapped(slow, late)
    send_mapped(fast, peers_late)
    ack_all(slow, role)
    ack_all(slow, peer)
    expect_order(slow, role, (1, 100), (2 * PACKET_INTERVAL,), 100)
    expect_order(slow, peer, (1, 40), (2 * PACKET_INTERVAL,), 40)


CASES: tuple[Case, ...] = (
    in_turn, one_gap, two_gaps, second_gap_first, filled_in_three_parts, filled_by_reinjection,
    on_one_subflow, filled_with_blocked_data, filled_with_more_data, out_of_order_twice,
    never_filled, acknowledged, acknowledged_beyond_the_end, data_fin_first, data_fin_before_a_gap,
    both_hosts)
