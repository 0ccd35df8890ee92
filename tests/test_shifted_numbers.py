# SPDX-License-Identifier: GPL-2.0-or-later
"""A firewall between two points that rewrites sequence numbers (firewall.py).

The connections are those of the first point, and the packets between the points are those that
there are without the firewall.
"""

from __future__ import annotations

import copy
import random
import re
from pathlib import Path
from zlib import crc32

import pytest

from captures import ROOT
from firewall import Firewall, stamped
from pcapng import Packet, merged, read_pcap, shifted
from test_points import (
    AT_ALL_POINTS, copied, copies_in, renumbered, without_copies, without_figures,
    without_hindsight, write)
from test_two_ends import changes, facts_of, lost_frames, of_network, packets_of, pairs, recordings_of

CAPTURES = ROOT / "captures"
SHIFTED = "sequence numbers shifted"
# Not those that the generator or the firewall cannot make: with several points, options that were cut,
# fragments; and those in which nothing tells the shift of the server's numbers, as it has sent nothing.
NAMES = sorted(path.stem for path in CAPTURES.glob("*.pcap") if path.stem not in (
    "points", "tunnels", "snaplen", "ipv6", "one_way_client", "k_one_way_client"))


def by_name(names: list[str]):
    """All tests of a capture run in one process, which asks tshark nothing twice."""
    return pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.xdist_group(name))
                                            for name in names])


class TwoPoints:
    """A capture, and how a firewall forwards its packets."""

    def __init__(self, tshark, stage: Path, path: Path, **firewall: bool):
        self.link_type, packets = read_pcap(path)
        self.near = stamped(self.link_type, packets)
        rewriting = Firewall(self.link_type, **firewall)
        self.far = [rewriting.forwarded(packet) for packet in self.near]
        what = "_".join([path.stem, *(name for name, on in firewall.items() if on)])
        self.tshark, self.stem = tshark, stage / f"shifted_{what}"
        # The same for every firewall, so that tshark is asked about it once.
        self.alone = write(stage / f"shifted_{path.stem}_alone.pcapng", self.link_type, ["a", "b"],
                           [(0, packet, 0) for packet in self.near])
        self.document = tshark.json(self.alone)
        if copies_in(self.document):
            pytest.skip("has copies")
        self.frames = copied(tshark, self.alone)

    def written(self, what: str, packets: list[tuple[int, Packet, int]]) -> Path:
        return write(self.stem.with_name(f"{self.stem.name}_{what}.pcapng"), self.link_type,
                     ["a", "b"], packets)

    def copies(self, packets: list[Packet]) -> list[Packet]:
        return [packet for number, packet in enumerate(packets, 1) if number in self.frames]

    def check_copies(self, found: dict) -> None:
        assert copies_in(found) >= sum(sum(each["packets"].values())
                                       for each in self.document["connections"])
        assert all(change["what"] in (SHIFTED, "TTL reduced by 1")
                   for each in found["between"] for change in each["changes"])


def alike(found: dict, alone: dict, name: str) -> bool:
    return without_hindsight(without_copies(found), name) == without_hindsight(without_copies(alone), name)


@by_name(NAMES)
def test_behind_the_capture(tshark, stage, name: str):
    """A second file, appended to the first (mergecap -a): frame numbers stay the same."""
    points = TwoPoints(tshark, stage, CAPTURES / f"{name}.pcap")
    both = [(0, packet, 0) for packet in points.near] + \
        [(1, packet, 0) for packet in points.copies(points.far)]
    found = tshark.json(points.written("behind", both), *AT_ALL_POINTS)
    assert alike(found, points.document, name)
    points.check_copies(found)


@by_name(NAMES)
def test_far_point_first(tshark, stage, name: str):
    points = TwoPoints(tshark, stage, CAPTURES / f"{name}.pcap")
    alone = points.written("far", [(0, packet, 0) for packet in points.far])
    both = [(0, packet, 0) for packet in points.far] + \
        [(1, packet, 0) for packet in points.copies(points.near)]
    found = tshark.json(points.written("far_first", both), *AT_ALL_POINTS)
    assert alike(found, tshark.json(alone), name)
    points.check_copies(found)


@by_name(NAMES)
def test_at_any_distance(tshark, stage, name: str):
    """Whichever point is earlier in the file, for each packet; those of one point are in order."""
    # In "either", an RST that refuses a SYN on a living subflow would be at the far point first.
    first = "near" if name == "stray_syn" else ("near", "far", "either")[crc32(name.encode()) % 3]
    passes = ["-2"] if len(name) % 2 else []
    points = TwoPoints(tshark, stage, CAPTURES / f"{name}.pcap")
    rand = random.Random(name)
    both, waiting, new = [], [], {}
    for number, (near, far) in enumerate(zip(points.near, points.far), 1):
        pair = [(0, near, 0), (1, far, 0)]
        if first == "far" or (first == "either" and not waiting and rand.random() < 0.5):
            pair.reverse()
        both.append(pair[0])
        new[number] = len(both)
        if number in points.frames:
            waiting.append(pair[1])
        while waiting and (first == "either" or rand.random() < 0.4):
            both.append(waiting.pop(0))
    found = tshark.json(points.written(f"mixed_{first}", both + waiting), *passes)
    alone = tshark.json(points.alone, *passes)
    assert renumbered(without_figures(without_copies(found)), {}) == renumbered(
        without_figures(without_copies(alone)), new)
    points.check_copies(found)


REAL = [name for name in NAMES if re.match(r"k_|s\d", name)]


@pytest.mark.parametrize("one", ["shifts_client", "shifts_server"])
@by_name(["k_tls13", "s25_reuse", "s30_v0_generated", "k_http2"])
def test_one_direction(tshark, stage, name: str, one: str):
    wanted = {"shifts_client": False, "shifts_server": False} | {one: True}
    points = TwoPoints(tshark, stage, CAPTURES / f"{name}.pcap", **wanted)
    both = [each for number, pair in enumerate(zip(points.near, points.far), 1)
            for each in ((0, pair[0], 0), (1, pair[1], 0))[:2 if number in points.frames else 1]]
    found = tshark.json(points.written("one", both))
    points.check_copies(found)
    assert [c["packets"] for c in found["connections"]] == [
        c["packets"] for c in points.document["connections"]]
    for each in found["between"]:
        told = [change["packets"] for change in each["changes"] if change["what"] == SHIFTED]
        # The roles are those of the connection; a subflow may be opened by the server.
        assert told in ([], [each["both"]])
        if each["subflow"] == 0:
            assert bool(told) == (one == f"shifts_{each['sender']}")


@by_name(REAL)
def test_behind_nat(tshark, stage, name: str):
    points = TwoPoints(tshark, stage, CAPTURES / f"{name}.pcap", nat=True)
    if name != "s30_v0_generated" and tshark.frames(points.alone, "ipv6"):
        pytest.skip("has neither an IP ID nor, in version 1, a key in the SYN")
    both = [(0, packet, 0) for packet in points.near] + \
        [(1, packet, 0) for packet in points.copies(points.far)]
    found = tshark.json(points.written("nat", both), *AT_ALL_POINTS)
    assert alike(found, points.document, name)


def between_without_shift(document: dict) -> list[dict]:
    """Without what tells the firewall; order and delays as they are."""
    result = copy.deepcopy(document["between"])
    for each in result:
        each["changes"] = [change for change in each["changes"]
                           if change["what"] not in (SHIFTED, "TTL reduced by 1")]
    return result


def rewritten(path: Path, source: Path) -> Path:
    """What a firewall makes of the recording of the server's packets: it is before that."""
    link_type, packets = read_pcap(source)
    firewall = Firewall(link_type)
    return write(path, link_type, [""], [(0, firewall.forwarded(packet, 0), 0) for packet in packets])


@pytest.mark.parametrize("ahead", [0.0, 1.234, 3600.0, -0.02])
@pytest.mark.parametrize("pair", pairs())
def test_between_both_ends(tshark, stage, pair: str, ahead: float):
    """All is as without the firewall, and exactly the packets that the network dropped are lost."""
    if (pair, ahead) == ("k_strip_syn", -0.02):
        pytest.skip("the first packet in the file is a SYN without MPTCP, which belongs to no subflow")
    if (pair, ahead) == ("k_fastopen_syn_lost", -0.02):
        pytest.skip("the server's file has the SYN that was sent again before that of the client has it")
    client, server = recordings_of(pair)
    firewall = rewritten(stage / f"rewritten_{pair}_{ahead}.pcapng", server)
    found, plain = (tshark.json(path) for path in (
        merged(stage / f"{what}_{pair}_{ahead}.pcapng", "-I", "none", client,
               shifted(stage / f"{what}_{pair}_{ahead}_later.pcapng", source, ahead))
        for what, source in (("firewall", firewall), ("plain", server))))
    path = stage / f"firewall_{pair}_{ahead}.pcapng"
    assert renumbered(without_copies(found), {}) == renumbered(without_copies(plain), {})
    assert copies_in(found) == copies_in(plain)
    facts = facts_of(client.with_suffix(".facts.json"))
    assert lost_frames(found) == lost_frames(plain)
    assert sum(packets_of(tshark, path, lost_frames(found)).values()) == sum(
        of_network(facts, "dropped").values())
    assert between_without_shift(found) == between_without_shift(plain)
    assert changes(found, SHIFTED) == sum(each["both"] for each in found["between"]) > 0


def test_without_evidence(tshark, stage):
    """The SYN of version 1 has no key. Without a timestamp, it may be that of another connection."""
    link_type, packets = read_pcap(CAPTURES / "closes.pcap")
    firewall = Firewall(link_type)
    both = [(0, packet, 0) for packet in packets]
    both += [(1, firewall.forwarded(packet), 0) for packet in packets]
    path = write(stage / "shifted_without_evidence.pcapng", link_type, ["a", "b"], both)
    assert len(tshark.json(path)["connections"]) > len(
        tshark.json(CAPTURES / "closes.pcap")["connections"])
