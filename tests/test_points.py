# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that were recorded at several points count once.

Most tests add copies to a capture, as a second interface would record them, and compare the JSON
with that of the capture itself.
"""

from __future__ import annotations

import copy
import random
import struct
from pathlib import Path

import pytest

from captures import ROOT, Capture
from pcapng import (INTERFACE, PACKET, SECTION, Packet, block, merged, padded, read_pcap,
                    shifted)
from tshark import Tshark

LINKTYPE_RAW = 101
INCOMING, OUTGOING = 1, 2  # epb_flags
EPB_FLAGS, IF_NAME = 2, 2  # option codes
# Two-sided captures of one run with a kernel, if they are on this machine.
PAIRS = [("s21_two_sided_client.pcap", "s21_two_sided_server.pcap"),
         ("s10_loss.pcap", "s10_loss_server.pcap")]
TWO_SIDED = [(client, client.with_name(server)) for first, server in PAIRS
             for folder in sorted(ROOT.parent.glob("*/captures")) for client in folder.rglob(first)
             if client.with_name(server).exists()]


def option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + padded(value)


def write(path: Path, link_type: int, interfaces: list[str],
          packets: list[tuple[int, Packet, int]]) -> Path:
    """A pcapng file. `packets`: interface, packet, and direction or 0."""
    out = block("<", SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for name in interfaces:
        options = option(IF_NAME, name.encode()) + option(9, b"\x09") if name else option(9, b"\x09")
        out += block("<", INTERFACE, struct.pack("<HHI", link_type, 0, 0) + options + bytes(4))
    for interface, packet, direction in packets:
        head = struct.pack("<IIIII", interface, packet.time >> 32, packet.time & 0xffffffff,
                           len(packet.data), packet.length)
        flags = option(EPB_FLAGS, struct.pack("<I", direction)) + bytes(4) if direction else b""
        out += block("<", PACKET, head + padded(packet.data) + flags)
    path.write_bytes(out)
    path.chmod(0o644)
    return path


def forwarded(link_type: int, packet: Packet, delay: int) -> Packet:
    """As a router forwards it: later, and with a lower TTL or hop limit."""
    data = bytearray(packet.data)
    if link_type == LINKTYPE_RAW and data[0] >> 4 == 6:
        data[7] -= 1
    elif link_type == LINKTYPE_RAW:
        data[8] -= 1
        data[10:12] = struct.pack("!H", sum_of(struct.unpack_from("!H", data, 10)[0] + 0x100))
    return Packet(packet.time + delay, bytes(data), packet.length)


def sum_of(number: int) -> int:
    return (number & 0xffff) + (number >> 16)


def copied(tshark: Tshark, path: Path, of_subflows: bool = True) -> set[int]:
    """The frames to copy, from 1: all but plain TCP, whose copies are not recognized."""
    rows = tshark.fields(path, ["frame.number", "tcp.srcport", "mptcp.subflow"], "-2")
    return {int(row["frame.number"][0]) for row in rows
            if row["mptcp.subflow"] or not (of_subflows and row["tcp.srcport"])}


# At all points, each packet counts where it was recorded first.
AT_ALL_POINTS = ("-o", "mptcp_conn.seen_at:" + "+".join(map(str, range(32))))
ABOUT_LIMITS = ("limited_by_application", "limited_by_receive_window", "limited_by_path",
                "limited_by_loss", "head_of_line_blocked")
# What is told as it was seen near a host, which another point may be.
ABOUT_PATH_USE = ("handover", "slower_than_one_path")
PATH_USE = ("concurrent", "switches", "together", "alone")  # figures
SEEN_NEAR_HOST = ("ack_latency", "rtt", "out_of_order", "blocked", "max_in_flight")


# What was in flight before the keys were seen, or before a fallback, is known with hindsight.
HINDSIGHT = ("k_fastopen_syn_lost_client", "k_fastopen_syn_lost_server", "one_way_server")


def without_hindsight(document: dict, name: str) -> dict:
    rest = copy.deepcopy(document)
    for connection in rest["connections"] if name in HINDSIGHT else []:
        for data in connection["data"].values():
            del data["max_in_flight"]
    return rest


def without_figures(document: dict) -> dict:
    """The document without what depends on where it was seen."""
    rest = copy.deepcopy(document)
    rest["diagnosis"] = [each for each in rest["diagnosis"]
                         if each["code"] not in ABOUT_LIMITS + ABOUT_PATH_USE]
    for statement in rest["diagnosis"]:
        if statement["code"] == "works":
            del statement["text"]
            for name in PATH_USE:
                statement["figures"].pop(name, None)
    for connection in rest["connections"]:
        for part in (connection, *connection["subflows"]):
            for data in part["data"].values():
                for name in SEEN_NEAR_HOST:
                    data.pop(name, None)
    return rest


def without_copies(document: dict) -> dict:
    """The document without what it says of copies."""
    rest = copy.deepcopy(document)
    for member in ("points", "between", "clocks"):
        assert rest.pop(member) is not None
    del rest["totals"]["copies"]
    for connection in rest["connections"]:
        del connection["copies"], connection["seen_at"]
        for subflow in connection["subflows"]:
            del subflow["copies"], subflow["also"]
    return rest


def copies_in(document: dict) -> int:
    """The number of copies; connections, subflows and the totals must agree."""
    by_connection = [sum(c["copies"].values()) for c in document["connections"]]
    by_subflow = [sum(s["copies"].values()) for c in document["connections"] for s in c["subflows"]]
    assert sum(by_connection) == sum(by_subflow) == document["totals"]["copies"]
    return sum(by_connection)


# Members that are frame numbers.
FRAMES = ("frame", "since_frame", "first_frame", "last_frame", "announced", "echoed", "removed", "used")


def renumbered(part: object, new: dict[int, int]) -> object:
    """Frame numbers of the capture replaced by those in the capture with copies. Words are left
    out, since they may contain frame numbers, and so is tcp.stream: Wireshark takes a late copy of
    a SYN for another flow."""
    if isinstance(part, list):
        return [renumbered(each, new) for each in part]
    if isinstance(part, dict):
        return {key: new.get(value, value) if key in FRAMES and isinstance(value, int)
                else [new.get(frame, frame) for frame in value] if key == "frames"
                else renumbered(value, new)
                for key, value in part.items() if key not in ("text", "details", "stream")}
    return part


# Copies of every capture

def is_plain_pcap(capture: Capture) -> bool:
    return capture.path.suffix == ".pcap" and capture.name not in ("points", "middlebox")


def test_copies_behind_the_capture(tshark, path_of, stage, shipped: Capture):
    """A second file, appended to the first (mergecap -a): frame numbers stay the same."""
    if not is_plain_pcap(shipped):
        pytest.skip("has several points")
    path = path_of(shipped)
    link_type, packets = read_pcap(path)
    frames = copied(tshark, path)
    both = [(0, packet, 0) for packet in packets]
    both += [(1, forwarded(link_type, packet, 3 * 10**9), 0)
             for number, packet in enumerate(packets, 1) if number in frames]
    found = tshark.json(write(stage / f"behind_{shipped.name}.pcapng", link_type, ["a", "b"], both),
                        *AT_ALL_POINTS)
    alone = tshark.json(path, *AT_ALL_POINTS)
    assert without_hindsight(without_copies(found), shipped.name) == \
        without_hindsight(without_copies(alone), shipped.name)
    assert copies_in(found) >= sum(sum(c["packets"].values()) for c in alone["connections"])


def test_copies_at_any_distance(tshark, path_of, stage, shipped: Capture):
    """In one pass for a half of the captures, and in two passes for the others."""
    passes = ["-2"] if len(shipped.name) % 2 else []
    if not is_plain_pcap(shipped):
        pytest.skip("has several points")
    path = path_of(shipped)
    link_type, packets = read_pcap(path)
    frames = copied(tshark, path)
    rand = random.Random(shipped.name)
    both, waiting, new = [], [], {}
    for number, packet in enumerate(packets, 1):
        both.append((0, packet, OUTGOING))
        new[number] = len(both)
        if number in frames:
            waiting.append(forwarded(link_type, packet, 10**6))
        while waiting and rand.random() < 0.4:
            both.append((1, waiting.pop(0), INCOMING))
    both += [(1, packet, INCOMING) for packet in waiting]
    target = write(stage / f"mixed_{shipped.name}.pcapng", link_type, ["a", "b"], both)
    found = tshark.json(target, *AT_ALL_POINTS, *passes)
    alone = tshark.json(path, *AT_ALL_POINTS, *passes)
    assert renumbered(without_hindsight(without_copies(found), shipped.name), {}) == \
        renumbered(without_hindsight(without_copies(alone), shipped.name), new)


# Fields

@pytest.fixture(scope="module")
def two_interfaces(captures_dir, stage) -> Path:
    """Each packet at eth0, and 2 ms later at eth1."""
    link_type, packets = read_pcap(captures_dir / "reinjection.pcap")
    both = [each for packet in packets
            for each in ((0, packet, OUTGOING), (1, forwarded(link_type, packet, 2 * 10**6), 0))]
    return write(stage / "two_interfaces.pcapng", link_type, ["eth0", "eth1"], both)


def test_fields_in_two_passes(tshark, two_interfaces):
    rows = tshark.fields(two_interfaces, ["mptcp.point", "mptcp.copy_of", "mptcp.copied_in"], "-2",
                         display_filter="mptcp_conn")
    for number, (first, second) in enumerate(zip(rows[::2], rows[1::2])):
        assert first == {"mptcp.point": ["0"], "mptcp.copy_of": [],
                         "mptcp.copied_in": [str(2 * number + 2)]}
        assert second == {"mptcp.point": ["1"], "mptcp.copy_of": [str(2 * number + 1)],
                          "mptcp.copied_in": []}


def test_fields_in_one_pass(tshark, two_interfaces):
    assert tshark.frames(two_interfaces, "mptcp.copy_of") == \
        tshark.frames(two_interfaces, "mptcp.point == 1")
    assert tshark.frames(two_interfaces, "mptcp.copied_in") == []


def test_a_copy_has_the_fields_of_its_subflow(tshark, two_interfaces):
    names = ["mptcp.conn", "mptcp.subflow", "mptcp.token", "mptcp.from_client", "mptcp.payload"]
    rows = tshark.fields(two_interfaces, names, "-2", display_filter="mptcp_conn")
    assert len(rows) > 100 and rows[::2] == rows[1::2]


def test_points_have_names(tshark, two_interfaces):
    points = tshark.json(two_interfaces)["points"]
    assert [point["name"] for point in points] == ["eth0, outgoing", "eth1"]
    assert points[0]["packets"] == points[1]["packets"] > 0
    text = tshark.text(two_interfaces)
    assert f"Copies: {points[1]['packets']} packets" in text and "Point 1: eth1," in text


def test_a_filter_on_a_point(tshark, two_interfaces):
    """A packet counts at its first point."""
    everything = tshark.json(two_interfaces)
    first = tshark.json(two_interfaces, display_filter="mptcp.point == 0")
    assert without_copies(first) == without_copies(everything)
    assert copies_in(first) == 0 and copies_in(everything) > 0
    second = tshark.json(two_interfaces, display_filter="mptcp.point == 1")
    assert second["connections"] == [] and second["packets"] == 0
    assert second["points"][1]["packets"] > 0


def test_copies_are_not_in_wiresharks_tables(tshark, captures_dir, two_interfaces):
    def lines(path: Path) -> list[str]:
        text = tshark.run("-r", path, "-q", "-z", "conv,mptcp").stdout
        return [line.split("      ")[0] for line in text.splitlines()]
    assert lines(two_interfaces)[:5] == lines(captures_dir / "reinjection.pcap")[:5]


def test_one_point_is_not_listed(tshark, captures_dir):
    path = captures_dir / "reinjection.pcap"
    document = tshark.json(path)
    assert document["points"] == [] and copies_in(document) == 0
    assert "Copies" not in tshark.text(path)
    assert {row["mptcp.point"][0] for row in tshark.fields(path, ["mptcp.point"])} == {"0"}


# Real captures of both ends

@pytest.mark.parametrize("client, server", [pytest.param(*pair, id=pair[0].stem)
                                            for pair in TWO_SIDED])
@pytest.mark.parametrize("how", ["by time", "clock 3 s ahead", "clock 3 s late", "appended",
                                 "one interface"])
def test_both_ends_of_a_connection(tshark, stage, client: Path, server: Path, how: str):
    name = f"{client.stem}_{how.replace(' ', '_')}"
    if how.startswith("clock"):
        server = shifted(stage / f"{name}_shifted.pcap", server, 3 if "ahead" in how else -3)
    options = {"appended": ["-a"], "one interface": ["-F", "nsecpcap"]}.get(how, [])
    path = merged(stage / f"{name}.pcapng", *options, client, server)
    found = tshark.json(path)
    [connection] = found["connections"]
    assert connection["data"]["client"]["unique"] == 300192
    assert copies_in(found) > 1000
    assert connection["handshake"] == "complete" and len(connection["subflows"]) == 2
