# SPDX-License-Identifier: GPL-2.0-or-later
"""From keys to tokens, IDSNs and HMACs: RFC 6824 (version 0), RFC 8684 (1)."""

from __future__ import annotations

import hashlib
import hmac

HASHES = {0: hashlib.sha1, 1: hashlib.sha256}


def digest(version: int, key: int) -> bytes:
    return HASHES[version](key.to_bytes(8, "big")).digest()


def token(version: int, key: int) -> int:
    """The first 32 bits of the key's digest."""
    return int.from_bytes(digest(version, key)[:4], "big")


def idsn(version: int, key: int) -> int:
    """The last 64 bits of it."""
    return int.from_bytes(digest(version, key)[-8:], "big")


def join_hmac(version: int, own_key: int, peer_key: int, own_nonce: int, peer_nonce: int) -> bytes:
    """The HMAC of the host with `own_key` and `own_nonce`, cut to 160 bits."""
    key = own_key.to_bytes(8, "big") + peer_key.to_bytes(8, "big")
    message = own_nonce.to_bytes(4, "big") + peer_nonce.to_bytes(4, "big")
    return hmac.new(key, message, HASHES[version]).digest()[:20]


def address_hmac(own_key: int, peer_key: int, message: bytes, leftmost: bool = False) -> bytes:
    """Of an ADD_ADDR, version 1: the rightmost 64 bits (RFC 8684 3.4.1)."""
    key = own_key.to_bytes(8, "big") + peer_key.to_bytes(8, "big")
    whole = hmac.new(key, message, hashlib.sha256).digest()
    return whole[:8] if leftmost else whole[-8:]
