# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP option 30 as bytes, a function for each subtype (RFC 8684 3; version 0: RFC 6824 3)."""

from __future__ import annotations

import ipaddress
import struct

from . import packets

CHECKSUM, EXTENSIBLE, NO_JOINS, HMAC = 0x80, 0x40, 0x20, 0x01  # flags A, B, C, H of MP_CAPABLE
NOP = b"\x01"
END = b"\x00"


def option(subtype: int, low_nibble: int, rest: bytes) -> bytes:
    """`low_nibble`: the four bits after the subtype; `rest`: everything after that byte."""
    return struct.pack("!BBB", 30, 3 + len(rest), subtype << 4 | low_nibble) + rest


def mp_capable(version: int, *keys: int, flags: int = HMAC, length: int | None = None,
               checksum: int | None = None) -> bytes:
    """Without keys: a SYN of version 1. One key: a SYN/ACK. Two keys: a third ACK."""
    rest = struct.pack("!B", flags) + b"".join(struct.pack("!Q", key) for key in keys)
    if length is not None:
        rest += struct.pack("!H", length)
    if checksum is not None:
        rest += struct.pack("!H", checksum)
    return option(0, version, rest)


def mp_join_syn(token: int, nonce: int, address_id: int, backup: bool = False) -> bytes:
    return option(1, backup, struct.pack("!BII", address_id, token, nonce))


def mp_join_syn_ack(hmac: bytes, nonce: int, address_id: int, backup: bool = False) -> bytes:
    return option(1, backup, struct.pack("!B8sI", address_id, hmac[:8], nonce))


def mp_join_ack(hmac: bytes) -> bytes:
    return option(1, 0, struct.pack("!B20s", 0, hmac))


def dss(ack: int | None = None, dsn: int | None = None, offset: int = 0, length: int = 0,
        fin: bool = False, checksum: int | None = None, ack64: bool = False,
        dsn64: bool = True) -> bytes:
    """A DSS option. `ack64` and `dsn64` select 8 bytes for the DATA_ACK and the DSN, instead of
    4."""
    flags = fin << 4
    rest = b""
    if ack is not None:
        flags |= 0x01 | ack64 << 1
        rest += struct.pack("!Q", ack) if ack64 else struct.pack("!I", ack & 0xffffffff)
    if dsn is not None:
        flags |= 0x04 | dsn64 << 3
        rest += struct.pack("!Q", dsn) if dsn64 else struct.pack("!I", dsn & 0xffffffff)
        rest += struct.pack("!IH", offset, length)
        if checksum is not None:
            rest += struct.pack("!H", checksum)
    return option(2, 0, struct.pack("!B", flags) + rest)


def dss_checksum(dsn: int, offset: int, length: int, payload: bytes) -> int:
    """RFC 8684 3.3.1: over a pseudo-header with the 64-bit DSN, and the data."""
    return packets.ones_complement(struct.pack("!QIHH", dsn, offset, length, 0) + payload)


def as_json(dsn: int, is_64_bit: bool) -> str:
    """A DSN as in the JSON, with as many digits as were sent."""
    return f"0x{dsn:016x}" if is_64_bit else f"0x{dsn & 0xffffffff:08x}"


def add_addr(version: int, address: str, address_id: int, port: int | None = None,
             hmac: bytes | None = None, echo: bool = False) -> bytes:
    """Version 0 has the IP version in the option; version 1 has an HMAC, except in an echo."""
    ip = ipaddress.ip_address(address)
    nibble = ip.version if version == 0 else int(echo)
    rest = struct.pack("!B", address_id) + ip.packed
    if port is not None:
        rest += struct.pack("!H", port)
    return option(3, nibble, rest + (hmac or b""))


def remove_addr(*address_ids: int) -> bytes:
    return option(4, 0, bytes(address_ids))


def mp_prio(backup: bool, address_id: int | None = None) -> bytes:
    return option(5, backup, b"" if address_id is None else bytes([address_id]))


def mp_fail(dsn: int) -> bytes:
    return option(6, 0, struct.pack("!BQ", 0, dsn))


def mp_fastclose(key: int) -> bytes:
    return option(7, 0, struct.pack("!BQ", 0, key))


def mp_tcprst(reason: int, transient: bool = False) -> bytes:
    return option(8, transient, bytes([reason]))
