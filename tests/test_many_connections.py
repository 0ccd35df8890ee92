# SPDX-License-Identifier: GPL-2.0-or-later
"""Thousands of connections, hundreds of them at a time. No packet is assigned to another one."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from captures import ROOT
from pcapng import read_pcap
from test_points import forwarded, write

sys.path.insert(0, str(ROOT / "captures"))

from generator.many_connections import ExpectedConnection, interleaved  # noqa: E402
from generator.roles import ROLES  # noqa: E402
from generator.wire import pcap  # noqa: E402

CONNECTIONS, PACKETS = 2000, 23


@pytest.fixture(scope="module")
def expected() -> list[ExpectedConnection]:
    return []


@pytest.fixture(scope="module")
def path(stage: Path, expected: list[ExpectedConnection]) -> Path:
    path = stage / "many_connections.pcap"
    pcap.write(path, interleaved(CONNECTIONS, expected))
    path.chmod(0o644)
    return path


@pytest.mark.xdist_group("many_connections")
@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
def test_each_connection(tshark, path: Path, expected: list[ExpectedConnection],
                         passes: list[str]):
    document = tshark.json(path, *passes)
    assert document["packets"] == PACKETS * CONNECTIONS
    assert len(document["connections"]) == len(expected) == CONNECTIONS
    for index, (connection, reference) in enumerate(zip(document["connections"], expected)):
        assert connection["conn"] == index
        assert (connection["handshake"], connection["state"]) == ("complete", "closed")
        assert {role: connection[role]["token"] for role in ROLES} == reference.tokens
        assert connection["payload"] == reference.payload
        assert [subflow["payload"] for subflow in connection["subflows"]] == \
            reference.subflow_payload
        assert connection["subflows"][1]["hmac"] == {"synack": "good", "ack": "good"}
    assert document["totals"] == {
        "connections": CONNECTIONS, "established": CONNECTIONS, "subflows": 2 * CONNECTIONS,
        "payload": sum(sum(reference.payload.values()) for reference in expected), "copies": 0}


@pytest.mark.xdist_group("many_connections")
def test_order_of_the_text(tshark, path: Path, expected: list[ExpectedConnection]):
    """Connections are listed by their first packets."""
    text = tshark.text(path)
    numbers = re.findall(r"^ *(\d+) ", text, re.MULTILINE)
    assert numbers == [str(number) for number in range(CONNECTIONS)]
    tokens = re.findall(r"^ +(?:Client|Server) +token (\d+)", text, re.MULTILINE)
    assert tokens == [str(reference.tokens[role]) for reference in expected for role in ROLES]


def test_second_point_after_all_packets_of_the_first(tshark, stage: Path):
    """Two files whose clocks are an hour apart, merged: all packets are compared, in one pass too."""
    connections, alone = 300, stage / "one_point.pcap"
    pcap.write(alone, interleaved(connections, []))
    link_type, packets = read_pcap(alone)
    both = [(0, packet, 0) for packet in packets]
    both += [(1, forwarded(link_type, packet, 3600 * 10**9), 0) for packet in packets[:-1]]
    path = write(stage / "two_points.pcapng", link_type, ["a", "b"], both)
    between = tshark.json(path)["between"]
    assert sum(each["both"] for each in between) == PACKETS * connections - 1
    assert tshark.json(path, "-2")["between"] == between
    lost = [frame for each in between for frame in each["lost_frames"]]
    assert lost == []  # the second point may not have recorded until then
