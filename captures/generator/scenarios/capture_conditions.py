# SPDX-License-Identifier: GPL-2.0-or-later
"""D"""

from __future__ import annotations

from ..roles import CLIENT, ROLES, SERVER, other
from ..simulation import Scenario, Subflow
from .traffic import A1, A2, B1, B2, exchange_data


def late_start() -> Scenario:
    """Version 1, captured late: a flow with DSS alone, two joins with a token
    that nobody is known to have, and a connection that is all there."""
    scenario = Scenario("late_start")
    lonely = scenario.connection(1, (A1, 41000), (B1, 443))
    flow = lonely.initial().open(captured=False)
    flow.reported_kind, flow.reported_initiator = "unknown", None
    flow.ids = flow.backup = dict.fromkeys(ROLES)
    lonely.seen.clear()
    exchange_data(flow, rounds=1)

    unknown = scenario.connection(1, (A1, 41001), (B1, 443))
    unknown.initial().open(captured=False)
    joins = [unknown.join((A2, 41002), (B1, 443), ids=(2, 0)).open(),
             unknown.join(("10.0.3.1", 41003), (B1, 443), ids=(3, 0)).open()]
    exchange_data(*joins)

    whole = scenario.connection(1, (A1, 41004), (B1, 443))
    exchange_data(whole.initial().open())
    whole.close()
    return scenario


def one_way(version: int, seen: str) -> Scenario:
    """A capture that holds the packets of one side alone."""
    scenario = Scenario(f"one_way_{seen}")
    connection = scenario.connection(version, (A1, 41100), (B1, 443))
    only = {role: {"captured": role == seen} for role in ROLES}
    initial = connection.initial()
    join = connection.join((A2, 41101), (B1, 443), ids=(2, 0))
    for subflow in (initial, join):
        subflow.syn(**only[CLIENT])
        subflow.syn_ack(**only[SERVER])
        subflow.ack(**only[CLIENT])
        for role in ROLES:
            subflow.data(role, 100, **only[role])
            subflow.ack_data(other(role), **only[other(role)])
    return scenario


def one_way_client() -> Scenario:
    """Version 0, the client's packets alone: the third ACK still tells both
    keys, but that the server agreed was not seen in its SYN/ACK."""
    return one_way(0, CLIENT)


def one_way_server() -> Scenario:
    """Version 1, the server's packets alone: its key is known, the client's is
    not; the join's SYN, and with it the token, is missing: a flow of its own."""
    scenario = one_way(1, SERVER)
    connection = scenario.connections[0]
    initial, join = connection.subflows
    apart = scenario.connection(1, join.ends[CLIENT], join.ends[SERVER])
    connection.subflows.remove(join)
    apart.subflows.append(join)
    join.connection = apart
    # The first packet is the acceptor's: it counts as the client's.
    swap_roles(join)
    return scenario


def swap_roles(subflow: Subflow) -> None:
    """The other host counts as the client."""
    for pairs in (subflow.ends, subflow.ids, subflow.nonces, subflow.backup,
                  subflow.traffic.packets, subflow.traffic.payload):
        pairs[CLIENT], pairs[SERVER] = pairs[SERVER], pairs[CLIENT]
    for each in subflow.segments:
        each.role = other(each.role)
    subflow.initiator = subflow.reported_initiator = other(subflow.initiator)


def handshake_repeated() -> Scenario:
    """Both versions: SYN, SYN/ACK, third ACK and the first data of version 1,
    each seen two or three times, of joins too. Still one connection each."""
    scenario = Scenario("handshake_repeated")
    for version in (0, 1):
        connection = scenario.connection(version, (A1, 41200 + version), (B1, 443))
        initial = connection.initial()
        initial.syn(times=3)
        initial.syn_ack(times=2)
        initial.ack(times=3)
        if version == 1:
            initial.first_data(100, times=2)
        join = connection.join((A2, 41210 + version), (B1, 443), ids=(2, 0))
        join.syn(times=2)
        join.syn_ack(times=3)
        join.ack(times=2)
        join.ack_data(SERVER)
        exchange_data(initial, join)
        connection.close()
    return scenario


def join_before_keys() -> Scenario:
    """Version 1, reordered: the server's join stands before the third ACK that
    tells the client's key; a client's join stands before even the first SYN;
    a SYN/ACK and a join's SYN/ACK stand before their SYNs."""
    scenario = Scenario("join_before_keys")
    first = scenario.connection(1, (A1, 41300), (B1, 443))
    initial = first.initial()
    join = first.join((A2, 41301), (B2, 41302), initiator=SERVER, ids=(2, 3))
    initial.syn()
    initial.syn_ack()
    join.syn()
    initial.ack()
    join.syn_ack()
    join.ack()
    exchange_data(initial, join)

    second = scenario.connection(1, (A1, 41310), (B1, 443))
    initial = second.initial()
    join = second.join((A2, 41311), (B1, 443), ids=(2, 0))
    join.syn()
    initial.open()
    join.syn_ack()
    join.ack()
    exchange_data(initial, join)

    third = scenario.connection(0, (A1, 41320), (B1, 443))
    initial = third.initial()
    join = third.join((A2, 41321), (B1, 443), ids=(2, 0))
    reordered_handshake(initial)
    reordered_handshake(join)
    exchange_data(initial, join)
    for connection in scenario.connections:
        connection.close()
    return scenario


def reordered_handshake(subflow: Subflow) -> None:
    """SYN and SYN/ACK change places."""
    capture = subflow.connection.capture
    subflow.syn()
    subflow.syn_ack()
    syn, syn_ack = capture.packets[-2:]
    capture.packets[-2:] = [(syn[0], *syn_ack[1:]), (syn_ack[0], *syn[1:])]
    subflow.ack()


def snaplen() -> Scenario:
    """Options cut by the snaplen, at another octet each time: an option that is
    cut tells nothing. The payload is what the wire carried."""
    scenario = Scenario("snaplen")
    headers = 20 + 20
    for cut in range(0, 33):
        connection = scenario.connection(0, (A1, 41900 + cut), (B1, 443))
        initial = connection.initial()
        initial.syn()
        initial.syn_ack(caplen=headers + min(cut, 19))  # 8 of MSS, SACK; 12 of MP_CAPABLE
        initial.ack(caplen=headers + min(cut, 19))
        initial.data(CLIENT, 100, caplen=headers + cut)
        connection.keys_known = {CLIENT: True, SERVER: False}
    return scenario


def duplicates() -> Scenario:
    """Every packet twice, as a mirror port shows them."""
    scenario = Scenario("duplicates")
    connection = scenario.connection(1, (A1, 42700), (B1, 443))
    initial = connection.initial()
    join = connection.join((A2, 42701), (B1, 443), ids=(2, 0))
    for subflow in (initial, join):
        subflow.open(times=2)
    for subflow in (initial, join):
        for role in ROLES:
            subflow.data(role, 300, times=2)
            subflow.ack_data(other(role), times=2)
    for role in ROLES:
        initial.data_fin(role, times=2)
    for subflow in (initial, join):
        subflow.fins(times=2)
    connection.state = "closed"
    return scenario
