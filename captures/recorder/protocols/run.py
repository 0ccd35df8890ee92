# SPDX-License-Identifier: GPL-2.0-or-later
"""Servers and clients of upper protocols over MPTCP, and what they count.

    python3 run.py serve JSON
    python3 run.py call JSON

JSON has `address`, `port`, `folder` (for the certificate and the secrets of TLS), `protocol` (a module
of this folder), `connections` (their number; all transfer at the same time), `subflows` (the client
waits for them after the first answer), and what the protocol requires.

Each program prints one JSON line at the end: what it sent and received, by connection, as the kernel
got it, and `upper`, what the protocol says of it.
"""

from __future__ import annotations

import importlib
import json
import socket
import sys
import threading
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])  # of the package recorder

from recorder.applications import new_socket  # noqa: E402
from recorder.protocols.channel import Channel  # noqa: E402


def connect(address: str, port: int) -> socket.socket:
    connection = new_socket(address)
    connection.connect((address, port))
    return connection


def listen(address: str, port: int) -> socket.socket:
    listener = new_socket(address)
    listener.bind((address, port))
    listener.listen()
    print("ready", flush=True)
    return listener


def run(transfer, channel: Channel, orders: dict, results: dict[int, dict]) -> None:
    upper = transfer(channel, orders)
    channel.close()
    results[channel.number] = {
        "id": channel.number, "sent": channel.sent.count,
        "sent_sha256": channel.sent.digest.hexdigest(), "received": channel.received.count,
        "received_sha256": channel.received.digest.hexdigest(), "error": None, "upper": upper}


def main() -> None:
    orders = json.loads(sys.argv[2])
    protocol = importlib.import_module(f"recorder.protocols.{orders['protocol']}")
    ends, numbers = (orders["address"], orders["port"]), range(orders["connections"])
    if sys.argv[1] == "serve":
        transfer, listener = protocol.serve, listen(*ends)  # without a listener, no subflow can join
        sockets = [listener.accept()[0] for _ in numbers]
    else:
        transfer, sockets = protocol.call, [connect(*ends) for _ in numbers]
    results: dict[int, dict] = {}
    threads = []
    for number, each in enumerate(sockets):
        channel = Channel(each, number, Path(orders["folder"]))
        threads.append(threading.Thread(target=run, args=(transfer, channel, orders, results)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    print(json.dumps([results[number] for number in sorted(results)]))


if __name__ == "__main__":
    main()
