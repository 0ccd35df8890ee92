# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections and subflows that send packets, and the books about them.

A Scene is the network and the capture: what its hosts send gets a time and a
frame number, unless the scenario says that it was not captured. Everything that
is captured is booked at once, and `Scene.expected()` is the balance: what must
be said of the capture. No capture is ever read to make it.

A scene with `stories` also books what must be told as events, the address table
of each host, and each subflow's priorities and end: the ends of subflows and of
data by themselves, all else as the scenario notes it by `Subflow.told()`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from . import crypto, options, packets
from .addresses import AddressBook
from .data_books import DataBooks, Passage, passage
from .order_books import OrderBooks
from .packets import ACK, FIN, PSH, RST, SYN

Endpoint = tuple[str, int]  # address and port
Wrap = Callable[[bytes], bytes]  # puts an IP packet into a tunnel

CLIENT, SERVER = "client", "server"
ROLES = (CLIENT, SERVER)
SYN_OPTIONS = bytes.fromhex("020405b4 0402 0101")  # MSS 1460, SACK permitted
START = 1_700_000_000_000_000  # microseconds
TICK = 400  # between packets
WHOLE = 1 << 18  # a snaplen that cuts nothing

# Of the events that are more than chat.
SEVERITIES = {
    **dict.fromkeys(("refused", "unanswered", "version_downgrade", "odd_flags", "odd_form",
                     "join_refused",
                     "join_stripped", "join_unanswered", "join_forbidden", "fastclose",
                     "subflow_reset", "data_unseen"), "note"),
    **dict.fromkeys(("version_mismatch", "key_mismatch", "idsn_mismatch", "fail", "fallback",
                     "mapping_mismatch"), "warn"),
    "checksum_bad": "error"}
ENDINGS = ("refused", "join_refused", "subflow_reset", "subflow_closed")


def other(role: str) -> str:
    return SERVER if role == CLIENT else CLIENT


@dataclass
class Books:
    """What was captured of a subflow."""

    packets: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))
    payload: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))
    frames: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def add(self, role: str, payload: int, frame: int, time: int) -> None:
        self.packets[role] += 1
        self.payload[role] += payload
        self.frames.append(frame)
        self.times.append(time)

    def span(self) -> dict:
        return {"first_frame": min(self.frames), "last_frame": max(self.frames),
                "start": min(self.times) / 1e6,
                "duration": (max(self.times) - min(self.times)) / 1e6}


class Scene:
    """The network, and the capture of it."""

    def __init__(self, seed: str, streams: bool = True, stories: bool = False,
                 orders: bool = False) -> None:
        self.random = random.Random(seed)
        self.streams = streams  # are tshark's stream numbers worth telling?
        self.stories = stories  # and what happened?
        self.orders = orders  # and the order of data?
        self.told: list[tuple[Subflow, dict]] = []
        self.time = START
        self.captured: list[tuple[int, bytes, int]] = []
        self.tcp_packets = 0
        self.connections: list[Connection] = []
        self._flows: dict[frozenset, int] = {}

    def connection(self, version: int, client: Endpoint, server: Endpoint,
                   keys: tuple[int, int] | None = None) -> Connection:
        keys = keys or (self.random.getrandbits(64), self.random.getrandbits(64))
        connection = Connection(self, version, client, server, dict(zip(ROLES, keys)))
        self.connections.append(connection)
        return connection

    def capture(self, packet: bytes, tcp: bool = True, kept: int = WHOLE) -> int:
        """Gives the frame's number."""
        self.time += TICK
        self.captured.append((self.time, packet, kept))
        self.tcp_packets += tcp
        return len(self.captured)

    def stream(self, *ends: Endpoint) -> int:
        return self._flows.setdefault(frozenset(ends), len(self._flows))

    def plain(self, source: Endpoint, destination: Endpoint, flags: int, seq: int, ack: int,
              payload: bytes = b"") -> None:
        """A segment of plain TCP."""
        self.stream(source, destination)
        segment = packets.tcp(source, destination, seq, ack, flags, payload=payload)
        self.capture(packets.ip(source[0], destination[0], packets.TCP, segment))

    def expected(self) -> dict:
        seen = [c for c in self.connections if any(s.books.frames for s in c.subflows)]
        seen.sort(key=lambda c: c.first_frame)
        documents = [connection.expected(index) for index, connection in enumerate(seen)]
        balance = {"schema": 1, "packets": self.tcp_packets, "connections": documents,
                   "totals": {"connections": len(documents),
                              "established": sum(d["handshake"] == "complete" for d in documents),
                              "subflows": sum(len(d["subflows"]) for d in documents),
                              "payload": sum(sum(d["payload"].values()) for d in documents)}}
        if self.told:
            balance["told"] = self._expected_told(seen)
        return balance

    def _expected_told(self, seen: list[Connection]) -> list[dict]:
        """What was noted, with the indexes that connections and subflows have got."""
        places = {subflow: {"conn": conn, "subflow": place} for conn, each in enumerate(seen)
                  for place, subflow in enumerate(each.seen_subflows())}
        entries = [{"type": entry["type"], "frame": entry["frame"], **places[subflow], **entry}
                   for subflow, entry in self.told]
        return sorted(entries, key=lambda entry: entry["frame"])


class Connection:
    """An MPTCP connection; its hosts are called by their roles."""

    def __init__(self, scene: Scene, version: int, client: Endpoint, server: Endpoint,
                 keys: dict[str, int]) -> None:
        self.scene = scene
        self.version = version
        self.keys = keys
        self.ends = {CLIENT: client, SERVER: server}
        self.subflows: list[Subflow] = []
        self.next_dsn = {role: self.first_dsn(role) for role in ROLES}
        self.flags = options.HMAC
        self.own_flags = dict.fromkeys(ROLES, 0)  # of MP_CAPABLE, more for each host
        self.seen: set[str] = set()  # of its own handshake: "syn", "syn_ack", "ack"
        # What a scenario knows better than the books.
        self.state = "open"
        self.fallback: bool | dict = False  # or frame and reason
        self.handshake: str | None = None
        self.known: dict[str, bool] = {}  # is this role's key told by the capture?
        self.seen_version: int | None = version
        self.orders = scene.orders  # is the order of its data worth telling?
        self.known_orders: dict[str, dict] = {}  # what the books about it must come to
        # Its story: addresses, whose DATA_FIN was sent and acknowledged, what
        # the kernels would count.
        self.addresses = {role: AddressBook() for role in ROLES}
        self.data_fins: dict[str, str] = {}
        self.counters: dict[str, dict[str, int]] = {}

    def initial(self) -> Subflow:
        return self._add(Subflow(self, "initial", CLIENT, dict(self.ends)))

    def join(self, client: Endpoint, server: Endpoint, opener: str = CLIENT,
             ids: tuple[int, int] = (1, 0), nonces: tuple[int, int] | None = None,
             backup: tuple[bool, bool] = (False, False)) -> Subflow:
        rand = self.scene.random
        nonces = nonces or (rand.getrandbits(32), rand.getrandbits(32))
        subflow = Subflow(self, "join", opener, {CLIENT: client, SERVER: server})
        subflow.ids, subflow.nonces = dict(zip(ROLES, ids)), dict(zip(ROLES, nonces))
        subflow.backup = dict(zip(ROLES, backup))
        return self._add(subflow)

    def _add(self, subflow: Subflow) -> Subflow:
        self.subflows.append(subflow)
        return subflow

    def token(self, role: str) -> int:
        return crypto.token(self.version, self.keys[role])

    def first_dsn(self, role: str) -> int:
        return (crypto.idsn(self.version, self.keys[role]) + 1) % 2**64

    def close(self, *living: Subflow) -> None:
        """DATA_FIN and its DATA_ACK both ways, then FINs on every subflow."""
        living = living or tuple(self.subflows)
        for role in ROLES:
            living[0].data_fin(role)
            living[0].ack_data(other(role))
        for subflow in living:
            subflow.fins()
        self.state = "closed"

    def seen_subflows(self) -> list[Subflow]:
        """By their indexes."""
        return sorted((s for s in self.subflows if s.books.frames),
                      key=lambda s: (s.kind != "initial", min(s.books.frames)))

    @property
    def first_frame(self) -> int:
        return min(min(s.books.frames) for s in self.subflows if s.books.frames)

    def key_known(self, role: str) -> bool:
        if role in self.known:
            return self.known[role]
        if role == CLIENT:
            return "ack" in self.seen or (self.version == 0 and "syn" in self.seen)
        return bool({"ack", "syn_ack"} & self.seen)

    def expected_handshake(self) -> str:
        if self.handshake:
            return self.handshake
        if "syn" not in self.seen:
            return "unseen"
        if {"syn_ack", "ack"} <= self.seen:
            return "complete"
        return "half" if {"syn_ack", "ack"} & self.seen else "syn-only"

    def expected(self, index: int) -> dict:
        subflows = self.seen_subflows()
        books = Books()
        for subflow in subflows:
            for role in ROLES:
                books.packets[role] += subflow.books.packets[role]
                books.payload[role] += subflow.books.payload[role]
            books.frames += subflow.books.frames
            books.times += subflow.books.times
        document = {
            "conn": index, "version": self.seen_version if self.seen else None,
            "handshake": self.expected_handshake(), "state": self.state,
            "partial": "syn" not in self.seen,
            **{role: self._expected_host(role, subflows) for role in ROLES},
            **books.span(), "packets": books.packets, "payload": books.payload,
            "subflows": [s.expected(place) for place, s in enumerate(subflows)]}
        self._book_data(document, subflows)
        if self.seen:
            document["checksum_required"] = bool(self.flags & options.CHECKSUM)
        if isinstance(self.fallback, dict) or not self.fallback:
            document["fallback"] = self.fallback or None
        if self.scene.stories:
            document |= self._expected_story()
            for subflow, told in zip(subflows, document["subflows"]):
                told["idle"] = (max(books.times) - max(subflow.books.times)) / 1e6
        return document

    def data_books(self) -> dict[str, DataBooks]:
        return {role: DataBooks(self, role, self.seen_subflows()) for role in ROLES}

    def _book_data(self, document: dict, subflows: list[Subflow]) -> None:
        """Into the documents of the connection and of its subflows."""
        books = self.data_books()
        document["data"] = {role: books[role].expected() for role in ROLES}
        for subflow, told in zip(subflows, document["subflows"]):
            told["data"] = {role: books[role].of_subflow(subflow) for role in ROLES}
        if not self.orders:
            return
        for role in ROLES:
            orders = OrderBooks(books[role], books[other(role)].passages)
            found = orders.expected()
            wrong = {name: (value, found[name]) for name, value in
                     self.known_orders.get(role, {}).items() if found[name] != value}
            assert not wrong, f"connection {document['conn']}: {wrong}"
            document["data"][role] |= found
            for subflow, told in zip(subflows, document["subflows"]):
                told["data"][role] |= orders.of_subflow(subflow)

    def _expected_story(self) -> dict:
        story: dict = {"addresses": {role: book.rows for role, book in self.addresses.items()}}
        if self.counters:
            story["counters"] = self.counters
        return story

    def _expected_host(self, role: str, subflows: list[Subflow]) -> dict:
        address, port = subflows[0].ends[role]
        key = self.keys[role]
        host = {"address": address, "port": port, "key": None, "token": None, "idsn": None}
        if self.key_known(role):
            host |= {"key": f"0x{key:016x}", "token": self.token(role),
                     "idsn": f"0x{crypto.idsn(self.version, key):016x}"}
        elif any(s.opener == other(role) and "syn" in s.seen for s in subflows
                 if s.kind == "join"):
            host["token"] = self.token(role)  # a join's SYN tells it
        return host


class Subflow:
    """A subflow; `opener` sent its SYN."""

    def __init__(self, connection: Connection, kind: str, opener: str,
                 ends: dict[str, Endpoint]) -> None:
        self.connection, self.kind, self.opener, self.ends = connection, kind, opener, ends
        rand = connection.scene.random
        self.isn = {role: rand.getrandbits(32) for role in ROLES}
        self.seq = dict(self.isn)
        self.ids: dict[str, int | None] = dict.fromkeys(ROLES, 0)
        self.nonces: dict[str, int | None] = dict.fromkeys(ROLES)
        self.backup: dict[str, bool | None] = dict.fromkeys(ROLES, False)
        self.books = Books()
        self.passages: list[Passage] = []
        self.seen: set[str] = set()
        self.wrap: Wrap = lambda packet: packet
        self.verdicts: dict[str, str] = {}  # what a scenario knows better
        self.expected_kind = kind
        self.expected_initiator: str | None = opener
        self.state: str | None = None  # where a scenario notes it
        # Its story.
        self.fins_sent: set[str] = set()
        self.end: dict | None = None
        self.priorities: list[dict] = []
        self.last_sent: dict = {}

    # What goes over the wire.

    def send(self, role: str, flags: int, option: bytes = b"", payload: bytes = b"", *,
             captured: bool = True, times: int = 1, kept: int = WHOLE,
             seq: int | None = None) -> None:
        """One segment, captured `times` times, or lost on its way to the capture."""
        scene = self.connection.scene
        begin = self.seq[role] if seq is None else seq
        ack = self.seq[other(role)] if flags & ACK else 0
        segment = packets.tcp(self.ends[role], self.ends[other(role)], begin, ack, flags, option,
                              payload)
        source, destination = self.ends[role][0], self.ends[other(role)][0]
        packet = self.wrap(packets.ip(source, destination, packets.TCP, segment))
        for _ in range(times if captured else 0):
            self.book(role, len(payload), scene.capture(packet, kept=kept))
            self.passages.append(passage(self, role, len(scene.captured), segment,
                                         kept - (len(packet) - len(segment))))
        self.last_sent = {"role": role, "flags": flags, "option": option, "payload": payload,
                          "seq": begin}
        self._fin_sent(role, flags)
        if seq is None:
            advance = len(payload) + bool(flags & SYN) + bool(flags & FIN)
            self.seq[role] = (self.seq[role] + advance) % 2**32

    def again(self, **changed) -> None:
        """The segment that was sent last, once more."""
        self.send(**self.last_sent | changed)

    def book(self, role: str, payload: int, frame: int) -> None:
        scene = self.connection.scene
        scene.stream(*self.ends.values())
        self.books.add(role, payload, frame, scene.time)

    def syn(self, option: bytes | None = None, **how) -> None:
        if option is None:
            option = self._syn_option()
        self._note("syn", how)
        self.send(self.opener, SYN, SYN_OPTIONS + option, **how)

    def syn_ack(self, option: bytes | None = None, **how) -> None:
        if option is None:
            option = self._syn_ack_option()
        self._note("syn_ack", how)
        self.send(other(self.opener), SYN | ACK, SYN_OPTIONS + option, **how)

    def ack(self, option: bytes | None = None, **how) -> None:
        """The third packet of the handshake."""
        if option is None:
            option = self._ack_option()
        self._note("ack", how)
        self.send(self.opener, ACK, option, **how)

    def open(self, **how) -> Subflow:
        """The three-way handshake, and for a join the acceptor's ACK of it."""
        self.syn(**how)
        self.syn_ack(**how)
        self.ack(**how)
        if self.kind == "join":
            self.send(other(self.opener), ACK, self._data_ack(other(self.opener)), **how)
        return self

    def data(self, role: str, length: int, before: bytes = b"", wide_dsn: bool = True,
             spoilt: bool = False, payload: bytes | None = None, **how) -> None:
        """Payload with its mapping; `before` are options that stand before the DSS.
        `spoilt`: somebody has changed it on the way. `payload`: not just any."""
        payload = payload or self._bytes(length)
        signal = self._mapping(role, payload, length, wide_dsn, spoilt)
        self.send(role, ACK | PSH, before + signal, payload, **how)
        self._data_acked(role)
        self._advance(role, length)

    def _mapping(self, role: str, payload: bytes, length: int, wide_dsn: bool = True,
                 spoilt: bool = False, fin: bool = False) -> bytes:
        connection = self.connection
        dsn = connection.next_dsn[role]
        offset = (self.seq[role] - self.isn[role]) % 2**32 if payload else 0
        checksum = None
        if connection.flags & options.CHECKSUM:
            checksum = options.dss_checksum(dsn, offset, length, payload) ^ spoilt
        return options.dss(ack=connection.next_dsn[other(role)], dsn=dsn, wide_dsn=wide_dsn,
                           offset=offset, length=length, checksum=checksum, fin=fin)

    def _advance(self, role: str, length: int) -> None:
        connection = self.connection
        connection.next_dsn[role] = (connection.next_dsn[role] + length) % 2**64

    def first_data(self, length: int, **how) -> None:
        """Version 1: the client's first data repeats MP_CAPABLE with both keys."""
        connection = self.connection
        option = options.mp_capable(1, connection.keys[CLIENT], connection.keys[SERVER],
                                    flags=connection.flags, length=length)
        self._note("ack", how)
        self.send(CLIENT, ACK | PSH, option, self._bytes(length), **how)
        connection.next_dsn[CLIENT] += length

    def ack_data(self, role: str, wide_ack: bool = False, **how) -> None:
        self.send(role, ACK, self._data_ack(role, wide_ack), **how)
        self._data_acked(role, wide_ack)

    def data_fin(self, role: str, length: int = 0, wide_dsn: bool = True, spoilt: bool = False,
                 **how) -> None:
        """Behind the last `length` octets of data, or alone."""
        payload = self._bytes(length)
        signal = self._mapping(role, payload, length + 1, wide_dsn, spoilt, fin=True)
        self.send(role, ACK, signal, payload, **how)
        self._data_acked(role)
        self._advance(role, length)
        if self.connection.scene.stories:
            self.connection.data_fins[role] = "sent"
            self.told("data_fin", role, dsn=options.number(self.connection.next_dsn[role],
                                                           wide_dsn))
        self._advance(role, 1)

    def fins(self, **how) -> None:
        """FIN from both sides, and the last ACK."""
        self.send(CLIENT, FIN | ACK, **how)
        self.send(SERVER, FIN | ACK, **how)
        self.send(CLIENT, ACK, **how)

    def reset(self, role: str, option: bytes = b"", **how) -> None:
        self.send(role, RST | ACK, option, **how)

    # The options of its handshake.

    def hmac(self, role: str) -> bytes:
        peer, c = other(role), self.connection
        return crypto.join_hmac(c.version, c.keys[role], c.keys[peer], self.nonces[role],
                                self.nonces[peer])

    def _syn_option(self) -> bytes:
        c = self.connection
        if self.kind == "join":
            return options.mp_join_syn(c.token(other(self.opener)), self.nonces[self.opener],
                                       self.ids[self.opener], self.backup[self.opener])
        keys = (c.keys[CLIENT],) if c.version == 0 else ()
        return options.mp_capable(c.version, *keys, flags=c.flags | c.own_flags[CLIENT])

    def _syn_ack_option(self) -> bytes:
        c, acceptor = self.connection, other(self.opener)
        if self.kind == "join":
            return options.mp_join_syn_ack(self.hmac(acceptor), self.nonces[acceptor],
                                           self.ids[acceptor], self.backup[acceptor])
        return options.mp_capable(c.version, c.keys[SERVER],
                                  flags=c.flags | c.own_flags[SERVER])

    def _ack_option(self) -> bytes:
        c = self.connection
        if self.kind == "join":
            return options.mp_join_ack(self.hmac(self.opener))
        return options.mp_capable(c.version, c.keys[CLIENT], c.keys[SERVER],
                                  flags=c.flags | c.own_flags[CLIENT])

    def _data_ack(self, role: str, wide_ack: bool = False) -> bytes:
        return options.dss(ack=self.connection.next_dsn[other(role)], wide_ack=wide_ack)

    def _bytes(self, length: int) -> bytes:
        return self.connection.scene.random.randbytes(length)

    # The books.

    def _note(self, what: str, how: dict) -> None:
        """A packet of the handshake that the capture holds, its options too."""
        if how.get("captured", True) and "kept" not in how:
            self.seen.add(what)
            if self.kind == "initial":
                self.connection.seen.add(what)

    def _use_addresses(self) -> None:
        """Those of both hosts, as far as its handshake tells their IDs."""
        for role in ROLES:
            if self._tells_id(role):
                address_id = self.ids[role]
                assert address_id is not None
                book = self.connection.addresses[role]
                book.use(address_id, self.ends[role][0], min(self.books.frames))

    def _fin_sent(self, role: str, flags: int) -> None:
        if not self.connection.scene.stories:
            return
        if flags & SYN:
            self._use_addresses()
        if not flags & FIN or self.end:
            return
        self.fins_sent.add(role)
        self.told("subflow_fin", role)
        if self.fins_sent == set(ROLES):
            self.told("subflow_closed", role)

    def _data_acked(self, role: str, wide: bool = False) -> None:
        """A DATA_ACK of all that the other host has sent."""
        connection, peer = self.connection, other(role)
        if connection.data_fins.get(peer) != "sent":
            return
        connection.data_fins[peer] = "acknowledged"
        self.told("data_fin_acked", role, dsn=options.number(connection.next_dsn[peer], wide))
        if set(connection.data_fins.items()) == {(each, "acknowledged") for each in ROLES}:
            self.told("closed", role)

    def told(self, kind: str, role: str, severity: str | None = None, **members) -> None:
        """This must be told of the packet that was captured last. A `flaw` among the
        members is the name of one more expert info."""
        frame = self.books.frames[-1]
        self.connection.scene.told.append((self, {
            "type": kind, "frame": frame, "from": role,
            "severity": severity or SEVERITIES.get(kind, "chat"), **members}))
        if kind in ENDINGS and not self.end:
            why = {name: members[name] for name in ("reason_in_words", "transient")
                   if name in members}
            self.end = {"frame": frame, "from": role, "how": kind,
                        "reason": members.get("reason"), **why}

    def _verdict(self, what: str) -> str:
        if what in self.verdicts:
            return self.verdicts[what]
        if self.kind != "join" or what not in self.seen:
            return "absent"
        keys = all(self.connection.key_known(role) for role in ROLES)
        return "good" if keys and {"syn", "syn_ack"} <= self.seen else "unverified"

    def _tells_id(self, role: str) -> bool:
        return self.expected_kind == "initial" or \
            ("syn" if role == self.opener else "syn_ack") in self.seen

    def _expected_end(self, role: str) -> dict:
        address, port = self.ends[role]
        told = self._tells_id(role)
        return {"address": address, "port": port,
                "address_id": self.ids[role] if told else None,
                "nonce": self.nonces[role] if told else None,
                "backup": self.backup[role] if told else None}

    def expected(self, index: int) -> dict:
        document = {
            "subflow": index, "kind": self.expected_kind, "initiator": self.expected_initiator,
            **{role: self._expected_end(role) for role in ROLES},
            "hmac": {"synack": self._verdict("syn_ack"), "ack": self._verdict("ack")},
            **self.books.span(), "packets": self.books.packets, "payload": self.books.payload}
        if self.connection.scene.streams:
            document["stream"] = self.connection.scene.stream(*self.ends.values())
        if self.state:
            document["state"] = self.state
        if self.connection.scene.stories:
            document |= {"priorities": self.priorities, "end": self.end}
        return document
