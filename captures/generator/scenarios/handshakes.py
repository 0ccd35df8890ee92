# SPDX-License-Identifier: GPL-2.0-or-later
"""Handshakes (RFC 8684 3.1, 3.2): version negotiation, refusal, fallback, joins by either host,
wrong HMACs; and MP_FASTCLOSE (3.5)."""

from __future__ import annotations

from collections.abc import Iterator

from ..roles import CLIENT, SERVER
from ..simulation import NO_SNAPLEN, SYN_OPTIONS, Connection, Scenario, Subflow
from ..wire import options
from ..wire.packets import ACK, RST, SYN
from .traffic import A1, A2, B1, B2, V6_A1, V6_A2, V6_B1, V6_B2, exchange_data, exchange_plain_data


def version_downgrade() -> Scenario:
    """A SYN of version 1 answered with version 0: the client continues with plain TCP. A SYN of
    version 2 answered with version 1: both hosts use version 1."""
    scenario = Scenario("version_downgrade")
    lower = scenario.connection(0, (A1, 42300), (B1, 443))
    initial = lower.initial()
    initial.syn(options.mp_capable(1))
    initial.syn_ack()
    initial.ack(b"", caplen=NO_SNAPLEN)
    exchange_plain_data(initial)
    lower.handshake, lower.state, lower.fallback = "half", "fallback", True
    lower.keys_known = {CLIENT: False}

    higher = scenario.connection(1, (A1, 42301), (B1, 443))
    initial = higher.initial()
    initial.syn(options.mp_capable(2))
    initial.syn_ack()
    initial.ack()
    exchange_data(initial)
    higher.close()
    return scenario


def refused() -> Scenario:
    """Handshakes that fail, and handshakes that end in plain TCP."""
    scenario = Scenario("refused")
    ports = iter(range(42400, 42500))
    failed_handshakes(scenario, ports)
    plain_tcp_handshakes(scenario, ports)
    failed_joins(scenario, ports)
    return scenario


def begin(scenario: Scenario, ports: Iterator[int], version: int, **expected) -> Subflow:
    """An initial subflow before its SYN. `expected` are attributes of its connection."""
    connection = scenario.connection(version, (A1, next(ports)), (B1, 443))
    vars(connection).update(expected)
    return connection.initial()


def failed_handshakes(scenario: Scenario, ports: Iterator[int]) -> None:
    """Reset by the server, unanswered, reset by the client, without third ACK; and with a wrong
    key of the server in the third ACK."""
    reset = begin(scenario, ports, 0, state="refused")
    reset.syn()
    reset.reset(SERVER)
    unanswered = begin(scenario, ports, 1, state="refused")
    unanswered.syn(times=3)
    half = begin(scenario, ports, 1, state="reset")
    half.syn()
    half.syn_ack()
    half.send(CLIENT, RST)
    no_ack = begin(scenario, ports, 0, state="open")
    no_ack.syn()
    no_ack.syn_ack(times=2)

    wrong_key = begin(scenario, ports, 1, state="refused", handshake="half",
                      keys_known={CLIENT: False})
    wrong_key.syn()
    wrong_key.syn_ack()
    keys = wrong_key.connection.keys
    wrong_key.ack(options.mp_capable(1, keys[CLIENT], keys[SERVER] ^ 1))
    wrong_key.reset(SERVER)


def plain_tcp_handshakes(scenario: Scenario, ports: Iterator[int]) -> None:
    """MP_CAPABLE is missing from the SYN/ACK, from a repeated SYN, from the third ACK."""
    stripped = begin(scenario, ports, 1, state="fallback", fallback=True)
    stripped.syn()
    stripped.send(SERVER, SYN | ACK, SYN_OPTIONS)
    stripped.send(CLIENT, ACK)
    exchange_plain_data(stripped)

    repeated = begin(scenario, ports, 1, state="fallback", fallback=True)
    repeated.syn(times=2)
    repeated.send(CLIENT, SYN, SYN_OPTIONS, seq=repeated.isn[CLIENT])
    repeated.send(SERVER, SYN | ACK, SYN_OPTIONS)
    repeated.send(CLIENT, ACK)
    exchange_plain_data(repeated)

    no_third = begin(scenario, ports, 0, state="fallback", fallback=True)
    no_third.syn()
    no_third.syn_ack()
    no_third.send(CLIENT, ACK)
    exchange_plain_data(no_third)


def failed_joins(scenario: Scenario, ports: Iterator[int]) -> None:
    """Without MP_JOIN in the SYN/ACK; and with an unknown token."""
    initial = begin(scenario, ports, 1)
    initial.open()
    join = initial.connection.join((A2, next(ports)), (B1, 443), ids=(2, 0))
    join.syn()
    join.send(SERVER, SYN | ACK, SYN_OPTIONS)
    join.reset(CLIENT)
    exchange_data(initial, rounds=1)
    initial.connection.close()

    unknown_token = scenario.connection(1, (A2, next(ports)), (B1, 443))
    unknown_token.state = "refused"
    join = unknown_token.join((A2, next(ports)), (B1, 443), ids=(2, 0))
    join.syn()
    join.reset(SERVER, options.mp_tcprst(1))


def fastclose() -> Scenario:
    """MP_FASTCLOSE in both versions; one with a wrong key, which is ignored; and a connection whose
    subflows are all reset."""
    scenario = Scenario("fastclose")
    for index, (version, wrong) in enumerate([(0, 0), (1, 0), (1, 1)]):
        connection = scenario.connection(version, (A1, 42500 + index), (B1, 443))
        initial = connection.initial().open()
        exchange_data(initial, rounds=1)
        close = options.mp_fastclose(connection.keys[SERVER] ^ wrong)
        if version == 0 or wrong:
            initial.send(CLIENT, ACK, close)
            connection.state = "open" if wrong else "fastclosed"
        else:
            initial.reset(CLIENT, close)
            connection.state = "fastclosed"
    connection = scenario.connection(0, (A1, 42510), (B1, 443))
    subflows = [connection.initial().open(),
                connection.join((A2, 42511), (B1, 443), ids=(2, 0)).open()]
    exchange_data(*subflows, rounds=1)
    for subflow in subflows:
        subflow.reset(SERVER)
    connection.state = "reset"
    return scenario


def both_openers() -> Scenario:
    """Joins initiated by the client and by the server in one connection; backup flags of each;
    wrong HMACs."""
    scenario = Scenario("both_openers")
    for version in (0, 1):
        for v6 in (False, True):
            first, second = ((V6_A1, V6_A2), (V6_B1, V6_B2)) if v6 else ((A1, A2), (B1, B2))
            base = 42600 + 20 * version + 10 * v6
            connection = scenario.connection(version, (first[0], base), (second[0], 443))
            initial = connection.initial().open()
            joins = [
                connection.join((first[1], base + 1), (second[0], 443), CLIENT, (2, 0),
                                backup=(True, False)),
                connection.join((first[1], base + 2), (second[1], base + 3), SERVER, (2, 3),
                                backup=(False, True)),
                connection.join((first[0], base + 4), (second[1], base + 5), SERVER, (0, 3),
                                backup=(True, True))]
            for join in joins:
                join.open()
            exchange_data(initial, *joins)
            bad_hmacs(connection, first[1], second[0], base + 6)
            connection.close(initial, *joins)
    return scenario


def bad_hmacs(connection: Connection, client: str, server: str, port: int) -> None:
    """A join with a wrong HMAC in the SYN/ACK, and one with a wrong HMAC in the third ACK."""
    join = connection.join((client, port), (server, 443), ids=(5, 0))
    join.syn()
    join.syn_ack(options.mp_join_syn_ack(bytes(8), join.nonces[SERVER], 0))
    join.reset(CLIENT)
    join.verdicts["syn_ack"] = "bad"
    join = connection.join((client, port + 1), (server, 443), ids=(6, 0))
    join.syn()
    join.syn_ack()
    join.ack(options.mp_join_ack(bytes(20)))
    join.reset(SERVER)
    join.verdicts["ack"] = "bad"
