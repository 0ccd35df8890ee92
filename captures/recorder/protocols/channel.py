# SPDX-License-Identifier: GPL-2.0-or-later
"""One connection at one end: bytes in and out, counted as the kernel gets them, with TLS or without."""

from __future__ import annotations

import hashlib
import socket
import ssl
import time
from pathlib import Path

from . import CERTIFICATE, NAME, SECRETS
from ..applications import DEADLINE, PAUSE, PIECE, Stream, wait_for_subflows

WRITE = 2000  # bytes; the kernel selects a subflow for each write
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class Channel:
    def __init__(self, connection: socket.socket, number: int, folder: Path) -> None:
        connection.settimeout(DEADLINE)
        self.number = number
        self.sent, self.received = Stream(), Stream()  # what passes the socket
        self._socket, self._folder = connection, folder
        self._buffer = b""
        self._tls: ssl.SSLObject | None = None
        self._from_peer, self._to_peer = ssl.MemoryBIO(), ssl.MemoryBIO()

    def wait_for_subflows(self, count: int) -> None:
        wait_for_subflows(self._socket, count)

    def send(self, data: bytes) -> None:
        if self._tls:
            self._tls.write(data)
            data = self._to_peer.read()
        self._send(data)

    def read(self, size: int) -> bytes:
        while len(self._buffer) < size:
            if not self._fill():
                raise EOFError("the peer closed the connection")
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def read_line(self) -> str:
        """A line that ends with CR LF, without them; "" at the end of the data."""
        while b"\r\n" not in self._buffer:
            if not self._fill():
                return ""
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line.decode()

    def read_until_end(self) -> bytes:
        while self._fill():
            pass
        data, self._buffer = self._buffer, b""
        return data

    def start_tls(self, version: str, is_server: bool) -> None:
        assert not self._buffer
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = context.maximum_version = VERSIONS[version]
        if is_server:
            context.load_cert_chain(self._folder / CERTIFICATE)
        else:
            context.load_verify_locations(self._folder / CERTIFICATE)
            context.keylog_filename = str(self._folder / SECRETS)
        self._tls = context.wrap_bio(self._from_peer, self._to_peer, is_server,
                                     None if is_server else NAME)
        while self._do(self._tls.do_handshake) is None:
            self._take(self._socket.recv(PIECE))
        self._send(self._to_peer.read())

    def close(self) -> None:
        """Ends the own direction, and waits until the peer has done the same."""
        if self._tls:
            self._do(self._tls.unwrap)
            self._send(self._to_peer.read())
        self._socket.shutdown(socket.SHUT_WR)
        while data := self._socket.recv(PIECE):
            self.received.add(data)
        self._socket.close()

    def _fill(self) -> bool:
        """Adds what comes next to the buffer. False at the end of the data."""
        while self._tls:
            data = self._do(lambda: self._tls.read(PIECE))
            if data is not None:
                self._buffer += data
                return bool(data)
            if not self._take(self._socket.recv(PIECE)):
                return False
        return self._take(self._socket.recv(PIECE))

    def _do(self, step):
        """What the step of TLS returns; None if it requires more from the peer."""
        try:
            return step() or b""
        except ssl.SSLWantReadError:
            self._send(self._to_peer.read())
            return None
        except ssl.SSLZeroReturnError:
            return b""

    def _send(self, data: bytes) -> None:
        self.sent.add(data)
        for begin in range(0, len(data), WRITE):
            if begin > 0:
                time.sleep(PAUSE)
            self._socket.sendall(data[begin:begin + WRITE])

    def _take(self, data: bytes) -> bool:
        """False if there is no data."""
        self.received.add(data)
        if self._tls:
            self._from_peer.write(data)
        else:
            self._buffer += data
        return bool(data)


def content(name: str, size: int) -> bytes:
    return hashlib.shake_128(name.encode()).digest(size)


def described(name: str, data: bytes) -> dict:
    return {"path": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
