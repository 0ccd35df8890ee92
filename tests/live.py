# SPDX-License-Identifier: GPL-2.0-or-later
"""Two hosts with two paths between them and the MPTCP of this machine's kernel, for live captures.

    with Hosts() as hosts:
        transfer = hosts.transfer("10.77.1.2", up=300_000, down=54_321)

The hosts are network namespaces, connected by two veth pairs. This needs root, and a kernel with
MPTCP.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from recorder.hosts import Host, Monitor
from recorder.networks import add_veth_pair
from tshark import NOBODY

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
BEGINNING = 1000
CALL = f"BEGINNING = {BEGINNING}" + """
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
connection.sendall(b"x" * BEGINNING)
while answered_joins() == joins_before:  # the second subflow joins
    time.sleep(0.02)
print("joined", flush=True)
sys.stdin.readline()
connection.sendall(b"x" * (size - BEGINNING))
connection.shutdown(socket.SHUT_WR)
print(sum(len(part) for part in iter(lambda: connection.recv(65536), b"")))
"""


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
        self.client = Host("client")
        self.server = Host("server")
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
            host.delete()

    def at_server(self) -> list[str]:
        """The prefix of a command that runs on the server, as the user nobody with the rights to
        capture."""
        return self.server.command("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
                                   "--clear-groups", f"--inh-caps={CAPTURE_RIGHTS}",
                                   f"--ambient-caps={CAPTURE_RIGHTS}")

    def wait_for_capture(self, timeout: float = DEADLINE) -> None:
        """Waits until a capture runs on each interface of the server."""
        self.server.wait_for_captures(len(self.interfaces), timeout)

    def transfer(self, address: str, up: int, down: int,
                 meanwhile: Callable[[], object] = lambda: None) -> Transfer:
        """Opens a connection from the client to this address of the server, and transfers data over
        both paths. `meanwhile` is called when the client has sent BEGINNING bytes."""
        with Monitor(self.client) as of_client, Monitor(self.server) as of_server:
            server = self.server.start(sys.executable, "-c", SERVE, address, PORT, down)
            server.stdout.readline()  # the server is listening
            client = self.client.start(sys.executable, "-c", CALL, address, PORT, up)
            client.stdout.readline()  # the second subflow joined
            meanwhile()
            down_received, up_received = (int(each.communicate("\n", timeout=DEADLINE)[0])
                                          for each in (client, server))
            time.sleep(0.3)  # for the last packets
        (client_token,), (server_token,) = of_client.tokens(), of_server.tokens()
        return Transfer(up_received, down_received, client_token, server_token,
                        self.server.counters())

    def _create(self) -> None:
        for host in (self.client, self.server):
            host.create()
        for path in PATHS:
            add_veth_pair((self.client, f"client{path}"), (self.server, f"server{path}"))
            for host, name, last in ((self.client, "client", CLIENT),
                                     (self.server, "server", SERVER)):
                device = f"{name}{path}"
                host.ip("address", "add", f"10.77.{path}.{last}/24", "dev", device)
                host.ip("address", "add", f"fd77:{path}::{last}/64", "dev", device, "nodad")
                host.ip("link", "set", device, "up")
        for host in (self.client, self.server):
            host.ip("mptcp", "limits", "set", "subflows", "4", "add_addr_accepted", "4")
        for address in (f"10.77.2.{CLIENT}", f"fd77:2::{CLIENT}"):
            self.client.ip("mptcp", "endpoint", "add", address, "dev", "client2", "subflow")
        # The second path also leads to the server's address on the first path.
        for network, gateway in (("10.77.1.0/24", f"10.77.2.{SERVER}"),
                                 ("fd77:1::/64", f"fd77:2::{SERVER}")):
            self.client.ip("route", "append", network, "via", gateway, "dev", "client2", "metric",
                           "2048")
