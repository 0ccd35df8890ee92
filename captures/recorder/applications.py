# SPDX-License-Identifier: GPL-2.0-or-later
"""The applications of the hosts, and what they count.

    python3 applications.py serve JSON
    python3 applications.py call JSON

JSON has `address`, `port`, `fast_open`, `at_once` and `plans`, one for each connection. The client
opens one connection after the other. Each transfers what its plan says before the next one is opened,
or, with `at_once`, all do after the last one was opened. With `fast_open`, the first write goes into
the SYN.

A plan is a list of turns: {"up": [bytes…], "down": [bytes…], "both": bool, "subflows": n, "idle": s}.
In a turn, the client sends its writes, then the server; with `both`, they send at the same time. Before
a turn, the client waits until the connection has so many subflows. With `idle`, a receiver does
something else for so many seconds whenever it has read 16 KiB.

Each program prints one JSON line at the end: what it sent and received, by connection.
"""

from __future__ import annotations

import hashlib
import json
import socket
import sys
import threading
import time
from dataclasses import dataclass, field

IPPROTO_MPTCP = 262
SOL_MPTCP, MPTCP_INFO = 284, 1
MSG_FASTOPEN = 0x20000000
PIECE = 65536
PAUSE = 0.006  # seconds between two writes
HANDSHAKE = 0.1  # seconds
DEADLINE = 60
READ_AT_ONCE = 16384  # bytes, by a receiver that has other things to do


@dataclass
class Stream:
    """One direction of a connection at one end."""

    count: int = 0
    digest: object = field(default_factory=hashlib.sha256)

    def add(self, data: bytes) -> None:
        self.count += len(data)
        self.digest.update(data)


class Talk:
    """One connection at one end."""

    def __init__(self, number: int, role: str, plan: list[dict]) -> None:
        self.number, self.role, self.plan = number, role, plan
        self.socket: socket.socket
        self.sent, self.received = Stream(), Stream()
        self.error = ""
        total = sum(sum(turn[self.mine]) for turn in plan)
        self._data = hashlib.shake_128(f"{role} {number}".encode()).digest(total)

    @property
    def mine(self) -> str:
        return "up" if self.role == "client" else "down"

    @property
    def other(self) -> str:
        return "down" if self.role == "client" else "up"

    def next_data(self, size: int) -> bytes:
        """The next bytes of this end's stream, counted as sent."""
        data = self._data[self.sent.count:self.sent.count + size]
        self.sent.add(data)
        return data

    def run(self) -> None:
        try:
            for turn in self.plan:
                self._take(turn)
            self.socket.shutdown(socket.SHUT_WR)
            self._receive(1)  # until the other end closes as well
            self.socket.close()
        except OSError as error:
            self.error = str(error)

    def result(self) -> dict:
        return {"id": self.number, "sent": self.sent.count,
                "sent_sha256": self.sent.digest.hexdigest(), "received": self.received.count,
                "received_sha256": self.received.digest.hexdigest(), "error": self.error or None}

    def _take(self, turn: dict) -> None:
        if self.role == "client":
            wait_for_subflows(self.socket, turn.get("subflows", 1))
        idle = turn.get("idle", 0)
        if turn.get("both"):
            sender = threading.Thread(target=self._send, args=(turn,))
            sender.start()
            self._receive(sum(turn[self.other]), idle)
            sender.join()
        elif self.role == "client":
            self._send(turn)
            self._receive(sum(turn["down"]), idle)
        else:
            self._receive(sum(turn["up"]), idle)
            self._send(turn)

    def _send(self, turn: dict) -> None:
        for number, size in enumerate(turn[self.mine]):
            if number > 0:
                time.sleep(PAUSE)
            self.socket.sendall(self.next_data(size))

    def _receive(self, size: int, idle: float = 0) -> None:
        at_once, left = (READ_AT_ONCE if idle else PIECE), READ_AT_ONCE
        while size > 0 and (data := self.socket.recv(min(size, at_once))):
            self.received.add(data)
            size -= len(data)
            left -= len(data)
            if idle and left <= 0:
                time.sleep(idle)
                left = READ_AT_ONCE


def wait_for_subflows(connection: socket.socket, count: int) -> None:
    """Waits until the connection has so many subflows, and their handshakes are complete."""
    if count == 1:
        return
    deadline = time.monotonic() + DEADLINE
    while connection.getsockopt(SOL_MPTCP, MPTCP_INFO, 128)[0] < count - 1:
        if time.monotonic() > deadline:
            raise TimeoutError("the subflows did not join")
        time.sleep(0.01)
    time.sleep(HANDSHAKE)  # the kernel counts subflows that it begins to open


def new_socket(address: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM, IPPROTO_MPTCP)


def serve(orders: dict, talks: list[Talk]) -> None:
    listener = new_socket(orders["address"])
    if orders["fast_open"]:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
    listener.bind((orders["address"], orders["port"]))
    listener.listen()
    print("ready", flush=True)
    threads = []
    for talk in talks:
        talk.socket, _ = listener.accept()
        talk.socket.settimeout(DEADLINE)
        threads.append(threading.Thread(target=talk.run))
        threads[-1].start()
    join(threads)


def call(orders: dict, talks: list[Talk]) -> None:
    threads = []
    for talk in talks:
        connect(talk, (orders["address"], orders["port"]), orders["fast_open"])
        if orders["at_once"]:
            threads.append(threading.Thread(target=talk.run))
        else:
            talk.run()
    for thread in threads:
        thread.start()
    join(threads)


def connect(talk: Talk, server: tuple[str, int], fast_open: bool) -> None:
    talk.socket = new_socket(server[0])
    if fast_open:
        first, *others = talk.plan[0]["up"]
        talk.socket.sendto(talk.next_data(first), MSG_FASTOPEN, server)
        talk.plan[0]["up"] = others
    else:
        talk.socket.connect(server)
    talk.socket.settimeout(DEADLINE)


def join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join()


def main() -> None:
    role = {"serve": "server", "call": "client"}[sys.argv[1]]
    orders = json.loads(sys.argv[2])
    talks = [Talk(number, role, plan) for number, plan in enumerate(orders["plans"])]
    {"server": serve, "client": call}[role](orders, talks)
    print(json.dumps([talk.result() for talk in talks]))


if __name__ == "__main__":
    main()
