# SPDX-License-Identifier: GPL-2.0-or-later
"""The order in which data comes over several subflows: too early, late, never (RFC
8684 3.3.1, 3.3.2)."""

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
    """Data that overtakes other data on another subflow, and waits until the hole before it is
    filled: one hole, several, one in pieces, by packets that bring more or what came before; holes
    that are never filled, acknowledged or not; DATA_ACKs of data that was not captured; DATA_FINs
    that come too early. Both versions, both hosts."""
    scenario = Scenario("data_order", events=True, order=True)
    for version in (0, 1):
        for place, case in enumerate(CASES):
            role = ROLES[(place + version) % 2]
            slow = initial_subflow(scenario, version, v6=place % 3 == 2).open()
            fast = new_join(slow, role).open()
            exchange_data(slow, rounds=1)
            case(slow, fast, role)
    return scenario


def pieces(subflow: Subflow, role: str, *lengths: int) -> list[Data]:
    return [next_data(subflow.connection, role, length) for length in lengths]


def expect_order(subflow: Subflow, role: str, out_of_order: tuple[int, int] = (0, 0),
            blocked: tuple[int, ...] = (), released: int = 0,
            gaps: tuple[int, int, int] = (0, 0, 0)) -> None:
    """What the case knows of itself; `blocked` in microseconds, one for each time."""
    subflow.connection.stated_order[role] = {
        "out_of_order": dict(zip(("packets", "bytes"), out_of_order)),
        "blocked": {"times": len(blocked), "total": sum(blocked) / 1e6,
                    "longest": max(blocked, default=0) / 1e6, "bytes": released},
        "gaps": dict(zip(("count", "bytes", "acknowledged"), gaps))}


def ack_all(subflow: Subflow, role: str) -> None:
    subflow.ack_data(other(role), ack64=role == CLIENT)


def in_turn(slow: Subflow, fast: Subflow, role: str) -> None:
    """On both, and nothing waits."""
    for subflow in (slow, fast, slow, fast):
        send_mapped(subflow, *pieces(subflow, role, 100))
    ack_all(fast, role)
    expect_order(slow, role)


def one_hole(slow: Subflow, fast: Subflow, role: str) -> None:
    """Three packets wait for one."""
    late, *early = pieces(slow, role, 100, 50, 60, 70)
    for data in early:
        send_mapped(fast, data)
    pause(slow.connection.capture, 30)
    send_mapped(slow, late)
    ack_all(slow, role)
    expect_order(slow, role, (3, 180), (30_000 + 3 * PACKET_INTERVAL,), 180)


def one_behind_the_other(slow: Subflow, fast: Subflow, role: str) -> None:
    """The first hole is filled, and what is behind the second one waits on, anew."""
    first, second, third, fourth = pieces(slow, role, 100, 50, 60, 70)
    send_mapped(fast, second)
    send_mapped(fast, fourth)
    pause(slow.connection.capture, 10)
    send_mapped(slow, first)
    pause(slow.connection.capture, 20)
    send_mapped(slow, third)
    ack_all(slow, role)
    expect_order(slow, role, (2, 120), (10_000 + 2 * PACKET_INTERVAL, 20_000 + PACKET_INTERVAL), 120)


def the_second_hole_first(slow: Subflow, fast: Subflow, role: str) -> None:
    first, second, third, fourth = pieces(slow, role, 100, 50, 60, 70)
    send_mapped(fast, fourth)
    send_mapped(fast, second)
    send_mapped(slow, third)
    pause(slow.connection.capture, 5)
    send_mapped(slow, first)
    ack_all(fast, role)
    expect_order(slow, role, (3, 180), (5_000 + 3 * PACKET_INTERVAL,), 180)


def in_three_pieces(slow: Subflow, fast: Subflow, role: str) -> None:
    """The hole is filled on both subflows, its end before its middle."""
    late, early = pieces(slow, role, 300, 100)
    send_mapped(fast, early)
    send_mapped(slow, late.part(0, 100))
    send_mapped(fast, late.part(200, 300))
    send_mapped(slow, late.part(100, 200))
    ack_all(slow, role)
    expect_order(slow, role, (2, 200), (3 * PACKET_INTERVAL,), 200)


def by_the_other_subflow(slow: Subflow, fast: Subflow, role: str) -> None:
    """What was lost there is reinjected here; and comes on its own subflow still, for nothing."""
    late, early = pieces(slow, role, 100, 100)
    offset = reserve(slow, role, len(late))
    send_mapped(fast, early)
    pause(slow.connection.capture, 200)
    send_mapped(fast, late)
    send_at(slow, late, offset, dss(slow, late, offset))
    ack_all(slow, role)
    expect_order(slow, role, (1, 100), (200_000 + PACKET_INTERVAL,), 100)


def on_one_subflow(slow: Subflow, _: Subflow, role: str) -> None:
    """TCP loses a segment, and sends it again."""
    late, early = pieces(slow, role, 100, 100)
    offset = reserve(slow, role, len(late))
    send_mapped(slow, early)
    send_at(slow, late, offset, dss(slow, late, offset))
    ack_all(slow, role)
    expect_order(slow, role, (1, 100), (PACKET_INTERVAL,), 100)


def with_what_waited(slow: Subflow, fast: Subflow, role: str) -> None:
    """The packet that fills the hole has some of what waited, too."""
    data, = pieces(slow, role, 300)
    send_mapped(fast, data.part(100, 300))
    send_mapped(slow, data.part(0, 150))
    ack_all(slow, role)
    expect_order(slow, role, (1, 200), (PACKET_INTERVAL,), 200)


def with_all_around(slow: Subflow, fast: Subflow, role: str) -> None:
    """It has all that waited, and more behind it."""
    data, = pieces(slow, role, 400)
    send_mapped(fast, data.part(100, 200))
    send_mapped(slow, data)
    ack_all(slow, role)
    expect_order(slow, role, (1, 100), (PACKET_INTERVAL,), 100)


def too_early_twice(slow: Subflow, fast: Subflow, role: str) -> None:
    """A repetition of what waits is not out of order once more; with something new it is."""
    late, data = pieces(slow, role, 100, 200)
    send_mapped(fast, data.part(0, 100))
    send_mapped(slow, data.part(0, 100))
    send_mapped(slow, data.part(50, 200))
    send_mapped(fast, late)
    ack_all(fast, role)
    expect_order(slow, role, (2, 200), (3 * PACKET_INTERVAL,), 200)


def never_filled(slow: Subflow, fast: Subflow, role: str) -> None:
    """Two holes; no DATA_ACK covers them."""
    _, second, _, fourth = pieces(slow, role, 100, 50, 60, 70)
    send_mapped(fast, second)
    send_mapped(fast, fourth)
    expect_order(slow, role, (2, 120), gaps=(2, 160, 0))


def acknowledged(slow: Subflow, fast: Subflow, role: str) -> None:
    """Two holes of what was sent and not captured, as the DATA_ACK tells, which covers the first
    one and a part of the second; then the rest. Each octet is told once."""
    _, second, third, fourth = pieces(slow, role, 100, 50, 60, 70)
    send_mapped(fast, second)
    send_mapped(fast, fourth)
    slow.send(other(role), ACK, options.dss(ack=third.dsn + 40))
    slow.expect_event("data_unseen", other(role), bytes=140)
    ack_all(slow, role)
    slow.expect_event("data_unseen", other(role), bytes=20)
    expect_order(slow, role, (2, 120), gaps=(2, 160, 160))


def behind_the_end(slow: Subflow, fast: Subflow, role: str) -> None:
    """A DATA_ACK of more than anything that was captured; some of it comes late."""
    data, late = pieces(slow, role, 100, 100)
    send_mapped(fast, data)
    ack_all(slow, role)
    slow.expect_event("data_unseen", other(role), bytes=100)
    ack_all(fast, role)
    send_mapped(slow, late.part(60))
    expect_order(slow, role, (1, 40), gaps=(1, 60, 60))


def data_fin_first(slow: Subflow, fast: Subflow, role: str) -> None:
    """It overtakes data, which waits for nothing: a DATA_FIN is no octet."""
    data, = pieces(slow, role, 100)
    fast.data_fin(role)
    pause(slow.connection.capture, 10)
    send_mapped(slow, data)
    ack_all(slow, role)
    expect_order(slow, role)


def data_fin_before_a_hole(slow: Subflow, fast: Subflow, role: str) -> None:
    """Data waits from the time on when it comes, not from the DATA_FIN on."""
    first, late, early = pieces(slow, role, 30, 100, 100)
    fast.data_fin(role)
    send_mapped(slow, first)
    pause(slow.connection.capture, 10)
    send_mapped(fast, early)
    send_mapped(slow, late)
    ack_all(slow, role)
    expect_order(slow, role, (1, 100), (PACKET_INTERVAL,), 100)


def both_hosts(slow: Subflow, fast: Subflow, role: str) -> None:
    """Each has a hole of its own."""
    peer = other(role)
    late, early = pieces(slow, role, 100, 100)
    peers_late, peers_early = pieces(slow, peer, 30, 40)
    send_mapped(fast, early)
    send_mapped(slow, peers_early)
    send_mapped(slow, late)
    send_mapped(fast, peers_late)
    ack_all(slow, role)
    ack_all(slow, peer)
    expect_order(slow, role, (1, 100), (2 * PACKET_INTERVAL,), 100)
    expect_order(slow, peer, (1, 40), (2 * PACKET_INTERVAL,), 40)


CASES: tuple[Case, ...] = (
    in_turn, one_hole, one_behind_the_other, the_second_hole_first, in_three_pieces,
    by_the_other_subflow, on_one_subflow, with_what_waited, with_all_around, too_early_twice,
    never_filled, acknowledged, behind_the_end, data_fin_first, data_fin_before_a_hole, both_hosts)
