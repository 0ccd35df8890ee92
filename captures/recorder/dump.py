# SPDX-License-Identifier: GPL-2.0-or-later
"""Records with dumpcap, and cuts parts out of recordings."""

from __future__ import annotations

import signal
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .hosts import Host

DEADLINE = 20  # seconds
SECTION, INTERFACE = 0x0A0D0D0A, 1  # pcapng blocks
END_OF_OPTIONS, IF_NAME, IF_RESOLUTION = 0, 2, 9


@dataclass
class Point:
    """Where a recording is made. Several devices give a pcapng file with their names, one a pcap
    file."""

    role: str
    devices: tuple[str, ...] = ("any",)
    link_type: str = ""  # dumpcap's default
    only: str = "tcp"  # a capture filter
    snaplen: int = 0  # bytes of each packet; 0: all

    @property
    def suffix(self) -> str:
        return ".pcapng" if len(self.devices) > 1 else ".pcap"

    def words(self) -> str:
        return f"{self.role}: " + " ".join(f"-i {device}" for device in self.devices) + (
            f" -f '{self.only}'" if self.only != "tcp" else "") + (
            f" -s {self.snaplen}" if self.snaplen else "")


class Recording:
    """A dumpcap that runs while the context lasts."""

    def __init__(self, host: Host, point: Point, path: Path) -> None:
        devices = [word for device in point.devices
                   for word in ("-i", device, "-f", point.only, "-s", point.snaplen,
                                *(["-y", point.link_type] if point.link_type else []))]
        form = ["-P"] if point.suffix == ".pcap" else []
        self._host, self._path = host, path
        self._command = host.command("dumpcap", "-q", *form, "-w", path, *devices)
        self._sockets = len(point.devices)

    def __enter__(self) -> Recording:
        running = self._host.captures()
        self._process = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        self._host.wait_for_captures(running + self._sockets, DEADLINE)
        return self

    def __exit__(self, *_error) -> None:
        self._process.send_signal(signal.SIGINT)
        errors = self._process.communicate(timeout=DEADLINE)[1]
        assert self._process.returncode == 0, errors
        if self._path.suffix == ".pcapng":
            forget_machine(self._path)


def forget_machine(path: Path) -> None:
    """Leaves only the names and clocks of interfaces in a pcapng file, and nothing of the machine
    and the programs."""
    data, out, position = path.read_bytes(), b"", 0
    while position < len(data):
        kind, length = struct.unpack_from("<II", data, position)
        body = data[position + 8:position + length - 4]
        if kind == SECTION:
            body = body[:16]
        elif kind == INTERFACE:
            body = body[:8] + _options_to_keep(body[8:])
        if kind in (SECTION, INTERFACE):
            out += _block(kind, body)
        else:
            out += data[position:position + length]
        position += length
    path.write_bytes(out)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _options_to_keep(options: bytes) -> bytes:
    kept, position = b"", 0
    while position < len(options):
        kind, length = struct.unpack_from("<HH", options, position)
        end = position + 4 + (length + 3) // 4 * 4
        if kind in (IF_NAME, IF_RESOLUTION):
            kept += options[position:end]
        position = end
    return kept + struct.pack("<HH", END_OF_OPTIONS, 0)


def cut(path: Path, first_frame: int, last_frame: int) -> None:
    """Leaves these frames only."""
    whole = path.with_name("whole-" + path.name)
    path.rename(whole)
    form = path.suffix.lstrip(".")
    subprocess.run(["editcap", "-F", form, "-r", whole, path, f"{first_frame}-{last_frame}"],
                   check=True)
    whole.unlink()
    if path.suffix == ".pcapng":
        forget_machine(path)


def merge(paths: list[Path], target: Path) -> None:
    """Merges files by time into a pcapng file with an interface for each."""
    subprocess.run(["mergecap", "-F", "pcapng", "-I", "none", "-w", target, *paths], check=True)
    forget_machine(target)


def tcp_segments(path: Path) -> list[dict[str, str]]:
    """Address, port and payload of each TCP segment, as Wireshark itself sees them."""
    names = ["frame.number", "ip.src", "ipv6.src", "tcp.srcport", "tcp.len", "tcp.flags"]
    columns = [word for name in names for word in ("-e", name)]
    lines = subprocess.run(["tshark", "-r", path, "-T", "fields", *columns], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    return [dict(zip(names, line.split("\t"))) for line in lines]
