# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets inside other packets: tunnels, quotations in ICMP errors, fragments; and IPv6."""

from __future__ import annotations

from ..roles import CLIENT
from ..simulation import Capture, Scenario, Subflow
from ..wire import packets
from .traffic import A1, A2, B1, V6_A1, V6_A2, V6_B1, V6_B2, exchange_data


def tunnels() -> Scenario:
    """Connections inside IP in IP, GRE, VXLAN, and IPv6 in IPv4; also nested."""
    scenario = Scenario("tunnels")
    encapsulations = (packets.in_ipip, packets.in_gre, packets.in_vxlan,
                      lambda packet: packets.in_vxlan(packets.in_gre(packet)))
    for index, encapsulate in enumerate(encapsulations):
        v6 = index % 2 == 0
        client, server = ((V6_A1, V6_B1) if v6 else (A1, B1))
        connection = scenario.connection(index % 2, (client, 42000 + index), (server, 443))
        initial = connection.initial()
        join = connection.join((A2, 42010 + index), (B1, 443), ids=(2, 0))
        initial.encapsulate = join.encapsulate = encapsulate
        initial.open()
        join.open()
        exchange_data(initial, join)
        connection.close()
    return scenario


def icmp_quoted() -> Scenario:
    """ICMP errors that quote segments of an open subflow, and SYNs with MP_CAPABLE and MP_JOIN of
    flows that were not captured. Quoted segments are not traffic."""
    scenario = Scenario("icmp_quoted", streams=False)
    connection = scenario.connection(1, (A1, 42100), (B1, 443))
    initial = connection.initial().open()
    exchange_data(initial, rounds=1)
    quoted = [scenario.packets[0][1], scenario.packets[3][1]]
    not_captured = scenario.connection(0, (A1, 42101), (B1, 443))
    join = not_captured.join((A2, 42102), (B1, 443))
    for subflow in (not_captured.initial(), join):
        tcp_packets = scenario.tcp_packets
        subflow.syn()
        quoted.append(scenario.packets.pop()[1])
        scenario.tcp_packets = tcp_packets
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
    """Both versions over IPv6, with joins over IPv4, and a data segment over IPv4 in fragments."""
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


def fragment(capture: Capture, subflow: Subflow) -> None:
    """Replaces the last packet by two IPv4 fragments."""
    time, packet, caplen = capture.packets.pop()
    body = packet[20:]
    parts = [packets.ipv4(A1, B1, packets.TCP, body[:512], 77, 0, True),
             packets.ipv4(A1, B1, packets.TCP, body[512:], 77, 512, False)]
    capture.packets.append((time, parts[0], caplen))
    capture.record(parts[1], tcp=False)
    # Wireshark reassembles the segment in the frame of its last fragment.
    subflow.traffic.frames[-1] += 1
    subflow.traffic.times[-1] = capture.time
    subflow.segments[-1].frame += 1
    subflow.segments[-1].time = capture.time
