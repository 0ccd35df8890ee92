# SPDX-License-Identifier: GPL-2.0-or-later
"""D"""

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
    each reason and with none; MP_JOIN lost from the SYN/ACK and from the third ACK; HMACs that
    are wrong; to the address that flag C excludes; with a token that nobody has. And joins that
    take their time, and do not fail."""
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
            joined = [slow_join(connection, initiator), hasty_join(connection, initiator)]
            exchange_data(initial, *joined, rounds=1)
            connection.close(initial, *joined)
    for initiator in ROLES:
        excluded_address(scenario, initiator)
    not_excluded_address(scenario)
    unknown_token(scenario)
    return scenario


def refuse(join: Subflow, role: str, reason: int | None = None, transient: bool = False) -> None:
    if join.connection.version == 0:
        reason = None  # there is no MP_TCPRST
    reset(join, role, "join_refused", reason, transient)
    join.state = "refused"


def unanswered_joins(connection: Connection, initiator: str) -> None:
    for times in (1, 3):
        join = new_join(connection, initiator)
        join.syn(times=times)
        join.expect_event("join_unanswered", initiator)
        join.state = "unanswered"


def refusals_with_reasons(connection: Connection, initiator: str) -> None:
    """All that have a name, and two that have none; at the SYN and at the third ACK."""
    for reason in (*range(len(REASONS)), len(REASONS), 255):
        join = new_join(connection, initiator)
        join.syn()
        if reason % 2:
            join.syn_ack()
            join.ack()
        refuse(join, other(initiator), reason, transient=reason in (2, 5, 255))


def refusals(connection: Connection, initiator: str) -> None:
    """Without a reason: the SYN, the third ACK, though its HMAC is right; the SYN/ACK."""
    at_once = new_join(connection, initiator)
    at_once.syn()
    refuse(at_once, other(initiator))
    late = new_join(connection, initiator)
    late.syn()
    late.syn_ack()
    late.ack()
    refuse(late, other(initiator))
    by_the_initiator = new_join(connection, initiator)
    by_the_initiator.syn()
    by_the_initiator.syn_ack()
    refuse(by_the_initiator, initiator)


def stripped_joins(connection: Connection, initiator: str) -> None:
    """RFC 8684 3.2 and 3.7: such a subflow is reset; middlebox interference is a reason."""
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
    acceptor = other(initiator)
    wrong = {"severity": "error", "hmac": "bad", "expert_info": "hmac_bad"}
    at_syn_ack = new_join(connection, initiator)
    at_syn_ack.syn()
    at_syn_ack.syn_ack(options.mp_join_syn_ack(at_syn_ack.hmac(initiator),
                                               at_syn_ack.nonces[acceptor] or 0,
                                               at_syn_ack.ids[acceptor] or 0))
    at_syn_ack.expect_event("join_synack", acceptor, **wrong)
    at_syn_ack.verdicts["syn_ack"] = "bad"
    refuse(at_syn_ack, initiator, 1)
    at_ack = new_join(connection, initiator)
    at_ack.syn()
    at_ack.syn_ack()
    at_ack.ack(options.mp_join_ack(at_ack.hmac(acceptor)))
    at_ack.expect_event("join_ack", initiator, **wrong)
    at_ack.verdicts["ack"] = "bad"
    refuse(at_ack, acceptor, 1)
    connection.counters = {initiator: {"MPTcpExtMPJoinSynAckHMacFailure": 1},
                           acceptor: {"MPTcpExtMPJoinAckHMacFailure": 1}}


def slow_join(connection: Connection, initiator: str) -> Subflow:
    """Each packet of the handshake twice, and ACKs without an option behind it: no failure."""
    join = new_join(connection, initiator)
    for step in (join.syn, join.syn_ack, join.ack):
        step()
        join.resend()
    join.send(initiator, ACK)
    join.send(other(initiator), ACK)
    return join


def hasty_join(connection: Connection, initiator: str) -> Subflow:
    """The acceptor's first data goes over it at once, and confirms it. So on the initial subflow
    its data begins behind IDSN + 1, as it must."""
    join = new_join(connection, initiator)
    join.syn()
    join.syn_ack()
    join.ack()
    join.data(other(initiator), 50)
    return join


def excluded_address(scenario: Scenario, initiator: str) -> None:
    """RFC 8684 3.1: flag C excludes the address and port that it is sent from, no others."""
    initial = initial_subflow(scenario, 1, v6=initiator == SERVER)
    connection, acceptor = initial.connection, other(initiator)
    connection.own_flags[acceptor] = options.NO_JOINS
    initial.open()
    address, port = connection.ends[acceptor]
    other_address = {CLIENT: V6_A2, SERVER: B2}[acceptor]
    announce(initial, acceptor, other_address, 8)
    announce(initial, acceptor, address, 9, port=port + 1)
    own_address = {CLIENT: A2, SERVER: V6_B2}[initiator]
    for number, (end, address_id) in enumerate([((address, port), 0), ((other_address, port), 8),
                                                ((address, port + 1), 9)]):
        ends = {initiator: (own_address, port + 2 + number), acceptor: end}
        ids = {initiator: 1, acceptor: address_id}
        join = connection.join(ends[CLIENT], ends[SERVER], initiator, (ids[CLIENT], ids[SERVER]))
        if address_id:
            join.open()
            continue
        join.syn()
        join.expect_event("join_forbidden", initiator)
        refuse(join, acceptor, 3)
    connection.close(initial, *connection.subflows[2:])


def not_excluded_address(scenario: Scenario) -> None:
    """Joins to a host that has not set the flag, while its peer has; and version 0, where this
    bit is another flag."""
    for version, flagged in ((1, CLIENT), (0, SERVER)):
        initial = initial_subflow(scenario, version)
        initial.connection.own_flags[flagged] = options.NO_JOINS
        initial.open()
        exchange_data(new_join(initial.connection, CLIENT).open(), rounds=1)
        initial.connection.close()


def unknown_token(scenario: Scenario) -> None:
    """Of a connection that this capture does not have."""
    for version in (0, 1):
        initial = initial_subflow(scenario, version)
        connection = initial.connection
        connection.state = "refused"
        join = new_join(connection)
        join.syn()
        join.expect_event("join_syn", CLIENT, token=connection.token(SERVER), expert_info="unknown_token")
        if version:
            reset(join, SERVER, "join_refused", 1)
        else:
            refuse(join, SERVER)
