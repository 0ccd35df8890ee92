# SPDX-License-Identifier: GPL-2.0-or-later
"""Thousands of connections, hundreds of them at a time: none is mixed up with another."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from captures import ROOT

sys.path.insert(0, str(ROOT / "captures"))

from generator import crowd, pcap  # noqa: E402
from generator.session import ROLES  # noqa: E402

CONNECTIONS, PACKETS = 2000, 23


@pytest.fixture(scope="module")
def members() -> list[crowd.Member]:
    return []


@pytest.fixture(scope="module")
def many(stage: Path, members: list[crowd.Member]) -> Path:
    path = stage / "crowd.pcap"
    pcap.write(path, crowd.interleaved(CONNECTIONS, members))
    path.chmod(0o644)
    return path


@pytest.mark.xdist_group("crowd")
@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
def test_each_connection(tshark, many: Path, members: list[crowd.Member], passes: list[str]):
    document = tshark.json(many, *passes)
    assert document["packets"] == PACKETS * CONNECTIONS
    assert len(document["connections"]) == len(members) == CONNECTIONS
    for index, (told, member) in enumerate(zip(document["connections"], members)):
        assert told["conn"] == index
        assert (told["handshake"], told["state"]) == ("complete", "closed")
        assert {role: told[role]["token"] for role in ROLES} == member.tokens
        assert told["payload"] == member.payload
        assert [subflow["payload"] for subflow in told["subflows"]] == member.subflow_payload
        assert told["subflows"][1]["hmac"] == {"synack": "good", "ack": "good"}
    assert document["totals"] == {
        "connections": CONNECTIONS, "established": CONNECTIONS, "subflows": 2 * CONNECTIONS,
        "payload": sum(sum(member.payload.values()) for member in members)}


@pytest.mark.xdist_group("crowd")
def test_order_of_the_text(tshark, many: Path, members: list[crowd.Member]):
    """By first packets: as the generator began them."""
    rows = [line.split() for line in tshark.text(many).splitlines()]
    connections = [row for row in rows if "complete" in row]
    assert [int(row[0]) for row in connections] == list(range(CONNECTIONS))
    for row, member in zip(connections, members):
        assert row[6:8] == [str(member.tokens[role]) for role in ROLES]
