# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP in any place of a frame: in tunnels of tunnels, twice in one frame, in fragments, and quoted
by ICMP, where it is no traffic."""

from __future__ import annotations

import itertools
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from captures import ROOT, differences

sys.path.insert(0, str(ROOT / "captures"))

from generator import packets, pcap  # noqa: E402
from generator.session import CLIENT, SERVER, WHOLE, Connection, Scene, Subflow  # noqa: E402
from generator.talk import A1, A2, B1, B2, V6_A1, V6_B1, talk  # noqa: E402

both_passes = pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])

Wrap = Callable[[bytes], bytes]
WRAPS: list[Wrap] = [packets.in_ipip, packets.in_gre, packets.in_vxlan]
GTP_PORT, GRE_PPP, PPP_MUX, PPP_IP = 2152, 0x880b, 0x0059, 0x0021


def write(scene: Scene, path: Path) -> Path:
    pcap.write(path, scene.captured)
    path.chmod(0o644)
    return path


def in_order(*wraps: Wrap) -> Wrap:
    """The first one is the innermost."""
    def wrap(packet: bytes) -> bytes:
        for each in wraps:
            packet = each(packet)
        return packet
    return wrap


def assert_told(tshark, scene: Scene, path: Path, *options: str) -> None:
    found = tshark.json(write(scene, path), *options)
    assert differences(scene.expected(), found) == []


# Tunnels

NESTED = {"-".join(wrap.__name__ for wrap in wraps): in_order(*wraps)
          for wraps in itertools.product(WRAPS, repeat=2)}
NESTED["all of them, ten deep"] = in_order(*(WRAPS[place % 3] for place in range(10)))


@both_passes
def test_tunnels_in_tunnels(tshark, stage: Path, passes: list[str]):
    scene = Scene("tunnels in tunnels")
    for place, wrap in enumerate(NESTED.values()):
        v6 = place % 2 == 0
        ends = ((V6_A1, 43000 + place), (V6_B1, 443)) if v6 else ((A1, 43000 + place), (B1, 443))
        connection = scene.connection(place % 2, *ends)
        subflows = [connection.initial(),
                    connection.join((A2, 43100 + place), (B2, 443), ids=(2, 0))]
        for subflow in subflows:
            subflow.wrap = wrap
            subflow.open()
        talk(*subflows, rounds=1)
        connection.close()
    assert_told(tshark, scene, stage / "nested.pcap", *passes)


# Several segments in one frame

def in_one_frame(scene: Scene, count: int, frame: bytes) -> None:
    """In the place of the last `count` packets, whose subflows' books tell of this frame."""
    del scene.captured[-count:]
    scene.captured.append((scene.time, frame, WHOLE))


def data_of(subflow: Subflow, role: str) -> bytes:
    """A segment of data, sent and booked, that is still to be put into a frame."""
    subflow.data(role, 100)
    return subflow.connection.scene.captured[-1][1]


def rebook(subflow: Subflow, number: int) -> None:
    """What it has sent last is in that frame."""
    scene = subflow.connection.scene
    subflow.books.frames[-1] = subflow.passages[-1].frame = number
    subflow.books.times[-1] = subflow.passages[-1].time = scene.time


def connections(scene: Scene, port: int, count: int, server_port: int = 443) -> list[Connection]:
    return [scene.connection(place % 2, (A1, port + place), (B1, server_port))
            for place in range(count)]


@both_passes
def test_segments_beside_each_other(tshark, stage: Path, passes: list[str]):
    """PPP Multiplexing (RFC 3153): three segments of three connections in a frame."""
    scene = Scene("beside", streams=False)
    flows = [each.initial().open() for each in connections(scene, 43200, 3)]
    for _ in range(4):
        segments = [data_of(flow, CLIENT) for flow in flows]
        muxed = b"".join(struct.pack("!HH", 0xc000 | 2 + len(segment), PPP_IP) + segment
                         for segment in segments)
        in_one_frame(scene, 3, packets.ipv4(
            "192.0.2.1", "192.0.2.2", packets.GRE,
            struct.pack("!HHH", 0, GRE_PPP, PPP_MUX) + muxed))
        for flow in flows:
            rebook(flow, len(scene.captured))
    assert_told(tshark, scene, stage / "beside.pcap", *passes)


@both_passes
def test_tcp_in_tcp(tshark, stage: Path, passes: list[str]):
    """GTP, decoded as the payload of a connection whose segments carry those of another one."""
    scene = Scene("inside", streams=False)
    [outer_connection] = connections(scene, 43300, 1, GTP_PORT)
    [inner_connection] = connections(scene, 43301, 1)
    outer, inner = outer_connection.initial().open(), inner_connection.initial().open()
    for role in (CLIENT, SERVER, CLIENT):
        packet = data_of(inner, role)
        payload = struct.pack("!BBHI", 0x30, 0xff, len(packet), 7) + packet
        outer.data(role, len(payload), payload=payload)
        in_one_frame(scene, 2, scene.captured[-1][1])
        for flow in (outer, inner):
            rebook(flow, len(scene.captured))
    assert_told(tshark, scene, stage / "inside.pcap", "-d", f"tcp.port=={GTP_PORT},gtp", *passes)


# IP fragments

def fragmented(scene: Scene, subflow: Subflow, cuts: list[int], order: list[int],
               identification: int) -> None:
    """The last packet as IPv4 fragments in its place, cut behind so many octets."""
    _, packet, _ = scene.captured.pop()
    body, ends = packet[20:], [*cuts, len(packet) - 20]
    parts = [packets.ipv4(A1, B1, packets.TCP, body[begin:end], identification, begin,
                          end < len(body))
             for begin, end in zip([0, *cuts], ends)]
    for place in order:
        scene.capture(parts[place], tcp=False)
    rebook(subflow, len(scene.captured))  # the segment is there when its last fragment is


FRAGMENTS = [([24], [0, 1]), ([8, 16, 24, 512], [0, 1, 2, 3, 4]), ([48], [1, 0]),
             ([8, 48, 96], [3, 1, 0, 2]), ([40], [0, 0, 1])]


@both_passes
def test_fragments_put_together(tshark, stage: Path, passes: list[str]):
    """Cut in the header, in the options and behind them, in any order, and one of them twice."""
    scene = Scene("fragments")
    [connection] = connections(scene, 43400, 1)
    initial = connection.initial().open()
    for identification, (cuts, order) in enumerate(FRAGMENTS, 1):
        initial.data(CLIENT, 1000)
        fragmented(scene, initial, cuts, order, identification)
        initial.ack_data(SERVER)
    connection.close()
    assert_told(tshark, scene, stage / "fragments.pcap", *passes)


@both_passes
def test_fragments_left_as_they_are(tshark, stage: Path, passes: list[str]):
    """Then the first fragment is a segment if the TCP header is in it, with the payload that it
    has; the others are none."""
    scene = Scene("single fragments")
    [connection] = connections(scene, 43500, 1)
    initial = connection.initial().open()
    header = 20 + 24  # of TCP, with a DSS
    ends = [8, 24, 40, 48, 512]  # of first fragments
    for identification, end in enumerate(ends, 1):
        initial.data(CLIENT, 1000)
        fragmented(scene, initial, [end], [0, 1], identification)
    path = write(scene, stage / "single.pcap")
    how = ["-o", "ip.defragment:FALSE", *passes]
    [told] = tshark.json(path, *how)["connections"]
    payload = [end - header for end in ends if end >= header]
    assert told["packets"]["client"] == 2 + len(payload)
    assert told["payload"]["client"] == sum(payload)
    assert told["data"]["client"]["unique"] == told["payload"]["client"]
    assert tshark.frames(path, "mptcp_conn.malformed", *how) == []


# ICMP

def quoting(packet: bytes) -> list[bytes]:
    """ICMP errors about a packet: whole, cut to what RFC 792 asks for, in tunnels, about the
    packet in a tunnel, and about an error about it."""
    if packet[0] >> 4 == 6:
        whole = packets.packet_too_big("2001:db8:9::9", packet)
        return [whole, packets.in_gre(whole), packets.port_unreachable(
            "10.0.9.9", packets.in_ipip(packet))]
    whole = packets.port_unreachable("10.0.9.9", packet)
    return [whole, packets.port_unreachable("10.0.9.9", packet[:28]), packets.in_vxlan(whole),
            packets.port_unreachable("10.0.9.9", packets.in_gre(packet)),
            packets.port_unreachable("10.0.9.9", whole)]


class Quoted(Scene):
    """Each packet is quoted by errors before the next one."""

    last: bytes | None = None

    def capture(self, packet: bytes, tcp: bool = True, kept: int = WHOLE) -> int:
        for error in quoting(self.last) if self.last else []:
            super().capture(error, tcp=False)
        self.last = packet
        return super().capture(packet, tcp, kept)


@both_passes
def test_quoted_segments_are_no_traffic(tshark, stage: Path, passes: list[str]):
    scene = Quoted("quoted")
    for place, ends in enumerate((((A1, 43600), (B1, 443)), ((V6_A1, 43601), (V6_B1, 443)))):
        connection = scene.connection(place, *ends)
        subflows = [connection.initial().open(),
                    connection.join((A2, 43610 + place), (B2, 443), ids=(2, 0)).open()]
        talk(*subflows, rounds=1)
        subflows[1].reset(SERVER)
        connection.close(subflows[0])
    assert_told(tshark, scene, stage / "quoted.pcap", *passes)
