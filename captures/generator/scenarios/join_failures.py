# SPDX-License-Identifier: GPL-2.0-or-later
"""Joins that fail (RFC 8684 3.2), by the reasons of MP_TCPRST (3.6) and by flag C (3.1)."""

from __future__ import annotations

from ..roles import CLIENT, ROLES, SERVER, other
from ..simulation import SYN_OPTIONS, Connection, Scenario, Subflow
from ..wire import options
from ..wire.packets import ACK, SYN
from .endings import REASONS, reset
from .paths import announce
from .traffic import A2, B2, V6_A2, V6_B2, exchange_data, initial_subflow, new_join


def join_failures() -> Scenario:
    """Joins that fail, opened by either host, in both versions: unanswered; refused by RST with
    each reason and with none; without MP_JOIN in the SYN/ACK and in the third ACK; with wrong
    HMACs; to the address that flag C excludes; with an unknown token. And joins with repeated
    packets or early data, which do not fail."""
    scenario = Scenario("join_failures", events=True)
    for version in (0, 1):
        for initiator in ROLES:
            initial = initial_subflow(scenario, version, v6=version == 0).open()
            connection = initial.connection
            unanswered_joins(connection, initiator)
            if version == 1:
                refusals_with_reasons(connection, initiator)
            refusals(connection, initiator)
            stripped_joins(connection, initiator)
            joins_with_wrong_hmacs(connection, initiator)
            successful = [join_with_repeated_packets(connection, initiator),
                          join_with_early_data(connection, initiator)]
            exchange_data(initial, *successful, rounds=1)
            connection.close(initial, *successful)
    for initiator in ROLES:
        excluded_address(scenario, initiator)
    not_excluded_address(scenario)
    unknown_token(scenario)
    return scenario


def refuse(join: Subflow, role: str, reason: int | None = None, transient: bool = False) -> None:
    """`role` resets the join, in version 1 with a reason. Only the listener refuses it."""
    if join.connection.version == 0:
        reason = None  # version 0 has no MP_TCPRST
    by_listener = role != join.initiator
    reset(join, role, "join_refused" if by_listener else "subflow_reset", reason, transient)
    join.state = "refused" if by_listener else "reset"


def unanswered_joins(connection: Connection, initiator: str) -> None:
    """The SYN is sent once, and three times."""
    for times in (1, 3):
        join = new_join(connection, initiator)
        join.syn(times=times)
        join.expect_event("join_unanswered", initiator)
        join.state = "unanswered"


def refusals_with_reasons(connection: Connection, initiator: str) -> None:
    """All registered reasons and two others, at the SYN and at the third ACK in turn."""
    for reason in (*range(len(REASONS)), len(REASONS), 255):
        join = new_join(connection, initiator)
        join.syn()
        if reason % 2:
            join.syn_ack()
            join.ack()
        refuse(join, other(initiator), reason, transient=reason in (2, 5, 255))


def refusals(connection: Connection, initiator: str) -> None:
    """Without a reason: at the SYN; at the third ACK, although its HMAC is right; at the
    SYN/ACK."""
    at_syn = new_join(connection, initiator)
    at_syn.syn()
    refuse(at_syn, other(initiator))
    at_third_ack = new_join(connection, initiator)
    at_third_ack.syn()
    at_third_ack.syn_ack()
    at_third_ack.ack()
    refuse(at_third_ack, other(initiator))
    by_initiator = new_join(connection, initiator)
    by_initiator.syn()
    by_initiator.syn_ack()
    refuse(by_initiator, initiator)


def stripped_joins(connection: Connection, initiator: str) -> None:
    """RFC 8684 3.2 and 3.7: a subflow without MP_JOIN is reset. The reason is middlebox
    interference."""
    at_syn_ack = new_join(connection, initiator)
    at_syn_ack.syn()
    at_syn_ack.send(other(initiator), SYN | ACK, SYN_OPTIONS)
    at_syn_ack.expect_event("join_stripped", other(initiator))
    refuse(at_syn_ack, initiator, 6)
    at_ack = new_join(connection, initiator)
    at_ack.syn()
    at_ack.syn_ack()
    at_ack.send(initiator, ACK)
    at_ack.expect_event("join_stripped", initiator)
    refuse(at_ack, other(initiator), 6)


def joins_with_wrong_hmacs(connection: Connection, initiator: str) -> None:
    """The HMAC in the SYN/ACK, and the one in the third ACK, is that of the other host."""
    listener = other(initiator)
    wrong = {"severity": "error", "hmac": "bad", "expert_info": "hmac_bad"}
    at_syn_ack = new_join(connection, initiator)
    at_syn_ack.syn()
    at_syn_ack.syn_ack(options.mp_join_syn_ack(at_syn_ack.hmac(initiator),
                                               at_syn_ack.nonces[listener] or 0,
                                               at_syn_ack.ids[listener] or 0))
    at_syn_ack.expect_event("join_synack", listener, **wrong)
    at_syn_ack.verdicts["syn_ack"] = "bad"
    refuse(at_syn_ack, initiator, 1)
    at_ack = new_join(connection, initiator)
    at_ack.syn()
    at_ack.syn_ack()
    at_ack.ack(options.mp_join_ack(at_ack.hmac(listener)))
    at_ack.expect_event("join_ack", initiator, **wrong)
    at_ack.verdicts["ack"] = "bad"
    refuse(at_ack, listener, 1)
    connection.counters = {initiator: {"MPTcpExtMPJoinSynAckHMacFailure": 1},
                           listener: {"MPTcpExtMPJoinAckHMacFailure": 1}}


def join_with_repeated_packets(connection: Connection, initiator: str) -> Subflow:
    """Each packet of the handshake twice, followed by ACKs without an option. The join does not
    fail."""
    join = new_join(connection, initiator)
    for step in (join.syn, join.syn_ack, join.ack):
        step()
        join.resend()
    join.send(initiator, ACK)
    join.send(other(initiator), ACK)
    return join


def join_with_early_data(connection: Connection, initiator: str) -> Subflow:
    """The listener sends data at once, which confirms the join. Its data on the initial subflow
    still begins at IDSN + 1."""
    join = new_join(connection, initiator)
    join.syn()
    join.syn_ack()
    join.ack()
    join.data(other(initiator), 50)
    return join


def excluded_address(scenario: Scenario, initiator: str) -> None:
    """RFC 8684 3.1: flag C excludes only the address and port that it is sent from."""
    initial = initial_subflow(scenario, 1, v6=initiator == SERVER)
    connection, listener = initial.connection, other(initiator)
    connection.own_flags[listener] = options.NO_JOINS
    initial.open()
    address, port = connection.ends[listener]
    other_address = {CLIENT: V6_A2, SERVER: B2}[listener]
    announce(initial, listener, other_address, 8)
    announce(initial, listener, address, 9, port=port + 1)
    own_address = {CLIENT: A2, SERVER: V6_B2}[initiator]
    for number, (end, address_id) in enumerate([((address, port), 0), ((other_address, port), 8),
                                                ((address, port + 1), 9)]):
        ends = {initiator: (own_address, port + 2 + number), listener: end}
        ids = {initiator: 1, listener: address_id}
        join = connection.join(ends[CLIENT], ends[SERVER], initiator, (ids[CLIENT], ids[SERVER]))
        if address_id:
            join.open()
            continue
        join.syn()
        join.expect_event("join_forbidden", initiator)
        refuse(join, listener, 3)
    connection.close(initial, *connection.subflows[2:])


def not_excluded_address(scenario: Scenario) -> None:
    """Joins to a host that has not set flag C while its peer has; and version 0, which does not
    define the flag."""
    for version, flagged in ((1, CLIENT), (0, SERVER)):
        initial = initial_subflow(scenario, version)
        initial.connection.own_flags[flagged] = options.NO_JOINS
        initial.open()
        exchange_data(new_join(initial.connection, CLIENT).open(), rounds=1)
        initial.connection.close()


def unknown_token(scenario: Scenario) -> None:
    """The connection of the token is not in the capture."""
    for version in (0, 1):
        initial = initial_subflow(scenario, version)
        connection = initial.connection
        connection.state = "refused"
        join = new_join(connection)
        join.syn()
        join.expect_event("join_syn", CLIENT, token=connection.token(SERVER),
                          expert_info="unknown_token")
        if version:
            reset(join, SERVER, "join_refused", 1)
        else:
            refuse(join, SERVER)
