# SPDX-License-Identifier: GPL-2.0-or-later
"""DSS checksums (RFC 8684 3.3), right and wrong ones, and those that a capture cannot
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

IP_AND_TCP = {False: 40, True: 60}  # octets of headers, without options, by IP version


def checksums() -> Scenario:
    """Of mappings in one segment and in several of odd length, in order and out of order; with a
    segment that never came, that came before its mapping, or that the snaplen cut; with DATA_FIN
    and without data; with DSNs of 4 octets; sent again, and on another subflow. Right and wrong
    ones. Both versions, both hosts."""
    scenario = Scenario("checksums", events=True, order=True)
    for version in (0, 1):
        for place, case in enumerate(CASES):
            initial = initial_subflow(scenario, version, v6=place % 3 == 1)
            initial.connection.flags |= options.CHECKSUM
            exchange_data(initial.open(), rounds=1)
            case(initial, ROLES[(place + version) % 2])
    return scenario


def segments(subflow: Subflow, role: str, *lengths: int, corrupt: bool = False,
             dsn64: bool = True) -> list[Callable[..., None]]:
    """Of one mapping, to be sent in any order; each may be told to bring it."""
    data = next_data(subflow.connection, role, sum(lengths))
    offset = reserve(subflow, role, len(data))
    option = dss(subflow, data, offset, corrupt=corrupt, dsn64=dsn64)

    def sender(start: int, length: int) -> Callable[..., None]:
        part = data.part(start, start + length)
        return lambda mapped=False, **sending: send_at(subflow, part, offset + start,
                                               option if mapped else b"", **sending)

    return [sender(sum(lengths[:place]), length) for place, length in enumerate(lengths)]


def bad(subflow: Subflow, role: str) -> None:
    subflow.expect_event("checksum_bad", role)


def in_one_segment(initial: Subflow, role: str) -> None:
    """Even and odd lengths, one octet, with and without a DATA_ACK."""
    for length, dsn64 in ((100, True), (101, False), (1, True), (2, False)):
        send_mapped(initial, next_data(initial.connection, role, length), dsn64=dsn64,
              acks=length % 2 == 0)
        send_mapped(initial, next_data(initial.connection, role, length), dsn64=dsn64, corrupt=True)
        bad(initial, role)
    initial.ack_data(other(role))


def that_is_zero(initial: Subflow, role: str) -> None:
    """Data of which the checksum comes to 0, and is sent as that or as the other zero, 0xffff."""
    for sent_as in (0, 0xffff):
        connection = initial.connection
        dsn, offset = connection.next_dsn[role], reserve(initial, role, 10)
        rest = options.dss_checksum(dsn, offset, 10, bytes(8))
        octets = bytes(8) + rest.to_bytes(2, "big")
        assert options.dss_checksum(dsn, offset, 10, octets) == 0
        connection.next_dsn[role] = (dsn + 10) % 2**64
        option = options.dss(dsn=dsn, offset=offset, length=10, checksum=sent_as)
        send_at(initial, Data(role, dsn, octets), offset, option)
    initial.ack_data(other(role))


def over_odd_segments(initial: Subflow, role: str) -> None:
    """An octet at an odd place is the other half of its word."""
    for corrupt in (False, True):
        for dsn64 in (True, False):
            first, *rest = segments(initial, role, 33, 51, 1, 17, corrupt=corrupt, dsn64=dsn64)
            first(mapped=True)
            for segment in rest:
                segment()
            if corrupt:
                bad(initial, role)
    initial.ack_data(other(role))


def out_of_order(initial: Subflow, role: str) -> None:
    """The last segment brings the mapping; the second one comes last."""
    for corrupt in (False, True):
        first, second, third = segments(initial, role, 33, 51, 17, corrupt=corrupt)
        third(mapped=True)
        first()
        second()
        if corrupt:
            bad(initial, role)
    initial.ack_data(other(role))


def before_the_mapping(initial: Subflow, role: str) -> None:
    """Nobody keeps data to see whether there will be a checksum."""
    first, second = segments(initial, role, 33, 51)
    first()
    second(mapped=True)
    first, second = segments(initial, role, 20, 20, corrupt=True)
    first()
    second(mapped=True)
    first()
    initial.ack_data(other(role))


def ahead_of_the_data(initial: Subflow, role: str) -> None:
    """On an ACK."""
    data = next_data(initial.connection, role, 99)
    offset = reserve(initial, role, len(data))
    initial.send(role, ACK, dss(initial, data, offset))
    send_at(initial, data.part(0, 49), offset)
    send_at(initial, data.part(49), offset + 49)
    initial.ack_data(other(role))


def without_a_segment(initial: Subflow, role: str) -> None:
    """Which never came; what comes behind is verified as ever."""
    first, _, third = segments(initial, role, 33, 51, 17)
    first(mapped=True)
    third()
    send_mapped(initial, next_data(initial.connection, role, 40))


def cut(initial: Subflow, role: str) -> None:
    """By the snaplen: one octet, the whole payload, nothing; the second of two segments, which has
    no option; the first copy of one that comes again whole, too late; the checksum itself."""
    connection = initial.connection
    headers = IP_AND_TCP[":" in initial.ends[CLIENT][0]] + 20  # a DSS with a DSN of 8 octets
    for caplen in (99, 0, 100):
        data = next_data(connection, role, 100)
        offset = reserve(initial, role, 100)
        send_at(initial, data, offset, dss(initial, data, offset), caplen=headers + caplen)
    first, second = segments(initial, role, 50, 50)
    first(mapped=True)
    second(caplen=headers)
    (only,) = segments(initial, role, 60)
    only(mapped=True, caplen=headers + 59)
    only(mapped=True)
    (unmapped,) = segments(initial, role, 60)
    unmapped(mapped=True, caplen=headers - 2)


def with_data_fin(initial: Subflow, role: str) -> None:
    """It counts in the length, and is no octet. The other host's comes without data."""
    initial.data_fin(role, 51)
    initial.ack_data(other(role))
    initial.data_fin(other(role))
    initial.resend()
    initial.ack_data(role)
    initial.connection.state = "closed"


def wrong_with_data_fin(initial: Subflow, role: str) -> None:
    """Where there is no data, too; it is told once."""
    for sender, length in ((role, 10), (other(role), 0)):
        initial.data_fin(sender, length, corrupt=True)
        bad(initial, sender)
        initial.resend()
    initial.ack_data(role)
    initial.connection.state = "closed"


def data_fin_on_each_subflow(initial: Subflow, role: str) -> None:
    """The same one; of each subflow its checksum counts once, and it is told once."""
    join = new_join(initial).open()
    exchange_data(join, rounds=1)
    connection = initial.connection
    initial.data_fin(role)
    behind = connection.next_dsn[role]
    connection.next_dsn[role] = (behind - 1) % 2**64
    option = join.dss(role, b"", 1, fin=True)
    connection.next_dsn[role] = behind
    join.send(role, ACK, option, times=2)
    initial.ack_data(other(role))


def again_and_elsewhere(initial: Subflow, role: str) -> None:
    """A retransmission's is the same, and not counted; that of a reinjection is another, since
    the offset is. A corrupt copy behind a good one is nobody's any more."""
    join = new_join(initial, SERVER).open()
    exchange_data(join, rounds=1)
    data = next_data(initial.connection, role, 77)
    send_mapped(initial, data)
    initial.resend()
    initial.resend(payload=bytes(77))
    send_mapped(join, data)
    send_mapped(join, data.part(0, 33), corrupt=True)
    bad(join, role)
    join.ack_data(other(role))


CASES: tuple[Callable[[Subflow, str], None], ...] = (
    in_one_segment, that_is_zero, over_odd_segments, out_of_order, before_the_mapping,
    ahead_of_the_data, without_a_segment, cut, with_data_fin, wrong_with_data_fin,
    data_fin_on_each_subflow, again_and_elsewhere)
