# SPDX-License-Identifier: GPL-2.0-or-later
"""Tokens, IDSNs and HMACs from keys: RFC 6824 (version 0, SHA-1), RFC 8684 (version 1, SHA-256)."""

from __future__ import annotations

import hashlib
import hmac

HASH_FUNCTIONS = {0: hashlib.sha1, 1: hashlib.sha256}


def digest(version: int, key: int) -> bytes:
    return HASH_FUNCTIONS[version](key.to_bytes(8, "big")).digest()


def token(version: int, key: int) -> int:
    """The most significant 32 bits of the key's hash."""
    return int.from_bytes(digest(version, key)[:4], "big")


def idsn(version: int, key: int) -> int:
    """The least significant 64 bits of the key's hash."""
    return int.from_bytes(digest(version, key)[-8:], "big")


def join_hmac(version: int, own_key: int, peer_key: int, own_nonce: int, peer_nonce: int) -> bytes:
    """The HMAC of the host with `own_key` and `own_nonce`, truncated to 160 bits."""
    key = own_key.to_bytes(8, "big") + peer_key.to_bytes(8, "big")
    message = own_nonce.to_bytes(4, "big") + peer_nonce.to_bytes(4, "big")
    return hmac.new(key, message, HASH_FUNCTIONS[version]).digest()[:20]


def address_hmac(own_key: int, peer_key: int, message: bytes, leftmost: bool = False) -> bytes:
    """RFC 8684 3.4.1: the rightmost 64 bits, for an ADD_ADDR of version 1. `leftmost` gives the
    wrong end."""
    key = own_key.to_bytes(8, "big") + peer_key.to_bytes(8, "big")
    full = hmac.new(key, message, hashlib.sha256).digest()
    return full[:8] if leftmost else full[-8:]
