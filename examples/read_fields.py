#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the packets of a capture as Python objects, one at a time. It needs only tshark.

    from read_fields import packets

    for packet in packets("some.pcap", ["mptcp.conn", "mptcp.data.reinjection"], "mptcp_conn"):
        print(packet["frame.number"], packet["mptcp.conn"], packet.all("mptcp.token"))

A field that a packet does not have is None. As a program, it adds up the payload of each subflow.

Usage: read_fields.py FILE [DISPLAY_FILTER]
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Optional, Union

Value = Union[int, str]


def as_value(text: str) -> Value:
    """Returns numbers as int, without loss for 64-bit numbers. Booleans become 1 and 0; recent
    versions of Wireshark write them as True and False."""
    if text in ("True", "False"):
        return int(text == "True")
    try:
        return int(text, 0)
    except ValueError:
        return text


class Packet:
    """The requested fields of a packet, by their names in Wireshark."""

    def __init__(self, layers: dict[str, list[str]]) -> None:
        self._layers = layers

    def all(self, name: str) -> list[Value]:
        """All values of a field. A frame may have several TCP segments, and a connection has two
        tokens."""
        return [as_value(text) for text in self._layers.get(name.replace(".", "_"), [])]

    def __getitem__(self, name: str) -> Optional[Value]:
        return next(iter(self.all(name)), None)


def packets(path: str, fields: list[str], display_filter: str = "",
            *options: str) -> Iterator[Packet]:
    """The packets that match the filter. tshark reads the file in two passes (-2), so that fields
    depend on the whole capture, and writes a line of JSON for each packet (-T ek), so that memory
    use is constant."""
    command = ["tshark", "-2", "-r", path, "-T", "ek", "-e", "frame.number", *options]
    for name in fields:
        command += ["-e", name]
    if display_filter:
        command += ["-Y", display_filter]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as tshark:
        for line in tshark.stdout:
            if '"layers"' in line:  # the other lines are index entries for Elasticsearch
                yield Packet(json.loads(line)["layers"])
    if tshark.returncode != 0:
        raise RuntimeError(f"tshark ended with status {tshark.returncode} on {path}")


def main() -> None:
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__.strip().splitlines()[-1])
    names = ["mptcp.conn", "mptcp.subflow", "mptcp.from_client", "mptcp.payload"]
    payload_sums: dict[tuple[Value, Value], list[int]] = {}
    for packet in packets(sys.argv[1], names, *(sys.argv[2:] or ["mptcp_conn"])):
        for conn, subflow, from_client, payload in zip(*(packet.all(name) for name in names)):
            sums = payload_sums.setdefault((conn, subflow), [0, 0])
            sums[0 if from_client else 1] += payload
    print("conn", "subflow", "payload C>S", "payload S>C", sep="\t")
    for (conn, subflow), sums in sorted(payload_sums.items()):
        print(conn, subflow, *sums, sep="\t")


if __name__ == "__main__":
    main()
