# SPDX-License-Identifier: GPL-2.0-or-later
"""Handshakes that contradict themselves or the RFC (RFC 8684 3.1), and MP_FASTCLOSE (3.5)."""

from __future__ import annotations

from ..roles import CLIENT, ROLES, SERVER, other
from ..simulation import SYN_OPTIONS, Scenario
from ..wire import options
from ..wire.packets import ACK, FIN, RST, SYN
from .endings import reset
from .fallbacks import PLAIN_SYN_ACK, PLAIN_THIRD_ACK, fall_back, send_plain
from .traffic import exchange_data, initial_subflow, new_join


def handshake_flaws() -> Scenario:
    """Handshakes that contradict themselves or the RFC: SYN, SYN/ACK and first data repeated with
    another key, first data with a wrong DSN, an answer with a higher version, flags B and H, a key
    in a SYN of version 1; unanswered and refused handshakes. MP_FASTCLOSE with the right and a
    wrong key, answered by RST with a reason."""
    scenario = Scenario("handshake_flaws", events=True)
    another_key_in_the_syn(scenario)
    for version in (0, 1):
        another_key_in_the_syn_ack(scenario, version)
        for role in ROLES:
            for dsn64 in (True, False):
                misplaced_first_data(scenario, version, role, dsn64)
        odd_flags(scenario, version)
        not_opened(scenario, version)
    another_key_in_the_first_data(scenario)
    versions(scenario)
    key_in_a_v1_syn(scenario)
    for version in (0, 1):
        for role in ROLES:
            fastclose_with_ack(scenario, version, role)
            fastclose_with_wrong_key(scenario, version, role)
    fastclose_with_rst(scenario)
    return scenario


def another_key_in_the_syn(scenario: Scenario) -> None:
    """Version 0: the SYN has a key."""
    initial = initial_subflow(scenario, 0)
    wrong = initial.connection.keys[CLIENT] ^ 1
    initial.syn()
    initial.resend(option=SYN_OPTIONS + options.mp_capable(0, wrong))
    initial.expect_event("key_mismatch", CLIENT, key=f"0x{wrong:016x}")
    initial.syn_ack()
    initial.ack()
    exchange_data(initial, rounds=1)
    initial.connection.close()


def another_key_in_the_syn_ack(scenario: Scenario, version: int) -> None:
    """The SYN/ACK is repeated with another key. A host that uses SYN cookies does so, and the ACK
    tells which key counts."""
    initial = initial_subflow(scenario, version, v6=True)
    wrong = initial.connection.keys[SERVER] ^ 1 << 63
    initial.syn()
    initial.syn_ack()
    initial.resend(option=SYN_OPTIONS + options.mp_capable(version, wrong))
    initial.ack()
    exchange_data(initial, rounds=1)
    initial.connection.close()


def another_key_in_the_first_data(scenario: Scenario) -> None:
    """Version 1: the first data has both keys. The server ignores the copy with the wrong key."""
    initial = initial_subflow(scenario, 1).open()
    wrong = initial.connection.keys[SERVER] ^ 1 << 32
    initial.first_data(100)
    initial.resend(option=options.mp_capable(1, initial.connection.keys[CLIENT], wrong, length=100))
    initial.expect_event("key_mismatch", CLIENT, peer_key=f"0x{wrong:016x}")
    initial.resend(option=options.mp_capable(1, *initial.connection.keys.values(), length=100))
    initial.ack_data(SERVER)
    exchange_data(initial, rounds=1)
    initial.connection.close()


def misplaced_first_data(scenario: Scenario, version: int, role: str, dsn64: bool) -> None:
    """The first DSN is the IDSN instead of IDSN + 1. Later DSNs are consistent with the right
    start."""
    initial = initial_subflow(scenario, version).open()
    connection = initial.connection
    connection.next_dsn[role] = (connection.next_dsn[role] - 1) % 2**64
    dsn = connection.next_dsn[role]
    initial.data(role, 101, dsn64=dsn64)
    initial.expect_event("idsn_mismatch", role, dsn=options.as_json(dsn, dsn64))
    exchange_data(initial, new_join(connection).open(), rounds=1)
    connection.close()


def odd_flags(scenario: Scenario, version: int) -> None:
    """RFC 8684 3.1: the receiver of such a SYN treats it as plain TCP."""
    for flags in (options.HMAC | options.EXTENSIBLE, 0, options.CHECKSUM):
        initial = initial_subflow(scenario, version)
        initial.connection.flags = flags
        initial.syn()
        initial.expect_event("odd_flags", CLIENT, version=version)
        initial.send(SERVER, SYN | ACK, SYN_OPTIONS)
        fall_back(initial, SERVER, PLAIN_SYN_ACK)


def not_opened(scenario: Scenario, version: int) -> None:
    """The SYN is unanswered; the server refuses the SYN; the client resets after the SYN/ACK."""
    unanswered = initial_subflow(scenario, version, v6=True)
    unanswered.syn(times=2)
    unanswered.expect_event("unanswered", CLIENT)
    unanswered.state = "unanswered"
    by_server = initial_subflow(scenario, version)
    by_server.syn()
    reset(by_server, SERVER, "refused")
    by_client = initial_subflow(scenario, version)
    by_client.syn()
    by_client.syn_ack()
    reset(by_client, CLIENT, "subflow_reset", reason=2 if version else None)
    by_server.state, by_client.state = "refused", "reset"
    unanswered.connection.state = by_server.connection.state = "refused"
    by_client.connection.state = "reset"


def versions(scenario: Scenario) -> None:
    """An answer with a higher version than offered, which is invalid; and one with a lower version,
    which both hosts use."""
    higher = initial_subflow(scenario, 0)
    higher.syn()
    higher.syn_ack(options.mp_capable(1, higher.connection.keys[SERVER]))
    higher.expect_event("version_mismatch", SERVER, version=1)
    higher.send(CLIENT, ACK)
    send_plain(higher, CLIENT)
    fall_back(higher, CLIENT, PLAIN_THIRD_ACK)
    # The invalid answer does not count.
    higher.connection.handshake, higher.connection.keys_known[SERVER] = "syn-only", False

    lower = initial_subflow(scenario, 1)
    lower.syn(options.mp_capable(2))
    lower.syn_ack()
    lower.expect_event("version_downgrade", SERVER, version=1)
    lower.ack()
    exchange_data(lower, rounds=1)
    lower.connection.close()


def key_in_a_v1_syn(scenario: Scenario) -> None:
    """The SYN of version 1 has the length of version 0's. The server ignores the option, and the
    key in it may not be the client's."""
    ignored = initial_subflow(scenario, 1)
    ignored.syn(options.mp_capable(1, ignored.connection.keys[CLIENT]))
    ignored.expect_event("odd_form", CLIENT, details="version 1 with one key")
    ignored.send(SERVER, SYN | ACK, SYN_OPTIONS)
    fall_back(ignored, SERVER, PLAIN_SYN_ACK)


def fastclose_with_ack(scenario: Scenario, version: int, role: str) -> None:
    """RFC 8684 3.5: MP_FASTCLOSE on one subflow, RST on the others. The peer answers with RST; a
    later FIN is not an event."""
    initial = initial_subflow(scenario, version).open()
    join = new_join(initial.connection).open()
    exchange_data(initial, join, rounds=1)
    key = initial.connection.keys[other(role)]
    initial.send(role, ACK, options.mp_fastclose(key))
    initial.expect_event("fastclose", role, key=f"0x{key:016x}")
    reset(join, role)
    reset(initial, other(role), reason=0 if version else None)
    initial.send(role, FIN | ACK)
    initial.connection.state = "fastclosed"
    initial.connection.counters = {role: {"MPTcpExtMPFastcloseTx": 1},
                                   other(role): {"MPTcpExtMPFastcloseRx": 1}}


def fastclose_with_wrong_key(scenario: Scenario, version: int, role: str) -> None:
    """The sender puts in its own key, so MP_FASTCLOSE is invalid. The peer resets this subflow
    only."""
    initial = initial_subflow(scenario, version, v6=True).open()
    join = new_join(initial.connection).open()
    exchange_data(initial, join, rounds=1)
    key = initial.connection.keys[role]
    join.send(role, ACK, options.mp_fastclose(key))
    join.expect_event("fastclose", role, "warn", expert_info="fastclose_key", key=f"0x{key:016x}")
    reset(join, other(role), reason=1 if version else None)
    exchange_data(initial, rounds=1)
    initial.connection.close(initial)


def fastclose_with_rst(scenario: Scenario) -> None:
    """Version 1: an RST with MP_FASTCLOSE on every subflow."""
    initial = initial_subflow(scenario, 1).open()
    join = new_join(initial.connection, SERVER).open()
    exchange_data(initial, join, rounds=1)
    key = initial.connection.keys[CLIENT]
    for subflow in (initial, join):
        subflow.send(SERVER, RST | ACK, options.mp_fastclose(key))
        subflow.expect_event("fastclose", SERVER, key=f"0x{key:016x}")
        subflow.expect_event("subflow_reset", SERVER, reason=None)
    initial.connection.state = "fastclosed"
