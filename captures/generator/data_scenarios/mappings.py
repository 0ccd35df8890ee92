# SPDX-License-Identifier: GPL-2.0-or-later
"""D"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..roles import CLIENT, ROLES, SERVER, other
from ..scenarios.fallbacks import INFINITE, fall_back, send_infinite_mapping
from ..scenarios.traffic import exchange_data
from ..simulation import Scenario, Subflow
from ..wire import crypto, options
from ..wire.packets import ACK, PSH
from .data_transfer import (Data, dss, initial_subflow, new_join, next_data, reserve, send_at,
                            send_mapped, send_mapping)


SUPER_SEGMENT = 60_000  # octets, as offloading makes them


def mappings() -> Scenario:
    """DSNs and DATA_ACKs of 4 and 8 octets, across 2^32; mappings of several segments, on the
    first, the middle or the last one, on an ACK before them, on a retransmission; segments of
    several mappings, and several DSS; a super-segment; data with MP_CAPABLE, on a SYN, with
    DATA_FIN, under an infinite mapping; subflow sequence numbers that wrap; mappings that
    contradict each other. Both versions."""
    scenario = Scenario("mappings", events=True)
    for version in (0, 1):
        for place, case in enumerate(CASES):
            for role in ROLES if case in BOTH_WAYS else [ROLES[(place + version) % 2]]:
                initial = initial_subflow(scenario, version, v6=role == SERVER).open()
                exchange_data(initial, rounds=1)
                case(initial, role)
        across_32_bits(scenario, version)
        wrapping_subflow(scenario, version)
        data_on_the_syn(scenario, version)
    with_mp_capable(scenario)
    return scenario


def widths(initial: Subflow, role: str) -> None:
    """Each with each; the DATA_ACK in all its forms, too."""
    connection = initial.connection
    for dsn64 in (False, True):
        for acks, ack64 in ((False, False), (True, False), (True, True)):
            send_mapped(initial, next_data(connection, role, 50), acks=acks, ack64=ack64,
                  dsn64=dsn64)
            initial.ack_data(other(role), ack64=dsn64)


def over_segments(initial: Subflow, role: str) -> None:
    """One mapping for three segments, on one of them."""
    for with_dss in range(3):
        data = next_data(initial.connection, role, 310)
        offset = reserve(initial, role, len(data))
        for place, (start, stop) in enumerate(((0, 100), (100, 201), (201, 310))):
            option = dss(initial, data, offset) if place == with_dss else b""
            send_at(initial, data.part(start, stop), offset + start, option)
        initial.ack_data(other(role))


def several_in_a_segment(initial: Subflow, role: str) -> None:
    """Two mappings for one segment, of data that is further apart: on an ACK before it and with
    it; both with it; both on ACKs before two segments, of which the first ends in the middle."""
    for way in range(3):
        connection = initial.connection
        late, early = (next_data(connection, role, 60) for _ in range(2))
        offset = reserve(initial, role, 120)
        whole = joined(early, late)
        first = dss(initial, early, offset)
        second = dss(initial, late, offset + 60)
        if way == 0:
            initial.send(role, ACK, first)
            send_at(initial, whole, offset, second)
        elif way == 1:
            send_at(initial, whole, offset, first + second)
        else:
            initial.send(role, ACK, first)
            initial.send(role, ACK, second)
            send_at(initial, whole.part(0, 70), offset)
            send_at(initial, whole.part(70), offset + 70)
        initial.ack_data(other(role))


def joined(*parts: Data) -> Data:
    """What stands behind each other in a segment, and not in the stream."""
    return Data(parts[0].role, parts[0].dsn, b"".join(part.payload for part in parts))


def before_its_data(initial: Subflow, role: str) -> None:
    data = next_data(initial.connection, role, 80)
    offset = reserve(initial, role, len(data))
    send_mapping(initial, data, offset)
    send_at(initial, data, offset)
    initial.ack_data(other(role))


def on_the_retransmission(initial: Subflow, role: str) -> None:
    """Where a middlebox has cut it from the first copy."""
    data = next_data(initial.connection, role, 80)
    offset = reserve(initial, role, len(data))
    send_at(initial, data, offset)
    send_at(initial, data, offset, dss(initial, data, offset))
    initial.ack_data(other(role))


def in_parts(initial: Subflow, role: str) -> None:
    """TCP sends again what it likes: the middle, the rest with something new, all of it."""
    data = next_data(initial.connection, role, 300)
    offset = reserve(initial, role, len(data))
    option = dss(initial, data, offset)
    send_at(initial, data.part(0, 100), offset, option)
    send_at(initial, data.part(100, 200), offset + 100, option)
    send_at(initial, data.part(50, 150), offset + 50, option)
    send_at(initial, data.part(150, 300), offset + 150, option)
    send_at(initial, data, offset, option, times=2)
    initial.ack_data(other(role))


def never_mapped(initial: Subflow, role: str) -> None:
    """On one of two subflows, and what comes behind it is mapped."""
    join = new_join(initial, role).open()
    exchange_data(join, rounds=1)
    data = next_data(initial.connection, role, 100)
    offset = reserve(join, role, 150)
    send_at(join, data.part(0, 50), offset, dss(join, data.part(0, 50), offset))
    send_at(join, data, offset + 50)
    send_at(join, data, offset + 50)
    send_mapped(join, data.part(50))
    join.ack_data(other(role))


def big(initial: Subflow, role: str) -> None:
    send_mapped(initial, next_data(initial.connection, role, SUPER_SEGMENT))
    initial.ack_data(other(role))


def with_data_fin(initial: Subflow, role: str) -> None:
    """Of one host; the other goes on."""
    initial.data(role, 10)
    initial.data_fin(role, 100, dsn64=role == CLIENT)
    initial.resend()
    initial.ack_data(other(role))
    initial.data(other(role), 20)
    initial.ack_data(role)


def without_end(initial: Subflow, role: str) -> None:
    """RFC 8684 3.7: of all that this host sends from now on."""
    send_infinite_mapping(initial, role, bytes(100))
    fall_back(initial, role, INFINITE)


def contradiction(initial: Subflow, role: str) -> None:
    """A retransmission that says it is other data. The first mapping counts."""
    connection = initial.connection
    data, wrong = next_data(connection, role, 100), next_data(connection, role, 100)
    offset = send_mapped(initial, data)
    send_at(initial, data, offset, dss(initial, wrong, offset))
    initial.expect_event("mapping_mismatch", role)
    send_mapped(initial, wrong)
    initial.ack_data(other(role))


def contradiction_behind(initial: Subflow, role: str) -> None:
    """A mapping that begins where nothing was mapped, and runs into what was."""
    connection = initial.connection
    left_out, claimed, data = (next_data(connection, role, 50) for _ in range(3))
    offset = reserve(initial, role, len(left_out))
    send_mapped(initial, data)
    send_at(initial, left_out, offset, options.dss(dsn=left_out.dsn, offset=offset, length=90))
    initial.expect_event("mapping_mismatch", role)
    send_mapped(initial, claimed)
    initial.ack_data(other(role))


CASES: tuple[Callable[[Subflow, str], None], ...] = (
    widths, over_segments, several_in_a_segment, before_its_data, on_the_retransmission, in_parts,
    never_mapped, big, with_data_fin, without_end, contradiction, contradiction_behind)
BOTH_WAYS = (over_segments, several_in_a_segment)


@cache
def key_before_the_wrap(version: int) -> int:
    """A key of which the lower half of the IDSN is less than half a super-segment from its end."""
    key = 0x2468_0000_0000_0000
    while crypto.idsn(version, key) % 2**32 < 2**32 - SUPER_SEGMENT // 2:
        key += 1
    return key


def across_32_bits(scenario: Scenario, version: int) -> None:
    """DSNs and DATA_ACKs of 4 octets begin anew, and both hosts know where they are."""
    role = ROLES[version]
    keys = {role: key_before_the_wrap(version), other(role): scenario.random.getrandbits(64)}
    initial = initial_subflow(scenario, version, keys=(keys[CLIENT], keys[SERVER])).open()
    for length in (100, SUPER_SEGMENT, 100):
        send_mapped(initial, next_data(initial.connection, role, length), dsn64=False)
        initial.ack_data(other(role))
    join = new_join(initial, other(role)).open()
    send_mapped(join, next_data(initial.connection, role, 100), dsn64=False, acks=True)
    send_mapped(join, next_data(initial.connection, role, 100), dsn64=True, acks=True)
    initial.ack_data(other(role), ack64=True)


def wrapping_subflow(scenario: Scenario, version: int) -> None:
    """A segment that ends where TCP's numbers begin anew, one across it, one behind."""
    for role in ROLES:
        initial = initial_subflow(scenario, version, v6=role == CLIENT)
        initial.isn[role] = initial.seq[role] = 2**32 - 101
        initial.open()
        for length in (100, 100):
            send_mapped(initial, next_data(initial.connection, role, length))
        data = next_data(initial.connection, role, 200)
        offset = reserve(initial, role, len(data))
        send_at(initial, data.part(0, 100), offset, dss(initial, data, offset))
        send_at(initial, data.part(100), offset + 100)
        initial.resend()
        initial.ack_data(other(role))


def data_on_the_syn(scenario: Scenario, version: int) -> None:
    """RFC 7413. No mapping has room there: the server takes it, and its place in the stream is
    before the first DSN (RFC 8684 appendix B). Or it does not, and gets it once more, mapped."""
    taken = initial_subflow(scenario, version)
    taken.syn(payload=bytes(40))
    taken.syn_ack()
    taken.ack()
    exchange_data(taken, rounds=1)

    again = initial_subflow(scenario, version, v6=True)
    data = next_data(again.connection, CLIENT, 40)
    again.syn(payload=data.payload)
    again.seq[CLIENT] = (again.isn[CLIENT] + 1) % 2**32
    again.syn_ack()
    again.ack()
    send_mapped(again, data)
    exchange_data(again, rounds=1)


def with_mp_capable(scenario: Scenario) -> None:
    """Version 1: the first data, its retransmission, one of a part of it with a DSS, and one of
    more than it, whose rest has a mapping."""
    initial = initial_subflow(scenario, 1, v6=True).open()
    connection = initial.connection
    data = next_data(connection, CLIENT, 150)
    option = options.mp_capable(1, *connection.keys.values(), length=100)
    connection.next_dsn[CLIENT] = data.dsn
    initial.send(CLIENT, ACK | PSH, option, data.payload[:100])
    connection.next_dsn[CLIENT] += 150
    initial.resend()
    send_at(initial, data.part(40, 100), 41, dss(initial, data.part(0, 100), 1))
    reserve(initial, CLIENT, 50)
    send_at(initial, data, 1, dss(initial, data.part(100), 101))
    initial.ack_data(SERVER)
    exchange_data(initial, rounds=1)
