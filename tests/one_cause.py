# SPDX-License-Identifier: GPL-2.0-or-later
"""Transfers that have one cause of their speed each, between two hosts with the MPTCP of this machine's
kernel, and what the sender's kernel counted of it.

    found = run(SLOW_READER, folder)
    found.capture, found.subflows[0].busy

Linux divides the time of a TCP socket (tcp_info, see tcp_chrono_start()): `busy` is the time in which
data was sent and not acknowledged, or waited to be sent; `rwnd_limited` the part of it in which the
receive window stopped the sender, `sndbuf_limited` the part in which the send buffer was too small.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from recorder.dump import Point, Recording
from recorder.facts import QUIET
from recorder.networks import IPV4, Network, direct
from recorder.scenarios import PORT

DEADLINE = 120  # seconds; only what hangs takes so long
COMMON = """
import array, ctypes, fcntl, json, socket, struct, sys, termios, time
address, port, orders = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
MPTCP, SOL_MPTCP, INFO, TCPINFO = 262, 284, 1, 2
"""
RECEIVE = COMMON + """
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP)
listener.bind((address, port))
listener.listen()
print("ready", flush=True)
connection, _ = listener.accept()
while connection.recv(orders["read"]):
    time.sleep(orders["read_pause"])
connection.close()
"""
# struct mptcp_subflow_data has 16 bytes; of each struct tcp_info, the times are at byte 168.
SEND = COMMON + """
connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP)
connection.connect((address, port))
connection.sendall(b"x" * 1000)  # the second subflow joins behind the first data
while orders["subflows"] > 1 and connection.getsockopt(SOL_MPTCP, INFO, 128)[0] == 0:
    time.sleep(0.01)
time.sleep(orders["write_pause"] or 0.1)
for _ in range(orders["writes"]):
    connection.sendall(b"x" * orders["write"])
    time.sleep(orders["write_pause"])
left = array.array("i", [1])
while left[0]:
    fcntl.ioctl(connection, termios.TIOCOUTQ, left)
    time.sleep(0.005)
HEADER, SIZE, TIMES = 16, 232, 168
if orders["subflows"] == 1:  # also after a fallback
    found = [connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SIZE)]
else:
    asked = ctypes.create_string_buffer(struct.pack("=IIII", HEADER, 0, 0, SIZE), HEADER + 8 * SIZE)
    assert ctypes.CDLL(None).getsockopt(connection.fileno(), SOL_MPTCP, TCPINFO, asked,
                                        ctypes.byref(ctypes.c_uint(len(asked)))) == 0
    found = [asked[HEADER + number * SIZE:] for number in range(struct.unpack_from("=I", asked, 4)[0])]
connection.close()
print(json.dumps([[each / 1e6 for each in struct.unpack_from("=QQQ", info, TIMES)]
                  for info in found]))
"""
Prepare = Callable[[Network], None]


@dataclass
class Cause:
    """One transfer from the client to the server."""

    prepare: Prepare
    writes: int = 1
    write: int = 2_000_000  # bytes
    write_pause: float = 0.0  # seconds after each
    read: int = 65536  # bytes
    read_pause: float = 0.0  # seconds after each
    paths: int = 1
    at: str = "client"  # where it is captured


@dataclass
class Times:
    """Of a subflow, in seconds."""

    busy: float
    rwnd_limited: float
    sndbuf_limited: float


@dataclass
class Run:
    capture: Path
    subflows: list[Times]  # the sender's
    lost: int  # segments


def run(cause: Cause, path: Path) -> Run:
    with direct(IPV4, cause.paths) as network:
        cause.prepare(network)
        with Recording(network.hosts[cause.at], Point(cause.at), path):
            orders = json.dumps({"subflows": cause.paths, "writes": cause.writes,
                                 "write": cause.write, "write_pause": cause.write_pause,
                                 "read": cause.read, "read_pause": cause.read_pause})
            words = (network.server_address, PORT, orders)
            receiver = network.server.start(sys.executable, "-c", RECEIVE, *words)
            receiver.stdout.readline()  # it is listening
            sender = network.client.start(sys.executable, "-c", SEND, *words)
            times = json.loads(sender.communicate(timeout=DEADLINE)[0])
            receiver.communicate(timeout=DEADLINE)
            time.sleep(QUIET)
        lost = sum(change["what"] == "dropped" for cable in network.cables for change in cable.changes)
    path.chmod(0o644)
    return Run(path, [Times(*each) for each in times], lost)
