# SPDX-License-Identifier: GPL-2.0-or-later
"""DSS checksums (RFC 8684 3.3.1): right ones, wrong ones, and those that a capture cannot
verify."""

from __future__ import annotations

from collections.abc import Callable

from ..roles import CLIENT, ROLES, SERVER, other
from ..scenarios.traffic import exchange_data
from ..simulation import Scenario, Subflow
from ..wire import options
from ..wire.packets import ACK
from .data_transfer import (Data, dss, initial_subflow, new_join, next_data, reserve, send_at,
                            send_mapped)

IP_AND_TCP = {False: 40, True: 60}  # bytes of headers without options; True: IPv6


def checksums() -> Scenario:
    """Checksums of mappings of one segment and of several with odd lengths, in order and out of
    order; with a segment that is missing, precedes its mapping, or is truncated by the snaplen;
    with DATA_FIN and without data; with DSNs of 4 bytes; sent again, and on another subflow. Right
    and wrong ones. Both versions, both hosts."""
    scenario = Scenario("checksums", events=True, order=True)
    for version in (0, 1):
        for number, case in enumerate(CASES):
            initial = initial_subflow(scenario, version, v6=number % 3 == 1)
            initial.connection.flags |= options.CHECKSUM
            exchange_data(initial.open(), rounds=1)
            case(initial, ROLES[(number + version) % 2])
    return scenario


def segment_senders(subflow: Subflow, role: str, *lengths: int, corrupt: bool = False,
                    dsn64: bool = True) -> list[Callable[..., None]]:
    """The segments of one mapping, as functions that send them. Each takes `mapped`: whether the
    segment carries the mapping."""
    data = next_data(subflow.connection, role, sum(lengths))
    offset = reserve(subflow, role, len(data))
    option = dss(subflow, data, offset, corrupt=corrupt, dsn64=dsn64)

    def sender(start: int, length: int) -> Callable[..., None]:
        part = data.part(start, start + length)
        return lambda mapped=False, **sending: send_at(subflow, part, offset + start,
                                                       option if mapped else b"", **sending)

    return [sender(sum(lengths[:number]), length) for number, length in enumerate(lengths)]


def expect_bad(subflow: Subflow, role: str) -> None:
    """Expects the event for a wrong checksum at the last packet."""
    subflow.expect_event("checksum_bad", role)


def in_one_segment(initial: Subflow, role: str) -> None:
    """Even and odd lengths, a single byte, with and without a DATA_ACK."""
    for length, dsn64 in ((100, True), (101, False), (1, True), (2, False)):
        send_mapped(initial, next_data(initial.connection, role, length), dsn64=dsn64,
                    acks=length % 2 == 0)
        send_mapped(initial, next_data(initial.connection, role, length), dsn64=dsn64, corrupt=True)
        expect_bad(initial, role)
    initial.ack_data(other(role))


def checksum_zero(initial: Subflow, role: str) -> None:
    """Data with the checksum 0, sent as 0 and as 0xffff, the other zero of one's complement."""
    for sent_as in (0, 0xffff):
        connection = initial.connection
        dsn, offset = connection.next_dsn[role], reserve(initial, role, 10)
        rest = options.dss_checksum(dsn, offset, 10, bytes(8))
        payload = bytes(8) + rest.to_bytes(2, "big")
        assert options.dss_checksum(dsn, offset, 10, payload) == 0
        connection.next_dsn[role] = (dsn + 10) % 2**64
        option = options.dss(dsn=dsn, offset=offset, length=10, checksum=sent_as)
        send_at(initial, Data(role, dsn, payload), offset, option)
    initial.ack_data(other(role))


def over_odd_segments(initial: Subflow, role: str) -> None:
    """A byte at an odd position is the lower half of its 16-bit word."""
    for corrupt in (False, True):
        for dsn64 in (True, False):
            first, *rest = segment_senders(initial, role, 33, 51, 1, 17, corrupt=corrupt,
                                           dsn64=dsn64)
            first(mapped=True)
            for segment in rest:
                segment()
            if corrupt:
                expect_bad(initial, role)
    initial.ack_data(other(role))


def out_of_order(initial: Subflow, role: str) -> None:
    """The last segment carries the mapping; the second one comes last."""
    for corrupt in (False, True):
        first, second, third = segment_senders(initial, role, 33, 51, 17, corrupt=corrupt)
        third(mapped=True)
        first()
        second()
        if corrupt:
            expect_bad(initial, role)
    initial.ack_data(other(role))


def before_the_mapping(initial: Subflow, role: str) -> None:
    """Data that precedes its mapping is not kept for verification."""
    first, second = segment_senders(initial, role, 33, 51)
    first()
    second(mapped=True)
    first, second = segment_senders(initial, role, 20, 20, corrupt=True)
    first()
    second(mapped=True)
    first()
    initial.ack_data(other(role))


def ahead_of_the_data(initial: Subflow, role: str) -> None:
    """The mapping precedes its data on an ACK."""
    data = next_data(initial.connection, role, 99)
    offset = reserve(initial, role, len(data))
    initial.send(role, ACK, dss(initial, data, offset))
    send_at(initial, data.part(0, 49), offset)
    send_at(initial, data.part(49), offset + 49)
    initial.ack_data(other(role))


def without_a_segment(initial: Subflow, role: str) -> None:
    """One segment is missing. The next mapping can be verified."""
    first, _, third = segment_senders(initial, role, 33, 51, 17)
    first(mapped=True)
    third()
    send_mapped(initial, next_data(initial.connection, role, 40))


def truncated(initial: Subflow, role: str) -> None:
    """Truncated by the snaplen: one byte, the whole payload, nothing; the second of two segments,
    which has no option; the first copy of a segment whose second copy is complete but too late; the
    checksum itself."""
    connection = initial.connection
    headers = IP_AND_TCP[":" in initial.ends[CLIENT][0]] + 20  # a DSS with a DSN of 8 bytes
    for captured in (99, 0, 100):
        data = next_data(connection, role, 100)
        offset = reserve(initial, role, 100)
        send_at(initial, data, offset, dss(initial, data, offset), caplen=headers + captured)
    first, second = segment_senders(initial, role, 50, 50)
    first(mapped=True)
    second(caplen=headers)
    (only,) = segment_senders(initial, role, 60)
    only(mapped=True, caplen=headers + 59)
    only(mapped=True)
    (unmapped,) = segment_senders(initial, role, 60)
    unmapped(mapped=True, caplen=headers - 2)


def with_data_fin(initial: Subflow, role: str) -> None:
    """The length includes the DATA_FIN, which is not a byte. The other host's DATA_FIN has no
    data."""
    initial.data_fin(role, 51)
    initial.ack_data(other(role))
    initial.data_fin(other(role))
    initial.resend()
    initial.expect_data_fin(other(role), repeated=True)
    initial.ack_data(role)
    initial.connection.state = "closed"


def bad_with_data_fin(initial: Subflow, role: str) -> None:
    """With and without data. The bad checksum is reported once."""
    for sender, length in ((role, 10), (other(role), 0)):
        initial.data_fin(sender, length, corrupt=True)
        expect_bad(initial, sender)
        initial.resend()
        initial.expect_data_fin(sender, repeated=True)
    initial.ack_data(role)
    initial.connection.state = "closed"


def data_fin_on_each_subflow(initial: Subflow, role: str) -> None:
    """The same DATA_FIN on two subflows. Its checksum counts once for each subflow."""
    join = new_join(initial).open()
    exchange_data(join, rounds=1)
    connection = initial.connection
    initial.data_fin(role)
    next_dsn = connection.next_dsn[role]
    connection.next_dsn[role] = (next_dsn - 1) % 2**64
    option = join.dss(role, b"", 1, fin=True)
    connection.next_dsn[role] = next_dsn
    for _ in range(2):
        join.send(role, ACK, option)
        join.expect_data_fin(role, repeated=True)
    initial.ack_data(other(role))


def retransmitted_and_reinjected(initial: Subflow, role: str) -> None:
    """A retransmission has the same checksum and is not counted. A reinjection has another one
    because its offset differs. A corrupt copy after a good one is ignored."""
    join = new_join(initial, SERVER).open()
    exchange_data(join, rounds=1)
    data = next_data(initial.connection, role, 77)
    send_mapped(initial, data)
    initial.resend()
    initial.resend(payload=bytes(77))
    send_mapped(join, data)
    send_mapped(join, data.part(0, 33), corrupt=True)
    expect_bad(join, role)
    join.ack_data(other(role))


CASES: tuple[Callable[[Subflow, str], None], ...] = (
    in_one_segment, checksum_zero, over_odd_segments, out_of_order, before_the_mapping,
    ahead_of_the_data, without_a_segment, truncated, with_data_fin, bad_with_data_fin,
    data_fin_on_each_subflow, retransmitted_and_reinjected)
