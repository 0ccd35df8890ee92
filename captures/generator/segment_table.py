# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures from tables of segments: exactly these packets, whatever a host would do.

The scenarios simulate hosts that keep to the RFC. A table states each segment, so it can contain
what a host does not send on its own: old sequence numbers, options in wrong places, a refusal.
Nothing is accounted for; the test that has the table says what is right.

A row is (sender, flags, seq, ack, length, option…):

sender  "C" or "S", client or server of the connection. A digit selects a path added with `path()`;
        without one, the segment is on the initial subflow.
flags   as tcpdump writes them: "S", "S.", ".", "P.", "F.", "R.", "R"
seq     relative to the ISN of the sender on this path
ack     relative to the ISN of the receiver; None if the segment acknowledges nothing
length  of the payload
option  a function of this module, or bytes

Keys, tokens, nonces, HMACs, IDSNs and ISNs follow from the connection. DSNs and DATA_ACKs are
relative to the IDSN, so the first byte of data has DSN 1. `wait()` and `TimeToLive` are rows
as well. Options that depend on no key are those of `wire.options`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Union

from .roles import CLIENT, ROLES, SERVER, other
from .simulation import SYN_OPTIONS, Capture, Endpoint
from .wire import crypto, options, packets

SENDERS = {"C": CLIENT, "S": SERVER}
FLAGS = {"S": packets.SYN, ".": packets.ACK, "P": packets.PSH, "F": packets.FIN, "R": packets.RST}


@dataclass
class Path:
    """The 4-tuple of a subflow. `ids` and `backup` are those of MP_JOIN."""

    ends: dict[str, Endpoint]
    isn: dict[str, int]
    nonces: dict[str, int]
    ids: dict[str, int]
    backup: dict[str, bool]


@dataclass
class Segment:
    """A segment while its options are made."""

    connection: TableConnection
    path: Path
    role: str
    flags: int
    seq: int
    payload: bytes

    @property
    def peer(self) -> str:
        return other(self.role)

    @property
    def is_syn(self) -> bool:
        return self.flags & (packets.SYN | packets.ACK) == packets.SYN

    @property
    def is_syn_ack(self) -> bool:
        return self.flags & (packets.SYN | packets.ACK) == packets.SYN | packets.ACK

    def key(self, role: str) -> int:
        return self.connection.keys[role]

    def dsn(self, role: str, relative: int) -> int:
        """The absolute number of a relative DSN of this host."""
        return (crypto.idsn(self.connection.version, self.key(role)) + relative) % 2**64


Option = Union[bytes, Callable[[Segment], bytes]]
Row = Union[tuple, "Wait", "TimeToLive"]


@dataclass(frozen=True)
class Wait:
    microseconds: int


@dataclass(frozen=True)
class TimeToLive:
    """The sender's next segments have this TTL, on all paths."""

    sender: str
    ttl: int


def wait(seconds: float) -> Wait:
    """The next segment is sent so many seconds later."""
    return Wait(round(seconds * 1_000_000))


class TableConnection:
    """A connection of a capture, to which `send()` adds segments."""

    def __init__(self, capture: Capture, version: int, client: Endpoint, server: Endpoint) -> None:
        self.capture = capture
        self.version = version
        rand = capture.random
        self.keys = {role: rand.getrandbits(64) for role in ROLES}
        self.paths: list[Path] = []
        self.ttl = dict.fromkeys(ROLES, packets.TTL)
        self.path(client, server)

    def path(self, client: Endpoint, server: Endpoint, ids: tuple[int, int] = (1, 0),
             backup: tuple[bool, bool] = (False, False)) -> None:
        """Adds a path. Pairs are in the order client, server."""
        rand = self.capture.random
        self.paths.append(Path(
            dict(zip(ROLES, (client, server))), {role: rand.getrandbits(32) for role in ROLES},
            {role: rand.getrandbits(32) for role in ROLES}, dict(zip(ROLES, ids)),
            dict(zip(ROLES, backup))))

    def send(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if isinstance(row, Wait):
                self.capture.time += row.microseconds
            elif isinstance(row, TimeToLive):
                self.ttl[SENDERS[row.sender]] = row.ttl
            else:
                self._send(*row)

    def _send(self, sender: str, letters: str, seq: int, ack: int | None, length: int,
              *option: Option) -> None:
        path = self.paths[int(sender[1:] or 0)]
        role = SENDERS[sender[0]]
        flags = sum(FLAGS[letter] for letter in letters)
        segment = Segment(self, path, role, flags, seq, self.capture.random.randbytes(length))
        made = b"".join(each if isinstance(each, bytes) else each(segment) for each in option)
        if flags & packets.SYN:
            made = SYN_OPTIONS + made
        source, destination = path.ends[role], path.ends[segment.peer]
        number = 0 if ack is None else path.isn[segment.peer] + ack
        tcp = packets.tcp(source, destination, path.isn[role] + seq, number, flags, made,
                          segment.payload)
        self.capture.record(packets.ip(source[0], destination[0], packets.TCP, tcp,
                                       self.ttl[role]))
        self.capture.stream(source, destination)


# Options


def capable(flags: int = options.HMAC, version: int | None = None, length: int | None = None,
            keys: tuple[str, ...] | None = None) -> Option:
    """MP_CAPABLE with the keys that this packet must have. `length`: with data, RFC 8684 3.1.
    `keys`: the roles whose keys it has instead."""
    def made(segment: Segment) -> bytes:
        actual = segment.connection.version if version is None else version
        if keys is not None:
            roles = keys
        elif segment.is_syn:
            roles = (segment.role,) if actual == 0 else ()
        elif segment.is_syn_ack:
            roles = (segment.role,)
        else:
            roles = (segment.role, segment.peer)
        return options.mp_capable(actual, *map(segment.key, roles), flags=flags, length=length)
    return made


def join(token: int | None = None, bad_hmac: bool = False) -> Option:
    """MP_JOIN in the form of this packet. `token`: another than the peer's."""
    def made(segment: Segment) -> bytes:
        path, role, peer = segment.path, segment.role, segment.peer
        version = segment.connection.version
        if segment.is_syn:
            valid = crypto.token(version, segment.key(peer))
            return options.mp_join_syn(valid if token is None else token, path.nonces[role],
                                       path.ids[role], path.backup[role])
        hmac = crypto.join_hmac(version, segment.key(role), segment.key(peer), path.nonces[role],
                                path.nonces[peer])
        hmac = bytes([hmac[0] ^ bad_hmac]) + hmac[1:]
        if segment.is_syn_ack:
            return options.mp_join_syn_ack(hmac, path.nonces[role], path.ids[role],
                                           path.backup[role])
        return options.mp_join_ack(hmac)
    return made


def dss(ack: int | None = None, dsn: int | None = None, ssn: int | None = None,
        length: int | None = None, fin: bool = False, ack64: bool = True,
        dsn64: bool = True) -> Option:
    """A DSS option. With `dsn`, it maps the payload of the segment; `length` is another
    Data-Level Length, and `ssn` another subflow sequence number. A DATA_FIN adds 1 to the length;
    without payload, its `ssn` is 0."""
    def made(segment: Segment) -> bytes:
        mapped = len(segment.payload) + fin if length is None else length
        offset = segment.seq if ssn is None else ssn
        if ssn is None and fin and not segment.payload:
            offset = 0
        return options.dss(
            ack=None if ack is None else segment.dsn(segment.peer, ack), ack64=ack64,
            dsn=None if dsn is None else segment.dsn(segment.role, dsn), dsn64=dsn64,
            offset=offset, length=mapped, fin=fin)
    return made


def add_addr(address_id: int, address: str, port: int | None = None, echo: bool = False) -> Option:
    """ADD_ADDR, in version 1 with its HMAC; or its echo."""
    def made(segment: Segment) -> bytes:
        hmac = None
        if segment.connection.version == 1 and not echo:
            # RFC 8684 3.4.1: ID, address and port; zeros if there is no port.
            message = options.add_addr(1, address, address_id, port or 0)[3:]
            hmac = crypto.address_hmac(segment.key(segment.role), segment.key(segment.peer),
                                       message)
        return options.add_addr(segment.connection.version, address, address_id, port, hmac, echo)
    return made


def fastclose(key: int | None = None) -> Option:
    """MP_FASTCLOSE with the receiver's key, or with `key`."""
    return lambda segment: options.mp_fastclose(segment.key(segment.peer) if key is None else key)
