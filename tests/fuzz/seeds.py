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
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "captures")]

from generator import signals  # noqa: E402
from ip import is_ipv4, tcp_begin  # noqa: E402
from pcapng import Packet, read_pcap  # noqa: E402

RAW_IP = 101
MOST_SEGMENTS, MOST_FOR_JSON = 300, 40


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
        octets = packet.octets
        begin = tcp_begin(octets)
        if begin is None:
            continue
        source, destination = ((octets[12:16], octets[16:20]) if is_ipv4(octets)
                               else (octets[8:24], octets[24:40]))
        yield packet, source, destination, octets[begin:], packet.length - begin


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


def data_records(packets: list[Packet]) -> Iterator[bytes]:
    """For data_fuzzer.cpp: what is sent as data, all numbers but for their lower octets."""
    zeros: dict[bytes, int] = {}  # a number near the ISN, by sender
    for _, source, destination, tcp, length in segments(packets):
        if len(tcp) < 20:
            continue
        seq, ack, offset, tcp_flags = struct.unpack_from("!IIBB", tcp, 4)
        by_server = tcp[:2] < tcp[2:4]
        isn = zeros.setdefault(source + destination + tcp[:4], seq)
        peer_isn = zeros.get(destination + source + tcp[2:4] + tcp[:2], ack - 1)
        for signal in signals.read(tcp[20:4 * (offset >> 4)]) if not tcp_flags & 2 else []:
            dsn = signal.dsn or signals.Number(1, False)
            data_ack = signal.ack or signals.Number(0, False)
            flags = sum(1 << bit for bit, is_set in enumerate((
                tcp[0] & 1, by_server, signal.maps, dsn.wide, signal.fin,
                signal.checksum is not None, signal.ack, data_ack.wide)) if is_set)
            numbers = (seq - isn, length - 4 * (offset >> 4), signal.offset, dsn.value,
                       signal.length - signal.fin, data_ack.value, ack - peer_isn)
            yield struct.pack("!H7B", flags, *(number % 256 for number in numbers))


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
        write(folder / "json", path.stem, bytes([len(path.name)]) + path.name.encode()
              + b"".join(list(records(packets))[:MOST_FOR_JSON]))
        write(folder / "data", path.stem,
              b"\1" + b"".join(list(data_records(packets))[:MOST_SEGMENTS]))
        options |= {tcp[20:4 * (tcp[12] >> 4)] for *_, tcp, _ in segments(packets) if len(tcp) > 20}
    shapes = {(each[2:3], len(each)): each for each in sorted(options)}
    for number, each in enumerate(shapes.values()):
        write(folder / "option", f"options-{number}", b"\1" + each)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
