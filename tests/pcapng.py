# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads pcap files, and writes pcapng sections with any interfaces, clocks and byte order."""

from __future__ import annotations

import struct
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
TSRESOL, TSOFFSET = 9, 14
TCP = 6  # protocol number
NANOSECONDS = {0xa1b2c3d4: 1000, 0xa1b23c4d: 1}  # per tick, by the magic number of a pcap file


@dataclass(frozen=True)
class Packet:
    time: int  # nanoseconds since the epoch
    data: bytes  # as captured
    length: int  # on the wire

    @property
    def identity(self) -> bytes:
        """What copies of a packet have in common: of TCP over raw IP, the addresses, the header but
        its options, and the length of the payload. A retransmission has that, too, as packets of the
        generator have neither timestamps nor IP IDs. Of other packets, all bytes."""
        version = self.data[0] >> 4 if self.data else 0
        addresses, protocol, header = {4: (slice(12, 20), 9, 20), 6: (slice(8, 40), 6, 40)}.get(
            version, (slice(0), 0, 0))
        if not header or len(self.data) < header + 14 or self.data[protocol] != TCP:
            return self.data
        tcp = self.data[header:]
        payload = self.length - header - (tcp[12] >> 4) * 4
        return self.data[addresses] + tcp[:12] + tcp[13:14] + payload.to_bytes(4, "big", signed=True)


@dataclass(frozen=True)
class Interface:
    resolution: int = 9  # timestamps are in units of 10^-resolution seconds
    offset: int = 0  # seconds from the epoch to timestamp 0


def read_pcap(path: Path) -> tuple[int, list[Packet]]:
    """Returns the link type and the packets."""
    data = path.read_bytes()
    order = "<" if struct.unpack("<I", data[:4])[0] in NANOSECONDS else ">"
    magic, *_, link_type = struct.unpack(order + "IHHiIII", data[:24])
    packets, position = [], 24
    while position < len(data):
        seconds, ticks, captured, length = struct.unpack_from(order + "IIII", data, position)
        position += 16
        packets.append(Packet(seconds * 10**9 + ticks * NANOSECONDS[magic],
                              data[position:position + captured], length))
        position += captured
    return link_type, packets


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def block(order: str, kind: int, body: bytes) -> bytes:
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str, link_type: int, interfaces: list[Interface],
            packets: list[Packet]) -> bytes:
    """A section whose packets are distributed over the interfaces; packets with the same identity are
    on the same interface, since they would be copies otherwise. `order` is < or >, as in struct."""
    out = block(order, SECTION, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    for interface in interfaces:
        options = (struct.pack(order + "HHBxxx", TSRESOL, 1, interface.resolution)
                   + struct.pack(order + "HHqHH", TSOFFSET, 8, interface.offset, 0, 0))
        out += block(order, INTERFACE, struct.pack(order + "HHI", link_type, 0, 0) + options)
    for packet in packets:
        index = zlib.crc32(packet.identity) % len(interfaces)
        clock = interfaces[index]
        time = (packet.time - clock.offset * 10**9) // 10**(9 - clock.resolution) % 2**64
        head = struct.pack(order + "IIIII", index, time >> 32, time & 0xffffffff,
                           len(packet.data), packet.length)
        out += block(order, PACKET, head + padded(packet.data))
    return out


def merged(path: Path, *arguments: str | Path) -> Path:
    """A file that any user can read, of others. `arguments`: files and options of mergecap."""
    subprocess.run(["mergecap", *arguments, "-w", path], check=True, capture_output=True)
    path.chmod(0o644)
    return path


def shifted(path: Path, source: Path, seconds: float) -> Path:
    """A file as a clock would record it that is so many seconds ahead."""
    subprocess.run(["editcap", "-t", str(seconds), source, path], check=True, capture_output=True)
    return path
