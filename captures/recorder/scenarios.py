# SPDX-License-Identifier: GPL-2.0-or-later
"""The recordings by name: what the network is, what happens in it, and where it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from .cables import Rule
from .dump import Point
from .networks import IPV4, IPV6, Network, bridged, contained, direct, routed, translate
from .segments import ACK, SYN, Segment

PORT = 5001
PIECE = 2000  # bytes of a write; the kernel selects a subflow for each
SLL2 = "LINUX_SLL2"
HEADERS = 140  # bytes of a packet: SLL, IPv6, and TCP with all options
FROM_CLIENT, FROM_SERVER = 0, 1


@dataclass
class Seen:
    """What a recording has of the connections, by the construction of the scenario."""

    connections: int = 1
    established: int = 1  # handshakes of which a recording has enough
    subflows: int = 2
    complete: bool = True  # every packet, at least once
    times: int = 1  # how often each packet is recorded
    syn_data: list[int] = field(default_factory=list)  # accepted bytes of SYNs, by connection


@dataclass
class Scenario:
    shows: str
    network: Callable[[], AbstractContextManager[Network]]
    plans: list[list[dict]]
    points: dict[str, tuple[Point, Seen]]  # by the end of the name
    fast_open: bool = False
    at_once: bool = False
    prepare: Callable[[Network], None] = lambda _network: None
    late: float = 0.0  # this part of the frames, from the beginning, is cut off
    merged: Seen | None = None  # the points are merged into one file
    port: int = PORT
    upper: dict | None = None  # orders for protocols/run.py, which then runs in place of the plans

    def names(self, name: str) -> list[str]:
        return [name] if self.merged else [name + end for end in self.points]


def turn(up: int, down: int, subflows: int = 1, both: bool = False) -> dict:
    """Each host sends so many pieces."""
    return {"up": [PIECE] * up, "down": [PIECE] * down, "subflows": subflows, "both": both}


def small_turn(up: int, down: int) -> dict:
    return {"up": [up], "down": [down]}


def two_ways(up: int, down: int, subflows: int = 2) -> list[dict]:
    """A request and an answer, then data both ways over all subflows."""
    return [small_turn(500, 700), turn(up, down, subflows, both=True)]


def is_syn(segment: Segment) -> bool:
    return segment.flags & (SYN | ACK) == SYN


def is_syn_ack(segment: Segment) -> bool:
    return segment.flags & (SYN | ACK) == SYN | ACK


def is_later(segment: Segment) -> bool:
    return not segment.flags & SYN


def has_data(segment: Segment) -> bool:
    return segment.length > 0


def is_syn_with_data(segment: Segment) -> bool:
    return is_syn(segment) and has_data(segment)


def slow(network: Network) -> None:
    """The first path is so slow that the scheduler uses the other ones as well."""
    for cable in network.cables:
        cable.rate = 3e6
    network.cables[0].rate = 1.2e6


def sysctl(role: str, name: str, value: object) -> Callable[[Network], None]:
    def prepare(network: Network) -> None:
        slow(network)
        network.set(role, name, value)

    return prepare


def rules(*made: tuple) -> Callable[[Network], None]:
    """Rules for the first path, as arguments of Rule."""
    def prepare(network: Network) -> None:
        slow(network)
        network.add_rules(*(Rule(*arguments) for arguments in made))

    return prepare


def paths(*each: dict) -> Callable[[Network], None]:
    """The properties of the cables, in their order."""
    def prepare(network: Network) -> None:
        for cable, properties in zip(network.cables, each, strict=True):
            for name, value in properties.items():
                setattr(cable, name, value)

    return prepare


def all_of(*parts: Callable[[Network], None]) -> Callable[[Network], None]:
    def prepare(network: Network) -> None:
        for part in parts:
            part(network)

    return prepare


FAST_OPEN = all_of(sysctl("client", "net.ipv4.tcp_fastopen", 1),
                   sysctl("server", "net.ipv4.tcp_fastopen", 2))
COOKIES = sysctl("server", "net.ipv4.tcp_syncookies", 2)
CHECKSUM = "net.mptcp.checksum_enabled"
FIRST_WRITE = 192
WRITES = [{"up": [FIRST_WRITE, 1500, 900], "down": [2000]}, turn(3, 3, subflows=2, both=True)]
ANY = Point("client")


def both_ends(client: Seen, server: Seen) -> dict[str, tuple[Point, Seen]]:
    return {"_client": (Point("client"), client), "_server": (Point("server"), server)}


def download(shows: str, family: int, role: str, size: int, prepare: Callable[[Network], None],
             **of_turn: object) -> Scenario:
    """A large answer over two paths, of which the recording has the headers."""
    large = {"up": [200], "down": [size], "subflows": 2, **of_turn}
    return Scenario(shows, lambda: direct(family, 2), [[small_turn(500, 700), large]],
                    {"": (Point(role, snaplen=HEADERS), Seen())}, prepare=prepare)


ONE = Seen(subflows=1)
SYN_ONLY = Seen(subflows=1, established=0)
PLAIN_TCP = Seen(connections=0, established=0, subflows=0)


def fallback(shows: str, family: int, client: Seen, server: Seen, *made: tuple) -> Scenario:
    return Scenario(shows, lambda: direct(family, 1), [[small_turn(300, 1500)] * 4],
                    both_ends(client, server), prepare=rules(*made))


def upper(shows: str, family: int, port: int, protocol: str, points: dict[str, Point] | None = None,
          count: int = 1, prepare: Callable[[Network], None] = slow, **orders: object) -> Scenario:
    """An upper protocol over two subflows of each of `count` connections."""
    seen = Seen(connections=count, established=count, subflows=2 * count)
    return Scenario(shows, lambda: direct(family, 2), [],
                    {end: (point, seen) for end, point in (points or {"": ANY}).items()},
                    prepare=prepare, port=port,
                    upper={"protocol": protocol, "connections": count, "subflows": 2, **orders})


BOTH_DEVICES = {"": Point("client", ("client1", "client2"))}
BOTH_ENDS = {"_client": Point("client"), "_server": Point("server")}
FIRST_GET = [("GET", "/2000/first", 0)]
STRIP = "option 30 removed"
SCENARIOS: dict[str, Scenario] = {
    "k_fastopen": Scenario(
        "TCP Fast Open: the first connection asks for a cookie, the second one sends the first write"
        " in the SYN. Several writes before the first answer, then data both ways over two subflows.",
        lambda: direct(IPV6, 2), [WRITES, WRITES],
        {"": (ANY, Seen(connections=2, established=2, subflows=4, syn_data=[0, FIRST_WRITE]))},
        fast_open=True, prepare=FAST_OPEN),
    "k_fastopen_syn_lost": Scenario(
        "TCP Fast Open: the SYN with data of the second connection is lost before the server."
        " The client sends it again behind the handshake, and the connection falls back.",
        lambda: direct(IPV4, 2), [[*WRITES[:1], turn(1, 1, subflows=2)], WRITES[:1]],
        both_ends(Seen(connections=2, established=2, subflows=3),
                  Seen(connections=2, established=2, subflows=3)), fast_open=True,
        prepare=all_of(FAST_OPEN, rules((FROM_CLIENT, "dropped", is_syn_with_data, 0, 1)))),
    "k_cookies": Scenario(
        "SYN cookies: the server keeps nothing until the third ACK.",
        lambda: direct(IPV6, 2), [two_ways(4, 3)], {"": (Point("server"), Seen())},
        prepare=COOKIES),
    "k_cookies_synack_lost": Scenario(
        "SYN cookies: the first SYN/ACK is lost. The second one has another key, with which the"
        " connection goes on.",
        lambda: direct(IPV6, 2), [two_ways(4, 3)], both_ends(Seen(), Seen()),
        prepare=all_of(COOKIES, rules((FROM_SERVER, "dropped", is_syn_ack, 0, 1)))),
    "k_late_three": Scenario(
        "Started late: three subflows of one connection, with data both ways on each.",
        lambda: direct(IPV6, 3), [two_ways(12, 17, 3)],
        {"": (ANY, Seen(subflows=3, established=0, complete=False))}, prepare=slow, late=0.3),
    "k_late_two_connections": Scenario(
        "Started late: two connections of the same hosts at once, with two subflows each.",
        lambda: direct(IPV4, 2), [two_ways(7, 7), two_ways(7, 7)],
        {"": (ANY, Seen(connections=2, subflows=4, established=0, complete=False))},
        at_once=True, prepare=slow, late=0.4),
    "k_one_way": Scenario(
        "One direction: the packets of one host only.",
        lambda: direct(IPV6, 2), [two_ways(8, 8)],
        {"_client": (Point("client", only=f"tcp dst port {PORT}"), Seen(complete=False)),
         "_server": (Point("client", only=f"tcp src port {PORT}"),
                     Seen(established=0, complete=False))}, prepare=slow),
    "k_one_path": Scenario(
        "One path: a capture on one of the client's two interfaces has one subflow.",
        lambda: direct(IPV4, 2), [two_ways(8, 8)],
        {"_first": (Point("client", ("client1",)), Seen(subflows=1, complete=False)),
         "_second": (Point("client", ("client2",)),
                     Seen(subflows=1, established=0, complete=False))}, prepare=slow),
    "k_router_any": Scenario(
        "A router with `-i any`: each packet is recorded when it comes in and when it goes out.",
        lambda: routed(IPV4), [two_ways(4, 3)],
        {"": (Point("router", link_type=SLL2), Seen(times=2))}, prepare=slow),
    "k_bridge_any": Scenario(
        "A bridge with `-i any`: each packet is recorded at both ports, with the same addresses and"
        " the same hop limit.",
        lambda: bridged(IPV6), [two_ways(4, 3)], {"": (Point("bridge"), Seen(times=2))},
        prepare=slow),
    "k_container_any": Scenario(
        "The host of a container with `-i any`: each packet is recorded at the container's port, at"
        " the bridge, and at the network card, there with other addresses and ports (NAT).",
        lambda: contained(IPV4), [two_ways(3, 3)],
        {"": (Point("host", link_type=SLL2), Seen(times=3))}, prepare=slow),
    "k_nat": Scenario(
        "A router with NAT, recorded at its three interfaces: each flow has other addresses and"
        " ports on the far side.",
        lambda: routed(IPV4), [two_ways(4, 3)],
        {"": (Point("router", ("near1", "near2", "far9")), Seen(times=2))},
        prepare=all_of(slow, lambda network: translate(network, "router"))),
    "k_nat_ends": Scenario(
        "NAT between two recordings, one at the client and one at the server, merged into one file.",
        lambda: routed(IPV6), [two_ways(4, 3)],
        {"_client": (Point("client"), Seen()), "_server": (Point("server"), Seen())},
        prepare=all_of(slow, lambda network: translate(network, "router")), merged=Seen(times=2)),
    "k_strip_syn": fallback(
        "The option is removed from the SYN: plain TCP from then on.",
        IPV4, SYN_ONLY, PLAIN_TCP, (FROM_CLIENT, STRIP, is_syn)),
    "k_strip_synack": fallback(
        "The option is removed from the SYN/ACK: the client goes on with plain TCP.",
        IPV6, SYN_ONLY, SYN_ONLY, (FROM_SERVER, STRIP, is_syn_ack)),
    "k_strip_third_ack": fallback(
        "The option is removed from the third ACK: the server falls back.",
        IPV4, ONE, ONE, (FROM_CLIENT, STRIP, is_later, 0, 1)),
    "k_strip_first_data": fallback(
        "The option is removed from the first data, which the server answers with plain TCP.",
        IPV6, ONE, ONE, (FROM_CLIENT, STRIP, has_data, 0, 1)),
    "k_strip_midstream": fallback(
        "From the third data segment of each host on, the option is removed from all segments.",
        IPV4, ONE, ONE, (FROM_CLIENT, STRIP, has_data, 2), (FROM_SERVER, STRIP, is_later, 5)),
    "k_checksum_client": Scenario(
        "Checksums: the client requires them, the server does not. Both use them.",
        lambda: direct(IPV6, 2), [two_ways(4, 3)], {"": (ANY, Seen())},
        prepare=sysctl("client", CHECKSUM, 1)),
    "k_checksum_server": Scenario(
        "Checksums: the server requires them, the client does not. Both use them.",
        lambda: direct(IPV4, 2), [two_ways(4, 3)], {"": (ANY, Seen())},
        prepare=sysctl("server", CHECKSUM, 1)),
    "k_payload_changed": Scenario(
        "A middlebox changes a byte of the server's payload: the checksum fails, the client sends"
        " MP_FAIL, and the server goes on with an infinite mapping.",
        lambda: direct(IPV6, 1), [[small_turn(300, 1500)] * 4], both_ends(ONE, ONE),
        prepare=all_of(sysctl("client", CHECKSUM, 1),
                       rules((FROM_SERVER, "payload changed", has_data, 4, 1)))),
    "k_slow_path": download(
        "Two paths: one of 2 Mbit/s and 20 ms, and one of 0.4 Mbit/s and 160 ms. Headers only.",
        IPV4, "server", 300_000, paths({"rate": 2e6, "delay": 0.01}, {"rate": 4e5, "delay": 0.08})),
    "k_lost_path": download(
        "The first path is lost while both carry a download: no segment passes any more. Headers only.",
        IPV6, "server", 300_000, paths({"rate": 1e6, "life": 120}, {"rate": 1e6, "delay": 0.02})),
    "k_head_of_line": download(
        "The first path loses segments in a row: what the second one carries behind them waits until"
        " they are sent again. Headers only.", IPV4, "client", 300_000,
        all_of(rules((FROM_SERVER, "dropped", has_data, 30, 8)),
               paths({"rate": 1e6, "delay": 0.02}, {"rate": 1e6, "delay": 0.02}))),
    "k_receive_window": download(
        "A client that reads slowly: the receive window closes again and again. Headers only.",
        IPV6, "server", 300_000,
        all_of(sysctl("client", "net.ipv4.tcp_rmem", "4096 65536 65536"),
               paths({"rate": 8e6}, {"rate": 8e6})),
        idle=0.1),
    "k_http_upload": upper(
        "HTTP/1.1: two connections at once, each with uploads of 30,000 bytes over two subflows.",
        IPV4, 80, "http1", count=2,
        turns=[FIRST_GET, [("POST", "/upload1-*", 30000)], [("POST", "/upload2-*", 30000)]]),
    "k_http_pipelined": upper(
        "HTTP/1.1 at port 5001: several requests without waiting for responses. One response comes in"
        " chunks, and the end of the last one is that of the connection.",
        IPV6, PORT, "http1", points=BOTH_DEVICES,
        turns=[FIRST_GET, [("GET", "/30000/a", 0), ("POST", "/upload", 3000), ("GET", "/1/b", 0),
                           ("GET", "/chunked/c", 0), ("GET", "/20000/d", 0),
                           ("GET", "/close/e", 0)]]),
    "k_http_loss": upper(
        "HTTP/1.1: the first path loses packets of a download, which are sent again on both subflows.",
        IPV4, 8080, "http1", points=BOTH_ENDS,
        prepare=rules((FROM_SERVER, "dropped", has_data, 8, 20)),
        turns=[FIRST_GET, [("GET", "/30000/a", 0)], [("GET", "/15000/b", 0)]]),
    "k_http2": upper(
        "HTTP/2 with prior knowledge at port 5001; the DATA frames of three streams take turns.",
        IPV6, PORT, "http2", sizes=[2000, 20000, 20000, 15000]),
    "k_tls12": upper(
        "HTTP/1.1 over TLS 1.2, with the secrets.", IPV4, 443, "http1", tls="1.2",
        turns=[FIRST_GET, [("GET", "/30000/a", 0)], [("POST", "/upload", 20000)]]),
    "k_tls13": upper(
        "HTTP/1.1 over TLS 1.3, two connections at once, with the secrets.",
        IPV6, 443, "http1", count=2, tls="1.3",
        turns=[FIRST_GET, [("GET", "/30000/*", 0)], [("POST", "/upload-*", 20000)]]),
    "k_smtp_starttls": upper(
        "SMTP that switches to TLS 1.2, with the secrets; a message of some 40,000 bytes.",
        IPV4, 25, "smtp", tls="1.2", size=30000),
    "k_dns": upper(
        "DNS over TCP: five queries without waiting for the answers, which have up to 100 records.",
        IPV6, 53, "dns", records=[3, 100, 1, 80, 60, 90]),
}
