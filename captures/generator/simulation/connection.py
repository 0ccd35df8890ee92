# SPDX-License-Identifier: GPL-2.0-or-later
"""MPTCP connections and subflows that send segments (RFC 8684; version 0: RFC 6824).

Every captured segment enters the accounting when it is sent. A segment that is sent with
`captured=False` changes the state of the hosts only.

If the capture has events, a subflow adds those of FINs, DATA_FINs and DATA_ACKs itself. The
scenario adds all others with `Subflow.expect_event()`.
"""

from __future__ import annotations

from collections.abc import Callable

from ..accounting import segments
from ..accounting.addresses import AddressTable
from ..accounting.data import DataAccounting
from ..accounting.traffic import TrafficCounters
from ..roles import CLIENT, ROLES, SERVER, other
from ..wire import crypto, options, packets
from ..wire.packets import ACK, FIN, PSH, RST, SYN
from .capture import NO_SNAPLEN, Capture, Endpoint
from .events import ENDINGS, ending, event

Encapsulation = Callable[[bytes], bytes]  # from an IP packet to the packet that carries it

SYN_OPTIONS = bytes.fromhex("020405b4 0402 0101")  # MSS 1460, SACK permitted


class Connection:
    """An MPTCP connection. `seen` holds the packets of its handshake that were captured: "syn",
    "syn_ack", "ack"."""

    def __init__(self, capture: Capture, version: int, client: Endpoint, server: Endpoint,
                 keys: dict[str, int]) -> None:
        self.capture = capture
        self.version = version
        self.keys = keys
        self.ends = {CLIENT: client, SERVER: server}
        self.subflows: list[Subflow] = []
        self.next_dsn = {role: self.first_dsn(role) for role in ROLES}
        self.flags = options.HMAC
        self.own_flags = dict.fromkeys(ROLES, 0)  # more flags of MP_CAPABLE, by sender
        self.seen: set[str] = set()
        # Expected values that a scenario sets where they do not follow from the packets.
        self.state = "open"
        self.fallback: bool | dict = False  # or frame and reason
        self.handshake: str | None = None
        self.keys_known: dict[str, bool] = {}
        self.reported_version: int | None = version
        self.has_order = capture.has_order
        self.stated_order: dict[str, dict] = {}  # what the accounting must come to, by sender
        self.counters: dict[str, dict[str, int]] = {}  # by host, as its kernel would count
        # Accounting for events.
        self.addresses = {role: AddressTable() for role in ROLES}
        self.data_fins: dict[str, str] = {}  # "sent" or "acknowledged", by sender

    def initial(self) -> Subflow:
        """The initial subflow, before its SYN."""
        return self._add(Subflow(self, "initial", CLIENT, dict(self.ends)))

    def join(self, client: Endpoint, server: Endpoint, initiator: str = CLIENT,
             ids: tuple[int, int] = (1, 0), nonces: tuple[int, int] | None = None,
             backup: tuple[bool, bool] = (False, False)) -> Subflow:
        """An additional subflow, before its SYN. Pairs are in the order client, server."""
        rand = self.capture.random
        nonces = nonces or (rand.getrandbits(32), rand.getrandbits(32))
        subflow = Subflow(self, "join", initiator, {CLIENT: client, SERVER: server})
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

    def close(self, *subflows: Subflow) -> None:
        """Sends DATA_FINs and their DATA_ACKs on the first subflow, then FINs on each."""
        subflows = subflows or tuple(self.subflows)
        for role in ROLES:
            subflows[0].data_fin(role)
            subflows[0].ack_data(other(role))
        for subflow in subflows:
            subflow.fins()
        self.state = "closed"

    def captured_subflows(self) -> list[Subflow]:
        """The subflows with captured packets, in the order of their indexes."""
        return sorted((s for s in self.subflows if s.traffic.frames),
                      key=lambda s: (s.kind != "initial", min(s.traffic.frames)))

    @property
    def first_frame(self) -> int:
        return min(min(s.traffic.frames) for s in self.subflows if s.traffic.frames)

    def key_known(self, role: str) -> bool:
        """Does the capture contain this host's key? RFC 8684 3.1: the third ACK has both keys;
        in version 1 the SYN has none."""
        if role in self.keys_known:
            return self.keys_known[role]
        if role == CLIENT:
            return "ack" in self.seen or (self.version == 0 and "syn" in self.seen)
        return bool({"ack", "syn_ack"} & self.seen)

    def captured_handshake(self) -> str:
        if self.handshake:
            return self.handshake
        if "syn" not in self.seen:
            return "unseen"
        if "ack" in self.seen:  # it has both keys
            return "complete"
        return "half" if "syn_ack" in self.seen else "syn-only"

    def data_accounting(self) -> dict[str, DataAccounting]:
        """By sender."""
        subflows = self.captured_subflows()
        agreed = self.captured_handshake() != "syn-only"
        verify = "syn" not in self.seen or bool(self.flags & options.CHECKSUM)
        return {role: DataAccounting(
            subflows, [segment for subflow in subflows for segment in subflow.segments
                       if segment.role == role],
            self.key_known(role), verify, self.state == "fallback" or bool(self.fallback),
            self.first_dsn(role) if agreed else None)
            for role in ROLES}


class Subflow:
    """A subflow. `initiator` sends its SYN."""

    def __init__(self, connection: Connection, kind: str, initiator: str,
                 ends: dict[str, Endpoint]) -> None:
        self.connection, self.kind, self.ends = connection, kind, ends
        self.initiator = initiator
        rand = connection.capture.random
        self.isn = {role: rand.getrandbits(32) for role in ROLES}
        self.seq = dict(self.isn)
        self.ids: dict[str, int | None] = dict.fromkeys(ROLES, 0)
        self.nonces: dict[str, int | None] = dict.fromkeys(ROLES)
        self.backup: dict[str, bool | None] = dict.fromkeys(ROLES, False)
        self.encapsulate: Encapsulation = lambda packet: packet
        # Further points that record each packet, as the packet is there; None: it is lost before.
        self.further_points: list[Encapsulation] = []
        self.copies = dict.fromkeys(ROLES, 0)
        self.also: list[dict] = []  # stated by the scenario
        self.last_sent: dict = {}  # the arguments of send()
        # Accounting.
        self.traffic = TrafficCounters()
        self.segments: list[segments.CapturedSegment] = []
        self.seen: set[str] = set()  # packets of its handshake, as in Connection
        self.fins_sent: set[str] = set()
        self.events: list[dict] = []
        self.end: dict | None = None
        self.priorities: list[dict] = []
        # Expected values that a scenario sets where they do not follow from the packets.
        self.verdicts: dict[str, str] = {}  # on HMACs, by packet of the handshake
        self.reported_kind = kind
        self.reported_initiator: str | None = initiator
        self.state: str | None = None

    # Sending

    def send(self, role: str, flags: int, option: bytes = b"", payload: bytes = b"", *,
             captured: bool = True, times: int = 1, caplen: int = NO_SNAPLEN,
             seq: int | None = None, window: int = packets.WINDOW) -> None:
        """Sends one segment. It is captured `times` times with at most `caplen` bytes, or not at
        all. With `seq`, it leaves the next sequence number as it is."""
        begin = self.seq[role] if seq is None else seq
        ack = self.seq[other(role)] if flags & ACK else 0
        segment = packets.tcp(self.ends[role], self.ends[other(role)], begin, ack, flags, option,
                              payload, window)
        source, destination = self.ends[role][0], self.ends[other(role)][0]
        packet = self.encapsulate(packets.ip(source, destination, packets.TCP, segment))
        for _ in range(times if captured else 0):
            self._record(role, packet, segment, len(payload), caplen)
        self.last_sent = {"role": role, "flags": flags, "option": option, "payload": payload,
                          "seq": begin}
        self._note_fin(role, flags)
        if seq is None:
            advance = len(payload) + bool(flags & SYN) + bool(flags & FIN)
            self.seq[role] = (self.seq[role] + advance) % 2**32

    def resend(self, **changed) -> None:
        """Sends the last segment again, with other arguments of send() if given."""
        self.send(**self.last_sent | changed)

    def _record(self, role: str, packet: bytes, segment: bytes, payload: int,
                caplen: int) -> None:
        connection, capture = self.connection, self.connection.capture
        frame = capture.record(packet, caplen=caplen)
        capture.stream(*self.ends.values())
        self.traffic.add(role, payload, frame, capture.time)
        sender = segments.SenderState(self.isn[role], connection.first_dsn(role),
                                      connection.next_dsn)
        self.segments.append(segments.parse(segment, caplen - (len(packet) - len(segment)), self,
                                            role, frame, capture.time, sender))
        for forward in self.further_points:
            if (copy := forward(packet)) is not None:
                capture.record(copy, tcp=False)  # a copy is not counted
                self.copies[role] += 1

    def syn(self, option: bytes | None = None, **sending) -> None:
        if option is None:
            option = self._syn_option()
        self._note_handshake("syn", sending)
        self.send(self.initiator, SYN, SYN_OPTIONS + option, **sending)

    def syn_ack(self, option: bytes | None = None, **sending) -> None:
        if option is None:
            option = self._syn_ack_option()
        self._note_handshake("syn_ack", sending)
        self.send(other(self.initiator), SYN | ACK, SYN_OPTIONS + option, **sending)

    def ack(self, option: bytes | None = None, **sending) -> None:
        """Sends the third packet of the handshake."""
        if option is None:
            option = self._ack_option()
        self._note_handshake("ack", sending)
        self.send(self.initiator, ACK, option, **sending)

    def open(self, **sending) -> Subflow:
        """The three-way handshake; RFC 8684 3.2: a join has a fourth packet, an ACK."""
        self.syn(**sending)
        self.syn_ack(**sending)
        self.ack(**sending)
        if self.kind == "join":
            listener = other(self.initiator)
            self.send(listener, ACK, self._data_ack(listener), **sending)
        return self

    def data(self, role: str, length: int, before: bytes = b"", dsn64: bool = True,
             corrupt: bool = False, payload: bytes | None = None, **sending) -> None:
        """Sends payload with its mapping. `before`: options before the DSS. `corrupt`: the
        checksum is wrong. The payload is random by default."""
        payload = payload or self._random_payload(length)
        dss = self.dss(role, payload, length, dsn64, corrupt)
        self.send(role, ACK | PSH, before + dss, payload, **sending)
        self._note_data_ack(role)
        self._advance(role, length)

    def dss(self, role: str, payload: bytes, length: int, dsn64: bool = True,
            corrupt: bool = False, fin: bool = False) -> bytes:
        """A DSS option that maps `payload` to the next DSN. `length` includes a DATA_FIN."""
        connection = self.connection
        dsn = connection.next_dsn[role]
        offset = (self.seq[role] - self.isn[role]) % 2**32 if payload else 0
        checksum = None
        if connection.flags & options.CHECKSUM:
            checksum = options.dss_checksum(dsn, offset, length, payload) ^ corrupt
        return options.dss(ack=connection.next_dsn[other(role)], dsn=dsn, dsn64=dsn64,
                           offset=offset, length=length, checksum=checksum, fin=fin)

    def _advance(self, role: str, length: int) -> None:
        connection = self.connection
        connection.next_dsn[role] = (connection.next_dsn[role] + length) % 2**64

    def first_data(self, length: int, **sending) -> None:
        """RFC 8684 3.1: the client's first data repeats MP_CAPABLE with both keys."""
        connection = self.connection
        option = options.mp_capable(1, connection.keys[CLIENT], connection.keys[SERVER],
                                    flags=connection.flags, length=length)
        self._note_handshake("ack", sending)
        self.send(CLIENT, ACK | PSH, option, self._random_payload(length), **sending)
        connection.next_dsn[CLIENT] += length

    def ack_data(self, role: str, ack64: bool = False, **sending) -> None:
        """`role` sends a DATA_ACK of all data that the other host has sent."""
        self.send(role, ACK, self._data_ack(role, ack64), **sending)
        self._note_data_ack(role, ack64)

    def data_fin(self, role: str, length: int = 0, dsn64: bool = True, corrupt: bool = False,
                 **sending) -> None:
        """Sends a DATA_FIN after `length` bytes of data in the same segment."""
        payload = self._random_payload(length)
        dss = self.dss(role, payload, length + 1, dsn64, corrupt, fin=True)
        self.send(role, ACK, dss, payload, **sending)
        self._note_data_ack(role)
        self._advance(role, length)
        self._advance(role, 1)
        if self.connection.capture.has_events:
            self.connection.data_fins[role] = "sent"
            self.expect_data_fin(role, dsn64)

    def fins(self, **sending) -> None:
        """Sends a FIN from both sides, and the last ACK."""
        self.send(CLIENT, FIN | ACK, **sending)
        self.send(SERVER, FIN | ACK, **sending)
        self.send(CLIENT, ACK, **sending)

    def reset(self, role: str, option: bytes = b"", **sending) -> None:
        self.send(role, RST | ACK, option, **sending)

    # Options

    def hmac(self, role: str) -> bytes:
        """The HMAC that `role` sends in its part of the handshake of a join."""
        peer, connection = other(role), self.connection
        return crypto.join_hmac(connection.version, connection.keys[role], connection.keys[peer],
                                self.nonces[role], self.nonces[peer])

    def _syn_option(self) -> bytes:
        c, initiator = self.connection, self.initiator
        if self.kind == "join":
            return options.mp_join_syn(c.token(other(initiator)), self.nonces[initiator],
                                       self.ids[initiator], self.backup[initiator])
        keys = (c.keys[CLIENT],) if c.version == 0 else ()
        return options.mp_capable(c.version, *keys, flags=c.flags | c.own_flags[CLIENT])

    def _syn_ack_option(self) -> bytes:
        c, listener = self.connection, other(self.initiator)
        if self.kind == "join":
            return options.mp_join_syn_ack(self.hmac(listener), self.nonces[listener],
                                           self.ids[listener], self.backup[listener])
        return options.mp_capable(c.version, c.keys[SERVER],
                                  flags=c.flags | c.own_flags[SERVER])

    def _ack_option(self) -> bytes:
        c = self.connection
        if self.kind == "join":
            return options.mp_join_ack(self.hmac(self.initiator))
        return options.mp_capable(c.version, c.keys[CLIENT], c.keys[SERVER],
                                  flags=c.flags | c.own_flags[CLIENT])

    def _data_ack(self, role: str, ack64: bool = False) -> bytes:
        return options.dss(ack=self.connection.next_dsn[other(role)], ack64=ack64)

    def _random_payload(self, length: int) -> bytes:
        return self.connection.capture.random.randbytes(length)

    # Accounting

    def id_known(self, role: str) -> bool:
        """Does the capture contain this host's address ID for the subflow?"""
        return self.reported_kind == "initial" or \
            ("syn" if role == self.initiator else "syn_ack") in self.seen

    def expect_event(self, kind: str, role: str, severity: str | None = None, **members) -> None:
        """The plugin must report this event for the last captured packet, sent by `role`."""
        expected = event(kind, self.traffic.frames[-1], role, severity, **members)
        self.events.append(expected)
        if kind in ENDINGS and not self.end:
            self.end = ending(expected)

    def expect_data_fin(self, role: str, dsn64: bool = True, repeated: bool = False) -> None:
        """`repeated`: this host has sent the same DATA_FIN before."""
        dsn = (self.connection.next_dsn[role] - 1) % 2**64
        self.expect_event("data_fin", role, dsn=options.as_json(dsn, dsn64), repeated=repeated)

    def _note_handshake(self, packet: str, sending: dict) -> None:
        """The packet counts as seen if it is captured with its options."""
        if sending.get("captured", True) and "caplen" not in sending:
            self.seen.add(packet)
            if self.kind == "initial":
                self.connection.seen.add(packet)

    def _note_addresses(self) -> None:
        """Adds the addresses of both hosts to the tables if the handshake contains their IDs."""
        for role in ROLES:
            if self.id_known(role):
                address_id = self.ids[role]
                assert address_id is not None
                table = self.connection.addresses[role]
                table.use(address_id, self.ends[role][0], min(self.traffic.frames))

    def _note_fin(self, role: str, flags: int) -> None:
        if not self.connection.capture.has_events:
            return
        if flags & SYN:
            self._note_addresses()
        if not flags & FIN or self.end:
            return
        self.fins_sent.add(role)
        self.expect_event("subflow_fin", role)
        if self.fins_sent == set(ROLES):
            self.expect_event("subflow_closed", role)

    def _note_data_ack(self, role: str, ack64: bool = False) -> None:
        """`role` has acknowledged all data of its peer; this may include a DATA_FIN."""
        connection, peer = self.connection, other(role)
        if connection.data_fins.get(peer) != "sent":
            return
        connection.data_fins[peer] = "acknowledged"
        self.expect_event("data_fin_acked", role,
                          dsn=options.as_json(connection.next_dsn[peer], ack64))
        if set(connection.data_fins.items()) == {(each, "acknowledged") for each in ROLES}:
            self.expect_event("closed", role)
