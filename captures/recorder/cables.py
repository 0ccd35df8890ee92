# SPDX-License-Identifier: GPL-2.0-or-later
"""Cables between hosts, in user space: delay, rate, and rules that drop or change single segments.

The two ends of a cable are TAP devices. The kernel gives them complete frames: segmented, and with
checksums.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import heapq
import os
import select
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import segments
from .hosts import Host
from .segments import Segment

TUN = Path("/dev/net/tun")
TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
CLONE_NEWNET = 0x40000000
FRAME_SIZE = 65536
FLAGS = {segments.FIN: "FIN", segments.SYN: "SYN", segments.RST: "RST", segments.ACK: "ACK"}


@dataclass
class Rule:
    """What happens to segments of one end that `applies` selects, beyond the first `skip` of them,
    and to at most `times` of them."""

    sender: int  # an end of the cable: 0 or 1
    action: str  # a key of ACTIONS
    applies: Callable[[Segment], bool]
    skip: int = 0
    times: int | None = None
    _seen: int = 0

    def takes(self, sender: int, segment: Segment) -> bool:
        if sender != self.sender or not self.applies(segment):
            return False
        self._seen += 1
        return self._seen > self.skip and (self.times is None
                                           or self._seen <= self.skip + self.times)


def _drop(_segment: Segment) -> None:
    return None


def _strip(segment: Segment) -> bytes:
    segment.strip_option()
    return bytes(segment.frame)


def _change(segment: Segment) -> bytes:
    segment.change_payload()
    return bytes(segment.frame)


ACTIONS: dict[str, Callable[[Segment], bytes | None]] = {
    "dropped": _drop, "option 30 removed": _strip, "payload changed": _change}


@dataclass
class Cable:
    ends: tuple[tuple[Host, str], tuple[Host, str]]  # a host and the name of its device
    delay: float = 0.005  # seconds
    delay_back: float | None = None  # from the second end to the first; None: the same
    rate: float = 8e6  # bits/s in each direction
    life: int | None = None  # so many segments pass, and then nothing does
    rules: list[Rule] = field(default_factory=list)
    changes: list[dict] = field(default_factory=list)  # what was changed or lost

    def delay_from(self, sender: int) -> float:
        is_back = sender == 1 and self.delay_back is not None
        return self.delay_back if is_back else self.delay

    def pass_on(self, sender: int, frame: bytes) -> bytes | None:
        """The frame that reaches the other end, if any."""
        segment = segments.parse(frame)
        if not segment:
            return frame
        if self.life == 0:
            self._note("lost", sender, segment)
            return None
        if self.life is not None:
            self.life -= 1
        for rule in self.rules:
            if rule.takes(sender, segment):
                self._note(rule.action, sender, segment)
                return ACTIONS[rule.action](segment)
        return frame

    def _note(self, what: str, sender: int, segment: Segment) -> None:
        flags = [name for bit, name in FLAGS.items() if segment.flags & bit]
        self.changes.append({"what": what, "device": self.ends[sender][1],
                             "flags": "+".join(flags), "payload": segment.length,
                             "sequence_number": segment.sequence_number})


@dataclass
class _Direction:
    cable: Cable
    sender: int
    target: int  # a file descriptor
    free_at: float = 0.0  # when the frames that were sent have left the sender

    def due(self, frame: bytes) -> float:
        """When the frame arrives."""
        self.free_at = max(self.free_at, time.monotonic()) + len(frame) * 8 / self.cable.rate
        return self.free_at + self.cable.delay_from(self.sender)


class Forwarder(threading.Thread):
    """Forwards the frames of all cables while the context lasts."""

    def __init__(self, cables: list[Cable]) -> None:
        super().__init__(daemon=True)
        self._stopped = threading.Event()
        self._directions: dict[int, _Direction] = {}
        self._in_flight: list[tuple[float, int, int, bytes]] = []
        for cable in cables:
            files = [_open_tap(host, device) for host, device in cable.ends]
            for sender in (0, 1):
                self._directions[files[sender]] = _Direction(cable, sender, files[1 - sender])

    def __enter__(self) -> Forwarder:
        self.start()
        return self

    def __exit__(self, *_error) -> None:
        self._stopped.set()
        self.join()
        for file in self._directions:
            os.close(file)

    def run(self) -> None:
        sent = 0
        while not self._stopped.is_set():
            timeout = self._in_flight[0][0] - time.monotonic() if self._in_flight else 0.1
            for file in select.select(list(self._directions), [], [], max(0.0, timeout))[0]:
                direction = self._directions[file]
                frame = direction.cable.pass_on(direction.sender, os.read(file, FRAME_SIZE))
                if frame:
                    sent += 1  # frames that are due at once arrive in order
                    heapq.heappush(self._in_flight,
                                   (direction.due(frame), sent, direction.target, frame))
            while self._in_flight and self._in_flight[0][0] <= time.monotonic():
                _, _, target, frame = heapq.heappop(self._in_flight)
                with contextlib.suppress(OSError):  # the device is not up yet
                    os.write(target, frame)


def _open_tap(host: Host, device: str) -> int:
    """Creates a TAP device on a host. It exists as long as the file is open."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{host.name}", os.O_RDONLY)
    _set_namespace(there)
    try:
        file = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TAP | IFF_NO_PI))
    finally:
        _set_namespace(home)
        os.close(there)
        os.close(home)
    return file


def _set_namespace(file: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(file, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
