# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts, which are network namespaces, and what their kernels know: MIB counters and MPTCP events."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

KERNEL = Path("/proc/sys/net/mptcp/enabled")


def obstacle() -> str:
    """Why no hosts can be created here; "" if they can."""
    if os.geteuid() != 0:
        return "network namespaces require root"
    if not KERNEL.exists():
        return "the kernel has no MPTCP"
    probe = Host("probe")
    if subprocess.run(["ip", "netns", "add", probe.name], capture_output=True).returncode != 0:
        return "network namespaces cannot be created here"
    probe.delete()
    return ""


class Host:
    def __init__(self, role: str) -> None:
        self.name = f"mptcp-{os.getpid()}-{role}"

    def create(self) -> None:
        ip("netns", "add", self.name)

    def delete(self) -> None:
        subprocess.run(["ip", "netns", "del", self.name], stderr=subprocess.DEVNULL, check=False)

    def command(self, *words: object) -> list[str]:
        """A command that runs on this host."""
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def output(self, *words: object) -> str:
        return subprocess.run(self.command(*words), check=True, capture_output=True, text=True).stdout

    def start(self, *words: object) -> subprocess.Popen:
        return subprocess.Popen(self.command(*words), stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)

    def ip(self, *arguments: str) -> None:
        ip("-n", self.name, *arguments)

    def counters(self, pattern: str = "MPTcpExt*") -> dict[str, int]:
        """The counters of the kernel since the host was created, as nstat names them."""
        lines = self.output("nstat", "-asz", pattern)
        return {name: int(count) for name, count in re.findall(r"^(\w+) +(\d+)", lines, re.M)}

    def captures(self) -> int:
        """The number of packet sockets on this host that are bound and receive packets."""
        header, *sockets = self.output("cat", "/proc/net/packet").splitlines()
        running = header.split().index("R")
        return sum(line.split()[running] == "1" for line in sockets)

    def wait_for_captures(self, count: int, timeout: float) -> None:
        """Waits until so many captures run on this host."""
        deadline = time.monotonic() + timeout
        while self.captures() < count:
            assert time.monotonic() < deadline, f"no capture on {self.name}"
            time.sleep(0.05)


class Monitor:
    """The MPTCP events of a host's kernel while the context lasts."""

    def __init__(self, host: Host) -> None:
        self._command = host.command("ip", "mptcp", "monitor")

    def __enter__(self) -> Monitor:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        time.sleep(0.2)
        return self

    def __exit__(self, *_error) -> None:
        self._process.terminate()
        self._output = self._process.communicate(timeout=10)[0]

    def events(self) -> list[tuple[str, dict[str, str]]]:
        """Events as (name, values), such as ("CREATED", {"token": "0a1b2c3d", …})."""
        found = re.findall(r"^\[ *(\w+)\] *(.*)$", self._output, re.M)
        return [(name, dict(re.findall(r"(\w+)=(\S+)", values))) for name, values in found]

    def tokens(self) -> list[int]:
        """The tokens of this host's connections, in the order in which they were created."""
        return [int(values["token"], 16) for name, values in self.events() if name == "CREATED"]


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
