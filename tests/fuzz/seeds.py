#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes seeds for the fuzzers, made from the captures of raw IP packets.

Usage: seeds.py FOLDER     writes the seeds of NAME_fuzzer to FOLDER/NAME
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "captures")]

from generator.wire import data_options  # noqa: E402
from generator.wire.data_options import SequenceNumber  # noqa: E402
from ip import is_ipv4, tcp_offset  # noqa: E402
from pcapng import Packet, read_pcap  # noqa: E402

RAW_IP = 101  # link type
MAX_SEGMENTS, MAX_SEGMENTS_FOR_JSON = 300, 40


class Hosts:
    """Numbers the addresses: IPv4 with even numbers, IPv6 with odd ones."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def number(self, address: bytes) -> int:
        same_family = sum(len(known) == len(address) for known in self._numbers)
        return self._numbers.setdefault(address, (2 * same_family + (len(address) == 16)) % 256)


def segments(packets: list[Packet]) -> Iterator[tuple[Packet, bytes, bytes, bytes, int]]:
    """The packet, its source and destination address, the captured TCP segment, and the length of
    the segment on the wire, for each packet with a TCP header."""
    for packet in packets:
        data = packet.data
        begin = tcp_offset(data)
        if begin is None:
            continue
        source, destination = ((data[12:16], data[16:20]) if is_ipv4(data)
                               else (data[8:24], data[24:40]))
        yield packet, source, destination, data[begin:], packet.length - begin


def records(packets: list[Packet]) -> Iterator[bytes]:
    """The input format of tracker_fuzzer.cpp, json_fuzzer.cpp and deliveries_fuzzer.cpp."""
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
    """The input format of data_fuzzer.cpp: the lowest byte of each number."""
    isns: dict[bytes, int] = {}  # by sender; the first sequence number seen stands for the ISN
    for _, source, destination, tcp, length in segments(packets):
        if len(tcp) < 20:
            continue
        seq, ack, offset, tcp_flags = struct.unpack_from("!IIBB", tcp, 4)
        by_server = tcp[:2] < tcp[2:4]
        isn = isns.setdefault(source + destination + tcp[:4], seq)
        peer_isn = isns.get(destination + source + tcp[2:4] + tcp[:2], ack - 1)
        for option in data_options.parse(tcp[20:4 * (offset >> 4)]) if not tcp_flags & 2 else []:
            dsn = option.dsn or SequenceNumber(1, False)
            data_ack = option.ack or SequenceNumber(0, False)
            flags = sum(1 << bit for bit, is_set in enumerate((
                tcp[0] & 1, by_server, option.has_mapping, dsn.is_64_bit, option.fin,
                option.checksum is not None, option.ack, data_ack.is_64_bit)) if is_set)
            numbers = (seq - isn, length - 4 * (offset >> 4), option.offset, dsn.value,
                       option.length - option.fin, data_ack.value, ack - peer_isn)
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
        for fuzzer in ("tracker", "deliveries"):
            write(folder / fuzzer, path.stem, b"".join(list(records(packets))[:MAX_SEGMENTS]))
        write(folder / "json", path.stem, bytes([len(path.name)]) + path.name.encode()
              + b"".join(list(records(packets))[:MAX_SEGMENTS_FOR_JSON]))
        write(folder / "data", path.stem,
              b"\1" + b"".join(list(data_records(packets))[:MAX_SEGMENTS]))
        options |= {tcp[20:4 * (tcp[12] >> 4)] for *_, tcp, _ in segments(packets) if len(tcp) > 20}
    by_form = {(each[2:3], len(each)): each for each in sorted(options)}
    for number, each in enumerate(by_form.values()):
        write(folder / "option", f"options-{number}", b"\1" + each)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
