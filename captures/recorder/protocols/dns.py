# SPDX-License-Identifier: GPL-2.0-or-later
"""DNS over TCP (RFC 7766): queries for TXT records, all sent before the first answer to them."""

from __future__ import annotations

import struct

from . import NAME
from .channel import Channel, content

TXT, INTERNET = 16, 1
QUERY, RESPONSE = 0x0100, 0x8580
POINTER_TO_NAME = 0xC00C
STRING = 120  # bytes of a TXT record


def serve(channel: Channel, orders: dict) -> dict:
    for record_count in orders["records"]:
        number, question = _read_message(channel)
        records = b"".join(_record(number, each) for each in range(record_count))
        channel.send(_message(number, RESPONSE, question, record_count, records))
    return {"queries": len(orders["records"])}


def call(channel: Channel, orders: dict) -> dict:
    names = [f"name{number}.{NAME}" for number in range(len(orders["records"]))]
    questions = [_message(number, QUERY, _question(name)) for number, name in enumerate(names)]
    channel.send(questions[0])
    found = [_read_answer(channel)]
    channel.wait_for_subflows(orders["subflows"])
    channel.send(b"".join(questions[1:]))
    found += [_read_answer(channel) for _ in questions[1:]]
    return {"answers": [{"id": number, "name": names[number], "records": records}
                        for number, records in found]}


def _read_answer(channel: Channel) -> tuple[int, int]:
    """The ID of the query and the number of records."""
    message = channel.read(int.from_bytes(channel.read(2), "big"))
    number, _, _, records = struct.unpack_from("!4H", message)
    return number, records


def _read_message(channel: Channel) -> tuple[int, bytes]:
    message = channel.read(int.from_bytes(channel.read(2), "big"))
    return int.from_bytes(message[:2], "big"), message[12:]


def _message(number: int, flags: int, question: bytes, count: int = 0, records: bytes = b"") -> bytes:
    message = struct.pack("!6H", number, flags, 1, count, 0, 0) + question + records
    return struct.pack("!H", len(message)) + message


def _question(name: str) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return labels + b"\0" + struct.pack("!HH", TXT, INTERNET)


def _record(number: int, place: int) -> bytes:
    text = content(f"{number} {place}", STRING // 2).hex().encode()
    return struct.pack("!HHHIH", POINTER_TO_NAME, TXT, INTERNET, 300, STRING + 1) + bytes(
        [STRING]) + text
