# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP at any position in a frame: in nested tunnels, several times in a frame, in IP fragments, and
quoted by ICMP errors, where it is not traffic."""

from __future__ import annotations

import itertools
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from captures import ROOT, differences

sys.path.insert(0, str(ROOT / "captures"))

from generator.roles import CLIENT, SERVER  # noqa: E402
from generator.scenarios.traffic import A1, A2, B1, B2, V6_A1, V6_B1, exchange_data  # noqa: E402
from generator.simulation import NO_SNAPLEN, Connection, Scenario, Subflow  # noqa: E402
from generator.wire import packets, pcap  # noqa: E402

both_passes = pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])

Encapsulation = Callable[[bytes], bytes]
TUNNELS: list[Encapsulation] = [packets.in_ipip, packets.in_gre, packets.in_vxlan]
GTP_PORT, GRE_PPP, PPP_MUX, PPP_IP = 2152, 0x880b, 0x0059, 0x0021


def write(scenario: Scenario, path: Path) -> Path:
    pcap.write(path, scenario.packets)
    path.chmod(0o644)
    return path


def nested(*tunnels: Encapsulation) -> Encapsulation:
    """Encapsulates a packet several times, with the first function innermost."""
    def encapsulate(packet: bytes) -> bytes:
        for tunnel in tunnels:
            packet = tunnel(packet)
        return packet
    return encapsulate


def assert_as_expected(tshark, scenario: Scenario, path: Path, *options: str) -> None:
    found = tshark.json(write(scenario, path), *options)
    assert differences(scenario.expected(), found) == []


# Tunnels

NESTED = {"-".join(tunnel.__name__ for tunnel in tunnels): nested(*tunnels)
          for tunnels in itertools.product(TUNNELS, repeat=2)}
NESTED["all of them, ten deep"] = nested(*(TUNNELS[depth % 3] for depth in range(10)))


@both_passes
def test_tunnels_in_tunnels(tshark, stage: Path, passes: list[str]):
    scenario = Scenario("tunnels in tunnels")
    for index, encapsulate in enumerate(NESTED.values()):
        v6 = index % 2 == 0
        ends = ((V6_A1, 43000 + index), (V6_B1, 443)) if v6 else ((A1, 43000 + index), (B1, 443))
        connection = scenario.connection(index % 2, *ends)
        subflows = [connection.initial(),
                    connection.join((A2, 43100 + index), (B2, 443), ids=(2, 0))]
        for subflow in subflows:
            subflow.encapsulate = encapsulate
            subflow.open()
        exchange_data(*subflows, rounds=1)
        connection.close()
    assert_as_expected(tshark, scenario, stage / "nested.pcap", *passes)


# Several segments in one frame

def in_one_frame(scenario: Scenario, count: int, frame: bytes) -> None:
    """Replaces the last `count` packets of the capture by one frame."""
    del scenario.packets[-count:]
    scenario.packets.append((scenario.time, frame, NO_SNAPLEN))


def data_of(subflow: Subflow, role: str) -> bytes:
    """Sends a segment of data that is still to be put into a frame."""
    subflow.data(role, 100)
    return subflow.connection.capture.packets[-1][1]


def move_to_frame(subflow: Subflow, number: int) -> None:
    """Corrects the accounting: the last segment of the subflow is in this frame."""
    capture = subflow.connection.capture
    subflow.traffic.frames[-1] = subflow.segments[-1].frame = number
    subflow.traffic.times[-1] = subflow.segments[-1].time = capture.time


def connections(scenario: Scenario, port: int, count: int,
                server_port: int = 443) -> list[Connection]:
    return [scenario.connection(index % 2, (A1, port + index), (B1, server_port))
            for index in range(count)]


@both_passes
def test_several_segments_in_a_frame(tshark, stage: Path, passes: list[str]):
    """PPP Multiplexing (RFC 3153): three segments of three connections in a frame."""
    scenario = Scenario("beside", streams=False)
    flows = [each.initial().open() for each in connections(scenario, 43200, 3)]
    for _ in range(4):
        segments = [data_of(flow, CLIENT) for flow in flows]
        muxed = b"".join(struct.pack("!HH", 0xc000 | 2 + len(segment), PPP_IP) + segment
                         for segment in segments)
        in_one_frame(scenario, 3, packets.ipv4(
            "192.0.2.1", "192.0.2.2", packets.GRE,
            struct.pack("!HHH", 0, GRE_PPP, PPP_MUX) + muxed))
        for flow in flows:
            move_to_frame(flow, len(scenario.packets))
    assert_as_expected(tshark, scenario, stage / "beside.pcap", *passes)


@both_passes
def test_tcp_in_tcp(tshark, stage: Path, passes: list[str]):
    """GTP, decoded as the payload of a TCP connection, carries the segments of another
    connection."""
    scenario = Scenario("inside", streams=False)
    [outer_connection] = connections(scenario, 43300, 1, GTP_PORT)
    [inner_connection] = connections(scenario, 43301, 1)
    outer, inner = outer_connection.initial().open(), inner_connection.initial().open()
    for role in (CLIENT, SERVER, CLIENT):
        packet = data_of(inner, role)
        payload = struct.pack("!BBHI", 0x30, 0xff, len(packet), 7) + packet
        outer.data(role, len(payload), payload=payload)
        in_one_frame(scenario, 2, scenario.packets[-1][1])
        for flow in (outer, inner):
            move_to_frame(flow, len(scenario.packets))
    assert_as_expected(tshark, scenario, stage / "inside.pcap", "-d", f"tcp.port=={GTP_PORT},gtp",
                       *passes)


# IP fragments

def fragmented(scenario: Scenario, subflow: Subflow, cuts: list[int], order: list[int],
               identification: int) -> None:
    """Replaces the last packet by IPv4 fragments. `cuts` are offsets in bytes; `order` are the
    indexes of the fragments."""
    _, packet, _ = scenario.packets.pop()
    body, ends = packet[20:], [*cuts, len(packet) - 20]
    parts = [packets.ipv4(A1, B1, packets.TCP, body[begin:end], identification, begin,
                          end < len(body))
             for begin, end in zip([0, *cuts], ends)]
    for index in order:
        scenario.record(parts[index], tcp=False)
    move_to_frame(subflow, len(scenario.packets))  # Wireshark reassembles in the last one


FRAGMENTS = [([24], [0, 1]), ([8, 16, 24, 512], [0, 1, 2, 3, 4]), ([48], [1, 0]),
             ([8, 48, 96], [3, 1, 0, 2]), ([40], [0, 0, 1])]


@both_passes
def test_fragments_reassembled(tshark, stage: Path, passes: list[str]):
    """Cut in the header, in the options and after them, in any order, one of them twice."""
    scenario = Scenario("fragments")
    [connection] = connections(scenario, 43400, 1)
    initial = connection.initial().open()
    for identification, (cuts, order) in enumerate(FRAGMENTS, 1):
        initial.data(CLIENT, 1000)
        fragmented(scenario, initial, cuts, order, identification)
        initial.ack_data(SERVER)
    connection.close()
    assert_as_expected(tshark, scenario, stage / "fragments.pcap", *passes)


@both_passes
def test_fragments_not_reassembled(tshark, stage: Path, passes: list[str]):
    """Without reassembly, a first fragment with the whole TCP header counts as a segment with the
    payload that it contains. Other fragments do not count."""
    scenario = Scenario("single fragments")
    [connection] = connections(scenario, 43500, 1)
    initial = connection.initial().open()
    header = 20 + 24  # of TCP, with a DSS
    ends = [8, 24, 40, 48, 512]  # of first fragments
    for identification, end in enumerate(ends, 1):
        initial.data(CLIENT, 1000)
        fragmented(scenario, initial, [end], [0, 1], identification)
    path = write(scenario, stage / "single.pcap")
    options = ["-o", "ip.defragment:FALSE", *passes]
    [connection] = tshark.json(path, *options)["connections"]
    payload = [end - header for end in ends if end >= header]
    assert connection["packets"]["client"] == 2 + len(payload)
    assert connection["payload"]["client"] == sum(payload)
    assert connection["data"]["client"]["unique"] == connection["payload"]["client"]
    assert tshark.frames(path, "mptcp_conn.malformed", *options) == []


# ICMP

def quoting(packet: bytes) -> list[bytes]:
    """ICMP errors about a packet: quoting all of it, quoting what RFC 792 requires, in a tunnel,
    about the packet in a tunnel, and about such an error."""
    if packet[0] >> 4 == 6:
        whole = packets.packet_too_big("2001:db8:9::9", packet)
        return [whole, packets.in_gre(whole), packets.port_unreachable(
            "10.0.9.9", packets.in_ipip(packet))]
    whole = packets.port_unreachable("10.0.9.9", packet)
    return [whole, packets.port_unreachable("10.0.9.9", packet[:28]), packets.in_vxlan(whole),
            packets.port_unreachable("10.0.9.9", packets.in_gre(packet)),
            packets.port_unreachable("10.0.9.9", whole)]


class Quoted(Scenario):
    """A capture with ICMP errors about each packet, before the next packet."""

    last: bytes | None = None

    def record(self, packet: bytes, tcp: bool = True, caplen: int = NO_SNAPLEN) -> int:
        for error in quoting(self.last) if self.last else []:
            super().record(error, tcp=False)
        self.last = packet
        return super().record(packet, tcp, caplen)


@both_passes
def test_quoted_segments_are_not_traffic(tshark, stage: Path, passes: list[str]):
    scenario = Quoted("quoted")
    for index, ends in enumerate((((A1, 43600), (B1, 443)), ((V6_A1, 43601), (V6_B1, 443)))):
        connection = scenario.connection(index, *ends)
        subflows = [connection.initial().open(),
                    connection.join((A2, 43610 + index), (B2, 443), ids=(2, 0)).open()]
        exchange_data(*subflows, rounds=1)
        subflows[1].reset(SERVER)
        connection.close(subflows[0])
    assert_as_expected(tshark, scenario, stage / "quoted.pcap", *passes)
