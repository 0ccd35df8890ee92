#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes seeds for the fuzzers, of what the captures of bare IP packets hold.

Usage: seeds.py FOLDER     the seeds of NAME_fuzzer come to lie in FOLDER/NAME
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from pcapng import Packet, read_pcap  # noqa: E402

RAW_IP, TCP, MOST_SEGMENTS = 101, 6, 300


class Hosts:
    """A number for each address: even ones for IPv4, odd ones for IPv6."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def number(self, address: bytes) -> int:
        like = sum(len(known) == len(address) for known in self._numbers)
        return self._numbers.setdefault(address, (2 * like + (len(address) == 16)) % 256)


def segments(packets: list[Packet]) -> Iterator[tuple[Packet, bytes, bytes, bytes, int]]:
    """Of those that have a TCP header: addresses, the captured segment, its length on the wire."""
    for packet in packets:
        ip = packet.octets
        if len(ip) >= 40 and ip[0] >> 4 == 4 and ip[9] == TCP:
            begin, source, destination = 4 * (ip[0] & 15), ip[12:16], ip[16:20]
        elif len(ip) >= 60 and ip[0] >> 4 == 6 and ip[6] == TCP:
            begin, source, destination = 40, ip[8:24], ip[24:40]
        else:
            continue
        yield packet, source, destination, ip[begin:], packet.length - begin


def records(packets: list[Packet]) -> Iterator[bytes]:
    hosts, last = Hosts(), packets[0].time if packets else 0
    for packet, source, destination, tcp, length in segments(packets):
        if len(tcp) < 20:
            continue
        source_port, destination_port, seq, ack, offset, flags, window = struct.unpack_from(
            "!HHIIBBH", tcp)
        header = 4 * (offset >> 4)
        options = tcp[20:header]
        milliseconds = max(-128, min(127, (packet.time - last) // 10**6))
        last = packet.time
        yield struct.pack("!BbBBHHIIBHIBB", 1, milliseconds, hosts.number(source),
                          hosts.number(destination), source_port, destination_port, seq, ack,
                          flags, window, max(0, length - header),
                          min(255, max(0, len(tcp) - header)), len(options)) + options


def write(folder: Path, name: str, seed: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(seed)


def main(folder: Path) -> None:
    options: set[bytes] = set()
    for path in sorted((ROOT / "captures").glob("*.pcap")):
        link_type, packets = read_pcap(path)
        if link_type != RAW_IP:
            continue
        write(folder / "tracker", path.stem, b"".join(list(records(packets))[:MOST_SEGMENTS]))
        options |= {tcp[20:4 * (tcp[12] >> 4)] for *_, tcp, _ in segments(packets) if len(tcp) > 20}
    shapes = {(each[2:3], len(each)): each for each in sorted(options)}
    for number, each in enumerate(shapes.values()):
        write(folder / "option", f"options-{number}", b"\1" + each)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
