# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that are incomplete, reordered or duplicated.

The scenarios state what does not follow from such a capture: keys, roles, address IDs.
"""

from __future__ import annotations

from ..roles import CLIENT, ROLES, SERVER, other
from ..simulation import Scenario, Subflow
from .traffic import A1, A2, B1, B2, exchange_data


def late_start() -> Scenario:
    """Version 1, captured late: a flow with DSS options only, two joins with an unknown token, and
    a complete connection."""
    scenario = Scenario("late_start")
    dss_only = scenario.connection(1, (A1, 41000), (B1, 443))
    flow = dss_only.initial().open(captured=False)
    flow.reported_kind, flow.reported_initiator = "unknown", None
    flow.ids = flow.backup = dict.fromkeys(ROLES)
    dss_only.seen.clear()
    exchange_data(flow, rounds=1)

    unknown = scenario.connection(1, (A1, 41001), (B1, 443))
    unknown.initial().open(captured=False)
    joins = [unknown.join((A2, 41002), (B1, 443), ids=(2, 0)).open(),
             unknown.join(("10.0.3.1", 41003), (B1, 443), ids=(3, 0)).open()]
    exchange_data(*joins)

    complete = scenario.connection(1, (A1, 41004), (B1, 443))
    exchange_data(complete.initial().open())
    complete.close()
    return scenario


def one_way(version: int, host: str) -> Scenario:
    """A capture of the packets of one host only. `host` is the role of this host."""
    scenario = Scenario(f"one_way_{host}")
    connection = scenario.connection(version, (A1, 41100), (B1, 443))
    captured = {role: {"captured": role == host} for role in ROLES}
    initial = connection.initial()
    join = connection.join((A2, 41101), (B1, 443), ids=(2, 0))
    for subflow in (initial, join):
        subflow.syn(**captured[CLIENT])
        subflow.syn_ack(**captured[SERVER])
        subflow.ack(**captured[CLIENT])
        for role in ROLES:
            subflow.data(role, 100, **captured[role])
            subflow.ack_data(other(role), **captured[other(role)])
    return scenario


def one_way_client() -> Scenario:
    """Version 0, the client's packets only: the third ACK has both keys, but the server's SYN/ACK
    is missing."""
    return one_way(0, CLIENT)


def one_way_server() -> Scenario:
    """Version 1, the server's packets only: its key is known, the client's is not. The join's SYN
    with the token is missing; its data shows that it belongs to the connection."""
    return one_way(1, SERVER)


def handshake_repeated() -> Scenario:
    """Both versions: SYN, SYN/ACK, third ACK and the first data of version 1, each two or three
    times, in joins too. Each handshake is still that of one connection."""
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
    """Version 1, reordered: the server's join precedes the third ACK with the client's key; a
    client's join precedes even the first SYN. Version 0: a SYN/ACK and a join's SYN/ACK precede
    their SYNs."""
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
    """SYN and SYN/ACK are exchanged in the capture."""
    capture = subflow.connection.capture
    subflow.syn()
    subflow.syn_ack()
    syn, syn_ack = capture.packets[-2:]
    capture.packets[-2:] = [(syn[0], *syn_ack[1:]), (syn_ack[0], *syn[1:])]
    subflow.ack()


def snaplen() -> Scenario:
    """Options truncated by the snaplen, at another byte each time: a truncated option is ignored.
    The payload is counted by its length on the wire."""
    scenario = Scenario("snaplen")
    headers = 20 + 20
    for cut in range(0, 33):
        connection = scenario.connection(0, (A1, 41900 + cut), (B1, 443))
        initial = connection.initial()
        initial.syn()
        # The options are 8 bytes of MSS and SACK, and 12 bytes of MP_CAPABLE.
        initial.syn_ack(caplen=headers + min(cut, 19))
        initial.ack(caplen=headers + min(cut, 19))
        initial.data(CLIENT, 100, caplen=headers + cut)
        connection.keys_known = {CLIENT: True, SERVER: False}
    return scenario


def duplicates() -> Scenario:
    """Every packet twice, as a mirror port may deliver them."""
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
