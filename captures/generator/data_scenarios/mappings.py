# SPDX-License-Identifier: GPL-2.0-or-later
"""Mappings in all ways that RFC 8684 3.3 allows in a DSS option, and those of MP_CAPABLE (3.1)."""

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


SUPER_SEGMENT = 60_000  # bytes


def mappings() -> Scenario:
    """DSNs and DATA_ACKs of 4 and 8 bytes, across 2^32; mappings of several segments, carried by
    the first, the middle or the last segment, by an earlier ACK, or by a retransmission; segments
    with several mappings and several DSS options; a super-segment; data with MP_CAPABLE, on a SYN,
    with DATA_FIN, under an infinite mapping; subflow sequence numbers that wrap; mappings that
    contradict each other. Both versions."""
    scenario = Scenario("mappings", events=True)
    for version in (0, 1):
        for number, case in enumerate(CASES):
            for role in ROLES if case in BOTH_WAYS else [ROLES[(number + version) % 2]]:
                initial = initial_subflow(scenario, version, v6=role == SERVER).open()
                exchange_data(initial, rounds=1)
                case(initial, role)
        across_32_bits(scenario, version)
        wrapping_subflow(scenario, version)
        data_on_the_syn(scenario, version)
    with_mp_capable(scenario)
    return scenario


def number_lengths(initial: Subflow, role: str) -> None:
    """Each length of the DSN with each form of the DATA_ACK."""
    connection = initial.connection
    for dsn64 in (False, True):
        for acks, ack64 in ((False, False), (True, False), (True, True)):
            send_mapped(initial, next_data(connection, role, 50), acks=acks, ack64=ack64,
                        dsn64=dsn64)
            initial.ack_data(other(role), ack64=dsn64)


def over_segments(initial: Subflow, role: str) -> None:
    """One mapping for three segments, carried by one of them."""
    for with_dss in range(3):
        data = next_data(initial.connection, role, 310)
        offset = reserve(initial, role, len(data))
        for number, (start, stop) in enumerate(((0, 100), (100, 201), (201, 310))):
            option = dss(initial, data, offset) if number == with_dss else b""
            send_at(initial, data.part(start, stop), offset + start, option)
        initial.ack_data(other(role))


def several_in_a_segment(initial: Subflow, role: str) -> None:
    """Two mappings for one segment whose data is not contiguous: one on an earlier ACK and one with
    it; both with it; both on ACKs before two segments, the first of which ends within a mapping."""
    for variant in range(3):
        connection = initial.connection
        late, early = (next_data(connection, role, 60) for _ in range(2))
        offset = reserve(initial, role, 120)
        payload = joined(early, late)
        first = dss(initial, early, offset)
        second = dss(initial, late, offset + 60)
        if variant == 0:
            initial.send(role, ACK, first)
            send_at(initial, payload, offset, second)
        elif variant == 1:
            send_at(initial, payload, offset, first + second)
        else:
            initial.send(role, ACK, first)
            initial.send(role, ACK, second)
            send_at(initial, payload.part(0, 70), offset)
            send_at(initial, payload.part(70), offset + 70)
        initial.ack_data(other(role))


def joined(*parts: Data) -> Data:
    """The payload of a segment whose parts are not contiguous in the data stream."""
    return Data(parts[0].role, parts[0].dsn, b"".join(part.payload for part in parts))


def before_its_data(initial: Subflow, role: str) -> None:
    """The mapping precedes its data on an ACK."""
    data = next_data(initial.connection, role, 80)
    offset = reserve(initial, role, len(data))
    send_mapping(initial, data, offset)
    send_at(initial, data, offset)
    initial.ack_data(other(role))


def on_the_retransmission(initial: Subflow, role: str) -> None:
    """A middlebox has removed the DSS from the first copy."""
    data = next_data(initial.connection, role, 80)
    offset = reserve(initial, role, len(data))
    send_at(initial, data, offset)
    send_at(initial, data, offset, dss(initial, data, offset))
    initial.ack_data(other(role))


def in_parts(initial: Subflow, role: str) -> None:
    """TCP retransmits the middle, the rest with new data, and everything."""
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
    """Data on one of two subflows has no mapping; the data after it has one."""
    join = new_join(initial, role).open()
    exchange_data(join, rounds=1)
    data = next_data(initial.connection, role, 100)
    offset = reserve(join, role, 150)
    send_at(join, data.part(0, 50), offset, dss(join, data.part(0, 50), offset))
    send_at(join, data, offset + 50)
    join.expect_event("data_unmapped", role, bytes=100)
    send_at(join, data, offset + 50)
    send_mapped(join, data.part(50))
    join.ack_data(other(role))


def super_segment(initial: Subflow, role: str) -> None:
    """A segment larger than any MTU, as captured with segmentation offload."""
    send_mapped(initial, next_data(initial.connection, role, SUPER_SEGMENT))
    initial.ack_data(other(role))


def with_data_fin(initial: Subflow, role: str) -> None:
    """DATA_FIN of one host; the other one continues."""
    initial.data(role, 10)
    initial.data_fin(role, 100, dsn64=role == CLIENT)
    initial.resend()
    initial.expect_data_fin(role, dsn64=role == CLIENT, repeated=True)
    initial.ack_data(other(role))
    initial.data(other(role), 20)
    initial.ack_data(role)


def without_end(initial: Subflow, role: str) -> None:
    """RFC 8684 3.7: the infinite mapping applies to all that this host sends afterwards."""
    send_infinite_mapping(initial, role, bytes(100))
    fall_back(initial, role, INFINITE)


def contradiction(initial: Subflow, role: str) -> None:
    """A retransmission with another DSN. The first mapping counts."""
    connection = initial.connection
    data, wrong = next_data(connection, role, 100), next_data(connection, role, 100)
    offset = send_mapped(initial, data)
    send_at(initial, data, offset, dss(initial, wrong, offset))
    initial.expect_event("mapping_mismatch", role)
    send_mapped(initial, wrong)
    initial.ack_data(other(role))


def contradiction_at_the_end(initial: Subflow, role: str) -> None:
    """A mapping that begins in unmapped data and extends into mapped data."""
    connection = initial.connection
    unmapped, overlapped, data = (next_data(connection, role, 50) for _ in range(3))
    offset = reserve(initial, role, len(unmapped))
    send_mapped(initial, data)
    send_at(initial, unmapped, offset, options.dss(dsn=unmapped.dsn, offset=offset, length=90))
    initial.expect_event("mapping_mismatch", role)
    send_mapped(initial, overlapped)
    initial.ack_data(other(role))


CASES: tuple[Callable[[Subflow, str], None], ...] = (
    number_lengths, over_segments, several_in_a_segment, before_its_data, on_the_retransmission,
    in_parts, never_mapped, super_segment, with_data_fin, without_end, contradiction,
    contradiction_at_the_end)
BOTH_WAYS = (over_segments, several_in_a_segment)


@cache
def key_before_the_wrap(version: int) -> int:
    """A key for which the lower half of the IDSN is less than half a super-segment below 2^32."""
    key = 0x2468_0000_0000_0000
    while crypto.idsn(version, key) % 2**32 < 2**32 - SUPER_SEGMENT // 2:
        key += 1
    return key


def across_32_bits(scenario: Scenario, version: int) -> None:
    """DSNs and DATA_ACKs of 4 bytes wrap."""
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
    """A segment that ends where TCP sequence numbers wrap, one across the wrap, and one after
    it."""
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
    """RFC 7413. RFC 8684 appendix B: data on a SYN has no mapping; it precedes the first DSN if the
    server accepts it. In the second connection the server does not, and the client sends it again
    with a mapping."""
    accepted = initial_subflow(scenario, version)
    accepted.syn(payload=bytes(40))
    accepted.syn_ack()
    accepted.ack()
    exchange_data(accepted, rounds=1)

    rejected = initial_subflow(scenario, version, v6=True)
    data = next_data(rejected.connection, CLIENT, 40)
    rejected.syn(payload=data.payload)
    rejected.seq[CLIENT] = (rejected.isn[CLIENT] + 1) % 2**32
    rejected.syn_ack()
    rejected.ack()
    send_mapped(rejected, data)
    exchange_data(rejected, rounds=1)


def with_mp_capable(scenario: Scenario) -> None:
    """Version 1: the first data, its retransmission, a part of it with a DSS, and a segment that
    extends it by mapped data."""
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
