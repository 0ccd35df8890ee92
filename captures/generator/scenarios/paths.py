# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses and priorities (RFC 6824 and RFC 8684, 3.3.8 and 3.4)."""

from __future__ import annotations

from ..roles import CLIENT, ROLES, SERVER, other
from ..simulation import Connection, Scenario, Subflow
from ..wire import crypto, options
from ..wire.packets import ACK
from .endings import reset
from .traffic import A1, A2, B1, B2, V6_A1, V6_A2, V6_B1, V6_B2, exchange_data

A3, B3 = "10.0.3.1", "10.0.3.2"
HMAC_EVENTS = {"good": {}, "bad": {"severity": "error", "expert_info": "hmac_bad"},
               "leftmost": {"severity": "warn", "expert_info": "hmac_leftmost"}}


def announce(subflow: Subflow, role: str, address: str, address_id: int, port: int | None = None,
             hmac: str = "good") -> None:
    """Sends ADD_ADDR. `hmac` is "good", "bad", or "leftmost" for the wrong 64 bits of the right
    HMAC."""
    connection = subflow.connection
    hmac_bytes, verdict = None, {}
    if connection.version == 1:
        hmac_bytes = address_hmac(connection, role, address, address_id, port, hmac)
        verdict = {"hmac": hmac, **HMAC_EVENTS[hmac]}
    subflow.send(role, ACK, options.add_addr(connection.version, address, address_id, port,
                                             hmac_bytes))
    subflow.expect_event("add_addr", role, address_id=address_id, address=address, port=port,
                         **verdict)
    if hmac != "bad":
        connection.addresses[role].announce(address_id, address, port, subflow.traffic.frames[-1])


def address_hmac(connection: Connection, role: str, address: str, address_id: int,
                 port: int | None, hmac: str) -> bytes:
    # RFC 8684 3.4.1: ID, address and port; zeros if there is no port.
    message = options.add_addr(1, address, address_id, port or 0)[3:]
    own, peer = connection.keys[role], connection.keys[other(role)]
    if hmac == "bad":
        own, peer = peer, own
    return crypto.address_hmac(own, peer, message, leftmost=hmac == "leftmost")


def echo(subflow: Subflow, role: str, address: str, address_id: int,
         port: int | None = None) -> None:
    """`role` echoes an ADD_ADDR of its peer."""
    subflow.send(role, ACK, options.add_addr(1, address, address_id, port, echo=True))
    subflow.expect_event("add_addr_echo", role, address_id=address_id, address=address, port=port)
    subflow.connection.addresses[other(role)].echo(address_id, address, subflow.traffic.frames[-1])


def remove_addresses(subflow: Subflow, role: str, *address_ids: int) -> None:
    """Sends REMOVE_ADDR."""
    subflow.send(role, ACK, options.remove_addr(*address_ids))
    subflow.expect_event("remove_addr", role, address_ids=list(address_ids))
    for address_id in address_ids:
        subflow.connection.addresses[role].remove(address_id, subflow.traffic.frames[-1])


def set_priority(subflow: Subflow, role: str, backup: bool, address_id: int | None = None) -> None:
    """Sends MP_PRIO for this subflow or, with an address ID, for all subflows from that address."""
    subflow.send(role, ACK, options.mp_prio(backup, address_id))
    subflow.expect_event("prio", role, backup=backup, address_id=address_id)
    subflows = [subflow] if address_id is None else [
        each for each in subflow.connection.subflows
        if each.ids[role] == address_id and each.traffic.frames and not each.end]
    for each in subflows:
        each.priorities.append({"frame": subflow.traffic.frames[-1], "from": role,
                                "backup": backup})


def path_management() -> Scenario:
    """Either host announces addresses, with ports and for IPv6; the peer echoes and joins them;
    they are removed, and their IDs used again; HMACs of ADD_ADDR that are wrong or truncated on the
    wrong side; either host changes priorities. Both versions."""
    scenario = Scenario("path_management", events=True)
    by_the_server(scenario)
    by_the_client(scenario)
    wrong_hmacs(scenario)
    without_hmac(scenario)
    for version in (0, 1):
        priorities(scenario, version)
    address_priorities(scenario)
    return scenario


def by_the_server(scenario: Scenario) -> None:
    """ID 2 is removed and announced for another address. Finally, ID 0 is removed."""
    connection = scenario.connection(1, (A1, 43000), (B1, 443))
    initial = connection.initial().open()
    announce(initial, SERVER, B2, 2)
    announce(initial, SERVER, B2, 2)  # repeated, since it was not echoed
    echo(initial, CLIENT, B2, 2)
    for address, address_id, port in ((B2, 3, 8443), (V6_B2, 4, None), (V6_B2, 5, 8443)):
        announce(initial, SERVER, address, address_id, port)
        echo(initial, CLIENT, address, address_id, port)
    removed = connection.join((A2, 43001), (B2, 443), ids=(1, 2)).open()
    at_port = connection.join((A2, 43002), (B2, 8443), ids=(1, 3)).open()
    exchange_data(removed, at_port, rounds=1)
    remove_addresses(initial, SERVER, 4)
    remove_addresses(initial, SERVER, 2, 5)
    reset(removed, CLIENT)
    announce(initial, SERVER, B3, 2)
    echo(initial, CLIENT, B3, 2)
    reused_id = connection.join((A2, 43003), (B3, 443), ids=(1, 2)).open()
    remove_addresses(reused_id, SERVER, 0)
    reset(initial, CLIENT)
    exchange_data(reused_id, at_port, rounds=1)
    connection.close(reused_id, at_port)
    connection.counters = {
        CLIENT: {"MPTcpExtAddAddr": 6, "MPTcpExtPortAdd": 2, "MPTcpExtEchoAddTx": 5,
                 "MPTcpExtRmAddr": 4, "MPTcpExtMPJoinSynTx": 3},
        SERVER: {"MPTcpExtAddAddrTx": 6, "MPTcpExtEchoAdd": 5, "MPTcpExtRmAddrTx": 3,
                 "MPTcpExtMPJoinSynRx": 3, "MPTcpExtMPJoinPortSynRx": 1,
                 "MPTcpExtMPJoinAckRx": 3}}


def by_the_client(scenario: Scenario) -> None:
    """The server joins the client's addresses."""
    connection = scenario.connection(1, (V6_A1, 43010), (V6_B1, 443))
    initial = connection.initial().open()
    for address, address_id, port in ((V6_A2, 1, None), (A2, 2, 43012)):
        announce(initial, CLIENT, address, address_id, port)
        echo(initial, SERVER, address, address_id, port)
    joins = [connection.join((V6_A2, 43010), (V6_B2, 43013), SERVER, (1, 7)).open(),
             connection.join((A2, 43012), (B2, 43014), SERVER, (2, 8)).open()]
    exchange_data(*joins, rounds=1)
    remove_addresses(joins[1], CLIENT, 1, 2)
    for join in joins:
        reset(join, SERVER)
    connection.close(initial)
    connection.counters = {
        CLIENT: {"MPTcpExtAddAddrTx": 2, "MPTcpExtEchoAdd": 2, "MPTcpExtRmAddrTx": 1,
                 "MPTcpExtMPJoinSynRx": 2},
        SERVER: {"MPTcpExtAddAddr": 2, "MPTcpExtPortAdd": 1, "MPTcpExtEchoAddTx": 2,
                 "MPTcpExtRmAddr": 2, "MPTcpExtMPJoinSynTx": 2}}


def wrong_hmacs(scenario: Scenario) -> None:
    """RFC 8684 3.4.1: such an ADD_ADDR is ignored, so the kernel does not count it."""
    connection = scenario.connection(1, (A1, 43020), (B1, 443))
    initial = connection.initial().open()
    announce(initial, SERVER, B2, 2, hmac="bad")
    announce(initial, SERVER, V6_B2, 3, port=8443, hmac="bad")
    announce(initial, SERVER, B2, 2)
    announce(initial, CLIENT, A2, 1, port=43021, hmac="bad")
    announce(initial, CLIENT, A2, 1, hmac="leftmost")
    announce(initial, CLIENT, V6_A2, 2)
    announce(initial, SERVER, B3, 4, port=8443, hmac="leftmost")
    announce(initial, SERVER, V6_B2, 3, hmac="leftmost")
    connection.close()
    connection.counters = {role: {"MPTcpExtAddAddr": 1} for role in ROLES}


def without_hmac(scenario: Scenario) -> None:
    """Version 0 has neither HMACs nor echoes."""
    connection = scenario.connection(0, (A1, 43030), (B1, 443))
    initial = connection.initial().open()
    for address, address_id, port in ((B2, 2, None), (B3, 3, 8443), (V6_B1, 4, None),
                                      (V6_B2, 5, 8443)):
        announce(initial, SERVER, address, address_id, port)
    announce(initial, CLIENT, A2, 1)
    announce(initial, CLIENT, A3, 9, 43032)
    joins = [connection.join((A1, 43031), (B2, 443), CLIENT, (0, 2)).open(),
             connection.join((A3, 43032), (B2, 43033), SERVER, (9, 2)).open()]
    exchange_data(*joins, rounds=1)
    remove_addresses(joins[0], SERVER, 3, 4, 5)
    remove_addresses(initial, CLIENT, 9)
    reset(joins[1], SERVER)
    connection.close(initial, joins[0])
    connection.counters = {
        CLIENT: {"MPTcpExtAddAddrTx": 2, "MPTcpExtAddAddr": 4, "MPTcpExtRmAddr": 3},
        SERVER: {"MPTcpExtAddAddrTx": 4, "MPTcpExtAddAddr": 2, "MPTcpExtRmAddr": 1}}


def two_joins(scenario: Scenario, version: int, v6: bool = False) -> list[Subflow]:
    """A connection with a join by the client and a join by the server."""
    port = 43040 + 10 * len(scenario.connections)
    first, second = ((V6_A1, V6_A2), (V6_B1, V6_B2)) if v6 else ((A1, A2), (B1, B2))
    connection = scenario.connection(version, (first[0], port), (second[0], 443))
    return [connection.initial().open(),
            connection.join((first[1], port + 1), (second[0], 443), CLIENT, (1, 0)).open(),
            connection.join((first[1], port + 2), (second[1], port + 3), SERVER, (1, 2)).open()]


def priorities(scenario: Scenario, version: int) -> None:
    """Either host sets and clears the backup flag of either join, and sets that of the initial
    subflow."""
    initial, by_client, by_server = two_joins(scenario, version, v6=version == 1)
    for role in ROLES:
        set_priority(by_client, role, True)
        set_priority(by_server, role, True)
        set_priority(initial, role, True)
    set_priority(by_client, CLIENT, False)
    set_priority(by_server, SERVER, False)
    exchange_data(by_client, by_server, rounds=1)
    initial.connection.close()
    initial.connection.counters = {role: {"MPTcpExtMPPrioTx": 4, "MPTcpExtMPPrioRx": 4}
                                   for role in ROLES}


def address_priorities(scenario: Scenario) -> None:
    """RFC 6824 3.3.8: the priority applies to all subflows that exist at that address by then."""
    initial, *joins = two_joins(scenario, 0)
    set_priority(initial, CLIENT, True, 1)
    set_priority(joins[0], SERVER, True, 2)
    set_priority(joins[1], CLIENT, True, 0)
    late = initial.connection.join((A2, 43099), (B1, 443), CLIENT, (1, 0)).open()
    set_priority(initial, CLIENT, False, 1)
    exchange_data(late, rounds=1)
    initial.connection.close()
