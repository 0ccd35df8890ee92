# SPDX-License-Identifier: GPL-2.0-or-later
"""Which data the octets of a subflow are, told by DSS in all the ways that RFC 8684
3.3 allows, and by MP_CAPABLE (3.1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from . import crypto, options
from .failures import INFINITE, fall_back, send_infinite_mapping
from .packets import ACK, PSH
from .pieces import Data, begin, carry, dss, map_only, new_join, produce, put, reserve
from .session import CLIENT, ROLES, SERVER, Scene, Subflow, other
from .talk import B1, talk

SUPER_SEGMENT = 60_000  # octets, as offloading makes them


def mappings() -> Scene:
    """DSNs and DATA_ACKs of 4 and 8 octets, across 2^32; mappings of several segments, on the
    first, the middle or the last one, on an ACK before them, on a retransmission; segments of
    several mappings, and several DSS; a super-segment; data with MP_CAPABLE, on a SYN, with
    DATA_FIN, under an infinite mapping; subflow sequence numbers that wrap; mappings that
    contradict each other. Both versions."""
    scene = Scene("mappings", stories=True)
    for version in (0, 1):
        for place, case in enumerate(CASES):
            for role in ROLES if case in BOTH_WAYS else [ROLES[(place + version) % 2]]:
                initial = begin(scene, version, v6=role == SERVER).open()
                talk(initial, rounds=1)
                case(initial, role)
        across_32_bits(scene, version)
        wrapping_subflow(scene, version)
        data_on_the_syn(scene, version)
    with_mp_capable(scene)
    return scene


def widths(initial: Subflow, role: str) -> None:
    """Each with each; the DATA_ACK in all its forms, too."""
    connection = initial.connection
    for wide_dsn in (False, True):
        for acks, wide_ack in ((False, False), (True, False), (True, True)):
            carry(initial, produce(connection, role, 50), acks=acks, wide_ack=wide_ack,
                  wide_dsn=wide_dsn)
            initial.ack_data(other(role), wide_ack=wide_dsn)


def over_segments(initial: Subflow, role: str) -> None:
    """One mapping for three segments, on one of them."""
    for with_dss in range(3):
        data = produce(initial.connection, role, 310)
        offset = reserve(initial, role, len(data))
        for place, (start, stop) in enumerate(((0, 100), (100, 201), (201, 310))):
            option = dss(initial, data, offset) if place == with_dss else b""
            put(initial, data.part(start, stop), offset + start, option)
        initial.ack_data(other(role))


def several_in_a_segment(initial: Subflow, role: str) -> None:
    """Two mappings for one segment, of data that is further apart: on an ACK before it and with
    it; both with it; both on ACKs before two segments, of which the first ends in the middle."""
    for way in range(3):
        connection = initial.connection
        late, early = (produce(connection, role, 60) for _ in range(2))
        offset = reserve(initial, role, 120)
        whole = joined(early, late)
        first = dss(initial, early, offset)
        second = dss(initial, late, offset + 60)
        if way == 0:
            initial.send(role, ACK, first)
            put(initial, whole, offset, second)
        elif way == 1:
            put(initial, whole, offset, first + second)
        else:
            initial.send(role, ACK, first)
            initial.send(role, ACK, second)
            put(initial, whole.part(0, 70), offset)
            put(initial, whole.part(70), offset + 70)
        initial.ack_data(other(role))


def joined(*parts: Data) -> Data:
    """What stands behind each other in a segment, and not in the stream."""
    return Data(parts[0].role, parts[0].dsn, b"".join(part.octets for part in parts))


def before_its_data(initial: Subflow, role: str) -> None:
    data = produce(initial.connection, role, 80)
    offset = reserve(initial, role, len(data))
    map_only(initial, data, offset)
    put(initial, data, offset)
    initial.ack_data(other(role))


def on_the_retransmission(initial: Subflow, role: str) -> None:
    """Where a middlebox has cut it from the first copy."""
    data = produce(initial.connection, role, 80)
    offset = reserve(initial, role, len(data))
    put(initial, data, offset)
    put(initial, data, offset, dss(initial, data, offset))
    initial.ack_data(other(role))


def in_parts(initial: Subflow, role: str) -> None:
    """TCP sends again what it likes: the middle, the rest with something new, all of it."""
    data = produce(initial.connection, role, 300)
    offset = reserve(initial, role, len(data))
    option = dss(initial, data, offset)
    put(initial, data.part(0, 100), offset, option)
    put(initial, data.part(100, 200), offset + 100, option)
    put(initial, data.part(50, 150), offset + 50, option)
    put(initial, data.part(150, 300), offset + 150, option)
    put(initial, data, offset, option, times=2)
    initial.ack_data(other(role))


def never_mapped(initial: Subflow, role: str) -> None:
    """On one of two subflows, and what comes behind it is mapped."""
    join = new_join(initial, role).open()
    talk(join, rounds=1)
    data = produce(initial.connection, role, 100)
    offset = reserve(join, role, 150)
    put(join, data.part(0, 50), offset, dss(join, data.part(0, 50), offset))
    put(join, data, offset + 50)
    put(join, data, offset + 50)
    carry(join, data.part(50))
    join.ack_data(other(role))


def big(initial: Subflow, role: str) -> None:
    carry(initial, produce(initial.connection, role, SUPER_SEGMENT))
    initial.ack_data(other(role))


def with_data_fin(initial: Subflow, role: str) -> None:
    """Of one host; the other goes on."""
    initial.data(role, 10)
    initial.data_fin(role, 100, wide_dsn=role == CLIENT)
    initial.again()
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
    data, wrong = produce(connection, role, 100), produce(connection, role, 100)
    offset = carry(initial, data)
    put(initial, data, offset, dss(initial, wrong, offset))
    initial.told("mapping_mismatch", role)
    carry(initial, wrong)
    initial.ack_data(other(role))


def contradiction_behind(initial: Subflow, role: str) -> None:
    """A mapping that begins where nothing was mapped, and runs into what was."""
    connection = initial.connection
    left_out, claimed, data = (produce(connection, role, 50) for _ in range(3))
    offset = reserve(initial, role, len(left_out))
    carry(initial, data)
    put(initial, left_out, offset, options.dss(dsn=left_out.dsn, offset=offset, length=90))
    initial.told("mapping_mismatch", role)
    carry(initial, claimed)
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


def across_32_bits(scene: Scene, version: int) -> None:
    """DSNs and DATA_ACKs of 4 octets begin anew, and both hosts know where they are."""
    role = ROLES[version]
    keys = {role: key_before_the_wrap(version), other(role): scene.random.getrandbits(64)}
    initial = begin(scene, version, keys=(keys[CLIENT], keys[SERVER])).open()
    for length in (100, SUPER_SEGMENT, 100):
        carry(initial, produce(initial.connection, role, length), wide_dsn=False)
        initial.ack_data(other(role))
    join = new_join(initial, other(role)).open()
    carry(join, produce(initial.connection, role, 100), wide_dsn=False, acks=True)
    carry(join, produce(initial.connection, role, 100), wide_dsn=True, acks=True)
    initial.ack_data(other(role), wide_ack=True)


def wrapping_subflow(scene: Scene, version: int) -> None:
    """A segment that ends where TCP's numbers begin anew, one across it, one behind."""
    for role in ROLES:
        initial = begin(scene, version, v6=role == CLIENT)
        initial.isn[role] = initial.seq[role] = 2**32 - 101
        initial.open()
        for length in (100, 100):
            carry(initial, produce(initial.connection, role, length))
        data = produce(initial.connection, role, 200)
        offset = reserve(initial, role, len(data))
        put(initial, data.part(0, 100), offset, dss(initial, data, offset))
        put(initial, data.part(100), offset + 100)
        initial.again()
        initial.ack_data(other(role))


def data_on_the_syn(scene: Scene, version: int) -> None:
    """RFC 7413. No mapping has room there: the server takes it, and its place in the stream is
    before the first DSN (RFC 8684 appendix B). Or it does not, and gets it once more, mapped."""
    taken = begin(scene, version)
    taken.syn(payload=bytes(40))
    taken.syn_ack()
    taken.ack()
    talk(taken, rounds=1)

    again = begin(scene, version, v6=True)
    data = produce(again.connection, CLIENT, 40)
    again.syn(payload=data.octets)
    again.seq[CLIENT] = (again.isn[CLIENT] + 1) % 2**32
    again.syn_ack()
    again.ack()
    carry(again, data)
    talk(again, rounds=1)


def with_mp_capable(scene: Scene) -> None:
    """Version 1: the first data, its retransmission, one of a part of it with a DSS, and one of
    more than it, whose rest has a mapping."""
    initial = begin(scene, 1, v6=True).open()
    connection = initial.connection
    data = produce(connection, CLIENT, 150)
    option = options.mp_capable(1, *connection.keys.values(), length=100)
    connection.next_dsn[CLIENT] = data.dsn
    initial.send(CLIENT, ACK | PSH, option, data.octets[:100])
    connection.next_dsn[CLIENT] += 150
    initial.again()
    put(initial, data.part(40, 100), 41, dss(initial, data.part(0, 100), 1))
    reserve(initial, CLIENT, 50)
    put(initial, data, 1, dss(initial, data.part(100), 101))
    initial.ack_data(SERVER)
    talk(initial, rounds=1)


# Captured late


def mappings_late() -> Scene:
    """Flows and joins without the beginning of their connections: where a subflow's numbers begin
    is told by its mappings, and DSNs of 4 octets have no upper half. One crosses 2^64, one 2^32.
    Both versions."""
    scene = Scene("mappings_late")
    for version in (0, 1):
        for role in ROLES:
            without_syn(scene, version, role)
            for with_dss in (1, 2):
                over_segments_without_syn(scene, version, role, with_dss)
            across_64_bits(scene, version, role)
            of_unknown_halves(scene, version, role)
    return scene


def late_flow(scene: Scene, version: int, v6: bool = False) -> Subflow:
    """Its handshake was not captured."""
    flow = begin(scene, version, v6).open(captured=False)
    flow.expected_kind, flow.expected_initiator = "unknown", None
    flow.ids = flow.backup = dict.fromkeys(ROLES)
    flow.connection.seen.clear()
    for role in ROLES:
        flow.data(role, 1000, captured=False)
    return flow


def sent_first(flow: Subflow, role: str) -> None:
    """Who sends a flow's first packet counts as its client: so the client does."""
    if role == SERVER:
        flow.ack_data(CLIENT)


def without_syn(scene: Scene, version: int, role: str) -> None:
    """Each segment with its mapping; retransmissions, one from before the capture."""
    flow = late_flow(scene, version, v6=role == CLIENT)
    sent_first(flow, role)
    for _ in range(2):
        carry(flow, produce(flow.connection, role, 100), wide_dsn=role == CLIENT)
    flow.again()
    earlier = produce(flow.connection, role, 100)
    offset = carry(flow, earlier)
    put(flow, earlier.part(50), offset + 50)
    flow.ack_data(other(role))


def over_segments_without_syn(scene: Scene, version: int, role: str, with_dss: int) -> None:
    """The first mapping is that of two segments, on one or both. It alone does not tell where
    it belongs: the next one does."""
    flow = late_flow(scene, version)
    sent_first(flow, role)
    data = produce(flow.connection, role, 200)
    offset = reserve(flow, role, 200)
    put(flow, data.part(0, 100), offset, dss(flow, data, offset))
    put(flow, data.part(100), offset + 100, dss(flow, data, offset) if with_dss == 2 else b"")
    carry(flow, produce(flow.connection, role, 100))
    flow.ack_data(other(role))


def across_64_bits(scene: Scene, version: int, role: str) -> None:
    """The last DSN of all is in the second segment."""
    flow = late_flow(scene, version, v6=role == SERVER)
    flow.connection.next_dsn[role] = 2**64 - 150
    sent_first(flow, role)
    for wide_dsn in (True, True, False, True):
        carry(flow, produce(flow.connection, role, 100), wide_dsn=wide_dsn)
        flow.ack_data(other(role), wide_ack=wide_dsn)


def of_unknown_halves(scene: Scene, version: int, role: str) -> None:
    """Two joins to an unknown token, with lower halves alone: they still agree on what was sent
    twice, beyond 2^32, too."""
    initial = begin(scene, version).open(captured=False)
    connection = initial.connection
    connection.next_dsn[role] = 0x1234_ffff_ff80
    client, port = initial.ends[CLIENT]
    first, second = (connection.join((client, port + number), (B1, 443), ids=(number, 0)).open()
                     for number in (1, 2))
    for _ in range(2):
        data = produce(connection, role, 100)
        carry(first, data, wide_dsn=False)
        carry(second, data.part(20), wide_dsn=False)
        first.ack_data(other(role))
