# SPDX-License-Identifier: GPL-2.0-or-later
"""Fallback to regular TCP (RFC 8684 3.7), and what must not be taken for it.

The reasons are those of the plugin's event `fallback`. Joins that fail are left to `join_failures`.
"""

from __future__ import annotations

from ..roles import CLIENT, ROLES, SERVER, other
from ..simulation import SYN_OPTIONS, Scenario, Subflow
from ..wire import options
from ..wire.packets import ACK, PSH, SYN
from .endings import reset
from .traffic import exchange_data, exchange_plain_data, initial_subflow, new_join

SYN_REPEATED = "SYN retransmitted without MP_CAPABLE and answered"
PLAIN_SYN_ACK = "no MP_CAPABLE in the SYN/ACK"
PLAIN_THIRD_ACK = "no MPTCP option in the third ACK"
PLAIN_FIRST_DATA = "no MPTCP option in the first data"
VANISHED = "MPTCP options vanished from data and its acknowledgement"
INFINITE = "infinite mapping"
INFINITE_AFTER_FAIL = "infinite mapping in response to MP_FAIL"


def send_plain(subflow: Subflow, role: str) -> None:
    """Sends data without an MPTCP option."""
    subflow.send(role, ACK | PSH, payload=bytes(120))


def fall_back(subflow: Subflow, role: str, reason: str) -> None:
    """Expects the fallback at the last packet, sent by `role`, and continues with plain TCP."""
    subflow.expect_event("fallback", role, reason=reason)
    connection = subflow.connection
    connection.fallback = {"frame": subflow.traffic.frames[-1], "reason": reason}
    connection.state = "fallback"
    exchange_plain_data(subflow)


def fallbacks() -> Scenario:
    """Each way to fall back to plain TCP, in both versions and by either host; and segments that do
    not mean a fallback: retransmissions and keepalives without an option, pure ACKs, data under an
    earlier mapping, bare FINs and RSTs, data without an option or MP_FAIL on one of several
    subflows, and a third ACK without MP_CAPABLE in version 1, followed by first data with it."""
    scenario = Scenario("fallbacks", events=True)
    for version in (0, 1):
        plain_handshakes(scenario, version)
        for role in ROLES:
            plain_first_data(scenario, version, role)
            options_vanish(scenario, version, role)
            infinite_mapping(scenario, version, role)
            infinite_mapping_after_fail(scenario, version, role)
        segments_without_options(scenario, version)
        bare_ends(scenario, version)
        plain_on_one_of_two(scenario, version)
        fail_on_one_of_two(scenario, version)
    keys_in_first_data(scenario)
    return scenario


def plain_handshakes(scenario: Scenario, version: int) -> None:
    """MP_CAPABLE is missing from a repeated SYN, from the SYN/ACK, from the third ACK."""
    repeated = initial_subflow(scenario, version)
    repeated.syn()
    repeated.resend()
    repeated.resend(option=SYN_OPTIONS)
    repeated.send(SERVER, SYN | ACK, SYN_OPTIONS)
    repeated.connection.handshake = "syn-only"
    fall_back(repeated, SERVER, SYN_REPEATED)

    stripped = initial_subflow(scenario, version, v6=True)
    stripped.syn()
    stripped.send(SERVER, SYN | ACK, SYN_OPTIONS)
    fall_back(stripped, SERVER, PLAIN_SYN_ACK)
    stripped.connection.counters[CLIENT] = {"MPTcpExtMPCapableFallbackSYNACK": 1}

    no_third = initial_subflow(scenario, version)
    no_third.syn()
    no_third.syn_ack()
    no_third.send(CLIENT, ACK)
    fall_back(no_third, CLIENT, PLAIN_THIRD_ACK)
    no_third.connection.counters[SERVER] = {"MPTcpExtMPCapableFallbackACK": 1}


def plain_first_data(scenario: Scenario, version: int, role: str) -> None:
    """The first data of `role` has no option."""
    initial = initial_subflow(scenario, version, v6=role == SERVER).open()
    if role == SERVER:
        initial.data(CLIENT, 100)
    send_plain(initial, role)
    fall_back(initial, role, PLAIN_FIRST_DATA)


def options_vanish(scenario: Scenario, version: int, role: str) -> None:
    """Later data of `role` has no option, and no earlier mapping covers it. The server acknowledges
    it with an ACK, the client with data."""
    initial = initial_subflow(scenario, version).open()
    exchange_data(initial, rounds=1)
    send_plain(initial, role)
    if role == CLIENT:
        initial.send(SERVER, ACK)
    else:
        send_plain(initial, CLIENT)
    fall_back(initial, other(role), VANISHED)


def send_infinite_mapping(subflow: Subflow, role: str, payload: bytes) -> None:
    """RFC 8684 3.7: the Data-Level Length is 0, and so is the checksum if checksums are in use."""
    connection = subflow.connection
    checksum = 0 if connection.flags & options.CHECKSUM else None
    dss = options.dss(ack=connection.next_dsn[other(role)], dsn=connection.next_dsn[role],
                      offset=(subflow.seq[role] - subflow.isn[role]) % 2**32, length=0,
                      checksum=checksum)
    subflow.send(role, ACK | PSH, dss, payload)


def infinite_mapping(scenario: Scenario, version: int, role: str) -> None:
    """`role` sends an infinite mapping."""
    initial = initial_subflow(scenario, version).open()
    exchange_data(initial, rounds=1)
    send_infinite_mapping(initial, role, bytes(100))
    fall_back(initial, role, INFINITE)
    initial.connection.counters = {role: {"MPTcpExtInfiniteMapTx": 1},
                                   other(role): {"MPTcpExtInfiniteMapRx": 1}}


def fail(subflow: Subflow, sender: str, length: int = 100) -> tuple[int, bytes]:
    """Sends data with a wrong checksum. Returns its DSN, and the MP_FAIL option that answers it."""
    dsn = subflow.connection.next_dsn[sender]
    subflow.data(sender, length, corrupt=True)
    subflow.expect_event("checksum_bad", sender, "error")
    return dsn, options.mp_fail(dsn)


def infinite_mapping_after_fail(scenario: Scenario, version: int, role: str) -> None:
    """`role` receives MP_FAIL for its data and sends the data again under an infinite mapping."""
    initial = initial_subflow(scenario, version, v6=role == CLIENT)
    initial.connection.flags |= options.CHECKSUM
    initial.open()
    exchange_data(initial, rounds=1)
    dsn, option = fail(initial, role)
    initial.send(other(role), ACK, option)
    initial.expect_event("fail", other(role), dsn=options.as_json(dsn, is_64_bit=True))
    initial.connection.next_dsn[role] = dsn
    send_infinite_mapping(initial, role, bytes(100))
    fall_back(initial, role, INFINITE_AFTER_FAIL)
    initial.connection.counters = {
        role: {"MPTcpExtMPFailRx": 1, "MPTcpExtInfiniteMapTx": 1},
        other(role): {"MPTcpExtMPFailTx": 1, "MPTcpExtInfiniteMapRx": 1}}


def segments_without_options(scenario: Scenario, version: int) -> None:
    """Segments that need no option. Each is acknowledged without one."""
    initial = initial_subflow(scenario, version).open()
    connection = initial.connection
    exchange_data(initial, rounds=1)
    for role in ROLES:
        initial.data(role, 100)
        initial.resend(option=b"")  # a retransmission
        initial.send(other(role), ACK)
        initial.send(role, ACK, payload=b"\0", seq=(initial.seq[role] - 1) % 2**32)  # keepalive
        initial.send(other(role), ACK)
        send_under_one_mapping(initial, role, parts=3)
        initial.send(other(role), ACK)
    connection.close()


def send_under_one_mapping(subflow: Subflow, role: str, parts: int) -> None:
    """Sends segments under one mapping, which only the first one carries."""
    connection = subflow.connection
    payload = connection.capture.random.randbytes(100 * parts)
    dss = options.dss(ack=connection.next_dsn[other(role)], dsn=connection.next_dsn[role],
                      offset=(subflow.seq[role] - subflow.isn[role]) % 2**32,
                      length=len(payload))
    for number in range(parts):
        subflow.send(role, ACK | PSH, b"" if number else dss,
                     payload[100 * number:100 * (number + 1)])
    connection.next_dsn[role] = (connection.next_dsn[role] + len(payload)) % 2**64


def bare_ends(scenario: Scenario, version: int) -> None:
    """FIN and RST without an MPTCP option."""
    finished = initial_subflow(scenario, version).open()
    exchange_data(finished, rounds=1)
    finished.fins()
    finished.connection.state = "closed"
    aborted = initial_subflow(scenario, version, v6=True).open()
    exchange_data(aborted, rounds=1)
    reset(aborted, SERVER)
    aborted.connection.state = "reset"


def plain_on_one_of_two(scenario: Scenario, version: int) -> None:
    """RFC 8684 3.7: the subflow is closed, and the connection continues. Once its first data has no
    option, and once later data."""
    initial = initial_subflow(scenario, version).open()
    for rounds, initiator in ((0, CLIENT), (1, SERVER)):
        join = new_join(initial.connection, initiator).open()
        exchange_data(initial, join, rounds=rounds)
        send_plain(join, initiator)
        join.expect_event("data_unmapped", initiator, bytes=120)
        join.send(other(initiator), ACK)
        reset(join, other(initiator), reason=6 if version else None)
    exchange_data(initial, rounds=1)
    initial.connection.close(initial)


def fail_on_one_of_two(scenario: Scenario, version: int) -> None:
    """RFC 8684 3.7: MP_FAIL in an RST closes the subflow; the other one carries the data again."""
    initial = initial_subflow(scenario, version)
    initial.connection.flags |= options.CHECKSUM
    initial.open()
    join = new_join(initial.connection).open()
    exchange_data(initial, join, rounds=1)
    dsn, option = fail(join, SERVER)
    reset(join, CLIENT, reason=6 if version else None, before=option)
    join.expect_event("fail", CLIENT, dsn=options.as_json(dsn, is_64_bit=True))
    initial.connection.next_dsn[SERVER] = dsn
    initial.data(SERVER, 100)
    initial.ack_data(CLIENT)
    initial.connection.close(initial)


def keys_in_first_data(scenario: Scenario) -> None:
    """RFC 8684 3.1: the first data has the keys, so the third ACK may lack them."""
    initial = initial_subflow(scenario, 1)
    initial.syn()
    initial.syn_ack()
    initial.send(CLIENT, ACK)
    initial.first_data(100)
    initial.ack_data(SERVER)
    exchange_data(initial, rounds=1)
    initial.connection.close()
