# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP/2 over cleartext TCP with prior knowledge (RFC 9113 3.3). The streams of the responses take
turns frame by frame. All header fields are literals that are never indexed (RFC 7541 6.2.3)."""

from __future__ import annotations

import struct

from . import NAME
from .channel import Channel, content, described

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, GOAWAY = 0, 1, 4, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
NEVER_INDEXED = 0x10
PIECE = 3000  # bytes of a DATA frame


def serve(channel: Channel, orders: dict) -> dict:
    channel.read(len(PREFACE))
    _exchange_settings(channel)
    sizes = {}
    while len(sizes) < len(orders["sizes"]):
        _, _, stream, header = _read_frame(channel)
        size = int(_fields(header)[":path"].strip("/"))
        sizes[stream] = size
        if len(sizes) == 1:  # alone: the other requests come when all subflows have joined
            _respond(channel, {stream: size})
    del sizes[1]
    _respond(channel, sizes)
    channel.send(_frame(GOAWAY, 0, 0, struct.pack("!II", 2 * len(orders["sizes"]) - 1, 0)))
    return {"requests": len(orders["sizes"])}


def call(channel: Channel, orders: dict) -> dict:
    first, *others = orders["sizes"]
    channel.send(PREFACE)
    _exchange_settings(channel)
    channel.send(_request(1, first))
    bodies = _read_bodies(channel, 1)
    channel.wait_for_subflows(orders["subflows"])
    channel.send(b"".join(_request(2 * number + 3, size) for number, size in enumerate(others)))
    bodies |= _read_bodies(channel, len(others))
    _read_frame(channel)
    return {"responses": len(bodies),
            "streams": [{"stream": stream} | described(f"/{len(body)}", body)
                        for stream, body in sorted(bodies.items())]}


def _exchange_settings(channel: Channel) -> None:
    channel.send(_frame(SETTINGS, 0, 0, b""))
    _read_frame(channel)
    channel.send(_frame(SETTINGS, ACK, 0, b""))
    _read_frame(channel)


def _request(stream: int, size: int) -> bytes:
    fields = {":method": "GET", ":scheme": "http", ":path": f"/{size}", ":authority": NAME}
    return _frame(HEADERS, END_HEADERS | END_STREAM, stream, _block(fields))


def _respond(channel: Channel, sizes: dict[int, int]) -> None:
    out, left = b"", {stream: content(f"stream {stream}", size) for stream, size in sizes.items()}
    for stream, body in left.items():
        out += _frame(HEADERS, END_HEADERS, stream,
                      _block({":status": "200", "content-length": str(len(body))}))
    while left:
        for stream, body in list(left.items()):
            left[stream] = body[PIECE:]
            out += _frame(DATA, 0 if left[stream] else END_STREAM, stream, body[:PIECE])
            if not left[stream]:
                del left[stream]
    channel.send(out)


def _read_bodies(channel: Channel, count: int) -> dict[int, bytes]:
    bodies: dict[int, bytes] = {}
    while count > 0:
        kind, flags, stream, payload = _read_frame(channel)
        if kind == DATA:
            bodies[stream] = bodies.get(stream, b"") + payload
            count -= flags & END_STREAM
    return bodies


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def _read_frame(channel: Channel) -> tuple[int, int, int, bytes]:
    length = int.from_bytes(channel.read(3), "big")
    kind, flags, stream = struct.unpack("!BBI", channel.read(6))
    return kind, flags, stream, channel.read(length)


def _block(fields: dict[str, str]) -> bytes:
    out = b""
    for each in fields.items():
        out += bytes([NEVER_INDEXED])
        out += b"".join(bytes([len(word)]) + word.encode() for word in each)
    return out


def _fields(block: bytes) -> dict[str, str]:
    found, position = {}, 0
    while position < len(block):
        words = []
        position += 1
        for _ in ("name", "value"):
            end = position + 1 + block[position]
            words.append(block[position + 1:end].decode())
            position = end
        found[words[0]] = words[1]
    return found
