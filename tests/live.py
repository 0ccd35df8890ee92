# SPDX-License-Identifier: GPL-2.0-or-later
"""Two hosts with two paths between them and the MPTCP of this machine's kernel, for live captures.

    with Hosts() as hosts:
        transfer = hosts.transfer("10.77.1.2", up=300_000, down=54_321)

The hosts are network namespaces, connected by two veth pairs. This needs root, and a kernel with
MPTCP.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tshark import NOBODY

KERNEL = Path("/proc/sys/net/mptcp/enabled")
CAPTURE_RIGHTS = "+net_raw,+net_admin"
PORT = 5001
DEADLINE = 180  # seconds; only what hangs takes so long
PATHS = (1, 2)
CLIENT, SERVER = 1, 2  # the last part of their addresses

# A transfer: the client sends its data, then the server.
SERVE = """
import socket, sys
address, port, answer = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM, 262)  # IPPROTO_MPTCP
listener.bind((address, port))
listener.listen()
print("ready", flush=True)
connection, _ = listener.accept()
received = sum(len(part) for part in iter(lambda: connection.recv(65536), b""))
connection.sendall(b"y" * answer)
connection.close()
print(received)
"""
CALL = """
import socket, sys, time
address, port, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ":" in address else socket.AF_INET

def answered_joins():
    with open("/proc/net/netstat") as counters:
        names, values = (line.split() for line in counters if line.startswith("MPTcpExt:"))
    return int(values[names.index("MPJoinSynAckRx")])

joins_before = answered_joins()
connection = socket.socket(family, socket.SOCK_STREAM, 262)
connection.connect((address, port))
connection.sendall(b"x" * 1000)
while answered_joins() == joins_before:  # the second subflow joins
    time.sleep(0.02)
connection.sendall(b"x" * (size - 1000))
connection.shutdown(socket.SHUT_WR)
print(sum(len(part) for part in iter(lambda: connection.recv(65536), b"")))
"""


def obstacle() -> str:
    """Why the hosts cannot be created here; "" if they can."""
    if os.geteuid() != 0:
        return "network namespaces require root"
    if not KERNEL.exists():
        return "the kernel has no MPTCP"
    probe = f"mptcp-probe-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True).returncode != 0:
        return "network namespaces cannot be created here"
    subprocess.run(["ip", "netns", "del", probe], check=True)
    return ""


@dataclass
class Transfer:
    """The results of a transfer according to the applications and the kernels."""

    up: int  # bytes received by the server's application
    down: int
    client_token: int
    server_token: int
    counters: dict[str, int]  # of the server


class Hosts:
    def __init__(self) -> None:
        self.client = f"mptcp-{os.getpid()}-c"
        self.server = f"mptcp-{os.getpid()}-s"
        self.interfaces = [f"server{path}" for path in PATHS]

    def __enter__(self) -> Hosts:
        try:
            self._create()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error) -> None:
        for host in (self.client, self.server):
            subprocess.run(["ip", "netns", "del", host], stderr=subprocess.DEVNULL, check=False)

    def at_server(self) -> list[str]:
        """The prefix of a command that runs on the server, as the user nobody with the rights to
        capture."""
        return ["ip", "netns", "exec", self.server, "setpriv", f"--reuid={NOBODY}",
                f"--regid={NOBODY}", "--clear-groups", f"--inh-caps={CAPTURE_RIGHTS}",
                f"--ambient-caps={CAPTURE_RIGHTS}"]

    def wait_for_capture(self, timeout: float = DEADLINE) -> None:
        """Waits until a capture runs on each interface of the server."""
        deadline = time.monotonic() + timeout
        while self._capturing() < len(self.interfaces):
            assert time.monotonic() < deadline, "no capture at the server"
            time.sleep(0.05)

    def transfer(self, address: str, up: int, down: int) -> Transfer:
        """Opens a connection from the client to this address of the server, and transfers data over
        both paths."""
        with Monitor(self.client) as of_client, Monitor(self.server) as of_server:
            server = self._start(self.server, SERVE, address, PORT, down)
            server.stdout.readline()  # the server is listening
            client = self._start(self.client, CALL, address, PORT, up)
            down_received, up_received = (int(each.communicate(timeout=DEADLINE)[0])
                                          for each in (client, server))
            time.sleep(0.3)  # for the last packets
        return Transfer(up_received, down_received, of_client.token(), of_server.token(),
                        self._counters())

    def _create(self) -> None:
        for host in (self.client, self.server):
            _ip("netns", "add", host)
        for path in PATHS:
            _ip("link", "add", f"client{path}", "netns", self.client, "type", "veth",
                "peer", "name", f"server{path}", "netns", self.server)
            for host, name, last in ((self.client, "client", CLIENT),
                                     (self.server, "server", SERVER)):
                device = f"{name}{path}"
                _ip("-n", host, "address", "add", f"10.77.{path}.{last}/24", "dev", device)
                _ip("-n", host, "address", "add", f"fd77:{path}::{last}/64", "dev", device, "nodad")
                _ip("-n", host, "link", "set", device, "up")
        for host in (self.client, self.server):
            _ip("-n", host, "mptcp", "limits", "set", "subflows", "4", "add_addr_accepted", "4")
        for address in (f"10.77.2.{CLIENT}", f"fd77:2::{CLIENT}"):
            _ip("-n", self.client, "mptcp", "endpoint", "add", address, "dev", "client2", "subflow")
        # The second path also leads to the server's address on the first path.
        for network, gateway in (("10.77.1.0/24", f"10.77.2.{SERVER}"),
                                 ("fd77:1::/64", f"fd77:2::{SERVER}")):
            _ip("-n", self.client, "route", "append", network, "via", gateway, "dev", "client2",
                "metric", "2048")

    def _capturing(self) -> int:
        """The number of packet sockets that are bound to an interface of the server."""
        command = ["ip", "netns", "exec", self.server, "cat", "/proc/net/packet"]
        header, *sockets = subprocess.run(command, check=True, capture_output=True,
                                          text=True).stdout.splitlines()
        running = header.split().index("R")
        return sum(line.split()[running] == "1" for line in sockets)

    def _start(self, host: str, program: str, *arguments: object) -> subprocess.Popen:
        command = ["ip", "netns", "exec", host, sys.executable, "-c", program, *map(str, arguments)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def _counters(self) -> dict[str, int]:
        command = ["ip", "netns", "exec", self.server, "nstat", "-az", "MPTcpExt*"]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = re.findall(r"^(MPTcpExt\w+) +(\d+)", lines, re.MULTILINE)
        return {name: int(count) for name, count in found}


class Monitor:
    """The MPTCP events of a host's kernel while the context lasts."""

    def __init__(self, host: str) -> None:
        self._command = ["ip", "netns", "exec", host, "ip", "mptcp", "monitor"]

    def __enter__(self) -> Monitor:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        time.sleep(0.2)
        return self

    def __exit__(self, *_error) -> None:
        self._process.terminate()
        self._output = self._process.communicate(timeout=10)[0]

    def token(self) -> int:
        """The token of the connection that was created."""
        return int(re.search(r"CREATED\] token=([0-9a-f]+)", self._output)[1], 16)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
