# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP/1.1: GET and POST, pipelined or not, with the three ways to tell the length of a body.

The path of a request tells what the response is: /SIZE/NAME is a body of so many bytes, /chunked/…
comes in chunks, and the end of /close/… is the end of the connection.
"""

from __future__ import annotations

from . import NAME
from .channel import Channel, content, described

CHUNK = 3000
SIZE_OF_CLOSE = 9000


def serve(channel: Channel, orders: dict) -> dict:
    """Returns the objects that the client uploaded."""
    if version := orders.get("tls"):
        channel.start_tls(version, is_server=True)
    objects, count, path = [], 0, ""
    while not path.startswith("/close/") and (line := channel.read_line()):
        method, path, _ = line.split()
        length = int(_read_header(channel).get("content-length", 0))
        if method == "POST":
            objects.append(described(path, channel.read(length)))
        count += 1
        channel.send(_response(method, path))
    return {"requests": count, "objects": objects}


def call(channel: Channel, orders: dict) -> dict:
    """Returns the objects that the server sent."""
    if version := orders.get("tls"):
        channel.start_tls(version, is_server=False)
    found = []
    for number, turn in enumerate(orders["turns"]):
        if number == 1:
            channel.wait_for_subflows(orders["subflows"])
        names = [(method, path.replace("*", str(channel.number)), size)
                 for method, path, size in turn]
        channel.send(b"".join(_request(*each) for each in names))
        found += [described(path, _read_body(channel)) for _, path, _ in names]
    return {"responses": len(found), "objects": found}


def _request(method: str, path: str, size: int) -> bytes:
    body = content(f"{method} {path}", size)
    fields = [f"Host: {NAME}"]
    if method == "POST":
        fields += ["Content-Type: application/octet-stream", f"Content-Length: {size}"]
    return _message(f"{method} {path} HTTP/1.1", fields, body)


def _response(method: str, path: str) -> bytes:
    if method == "POST":
        body = f"stored {path}\n".encode()
        return _message("HTTP/1.1 201 Created",
                        ["Content-Type: text/plain", f"Content-Length: {len(body)}"], body)
    _, kind, _ = path.split("/")
    fields = ["Content-Type: application/octet-stream"]
    if kind == "close":
        return _message("HTTP/1.1 200 OK", [*fields, "Connection: close"],
                        content(path, SIZE_OF_CLOSE))
    if kind == "chunked":
        body = content(path, 4 * CHUNK)
        return _message("HTTP/1.1 200 OK", [*fields, "Transfer-Encoding: chunked"], _chunks(body))
    return _message("HTTP/1.1 200 OK", [*fields, f"Content-Length: {kind}"],
                    content(path, int(kind)))


def _message(first_line: str, fields: list[str], body: bytes) -> bytes:
    return "\r\n".join([first_line, *fields, "", ""]).encode() + body


def _chunks(body: bytes) -> bytes:
    parts = [body[begin:begin + CHUNK] for begin in range(0, len(body), CHUNK)] + [b""]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


def _read_header(channel: Channel) -> dict[str, str]:
    found = {}
    while line := channel.read_line():
        name, _, value = line.partition(": ")
        found[name.lower()] = value
    return found


def _read_body(channel: Channel) -> bytes:
    channel.read_line()
    header = _read_header(channel)
    if "content-length" in header:
        return channel.read(int(header["content-length"]))
    if "transfer-encoding" not in header:
        return channel.read_until_end()
    body = b""
    while size := int(channel.read_line(), 16):
        body += channel.read(size)
        channel.read_line()
    channel.read_line()
    return body
