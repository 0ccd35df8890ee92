# SPDX-License-Identifier: GPL-2.0-or-later
"""D"""

from __future__ import annotations

from ..roles import CLIENT
from ..simulation import Scenario, Subflow
from ..wire import packets
from .traffic import A1, A2, B1, V6_A1, V6_A2, V6_B1, V6_B2, exchange_data


def tunnels() -> Scenario:
    """Connections inside IP in IP, GRE, VXLAN, and IPv6 in IPv4; nested, too."""
    scenario = Scenario("tunnels")
    wraps = (packets.in_ipip, packets.in_gre, packets.in_vxlan,
             lambda packet: packets.in_vxlan(packets.in_gre(packet)))
    for place, wrap in enumerate(wraps):
        v6 = place % 2 == 0
        client, server = ((V6_A1, V6_B1) if v6 else (A1, B1))
        connection = scenario.connection(place % 2, (client, 42000 + place), (server, 443))
        initial = connection.initial()
        join = connection.join((A2, 42010 + place), (B1, 443), ids=(2, 0))
        initial.encapsulate = join.encapsulate = wrap
        initial.open()
        join.open()
        exchange_data(initial, join)
        connection.close()
    return scenario


def icmp_quoted() -> Scenario:
    """ICMP errors that quote segments of a living subflow, a SYN with MP_CAPABLE
    and one with MP_JOIN of flows that were never seen: no traffic."""
    scenario = Scenario("icmp_quoted", streams=False)
    connection = scenario.connection(1, (A1, 42100), (B1, 443))
    initial = connection.initial().open()
    exchange_data(initial, rounds=1)
    quoted = [scenario.packets[0][1], scenario.packets[3][1]]
    unseen = scenario.connection(0, (A1, 42101), (B1, 443))
    join = unseen.join((A2, 42102), (B1, 443))
    for subflow in (unseen.initial(), join):
        before = len(scenario.packets), scenario.tcp_packets
        subflow.syn()
        quoted.append(scenario.packets.pop()[1])
        scenario.tcp_packets = before[1]
        subflow.traffic.frames.clear()
    for packet in quoted:
        scenario.record(packets.port_unreachable("10.0.9.9", packet), tcp=False)
    v6 = scenario.connection(1, (V6_A1, 42103), (V6_B1, 443))
    exchange_data(v6.initial().open(), rounds=1)
    scenario.record(packets.packet_too_big("2001:db8:9::9", scenario.packets[-2][1]), tcp=False)
    exchange_data(initial, rounds=1)
    connection.close()
    v6.close()
    return scenario


def ipv6() -> Scenario:
    """Both versions over IPv6, with joins over IPv4, and a data segment over
    IPv4 that comes in fragments."""
    scenario = Scenario("ipv6")
    for version in (0, 1):
        connection = scenario.connection(version, (V6_A1, 42200 + version), (V6_B1, 443))
        initial = connection.initial().open()
        joins = [connection.join((V6_A2, 42210 + version), (V6_B2, 443), ids=(2, 3)).open(),
                 connection.join((A1, 42220 + version), (B1, 443), ids=(4, 5)).open()]
        exchange_data(initial, *joins)
        joins[1].data(CLIENT, 1000)
        fragment(scenario, joins[1])
        connection.close()
    return scenario


def fragment(scenario: Scenario, subflow: Subflow) -> None:
    """The last packet again, as two IPv4 fragments in its place."""
    time, packet, caplen = scenario.packets.pop()
    body = packet[20:]
    parts = [packets.ipv4(A1, B1, packets.TCP, body[:512], 77, 0, True),
             packets.ipv4(A1, B1, packets.TCP, body[512:], 77, 512, False)]
    scenario.packets.append((time, parts[0], caplen))
    scenario.record(parts[1], tcp=False)
    # The segment is there when its last fragment is.
    subflow.traffic.frames[-1] += 1
    subflow.traffic.times[-1] = scenario.time
    subflow.segments[-1].frame += 1
    subflow.segments[-1].time = scenario.time
