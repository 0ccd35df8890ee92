# SPDX-License-Identifier: GPL-2.0-or-later
"""Live captures of one run at several points: in a router that translates, strips, drops, delays and
splits, and at the hosts on both sides of it.

What the plugin tells of the way agrees with the files of the two hosts, whose packets plain tshark
reads, and this module compares.
"""

from __future__ import annotations

import functools
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from pcapng import merged, shifted
from recorder.cables import TUN
from recorder.dump import Point
from recorder.facts import record
from recorder.hosts import obstacle
from recorder.networks import CLIENT, IPV4, IPV6, Network, add_chain, address, routed, translate
from recorder.scenarios import (PORT, SLL2, Scenario, Seen, all_of, paths, small_turn, turn,
                                two_ways)
from test_recorded import ROLES
from tshark import Tshark

OBSTACLE = obstacle() or ("" if TUN.exists() else f"there is no {TUN}")
pytestmark = [pytest.mark.skipif(bool(OBSTACLE), reason=OBSTACLE), pytest.mark.xdist_group("live")]

POINTS = {"_client": Point("client"), "_router": Point("router", link_type=SLL2),
          "_server": Point("server")}
VIEWS = {"ends": ["client", "server"], "router": ["router"],
         "all": ["client", "router", "server"]}
FAST = 1e9  # bits/s
THERE, BACK, SHORT = 0.020, 0.050, 0.005  # seconds: delays of the first path, and of the second
NOISE = 0.010  # seconds that a busy machine may add to a delay
AHEAD = 1.234  # seconds
SMALL_MSS = 1200
ETHERNET = 1500  # bytes; a packet has less payload
FIRST_TTL = 64  # or hop limit, of the packets that hosts send
ONE_PATH = [small_turn(500, 700), turn(8, 8, both=True)]
LARGE = [small_turn(500, 700), {"up": [100_000] * 2, "down": [100_000] * 2, "subflows": 2,
                                "both": True}]
Prepare = Callable[[Network], None]


# What the network does

def in_router(rule: str) -> Prepare:
    """A rule of nftables for all packets that pass."""
    return lambda network: add_chain(network, "router", "filter hook forward priority mangle", rule)


def nat(of: str = "") -> Prepare:
    return lambda network: translate(network, "router", of)


def strip(of: str) -> Prepare:
    return in_router(f"{of} reset tcp option mptcp")


def offload(*hosts: str, **features: str) -> Prepare:
    """Sets features of the devices of some hosts, as ethtool names them."""
    def prepare(network: Network) -> None:
        words = [word for feature in features.items() for word in feature]
        for device, role in DEVICES.items():
            if role in hosts:
                network.hosts[role].output("ethtool", "-K", device, *words)

    return prepare


def alone(network: Network) -> None:
    """The client opens no second subflow."""
    network.client.ip("mptcp", "endpoint", "flush")


# The last packets are never lost: behind them is nothing that shows it.
LOSS = in_router("; ".join(f"{end} far9 tcp flags & syn == 0 quota until 45 kbytes"
                           " numgen inc mod 12 == 7 drop" for end in ("iifname", "oifname")))
LARGE_LOSS = in_router("meta length > 3000 quota until 300 kbytes numgen inc mod 4 == 2 drop")
CLAMP = in_router(f"tcp flags & syn != 0 tcp option maxseg size set {SMALL_MSS}")
STRIP_SYN = all_of(alone, strip("tcp flags & (syn | ack) == syn"))
STRIP_SYN_ACK = all_of(alone, strip("tcp flags & (syn | ack) == (syn | ack)"))
STRIP_LATER = all_of(alone, strip("tcp flags & syn == 0 ct packets > 8"))
STRIP_SECOND_PATH = strip('iifname "near2"')
DEVICES = {"client1": "client", "client2": "client", "near1": "router", "near2": "router",
           "far9": "router", "server9": "server"}
SPLIT = offload("router", tso="off")
MERGE = all_of(offload("client", "server", tso="off", gso="off", gro="on"), SPLIT)
SPLIT_AND_MERGE = all_of(SPLIT, offload("client", "server", gro="on"))
ASYMMETRIC = paths({"delay": THERE, "delay_back": BACK, "rate": FAST},
                   {"delay": SHORT, "rate": FAST}, {"delay": 0, "rate": FAST})


def scenario(family: int, prepare: Prepare, plan: list[dict] | None = None,
             in_kernel: bool = False) -> Scenario:
    return Scenario("", lambda: routed(family, in_kernel), [plan or two_ways(20, 20)],
                    {end: (point, Seen()) for end, point in POINTS.items()}, prepare=prepare)


SAME_PACKETS = {
    "nat": scenario(IPV4, all_of(nat(), CLAMP)),
    "nat_of_second_path": scenario(IPV6, all_of(nat('iifname "near2"'), CLAMP)),
    "strip_syn": scenario(IPV4, STRIP_SYN, ONE_PATH),
    "strip_synack": scenario(IPV6, STRIP_SYN_ACK, ONE_PATH),
    "strip_later": scenario(IPV4, STRIP_LATER, ONE_PATH),
    "strip_second_path": scenario(IPV6, STRIP_SECOND_PATH, ONE_PATH),
    "loss_4": scenario(IPV4, LOSS, two_ways(30, 30)),
    "loss_6": scenario(IPV6, LOSS, two_ways(30, 30)),
    "delay": scenario(IPV6, ASYMMETRIC),
}
OTHER_SEGMENTS = {
    "split": scenario(IPV4, SPLIT, LARGE, in_kernel=True),
    "merge": scenario(IPV6, MERGE, LARGE, in_kernel=True),
    "split_and_merge": scenario(IPV6, SPLIT_AND_MERGE, LARGE, in_kernel=True),
}
LARGE_AT = {"split": [True, False], "merge": [False, True], "split_and_merge": [True, True]}
LOST_AND_SPLIT = {"lost_and_split": scenario(IPV4, all_of(SPLIT, LARGE_LOSS), LARGE,
                                             in_kernel=True)}


@pytest.fixture(scope="module")
def recorded(stage: Path) -> Callable[[str], dict[str, Path]]:
    """Records a scenario, once. Returns the files of the client, the router and the server."""
    @functools.cache
    def files(name: str) -> dict[str, Path]:
        record(name, (SAME_PACKETS | OTHER_SEGMENTS | LOST_AND_SPLIT)[name], stage)
        found = {end.lstrip("_"): stage / f"{name}{end}.pcap" for end in POINTS}
        for path in found.values():
            path.chmod(0o644)
        return found

    return files


def view(files: dict[str, Path], name: str, ahead: float = 0.0) -> Path:
    """One file of the points of a view. `ahead`: the last one's clock, in seconds."""
    *first, last = (files[role] for role in VIEWS[name])
    path = last.with_name(f"{last.stem}_{name}_{ahead}.pcapng")
    if not path.exists():
        if ahead:
            last = shifted(path.with_suffix(".shifted"), last, ahead)
        merged(path, "-I", "none", *first, last)
    return path


# What the files have, without the plugin

@dataclass(frozen=True)
class Packet:
    sender: str
    client: tuple[str, str]  # the client's address and port
    identity: tuple  # what a middlebox keeps
    rest: tuple  # what else tells packets apart: pure ACKs may have the same identity
    time: Decimal
    ttl: int
    seq: int
    length: int
    kinds: frozenset[int]  # of the options, without those that fill
    mss: int

    @property
    def path(self) -> int:
        """Of a packet at the client: the index of its subflow."""
        return int(self.client[0] not in (address(IPV4, 1, CLIENT), address(IPV6, 1, CLIENT)))


NAMES = ["frame.time_epoch", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "ip.ttl", "ipv6.hlim",
         "tcp.srcport", "tcp.dstport", "tcp.option_kind", "tcp.options.mss_val"]
IDENTITY = ["ip.id", "tcp.seq_raw", "tcp.ack_raw", "tcp.len", "tcp.flags",
            "tcp.options.timestamp.tsval"]
REST = ["tcp.options", "tcp.window_size_value"]
NO_OPERATION = 1


def packets_in(plain: Tshark, path: Path) -> list[Packet]:
    """The packets of a capture, in its order."""
    return [packet_of({name: values[0] if values else "" for name, values in row.items()},
                      frozenset(map(int, row["tcp.option_kind"])))
            for row in plain.fields(path, NAMES + IDENTITY + REST)]


def packet_of(row: dict[str, str], kinds: frozenset[int]) -> Packet:
    is_servers = row["tcp.srcport"] == str(PORT)
    end, port = ("dst", "tcp.dstport") if is_servers else ("src", "tcp.srcport")
    return Packet("server" if is_servers else "client",
                  (row[f"ip.{end}"] or row[f"ipv6.{end}"], row[port]),
                  tuple(row[name] for name in IDENTITY), tuple(row[name] for name in REST),
                  Decimal(row["frame.time_epoch"]),
                  int(row["ip.ttl"] or row["ipv6.hlim"]), int(row["tcp.seq_raw"]),
                  int(row["tcp.len"]), kinds - {NO_OPERATION}, int(row["tcp.options.mss_val"] or 0))


@dataclass
class Way:
    """The packets of one sender on one path, from its file to that of the receiver."""

    arrived: list[tuple[Packet, Packet]]  # each as it was sent, and as it was received
    lost: list[Packet]
    other: list[Packet]  # of the receiver, which are none of those that were sent


def compare(sent: list[Packet], received: list[Packet]) -> Way:
    """Packets that are the same in everything come first. Of those that look alike, the n-th one is
    the n-th one at the other end."""
    found: dict[int, Packet] = {}
    for look in (lambda packet: (packet.identity, packet.rest), lambda packet: packet.identity):
        waiting = defaultdict(list)
        for packet in received:
            waiting[look(packet)].append(packet)
        for place, packet in enumerate(sent):
            if place not in found and waiting[look(packet)]:
                found[place] = waiting[look(packet)].pop(0)
        received = [packet for packets in waiting.values() for packet in packets]
    return Way([(packet, found[place]) for place, packet in enumerate(sent) if place in found],
               [packet for place, packet in enumerate(sent) if place not in found], received)


def ways(plain: Tshark, files: dict[str, Path]) -> dict[str, Way]:
    """By sender."""
    packets = {role: packets_in(plain, files[role]) for role in ROLES}
    return {sender: compare(*([packet for packet in packets[role] if packet.sender == sender]
                              for role in in_order(sender)))
            for sender in ROLES}


def in_order(sender: str) -> list[str]:
    """From the sender to the receiver."""
    return sorted(ROLES, key=lambda role: role != sender)


def changes(sent: Packet, received: Packet) -> list[str]:
    found = [f"TTL reduced by {sent.ttl - received.ttl}"] if sent.ttl != received.ttl else []
    found += ["addresses or ports changed"] if sent.client != received.client else []
    found += [f"option {kind} removed" for kind in sent.kinds - received.kinds]
    found += [f"option {kind} added" for kind in received.kinds - sent.kinds]
    found += [f"MSS changed from {sent.mss} to {received.mss}"] if sent.mss != received.mss else []
    return found


def expected_changes(way: Way) -> Counter:
    """By the index of the subflow as well."""
    return Counter((at_client(pair).path, what) for pair in way.arrived for what in changes(*pair))


def at_client(pair: tuple[Packet, Packet]) -> Packet:
    sent, received = pair
    return sent if sent.sender == "client" else received


# What the plugin tells

def passages(document: dict, sender: str) -> list[dict]:
    return [each for each in document["between"] if each["sender"] == sender]


def told_changes(document: dict, sender: str) -> Counter:
    found: Counter = Counter()
    for each in passages(document, sender):
        for change in each["changes"]:
            found[each["subflow"], change["what"]] += change["packets"]
    return found


def packets_of_frames(plain: Tshark, path: Path, frames: list[int]) -> list[Packet]:
    packets = packets_in(plain, path) if frames else []
    return [packets[frame - 1] for frame in frames]


def looks(packets: list[Packet]) -> Counter:
    return Counter((packet.identity, packet.rest) for packet in packets)


def changed(document: dict, what: str) -> dict[tuple[str, int], int]:
    """By sender and subflow."""
    return {(role, subflow): count for role in ROLES
            for (subflow, each), count in told_changes(document, role).items() if each == what}


@pytest.mark.parametrize("points", VIEWS)
@pytest.mark.parametrize("name", SAME_PACKETS)
def test_way_of_each_packet(tshark, plain, recorded, name: str, points: str):
    """Exactly the packets that did not arrive are lost, and exactly those that changed are changed,
    whichever points recorded them."""
    files = recorded(name)
    path = view(files, points)
    document = tshark.json(path)
    for sender, way in ways(plain, files).items():
        told = passages(document, sender)
        assert told_changes(document, sender) == expected_changes(way)
        lost = [frame for each in told for frame in each["lost_frames"]]
        assert looks(packets_of_frames(plain, path, lost)) == looks(way.lost)
        assert not way.other
        if points != "all":
            assert sum(each["both"] for each in told) == len(way.arrived)
        for each in told:
            assert each["order_known"]
            assert each["missed"] == each["unseen"] == 0
            assert each["resegmented"] == {"from": 0, "to": 0}
    assert len(document["connections"]) == 1
    assert document["totals"]["copies"] > 0


@pytest.mark.parametrize("name, translated", [("nat", [0, 1]), ("nat_of_second_path", [1])])
def test_nat(tshark, recorded, name: str, translated: list[int]):
    """Every packet of the paths that are translated has other addresses, and belongs to the
    connection."""
    document = tshark.json(view(recorded(name), "all"))
    connection, = document["connections"]
    assert [bool(subflow["also"]) for subflow in connection["subflows"]] == [
        index in translated for index in (0, 1)]
    assert changed(document, "addresses or ports changed") == {
        (role, index): connection["subflows"][index]["packets"][role]
        for role in ROLES for index in translated}


@pytest.mark.parametrize("name", ["strip_syn", "strip_synack", "strip_later"])
def test_fallback_without_the_option(tshark, recorded, name: str):
    document = tshark.json(view(recorded(name), "ends"))
    connection, = document["connections"]
    assert connection["fallback"] is not None
    assert changed(document, "option 30 removed")


def test_join_without_the_option_is_refused(tshark, recorded):
    document = tshark.json(view(recorded("strip_second_path"), "ends"))
    connection, = document["connections"]
    assert connection["fallback"] is None
    assert "join_stripped" in [event["type"] for event in document["events"]]
    assert list(changed(document, "option 30 removed")) == [("client", 1)]


@pytest.mark.parametrize("name, mss", [("nat", 1460), ("nat_of_second_path", 1440)])
def test_mss(tshark, recorded, name: str, mss: int):
    document = tshark.json(view(recorded(name), "ends"))
    assert changed(document, f"MSS changed from {mss} to {SMALL_MSS}") == {
        (role, subflow): 1 for role in ROLES for subflow in (0, 1)}


@pytest.mark.parametrize("ahead", [AHEAD, -AHEAD])
@pytest.mark.parametrize("name", ["loss_4", "loss_6"])
def test_loss_with_other_clocks(tshark, plain, recorded, name: str, ahead: float):
    """Whichever file comes first."""
    path = view(recorded(name), "ends", ahead)
    document = tshark.json(path)
    for sender, way in ways(plain, recorded(name)).items():
        lost = [frame for each in passages(document, sender) for frame in each["lost_frames"]]
        assert looks(packets_of_frames(plain, path, lost)) == looks(way.lost)
        assert lost
        assert told_changes(document, sender) == expected_changes(way)


@pytest.mark.parametrize("ahead", [0.0, AHEAD])
def test_delays(tshark, plain, recorded, ahead: float):
    """They are those of the packets, whose files have the same clock here, and never less than those
    of the network."""
    files = recorded("delay")
    document = tshark.json(view(files, "ends", ahead))
    clock, *_ = document["clocks"]
    assert clock["low"] <= ahead <= clock["high"]
    assert clock["drift"] == 0
    error = clock["offset"] - ahead
    assert abs(error) < NOISE  # as both directions of the second path take the same time
    network = {("client", 0): THERE, ("server", 0): BACK, ("client", 1): SHORT, ("server", 1): SHORT}
    by_sender = ways(plain, files)
    assert len(document["between"]) == len(network)
    for each in document["between"]:
        sender, subflow = each["sender"], each["subflow"]
        delays = [float(received.time - sent.time) for sent, received in by_sender[sender].arrived
                  if at_client((sent, received)).path == subflow]
        known = each["delay"]
        sign = 1 if sender == "client" else -1
        for kind, value in (("min", min(delays)), ("median", statistics.median_low(delays)),
                            ("max", max(delays))):
            assert known[kind] + sign * error == pytest.approx(value, abs=2e-6)
        least = network[sender, subflow]
        assert least <= min(delays) <= statistics.median(delays) < least + NOISE


# Segments that network cards split or merge

def data_of(packets: list[Packet]) -> set[int]:
    """The sequence numbers of their payload."""
    return {(packet.seq + place) % 2**32 for packet in packets for place in range(packet.length)}


@pytest.mark.parametrize("points", VIEWS)
@pytest.mark.parametrize("name", OTHER_SEGMENTS)
def test_other_segments_are_not_lost(tshark, plain, recorded, name: str, points: str):
    document = tshark.json(view(recorded(name), points))
    for sender, way in ways(plain, recorded(name)).items():
        assert data_of(way.lost) == data_of(way.other)
        told = passages(document, sender)
        for each in told:
            assert each["order_known"]
            assert each["lost"] == each["missed"] == each["unseen"] == 0
        if points == "ends":
            assert sum(each["both"] for each in told) == len(way.arrived)
            assert [sum(each["resegmented"][end] for each in told) for end in ("from", "to")] == [
                len(way.lost), len(way.other)]


@pytest.mark.parametrize("name", OTHER_SEGMENTS)
def test_segments_differ(plain, recorded, name: str):
    """As the scenario says: at the client, on the cables behind the router, and at the server."""
    files = recorded(name)
    for sender in ROLES:
        sent, received = (max(packet.length for packet in packets_in(plain, files[role])
                              if packet.sender == sender) for role in in_order(sender))
        passed = max(packet.length for packet in packets_in(plain, files["router"])
                     if packet.sender == sender and packet.ttl < FIRST_TTL)
        assert passed < ETHERNET
        assert [sent > ETHERNET, received > ETHERNET] == LARGE_AT[name]


@pytest.mark.parametrize("points", VIEWS)
def test_large_segments_that_were_lost(tshark, plain, recorded, points: str):
    """Although what is sent again in their place is split, and has the same bytes."""
    files = recorded("lost_and_split")
    path = view(files, points)
    document = tshark.json(path)
    lost = lost_in_router(packets_in(plain, files["router"]))
    assert lost
    told = [frame for each in document["between"] for frame in each["lost_frames"]]
    assert looks(packets_of_frames(plain, path, told)) == looks(lost)
    assert all(each["missed"] == each["unseen"] == 0 for each in document["between"])


def lost_in_router(packets: list[Packet]) -> list[Packet]:
    """Those that came in, and of which nothing went out: the router's own file has a packet behind
    the one that it is a part of."""
    incoming: list[Packet] = []
    passed = set()
    for packet in packets:
        if packet.ttl == FIRST_TTL:
            incoming.append(packet)
            continue
        whole = next(each for each in reversed(incoming) if is_part(packet, each))
        passed.add(id(whole))
    return [packet for packet in incoming if id(packet) not in passed]


def is_part(packet: Packet, whole: Packet) -> bool:
    behind = (packet.seq - whole.seq) % 2**32 + packet.length
    return (packet.sender, packet.client) == (whole.sender, whole.client) and (
        behind <= whole.length if packet.length else packet.identity == whole.identity)
