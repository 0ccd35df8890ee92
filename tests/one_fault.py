# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections with one known fault each, or none, between two hosts with the MPTCP of this machine's
kernel. One capture at each host has them all; each connection has a server port of its own.

    with Lab(IPV4) as lab, lab.recording(folder):
        facts = lab.run(scenario)

A router is between the hosts (see recorder.networks.routed): the client has an address on each of two
paths, and the server has one, and another one if it is to announce it. All devices are veth pairs, so
nothing runs in user space.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pcapng import merged
from recorder.dump import Point, Recording
from recorder.facts import QUIET
from recorder.hosts import Host
from recorder.networks import (BETWEEN_MIDDLE_AND_SERVER, CLIENT, IPV4, SERVER, SUBFLOWS, Network,
                               address, routed)

ROLES = ("client", "server")
FIRST_PORT = 20000
DEADLINE = 15  # seconds; only what hangs takes so long
PIECE = 2000  # bytes of a write
COMMON = """
import json, os, socket, struct, sys, threading, time
orders = json.loads(sys.argv[1])
where = orders["address"], orders["port"]
family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET

def new_socket():
    return socket.socket(family, socket.SOCK_STREAM, 262 if orders["mptcp"] else 0)
"""
# Sends back what it receives.
SERVE = COMMON + """
def echo(connection):
    try:
        while data := connection.recv(65536):
            connection.sendall(data)
        connection.close()
    except OSError:
        pass

def accept():
    while True:
        threading.Thread(target=echo, args=listener.accept()[:1], daemon=True).start()

listener = new_socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(where if orders["bound"] else ("", where[1]))
listener.listen(64)
print("ready", flush=True)
threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
os._exit(0)
"""
# Obeys the words on its standard input, and answers each line.
CALL = COMMON + f"PIECE, DEADLINE = {PIECE}, {DEADLINE}" + """
def connect():
    for each in talks:
        each.socket.connect(where)

def send(count, pause="0"):
    for _ in range(int(count)):
        for each in talks:
            each.socket.sendall(b"x" * PIECE)
            each.sent += PIECE
        time.sleep(float(pause))
    for each in talks:
        while each.received < each.sent and not each.ended:
            each.receive()

def subflows(count):
    deadline = time.monotonic() + DEADLINE
    while any(each.socket.getsockopt(284, 1, 128)[0] < int(count) - 1 for each in talks):
        time.sleep(0.005)
        if time.monotonic() > deadline:
            raise TimeoutError
    time.sleep(0.05)  # the kernel counts subflows that it begins to open

def close():
    for each in talks:
        each.socket.shutdown(socket.SHUT_WR)
    for each in talks:
        while not each.ended:
            each.receive()
        each.socket.close()

def leave():
    for each in talks:
        each.socket.sendall(b"x" * PIECE)
    time.sleep(0.1)  # the echo is there, and is not read

def abort():
    for each in talks:
        each.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        each.socket.close()

class Talk:
    def __init__(self):
        self.socket, self.sent, self.received, self.ended = new_socket(), 0, 0, False
        self.socket.settimeout(DEADLINE)

    def receive(self):
        data = self.socket.recv(65536)
        self.received += len(data)
        self.ended = not data

talks = [Talk() for _ in range(orders["connections"])]
for line in sys.stdin:
    name, *words = line.split()
    try:
        globals()[name](*words)
        print("done", flush=True)
    except OSError as error:
        print(type(error).__name__, flush=True)
"""


@dataclass
class Facts:
    """What those who know better say of a scenario."""

    port: int
    counters: dict[str, dict[str, int]]  # of each host's kernel, without MPTcpExt
    packets: int | None  # that the rules of the router applied to; None: there were none
    answer: str  # of the client: "" if all went well


class Lab:
    """The hosts, and the applications on them."""

    def __init__(self, family: int) -> None:
        self.family = family
        self.port = FIRST_PORT
        self._whole, self._stack = contextlib.ExitStack(), contextlib.ExitStack()

    def __enter__(self) -> Lab:
        self.network: Network = self._whole.enter_context(routed(self.family, in_kernel=True))
        for role in ROLES:
            self.hosts[role].output("sysctl", "-w", "net.ipv4.tcp_no_metrics_save=1")
            self.ip(role, "mptcp", "endpoint", "flush")
        return self

    def __exit__(self, *_error) -> None:
        self._whole.close()

    @contextlib.contextmanager
    def recording(self, folder: Path) -> Iterator[None]:
        """Writes client.pcap and server.pcap, and both.pcapng, which has both as points."""
        files = [folder / f"{role}.pcap" for role in ROLES]
        with contextlib.ExitStack() as stack:
            for role, file in zip(ROLES, files):
                stack.enter_context(Recording(self.hosts[role], Point(role), file))
            yield
            time.sleep(QUIET)
        for file in files:
            file.chmod(0o644)
        merged(folder / "both.pcapng", "-I", "none", *files)

    def run(self, scenario: Callable[[Lab], None]) -> Facts:
        """What is set up for a scenario is undone after it."""
        self.port += 1
        self.answer = ""
        self._has_rules = False
        before = self._counters()
        with self._stack:
            scenario(self)
            packets = self._packets()
        counters = {role: {name: count - before[role][name] for name, count in counts.items()}
                    for role, counts in self._counters().items()}
        return Facts(self.port, counters, packets, self.answer)

    def _counters(self) -> dict[str, dict[str, int]]:
        return {role: {name.removeprefix("MPTcpExt"): count
                       for name, count in self.hosts[role].counters().items()} for role in ROLES}

    @property
    def hosts(self) -> dict[str, Host]:
        return self.network.hosts

    # The addresses

    @property
    def first(self) -> str:
        """The client's address on its first path."""
        return address(self.family, 1, CLIENT)

    @property
    def second(self) -> str:
        """The client's address on its second path."""
        return address(self.family, 2, CLIENT)

    @property
    def at_server(self) -> str:
        return self.network.server_address

    @property
    def other_at_server(self) -> str:
        return address(self.family, BETWEEN_MIDDLE_AND_SERVER, SERVER + 1)

    # What is set up for a connection

    def ip(self, role: str, *words: str) -> None:
        self.hosts[role].ip(*words)

    def join_from_second(self, *flags: str) -> None:
        """The client opens a subflow from its second address."""
        self._endpoint("client", self.second, "client2", *(flags or ("subflow",)))

    def announce_other(self, *flags: str) -> None:
        """The server announces its other address."""
        is_ipv4 = self.family == IPV4
        words = f"{self.other_at_server}/{24 if is_ipv4 else 64}", "dev", "server9"
        self.ip("server", "address", "add", *words, *([] if is_ipv4 else ["nodad"]))
        self._stack.callback(self.ip, "server", "address", "delete", *words)
        self._endpoint("server", self.other_at_server, "server9", *(flags or ("signal",)))

    def _endpoint(self, role: str, *words: str) -> None:
        self.ip(role, "mptcp", "endpoint", "add", words[0], "dev", *words[1:])
        self._stack.callback(self.flush_endpoints, role)

    def flush_endpoints(self, role: str) -> None:
        self.ip(role, "mptcp", "endpoint", "flush")

    def limit(self, role: str, name: str, value: int) -> None:
        """`name`: subflows or add_addr_accepted."""
        self.ip(role, "mptcp", "limits", "set", name, str(value))
        self._stack.callback(self.ip, role, "mptcp", "limits", "set", name, str(SUBFLOWS))

    def sysctl(self, role: str, name: str, value: object) -> None:
        host = self.hosts[role]
        before = host.output("sysctl", "-n", name).strip()
        host.output("sysctl", "-w", f"{name}={value}")
        self._stack.callback(host.output, "sysctl", "-w", f"{name}={before}")

    def in_router(self, *rules: tuple[str, str], forever: bool = False) -> None:
        """Rules of nftables for packets of the connection that pass: which, and what happens."""
        ends = [f"tcp {end} {self.port}" for end in ("dport", "sport")]
        text = "; ".join(f"{end} {which} counter name of_rules {what}"
                         for which, what in rules for end in ends)
        self._nft(f"table inet {self._table} {{ counter of_rules {{ }}; chain forward {{ type filter hook"
                  f" forward priority mangle; {text}; }}; }}")
        self._has_rules = True
        if not forever:
            self._stack.callback(self.rules_away)

    @contextlib.contextmanager
    def down(self, role: str, device: str) -> Iterator[None]:
        self.ip(role, "link", "set", device, "down")
        yield
        self.ip(role, "link", "set", device, "up")

    def rules_away(self) -> None:
        """From now on, all packets pass."""
        self._nft(f"flush table inet {self._table}")

    def _nft(self, commands: str) -> str:
        return self.hosts["router"].output("nft", commands)

    @property
    def _table(self) -> str:
        return f"of_{self.port}"

    def _packets(self) -> int | None:
        if not self._has_rules:
            return None
        counters = self._nft(f"list counters table inet {self._table}")
        return sum(map(int, re.findall(r"packets (\d+)", counters)))

    # The applications

    def serve(self, mptcp: bool = True, bound: bool = False) -> None:
        process = self._start("server", SERVE, mptcp, bound=bound)
        assert process.stdout.readline() == "ready\n"

    def call(self, mptcp: bool = True, connections: int = 1) -> None:
        """Starts the client, which is to connect first."""
        self._caller = self._start("client", CALL, mptcp, connections=connections)

    def ask(self, *lines: str) -> None:
        """Waits until the client has done this. `answer` tells the exceptions."""
        for line in lines:
            self.tell(line)
            answer = self._caller.stdout.readline().strip()
            self.answer += f"{line}: {answer}; " if answer != "done" else ""

    def tell(self, line: str) -> None:
        """The client begins with this."""
        print(line, file=self._caller.stdin, flush=True)

    def kill(self) -> None:
        stop(self._caller)

    def _start(self, role: str, program: str, mptcp: bool, **orders: object) -> subprocess.Popen:
        text = json.dumps({"address": self.at_server, "port": self.port, "mptcp": mptcp, **orders})
        process = self.hosts[role].start(sys.executable, "-I", "-S", "-c", program, text)
        self._stack.callback(stop, process)
        return process


def stop(process: subprocess.Popen) -> None:
    process.kill()
    process.wait(timeout=DEADLINE)
    process.stdin.close()
    process.stdout.close()
